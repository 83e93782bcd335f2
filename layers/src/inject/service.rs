//! The service that opens a scope for each request.

use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll};

use gongular_core::RequestState;
use gongular_core::inject::Scopes;
use http::{Method, Request, Response};
use http_body::Body;
use tower_service::Service;

use super::end::End;
use super::escort::Escort;
use super::layer::Spawn;
use super::{InjectBody, ResponseFuture};

/// A service with dependencies at hand, made by [`InjectLayer`](super::InjectLayer).
pub struct Inject<S> {
    inner: S,
    scopes: Arc<Scopes>,
    spawn: Option<Spawn>,
}

impl<S> Inject<S> {
    pub(super) const fn new(inner: S, scopes: Arc<Scopes>, spawn: Option<Spawn>) -> Self {
        Self { inner, scopes, spawn }
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

impl<S, ReqBody, ResBody> Service<Request<ReqBody>> for Inject<S>
where
    S: Service<Request<ReqBody>, Response = Response<ResBody>>,
    ResBody: Body,
{
    type Response = Response<InjectBody<ResBody>>;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future, ResBody>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<ReqBody>) -> Self::Future {
        let open = self.scopes.enter(RequestState::entry(request.extensions_mut()));
        // Made before the call: a service may do all of its work in it, and panic in it.
        let is_bodiless = matches!(*request.method(), Method::CONNECT | Method::HEAD);
        let escort = Escort::new(End::new(open, self.spawn.clone()), is_bodiless);
        ResponseFuture::new(self.inner.call(request), escort)
    }
}

/// A clone is as ready as a new one: readiness belongs to the clone of the service inside that was polled.
impl<S: Clone> Clone for Inject<S> {
    fn clone(&self) -> Self {
        Self { inner: self.inner.clone(), scopes: Arc::clone(&self.scopes), spawn: self.spawn.clone() }
    }
}

impl<S: fmt::Debug> fmt::Debug for Inject<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inject").field("inner", &self.inner).finish_non_exhaustive()
    }
}
