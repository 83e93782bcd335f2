//! The future of an answer that is counted and timed.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use gongular_core::error::Carried;
use gongular_core::stats::Outcome;
use http::Response;
use http_body::Body;
use pin_project_lite::pin_project;

use super::StatsBody;
use super::tracker::Tracker;

pin_project! {
    /// The future of [`Stats`](super::Stats).
    ///
    /// # Cancel safety
    ///
    /// Dropped before its answer, it fires the statistic with the outcome
    /// [`ClientGoneBeforeHead`](gongular_core::stats::Outcome::ClientGoneBeforeHead).
    ///
    /// # Panics
    ///
    /// When it is polled after its completion.
    pub struct ResponseFuture<F> {
        #[pin]
        inner: F,
        // Stands last, so that it is dropped when everything inside is gone.
        tracker: Option<Tracker>,
    }
}

impl<F> ResponseFuture<F> {
    pub(super) const fn new(inner: F, tracker: Tracker) -> Self {
        Self { inner, tracker: Some(tracker) }
    }
}

impl<F, B, E> Future for ResponseFuture<F>
where
    F: Future<Output = Result<Response<B>, E>>,
    B: Body,
{
    type Output = Result<Response<StatsBody<B>>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let tracker = this.tracker.as_mut().expect("future polled after completion");
        let polled = tracker.watch(|| this.inner.poll(cx));
        // Looked at in place: the answer is moved only once, into its new body.
        match &polled {
            Poll::Pending => return Poll::Pending,
            Poll::Ready(Ok(response)) => {
                let length = response.body().size_hint().exact();
                let error = response.extensions().get::<Carried>().map(Carried::error);
                tracker.answered(response.status(), response.headers(), error, length);
            }
            Poll::Ready(Err(_)) => tracker.end(Outcome::Failed),
        }
        let tracker = this.tracker.take().expect("it was there just now");
        polled.map_ok(|response| response.map(|body| StatsBody::new(body, tracker)))
    }
}

impl<F> fmt::Debug for ResponseFuture<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ResponseFuture")
    }
}
