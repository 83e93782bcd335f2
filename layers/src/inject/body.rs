//! The body of an answer, whose end is the end of the request's scope.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

use super::escort::Escort;

pin_project! {
    /// The body of an answer; its end is the end of the request's scope.
    ///
    /// The last frame waits for `async` teardowns, since a host drops a body when it has all the bytes it was promised.
    pub struct InjectBody<B: Body> {
        #[pin]
        inner: Option<B>,
        // Stands last, so that it is dropped when the body inside is gone.
        escort: Escort<B>,
    }
}

impl<B: Body> InjectBody<B> {
    pub(super) const fn new(inner: Option<B>, escort: Escort<B>) -> Self {
        Self { inner, escort }
    }
}

impl<B: Body> Body for InjectBody<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        let this = self.project();
        this.escort.poll_frame(this.inner.as_pin_mut(), cx)
    }

    fn is_end_stream(&self) -> bool {
        self.escort.is_over() && self.inner.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.escort.size_hint(self.inner.as_ref().map_or_else(|| SizeHint::with_exact(0), Body::size_hint))
    }
}

impl<B: Body + fmt::Debug> fmt::Debug for InjectBody<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("InjectBody").field(&self.inner).finish()
    }
}
