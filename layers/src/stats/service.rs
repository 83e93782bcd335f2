//! The service that watches its requests.

use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll};

use gongular_core::stats::{Detail, Recorder};
use http::{Request, Response};
use http_body::Body;
use tower_service::Service;

use super::tracker::Tracker;
use super::{CountedBody, ResponseFuture, RouteCallback, StatsBody};

/// A service whose requests are counted and timed, made by [`StatsLayer`](super::StatsLayer).
pub struct Stats<S> {
    inner: S,
    callback: Arc<dyn RouteCallback>,
    detail: Detail,
}

impl<S> Stats<S> {
    pub(super) fn new(inner: S, callback: Arc<dyn RouteCallback>, detail: Detail) -> Self {
        Self { inner, callback, detail }
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

impl<S, ReqBody, ResBody> Service<Request<ReqBody>> for Stats<S>
where
    S: Service<Request<CountedBody<ReqBody>>, Response = Response<ResBody>>,
    ReqBody: Body,
    ResBody: Body,
{
    type Response = Response<StatsBody<ResBody>>;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<ReqBody>) -> Self::Future {
        let recorder = Recorder::start(&mut request, self.detail);
        let request = request.map(|body| CountedBody::new(body, &recorder));
        let mut tracker = Tracker::new(recorder, Arc::clone(&self.callback), request.method());
        // A service may do all of its work here, and panic here.
        let inner = tracker.watch(|| self.inner.call(request));
        ResponseFuture::new(inner, tracker)
    }
}

/// A clone is as ready as a new one: readiness belongs to the clone of the service inside that was polled.
impl<S: Clone> Clone for Stats<S> {
    fn clone(&self) -> Self {
        Self { inner: self.inner.clone(), callback: Arc::clone(&self.callback), detail: self.detail }
    }
}

impl<S: fmt::Debug> fmt::Debug for Stats<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stats").field("inner", &self.inner).finish_non_exhaustive()
    }
}
