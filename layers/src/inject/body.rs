//! The body of an answer, whose end is the end of the request's scope.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Buf;
use gongular_core::__private::declared_length;
use gongular_core::inject::Completion;
use http::HeaderMap;
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

use super::end::End;

pin_project! {
    /// The body of an answer; its end is the end of the request's scope.
    ///
    /// The last frame waits for `async` teardowns, since a host drops a body when it has all the bytes it was promised.
    pub struct InjectBody<B: Body> {
        #[pin]
        inner: Option<B>,
        // In a box, since few have to wait.
        last: Option<Box<Result<Frame<B::Data>, B::Error>>>,
        // How many bytes are still to come, where the head promised a number.
        left: Option<u64>,
        completion: Completion,
        // Stands last, so that it is dropped when the body inside is gone.
        end: End,
    }
}

impl<B: Body> InjectBody<B> {
    pub(super) fn new(inner: Option<B>, headers: &HeaderMap, completion: Completion, mut end: End) -> Self {
        let left =
            inner.as_ref().and_then(|body| body.size_hint().exact().or_else(|| declared_length(headers)));
        if completion == Completion::Failure || left == Some(0) {
            // A failure stays one when nobody reads this body, as when an error layer puts another in its place; and a
            // host does not read a body that has no bytes.
            end.set_known(completion);
        }
        Self { inner, last: None, left, completion, end }
    }
}

impl<B: Body> Body for InjectBody<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        let mut this = self.project();
        if this.last.is_some() {
            ready!(this.end.poll_close(*this.completion, cx));
            return Poll::Ready(this.last.take().map(|last| *last));
        }
        let frame = match this.inner.as_mut().as_pin_mut() {
            Some(inner) if !this.end.is_closed() || !inner.is_end_stream() => {
                ready!(this.end.watch(|| inner.poll_frame(cx)))
            }
            Some(_) | None => None,
        };
        match frame {
            Some(Ok(frame)) => {
                if let (Some(left), Some(data)) = (this.left.as_mut(), frame.data_ref()) {
                    *left = left.saturating_sub(data.remaining() as u64);
                }
                let ended = this.inner.as_ref().as_pin_ref().is_none_or(|inner| inner.is_end_stream());
                if (ended || *this.left == Some(0)) && this.end.poll_close(*this.completion, cx).is_pending()
                {
                    *this.last = Some(Box::new(Ok(frame)));
                    return Poll::Pending;
                }
                Poll::Ready(Some(Ok(frame)))
            }
            Some(Err(error)) => {
                *this.completion = Completion::Failure;
                if this.end.poll_close(Completion::Failure, cx).is_pending() {
                    *this.last = Some(Box::new(Err(error)));
                    return Poll::Pending;
                }
                Poll::Ready(Some(Err(error)))
            }
            None => {
                ready!(this.end.poll_close(*this.completion, cx));
                Poll::Ready(None)
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.last.is_none() && self.end.is_closed() && self.inner.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        let mut hint = self.inner.as_ref().map_or_else(|| SizeHint::with_exact(0), Body::size_hint);
        if let Some(Ok(last)) = self.last.as_deref()
            && let Some(data) = last.data_ref()
        {
            let waiting = data.remaining() as u64;
            if let Some(upper) = hint.upper() {
                hint.set_upper(upper.saturating_add(waiting));
            }
            hint.set_lower(hint.lower().saturating_add(waiting));
        }
        hint
    }
}

impl<B: Body + fmt::Debug> fmt::Debug for InjectBody<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("InjectBody").field(&self.inner).finish()
    }
}
