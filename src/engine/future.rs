//! The future of an engine's answer.

use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use gongular_core::{Error, ResponseBody};
use gongular_layers::error::RequestHead;
use http::{HeaderMap, Response};

use super::body::Body;
use super::trip::Trip;
use crate::chain::{Landed, Run};

/// The future of an engine's answer.
pub struct ResponseFuture {
    way: Way,
    // Stands last, so that it ends what it ends when everything inside is gone.
    trip: Option<Box<Trip>>,
}

impl ResponseFuture {
    pub(super) const fn new(way: Way, trip: Option<Box<Trip>>) -> Self {
        Self { way, trip }
    }
}

impl Future for ResponseFuture {
    type Output = Result<Response<Body>, Infallible>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Self { way, trip } = &mut *self;
        let landed = match trip {
            Some(trip) => ready!(trip.poll(way, cx)),
            None => ready!(way.poll(cx)),
        };
        Poll::Ready(Ok(landed.into_response_with(|body| Body::new(body, trip.take()))))
    }
}

/// How a request is answered: at once, or by its route.
pub(super) enum Way {
    Known(Option<Landed>),
    Run(Run),
}

impl Way {
    #[inline]
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Landed> {
        match self {
            Self::Run(run) => run.poll_landed(cx),
            Self::Known(landed) => Poll::Ready(landed.take().expect("future polled after completion")),
        }
    }

    /// Answers an error that came up when the route was done.
    pub(super) fn answer(&self, error: Error, head: &RequestHead, said: HeaderMap) -> Landed {
        match self {
            Self::Run(run) => run.errors().answer(error, head, said).into(),
            Self::Known(_) => unreachable!("nothing that may fail is built for what no route takes"),
        }
    }
}

impl From<Response<ResponseBody>> for Way {
    fn from(response: Response<ResponseBody>) -> Self {
        Self::Known(Some(response.into()))
    }
}

impl fmt::Debug for ResponseFuture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ResponseFuture")
    }
}
