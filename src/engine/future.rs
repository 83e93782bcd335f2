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
use super::stay::Stay;
use super::trip::Trip;
use crate::chain::{Landed, Run};

/// The future of an engine's answer.
pub struct ResponseFuture {
    way: Way,
    leaves_errors: bool,
    // Stand last, so that they end what they end when everything inside is gone; what is recorded on the way down is in the
    // statistic.
    stay: Option<Stay>,
    trip: Option<Box<Trip>>,
}

impl ResponseFuture {
    pub(super) const fn new(
        way: Way,
        leaves_errors: bool,
        stay: Option<Stay>,
        trip: Option<Box<Trip>>,
    ) -> Self {
        Self { way, leaves_errors, stay, trip }
    }
}

impl Future for ResponseFuture {
    type Output = Result<Response<Body>, Infallible>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if self.stay.is_some() || self.trip.is_some() {
            return self.poll_around(cx);
        }
        let landed = ready!(self.way.poll(cx));
        Poll::Ready(Ok(landed.into_response_with(self.leaves_errors, |body| Body::new(body, None))))
    }
}

impl ResponseFuture {
    /// Polls a request that something is built for, or that somebody gets a statistic of.
    #[inline(never)]
    fn poll_around(&mut self, cx: &mut Context<'_>) -> Poll<Result<Response<Body>, Infallible>> {
        let Self { way, leaves_errors, stay, trip } = self;
        let mut escort = None;
        let mut inside = || match stay {
            Some(stay) => stay.poll(way, &mut escort, cx),
            None => way.poll(cx),
        };
        let landed = ready!(match trip {
            Some(trip) => trip.poll(inside),
            None => inside(),
        });
        if let Some(escort) = escort {
            trip.get_or_insert_default().take_on(escort);
        }
        Poll::Ready(Ok(landed.into_response_with(*leaves_errors, |body| Body::new(body, trip.take()))))
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
