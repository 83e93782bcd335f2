//! The service that leaves limits with its requests.

use std::sync::Arc;
use std::task::{Context, Poll};

use gongular_core::{Limits, RequestState};
use http::Request;
use tower_service::Service;

/// A service whose requests are held to limits, made by [`LimitsLayer`](super::LimitsLayer).
#[derive(Clone, Debug)]
pub struct WithLimits<S> {
    inner: S,
    limits: Arc<Limits>,
}

impl<S> WithLimits<S> {
    pub(super) const fn new(inner: S, limits: Arc<Limits>) -> Self {
        Self { inner, limits }
    }

    /// Returns the service inside.
    pub const fn get_ref(&self) -> &S {
        &self.inner
    }

    /// Returns the service inside, to change it.
    pub const fn get_mut(&mut self) -> &mut S {
        &mut self.inner
    }

    /// Returns the service inside, alone.
    pub fn into_inner(self) -> S {
        self.inner
    }
}

impl<S, B> Service<Request<B>> for WithLimits<S>
where
    S: Service<Request<B>>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<B>) -> S::Future {
        RequestState::entry(request.extensions_mut()).set_limits(Arc::clone(&self.limits));
        self.inner.call(request)
    }
}
