//! A level of providers inside of a choice: what stands in it may let the request pass on.

use std::convert::Infallible;
use std::sync::Arc;

use gongular_core::error::Carried;
use gongular_core::inject::{Container, Scope, Scopes};
use gongular_core::stats::Recorder;
use gongular_core::{Error, ResponseBody};
use gongular_layers::inject::ResponseFuture;
use http::{Method, Response};

use super::flight::{Ended, Flight, StepFuture};
use super::run::Steps;
use super::step::Step;

/// The rest of a chain with the providers of a level at hand.
///
/// An injection layer does the same, but has answered when it is done. Here an error that
/// [passes](Error::is_pass) ends what was built for the chain, and the request goes on as it came.
pub(crate) struct Level {
    scopes: Arc<Scopes>,
    inner: Arc<Steps>,
}

impl Level {
    pub(crate) fn new(container: Container, inner: Arc<Steps>) -> Self {
        Self { scopes: Arc::new(Scopes::new(container)), inner }
    }
}

impl Level {
    /// Goes on in a scope that is open already, which another chain of the request has left.
    fn go_on(&self, mut flight: Box<Flight>, open: Scope) -> StepFuture {
        flight.state.set_scope(open);
        let inner = Arc::clone(&self.inner);
        Box::pin(async move { inner.walk(flight).await })
    }
}

impl Step for Level {
    fn call(&self, mut flight: Box<Flight>) -> StepFuture {
        let outer = flight.state.scope().cloned();
        if let Some(open) = outer.as_ref().and_then(|scope| scope.open_of(self.scopes.container())) {
            return self.go_on(flight, open);
        }
        let open = self.scopes.enter(&mut flight.state);
        let is_bodiless = matches!(flight.parts.method, Method::CONNECT | Method::HEAD);
        let inner = Arc::clone(&self.inner);
        Box::pin(async move {
            let mut back = None;
            let answering = answer(&inner, flight, outer.as_ref(), &mut back);
            let Ok(response) = ResponseFuture::open(answering, open, is_bodiless).await;
            let Some(Back { mut flight, passed }) = back else {
                return Ended::Answered(Box::new(response.map(ResponseBody::new)));
            };
            if let Some(outer) = outer {
                flight.state.set_scope(outer);
            }
            match passed {
                Some(error) => Ended::Failed(flight, error),
                None => Ended::Refused(flight, Box::new(response.map(ResponseBody::new))),
            }
        })
    }

    fn skip(&self, recorder: &Recorder) {
        self.inner.skip(0, recorder);
    }
}

/// What is left of a request that was not answered well.
struct Back {
    flight: Box<Flight>,
    /// The error by which it goes on to the next chain.
    passed: Option<Error>,
}

/// Answers. What is left of a request that was not answered well goes to `back`.
async fn answer(
    inner: &Steps,
    flight: Box<Flight>,
    outer: Option<&Scope>,
    back: &mut Option<Back>,
) -> Result<Response<ResponseBody>, Infallible> {
    let refused = |flight| Some(Back { flight, passed: None });
    Ok(match inner.walk(flight).await {
        Ended::Answered(response) => *response,
        Ended::Done(mut flight) => {
            let answer = std::mem::take(&mut flight.answer);
            if answer.status().is_some_and(|status| status.as_u16() >= 400) {
                *back = refused(flight);
            }
            answer.into_response()
        }
        Ended::Failed(mut flight, error) if error.is_pass() => {
            if let Some(outer) = outer {
                flight.state.set_scope(outer.clone());
            }
            let response = nothing(&error);
            *back = Some(Back { flight, passed: Some(error) });
            response
        }
        Ended::Failed(flight, error) => {
            let response = inner.refuse(&flight, error);
            *back = refused(flight);
            *response
        }
        Ended::Lost(failure) => *inner.lose(*failure),
        Ended::Refused(flight, response) => {
            *back = refused(flight);
            *response
        }
    })
}

/// Makes an answer that nobody gets: one without a body waits until what was built for it is torn down, where an error would
/// not.
fn nothing(error: &Error) -> Response<ResponseBody> {
    let mut response = Response::new(ResponseBody::empty());
    *response.status_mut() = error.status();
    response.extensions_mut().insert(Carried::new(error.clone()));
    response
}
