//! Bodies that are counted on their way.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Buf;
use gongular_core::stats::Recorder;
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

use super::tracker::Tracker;

pin_project! {
    /// The body of a request, whose bytes are counted as they are read.
    pub struct CountedBody<B> {
        #[pin]
        inner: B,
        // None for a body that has no bytes to count.
        recorder: Option<Recorder>,
    }
}

impl<B: Body> CountedBody<B> {
    pub(super) fn new(inner: B, recorder: &Recorder) -> Self {
        let recorder = if inner.is_end_stream() { None } else { Some(recorder.clone()) };
        Self { inner, recorder }
    }
}

impl<B> CountedBody<B> {
    /// Returns the body inside, whose further bytes are not counted.
    pub fn into_inner(self) -> B {
        self.inner
    }
}

impl<B: Body> Body for CountedBody<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        let this = self.project();
        let frame = ready!(this.inner.poll_frame(cx));
        if let (Some(Ok(frame)), Some(recorder)) = (&frame, this.recorder)
            && let Some(data) = frame.data_ref()
        {
            recorder.add_request_bytes(data.remaining() as u64);
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

impl<B: Body + Default> Default for CountedBody<B> {
    fn default() -> Self {
        Self { inner: B::default(), recorder: None }
    }
}

impl<B: fmt::Debug> fmt::Debug for CountedBody<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CountedBody").field(&self.inner).finish()
    }
}

pin_project! {
    /// The body of an answer, whose bytes are counted as they are handed out; its end is the end of the request.
    pub struct StatsBody<B>
    where
        B: Body,
    {
        #[pin]
        inner: B,
        // Stands last, so that it is dropped when the body inside is gone.
        tracker: Tracker,
    }

    impl<B: Body> PinnedDrop for StatsBody<B> {
        fn drop(this: Pin<&mut Self>) {
            let this = this.project();
            if !this.tracker.has_ended() {
                this.tracker.let_go(this.inner.is_end_stream());
            }
        }
    }
}

impl<B: Body> StatsBody<B> {
    #[inline]
    pub(super) const fn new(inner: B, tracker: Tracker) -> Self {
        Self { inner, tracker }
    }
}

impl<B> Body for StatsBody<B>
where
    B: Body,
    B::Error: 'static,
{
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        let this = self.project();
        this.tracker.poll_frame(|| this.inner.poll_frame(cx))
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

impl<B: Body + fmt::Debug> fmt::Debug for StatsBody<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("StatsBody").field(&self.inner).finish()
    }
}
