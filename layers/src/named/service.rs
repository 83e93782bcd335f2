//! The service that has a name.

use std::task::{Context, Poll};

use gongular_core::RequestState;
use http::Request;
use tower_service::Service;

use super::ResponseFuture;

/// A service with a name, under which its time stands in the statistics.
///
/// See the [module docs](super) for what is timed.
#[derive(Clone, Copy, Debug)]
pub struct Named<S> {
    name: &'static str,
    inner: S,
}

impl<S> Named<S> {
    /// Gives a service a name.
    pub const fn new(name: &'static str, inner: S) -> Self {
        Self { name, inner }
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

impl<S, B> Service<Request<B>> for Named<S>
where
    S: Service<Request<B>>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let recorder = RequestState::of(request.extensions()).and_then(RequestState::recorder);
        let running = recorder.map(|recorder| recorder.layer(self.name));
        ResponseFuture::new(self.inner.call(request), running)
    }
}
