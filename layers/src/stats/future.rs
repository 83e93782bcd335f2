//! The future of an answer that is counted and timed.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use gongular_core::__private::declared_length;
use gongular_core::error::Carried;
use gongular_core::stats::{Outcome, Recorder};
use http::{Method, Response};
use http_body::Body;
use pin_project_lite::pin_project;

use super::tracker::Tracker;
use super::{RouteCallback, StatsBody};

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
    /// Watches a future, without a service around it.
    #[doc(hidden)]
    #[must_use]
    pub fn watched(inner: F, recorder: Recorder, callback: Arc<dyn RouteCallback>, method: &Method) -> Self {
        Self::new(inner, Tracker::new(recorder, callback, method))
    }

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
        let entered = tracker.enter();
        let polled = this.inner.poll(cx);
        tracker.returned(entered);
        // Looked at in place: the answer is moved only once, into its new body.
        let declared = match &polled {
            Poll::Pending => return Poll::Pending,
            Poll::Ready(Ok(response)) => {
                if let Some(carried) = response.extensions().get::<Carried>() {
                    tracker.answered(carried.error());
                }
                tracker.head(response.status(), Instant::now());
                declared(response)
            }
            Poll::Ready(Err(_)) => {
                tracker.end(Outcome::Failed);
                None
            }
        };
        let tracker = this.tracker.take().expect("it was there just now");
        polled.map_ok(|response| response.map(|body| StatsBody::new(body, declared, tracker)))
    }
}

/// Returns how many bytes the body of an answer will have, where that is known.
fn declared<B: Body>(response: &Response<B>) -> Option<u64> {
    let length = || declared_length(response.headers());
    response.body().size_hint().exact().or_else(length)
}

impl<F> fmt::Debug for ResponseFuture<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ResponseFuture")
    }
}
