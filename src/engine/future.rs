//! The future of an engine's answer.

use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use gongular_core::ResponseBody;
use gongular_core::error::Carried;
use gongular_core::stats::Recorder;
use gongular_layers::error::{Answers, RequestHead};
use gongular_layers::{inject, stats};
use http::{HeaderName, Response};
use pin_project_lite::pin_project;

use super::body::{Body, Scoped};
use crate::chain::Run;

pin_project! {
    /// The future of an engine's answer.
    pub struct ResponseFuture {
        #[pin]
        inner: Watched,
    }
}

pin_project! {
    #[project = WatchedProjection]
    enum Watched {
        Silent { #[pin] future: Answering },
        Watched { #[pin] future: stats::ResponseFuture<Answering> },
    }
}

impl ResponseFuture {
    pub(super) const fn silent(future: Answering) -> Self {
        Self { inner: Watched::Silent { future } }
    }

    pub(super) const fn watched(future: stats::ResponseFuture<Answering>) -> Self {
        Self { inner: Watched::Watched { future } }
    }
}

impl Future for ResponseFuture {
    type Output = Result<Response<Body>, Infallible>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().inner.project() {
            WatchedProjection::Silent { future } => future.poll_with(cx, Body::silent).map(Ok),
            WatchedProjection::Watched { future } => {
                future.poll(cx).map_ok(|response| response.map(Body::watched))
            }
        }
    }
}

pin_project! {
    /// A request that is being answered.
    pub(super) struct Answering {
        #[pin]
        way: Way,
        // Whose times go into the answer's head.
        timing: Option<Recorder>,
    }
}

impl Answering {
    pub(super) const fn new(way: Way, timing: Option<Recorder>) -> Self {
        Self { way, timing }
    }
}

impl Answering {
    /// Answers with a body around the answer's own.
    #[inline]
    fn poll_with<B>(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        wrap: impl FnOnce(Scoped) -> B,
    ) -> Poll<Response<B>> {
        let this = self.project();
        let mut response = ready!(this.way.poll_with(cx, wrap));
        if let Some(recorder) = this.timing {
            response.headers_mut().insert(SERVER_TIMING, recorder.server_timing());
        }
        Poll::Ready(response)
    }
}

impl Future for Answering {
    type Output = Result<Response<Scoped>, Infallible>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.poll_with(cx, |body| body).map(Ok)
    }
}

/// <https://www.w3.org/TR/server-timing/>
const SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");

pin_project! {
    /// How a request is answered: at once, or by its route, with what is built for it or without.
    #[project = WayProjection]
    pub(super) enum Way {
        Bare { run: Run },
        Known { response: Option<Box<Response<ResponseBody>>> },
        Open {
            #[pin] run: inject::ResponseFuture<Run, ResponseBody>,
            errors: Arc<dyn Answers>,
            head: Option<Box<RequestHead>>,
        },
    }
}

impl Way {
    #[inline]
    fn poll_with<B>(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        wrap: impl FnOnce(Scoped) -> B,
    ) -> Poll<Response<B>> {
        let plain = |body| Scoped::Plain { body };
        Poll::Ready(match self.project() {
            WayProjection::Bare { run } => {
                let landed = ready!(run.poll_landed(cx));
                run.respond(landed, |body| wrap(plain(body)))
            }
            WayProjection::Known { response } => {
                response.take().expect("future polled after completion").map(|body| wrap(plain(body)))
            }
            WayProjection::Open { run, errors, head } => {
                let Ok(response) = ready!(run.poll(cx));
                match response.extensions().get::<Carried>() {
                    Some(carried) if !carried.is_settled() => {
                        hook_failed(&response, carried, errors, head).map(wrap)
                    }
                    _ => response.map(|body| wrap(Scoped::Open { body })),
                }
            }
        })
    }
}

/// Answers what a hook before the response failed with, in the place of the handlers' answer.
#[cold]
fn hook_failed<B>(
    response: &Response<B>,
    carried: &Carried,
    errors: &Arc<dyn Answers>,
    head: &Option<Box<RequestHead>>,
) -> Response<Scoped> {
    let unknown = RequestHead::default();
    let head = head.as_deref().unwrap_or(&unknown);
    let answer = errors.answer(carried.error().clone(), head, response.headers().clone());
    answer.map(|body| Scoped::Plain { body })
}

impl fmt::Debug for ResponseFuture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ResponseFuture")
    }
}
