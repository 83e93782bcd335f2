//! The reading of a whole body.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, BufMut, Bytes, BytesMut};
use http::HeaderMap;
use pin_project_lite::pin_project;

use super::RequestBody;
use super::body::too_large;
use crate::framing::declared_length;
use crate::{Error, Place};

pin_project! {
    /// A whole body on its way into memory; its output has at most `limit` bytes.
    ///
    /// It stands in the future of a handler, which every request has room for. So it is no `async fn`, which would keep the
    /// body twice.
    pub(super) struct Reading<B> {
        #[pin]
        body: B,
        limit: usize,
        got: Got,
    }
}

/// What has come of a body.
enum Got {
    Nothing,
    /// A declaration that is over the limit: nothing is read.
    TooMuch,
    /// One frame, which is not copied if it is the only one.
    One(Bytes),
    More(BytesMut),
}

impl<B: RequestBody> Reading<B> {
    pub(super) fn new(body: B, headers: &HeaderMap, limit: usize) -> Self {
        let is_over = declared_length(headers).is_some_and(|declared| declared > limit as u64);
        Self { body, limit, got: if is_over { Got::TooMuch } else { Got::Nothing } }
    }
}

impl<B: RequestBody> Future for Reading<B> {
    type Output = Result<Bytes, Error>;

    fn poll(self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        if matches!(this.got, Got::TooMuch) {
            return Poll::Ready(Err(too_large(*this.limit)));
        }
        while let Some(data) = ready!(poll_data(this.body.as_mut(), task))? {
            let before = match this.got {
                Got::Nothing | Got::TooMuch => 0,
                Got::One(first) => first.len(),
                Got::More(whole) => whole.len(),
            };
            if data.len() > *this.limit - before {
                return Poll::Ready(Err(too_large(*this.limit)));
            }
            match this.got {
                Got::Nothing | Got::TooMuch => *this.got = Got::One(data),
                Got::More(whole) => whole.put(data),
                Got::One(first) => {
                    // What a head declares is believed only so far: memory is taken for what has arrived.
                    let declared = usize::try_from(this.body.size_hint().lower()).unwrap_or(usize::MAX);
                    let room = first.len() + data.len() + declared.min(MAX_BELIEVED_BYTES);
                    let mut whole = BytesMut::with_capacity(room);
                    whole.put(std::mem::take(first));
                    whole.put(data);
                    *this.got = Got::More(whole);
                }
            }
        }
        Poll::Ready(Ok(match std::mem::replace(this.got, Got::Nothing) {
            Got::Nothing | Got::TooMuch => Bytes::new(),
            Got::One(only) => only,
            Got::More(whole) => whole.freeze(),
        }))
    }
}

/// The most room that is made for data which has only been declared.
const MAX_BELIEVED_BYTES: usize = 64 << 10;

/// Returns the next data frame; trailers and empty frames are passed over.
fn poll_data<B: RequestBody>(
    mut body: Pin<&mut B>,
    task: &mut Context<'_>,
) -> Poll<Result<Option<Bytes>, Error>> {
    loop {
        if body.is_end_stream() {
            return Poll::Ready(Ok(None));
        }
        match ready!(body.as_mut().poll_frame(task)) {
            None => return Poll::Ready(Ok(None)),
            Some(Err(error)) => return Poll::Ready(Err(Error::broken_body(Place::Body, &*error.into()))),
            Some(Ok(frame)) => {
                if let Ok(mut data) = frame.into_data()
                    && data.has_remaining()
                {
                    return Poll::Ready(Ok(Some(data.copy_to_bytes(data.remaining()))));
                }
            }
        }
    }
}
