//! The future of a service that has a name.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use gongular_core::stats::Running;
use pin_project_lite::pin_project;

pin_project! {
    /// The future of [`Named`](super::Named). Dropped early, it has taken the time up to then.
    pub struct ResponseFuture<F> {
        #[pin]
        inner: F,
        // Stands last, so that the time of dropping what is inside counts.
        running: Option<Running>,
    }
}

impl<F> ResponseFuture<F> {
    pub(super) const fn new(inner: F, running: Option<Running>) -> Self {
        Self { inner, running }
    }
}

impl<F: Future> Future for ResponseFuture<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let output = ready!(this.inner.poll(cx));
        if let Some(running) = this.running.take() {
            running.finish();
        }
        Poll::Ready(output)
    }
}

impl<F> fmt::Debug for ResponseFuture<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ResponseFuture")
    }
}
