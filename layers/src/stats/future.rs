//! The future of an answer that is counted and timed.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

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
        let entered = tracker.enter();
        let result = this.inner.poll(cx);
        tracker.returned(entered);
        match ready!(result) {
            Ok(response) => {
                if let Some(carried) = response.extensions().get::<Carried>() {
                    tracker.answered(carried.error());
                }
                tracker.head(response.status());
                let tracker = this.tracker.take().expect("it was there just now");
                Poll::Ready(Ok(wrap(response, tracker)))
            }
            Err(error) => {
                tracker.end(Outcome::Failed);
                *this.tracker = None;
                Poll::Ready(Err(error))
            }
        }
    }
}

fn wrap<B: Body>(response: Response<B>, tracker: Tracker) -> Response<StatsBody<B>> {
    let (parts, body) = response.into_parts();
    let body = StatsBody::new(body, &parts.headers, tracker);
    Response::from_parts(parts, body)
}

impl<F> fmt::Debug for ResponseFuture<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ResponseFuture")
    }
}
