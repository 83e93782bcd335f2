//! A chain of one handler: the request, the handler and its answer in one box.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use gongular_core::{Answer, Error, Handler, RequestContext};
use http::{Method, Response};

use super::flight::{Arrival, Caught, Door, begin, finish, note_failure};
use super::landed::without_body;
use super::run::Steps;
use super::step::HandlerStep;
use crate::AnyBody;
use crate::engine::{Answered, Body};

/// A handler that is all of its chain.
///
/// No other step sees what it says before that leaves. So neither the request nor the answer has to stand where the next one
/// could take it: both live in the handler's future.
pub(crate) trait Only: Send + Sync {
    /// Answers a request. Errors and panics are answered by the chain's error handler, and go along with the answer's body.
    fn answer(&self, door: &mut Door, steps: &Arc<Steps>) -> OnlyFuture;
}

/// The future of a request whose chain is one handler.
///
/// What it comes to is what the engine's own future comes to, so that an answer passes through that without being moved.
pub(crate) type OnlyFuture = Pin<Box<dyn Future<Output = Answered> + Send>>;

impl<H, Args> Only for HandlerStep<H, Args>
where
    H: Handler<AnyBody, Args>,
    Args: 'static,
{
    fn answer(&self, door: &mut Door, steps: &Arc<Steps>) -> OnlyFuture {
        let handler = self.handler.clone();
        let steps = Arc::clone(steps);
        // Known beforehand, since a handler may change the request.
        let is_head = door.arrival().parts.method == Method::HEAD;
        // The room comes first: `Box::pin` would make the future on the stack and move all of it.
        let room = Box::new_uninit();
        let mut arrival = door.take();
        let future = async move {
            // Used where it stands, and as a whole: a new binding, or each of its parts, would be a second place for it.
            let arrival = &mut arrival;
            let mut answer = Answer::new();
            let running = begin(&arrival.state, || handler.name());
            let mut cx = RequestContext::with_state(&mut arrival.parts, &mut arrival.body, &arrival.state);
            let called = Caught::new(handler.call(&mut cx, &mut answer)).await;
            let error = match called {
                Ok(()) => {
                    finish(running, &answer);
                    if !is_head && !answer.status().is_some_and(|status| status.is_informational()) {
                        return Ok(answer.take_response_with(Body::of));
                    }
                    None
                }
                Err(error) => {
                    note_failure(running, &arrival.state, &error);
                    Some(error)
                }
            };
            Ok(unusual(&mut answer, error, &steps, arrival, is_head))
        };
        let future = Box::write(room, future);
        Box::into_pin(future)
    }
}

/// Makes an answer to an error, one that is none to end with, or one to a `HEAD`.
#[cold]
#[inline(never)]
fn unusual(
    answer: &mut Answer,
    mut error: Option<Error>,
    steps: &Steps,
    Arrival { parts, state, .. }: &Arrival,
    is_head: bool,
) -> Response<Body> {
    let mut response = match &mut error {
        Some(error) => {
            Steps::note_passed(state, error);
            let head = steps.head_of(parts, state);
            let mut response = steps.errors().tell(error, &head, answer.take_headers());
            // An error handler may say anything: a body where the status has none, say.
            Answer::frame(&mut response);
            response
        }
        None => answer.take_response_with(|body| body),
    };
    if response.status().is_informational() {
        response = steps.refuse_interim(response, &steps.head_of(parts, state));
    }
    if is_head {
        response = without_body(response, error.is_some());
    }
    response.map(|body| Body::of(body).answering(error))
}
