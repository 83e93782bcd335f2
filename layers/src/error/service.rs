//! The service that cannot fail.

use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use gongular_core::{BoxError, Error};
use http::{Request, Response};
use http_body::Body;
use tower_service::Service;

use super::answer::Settings;
use super::head::Asked;
use super::{ErrorBody, ErrorHandler, ResponseFuture, catch};

/// Answers the errors and panics of the service inside; see the [module docs](super).
pub struct AnswerErrors<S, H = ()> {
    inner: S,
    settings: Arc<Settings<H>>,
    /// Why the service inside is not ready; the next call answers with it.
    not_ready: Option<Error>,
}

impl<S, H> AnswerErrors<S, H> {
    pub(super) const fn new(inner: S, settings: Arc<Settings<H>>) -> Self {
        Self { inner, settings, not_ready: None }
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

impl<S, H, B, R> Service<Request<B>> for AnswerErrors<S, H>
where
    S: Service<Request<B>, Response = Response<R>>,
    S::Error: Into<BoxError>,
    H: ErrorHandler,
    R: Body,
    R::Data: From<Bytes>,
{
    type Response = Response<ErrorBody<R>>;
    type Error = Infallible;
    type Future = ResponseFuture<S::Future, H>;

    /// Is ready when the service inside is. One that fails to become ready is an answer too: that of the next call.
    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        match catch(|| self.inner.poll_ready(cx)) {
            Ok(Poll::Pending) => return Poll::Pending,
            Ok(Poll::Ready(Ok(()))) => self.not_ready = None,
            Ok(Poll::Ready(Err(error))) => self.not_ready = Some(Error::from_box(error)),
            Err(payload) => self.not_ready = Some(Error::panic(payload)),
        }
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let asked = Asked::of(&request, self.settings.options.negotiate);
        let head = asked.head::<B, H>(&request);
        let settings = Arc::clone(&self.settings);
        // What was not polled ready is not called.
        if let Some(error) = self.not_ready.take() {
            return ResponseFuture::failed(error, asked, head, settings);
        }
        match catch(|| self.inner.call(request)) {
            Ok(future) => ResponseFuture::running(future, asked, head, settings),
            Err(payload) => ResponseFuture::failed(Error::panic(payload), asked, head, settings),
        }
    }
}

impl<S: Clone, H> Clone for AnswerErrors<S, H> {
    /// A clone has to become ready itself.
    fn clone(&self) -> Self {
        Self::new(self.inner.clone(), Arc::clone(&self.settings))
    }
}

impl<S: fmt::Debug, H> fmt::Debug for AnswerErrors<S, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnswerErrors")
            .field("inner", &self.inner)
            .field("options", &self.settings.options)
            .finish_non_exhaustive()
    }
}
