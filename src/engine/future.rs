//! The future of an engine's answer.

use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use gongular_core::ResponseBody;
use gongular_core::error::Carried;
use http::{Method, Response};

use super::body::Body;
use super::stay::Stay;
use super::trip::Trip;
use crate::chain::{Door, Flight, Landed, OnlyFuture, Run, Steps};

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
    type Output = Answered;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if self.stay.is_some() || self.trip.is_some() {
            return self.poll_around(cx);
        }
        if self.leaves_errors { self.poll_leaving(cx) } else { self.way.poll(cx) }
    }
}

impl ResponseFuture {
    /// Polls a request of an engine that somebody stands outside of.
    #[inline]
    fn poll_leaving(&mut self, cx: &mut Context<'_>) -> Poll<Answered> {
        let mut polled = self.way.poll(cx);
        if let Poll::Ready(Ok(response)) = &mut polled {
            leave_error(response);
        }
        polled
    }

    /// Polls a request that something is built for, or that somebody gets a statistic of.
    #[inline(never)]
    fn poll_around(&mut self, cx: &mut Context<'_>) -> Poll<Answered> {
        let Self { way, leaves_errors, stay, trip } = self;
        let mut escort = None;
        let mut inside = || match stay {
            Some(stay) => stay.poll(way, &mut escort, cx),
            None => way.poll(cx),
        };
        let mut polled = match trip {
            Some(trip) => trip.watch(inside),
            None => inside(),
        };
        // The answer is looked at where it came to be, since it is large.
        if let Poll::Ready(Ok(response)) = &mut polled {
            if let Some(trip) = trip {
                trip.answered(response);
            }
            if let Some(escort) = escort {
                trip.get_or_insert_default().take_on(escort);
            }
            if *leaves_errors {
                leave_error(response);
            }
            response.body_mut().take_on(trip.take());
        }
        polled
    }
}

/// Leaves what an answer is one of in its extensions, for those outside who look for it there.
#[inline]
fn leave_error(response: &mut Response<Body>) {
    if let Some(error) = response.body_mut().take_error() {
        response.extensions_mut().insert(Carried::settled(error));
    }
}

/// What an engine's future comes to.
pub(crate) type Answered = Result<Response<Body>, Infallible>;

/// How a request is answered: at once, or by its route.
pub(super) enum Way {
    Known(Option<Box<Landed>>),
    Only(OnlyFuture),
    Run(Run),
}

impl Way {
    /// Begins a chain for a request.
    pub(super) fn begin(steps: &Arc<Steps>, door: &mut Door) -> Self {
        if let Some(only) = steps.only() {
            return Self::Only(only.answer(door, steps));
        }
        let is_head = door.arrival().parts.method == Method::HEAD;
        Self::Run(steps.run(Flight::new(door), is_head))
    }

    /// Polls for the answer.
    #[inline]
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Answered> {
        let landed = match self {
            Self::Only(only) => return only.as_mut().poll(cx),
            Self::Run(run) => ready!(run.poll_landed(cx)),
            Self::Known(landed) => *landed.take().expect("future polled after completion"),
        };
        Poll::Ready(Ok(landed.into_answer()))
    }
}

impl From<Response<ResponseBody>> for Way {
    fn from(response: Response<ResponseBody>) -> Self {
        Self::Known(Some(Box::new(response.into())))
    }
}

impl fmt::Debug for ResponseFuture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ResponseFuture")
    }
}
