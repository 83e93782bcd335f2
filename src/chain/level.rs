//! A level of providers inside of a choice: what stands in it may let the request pass on.

use std::sync::Arc;

use gongular_core::inject::{Container, Scope, Scopes};
use gongular_core::stats::Recorder;
use gongular_core::{Error, ResponseBody};
use gongular_layers::error::RequestHead;
use gongular_layers::inject::ResponseFuture;
use http::{HeaderMap, Method, Response};

use super::flight::{Ended, Failure, Flight, StepFuture};
use super::run::Steps;
use super::step::Step;

/// The rest of a chain with the providers of a level at hand.
///
/// An injection layer does the same, but has answered when it is done. Here an error that [passes](Error::is_pass) ends what was
/// built for the chain, and the request goes on as it came.
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
            let answering = answer(&inner, flight, &mut back);
            let answered = ResponseFuture::open(answering, open, is_bodiless).await;
            if let (Some(flight), Some(outer)) = (&mut back, outer) {
                flight.state.set_scope(outer);
            }
            match (answered, back) {
                (Ok(response), None) => Ended::Answered(Box::new(response.map(ResponseBody::new))),
                (Ok(response), Some(flight)) => {
                    Ended::Refused(flight, Box::new(response.map(ResponseBody::new)))
                }
                (Err(error), Some(flight)) => Ended::Failed(flight, error),
                (Err(error), None) => Ended::Lost(Box::new(Failure {
                    error,
                    head: RequestHead::default(),
                    said: HeaderMap::new(),
                })),
            }
        })
    }

    fn skip(&self, recorder: &Recorder) {
        self.inner.skip(0, recorder);
    }
}

/// Answers, or fails with an error that passes. What is left of a request that was not answered well goes to `back`.
async fn answer(
    inner: &Steps,
    flight: Box<Flight>,
    back: &mut Option<Box<Flight>>,
) -> Result<Response<ResponseBody>, Error> {
    match inner.walk(flight).await {
        Ended::Answered(response) => Ok(*response),
        Ended::Done(mut flight) => {
            let answer = std::mem::take(&mut flight.answer);
            *back = answer.status().is_some_and(|status| status.as_u16() >= 400).then_some(flight);
            Ok(answer.into_response())
        }
        Ended::Failed(flight, error) => {
            let response = if error.is_pass() { Err(error) } else { Ok(*inner.refuse(&flight, error)) };
            *back = Some(flight);
            response
        }
        Ended::Lost(failure) => Ok(*inner.lose(*failure)),
        Ended::Refused(flight, response) => {
            *back = Some(flight);
            Ok(*response)
        }
    }
}
