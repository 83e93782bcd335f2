//! A chain of one handler: the request, the handler and its answer in one box.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use gongular_core::{Answer, Error, Handler, RequestContext, ResponseBody};
use http::{Method, Response};

use super::flight::{Arrival, Caught, Door, begin, finish, note_failure};
use super::landed::without_body;
use super::run::Steps;
use super::step::HandlerStep;
use crate::AnyBody;

/// A handler that is all of its chain.
///
/// No other step sees what it says before that leaves. So neither the request nor the answer has to stand where the next one
/// could take it: both live in the handler's future.
pub(crate) trait Only: Send + Sync {
    /// Answers a request. Errors and panics are answered by the chain's error handler, and come beside the answer.
    fn answer(&self, door: &mut Door, steps: &Arc<Steps>) -> OnlyFuture;
}

/// The future of a request whose chain is one handler.
pub(crate) type OnlyFuture = Pin<Box<dyn Future<Output = (Response<ResponseBody>, Option<Error>)> + Send>>;

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
            let (response, error) = match called {
                Ok(()) => {
                    finish(running, &answer);
                    (answer.take_response_with(|body| body), None)
                }
                Err(error) => {
                    note_failure(running, &arrival.state, &error);
                    refuse(&steps, arrival, answer, error)
                }
            };
            let is_usual = (200..400).contains(&response.status().as_u16());
            if is_usual && !is_head {
                return (response, error);
            }
            (unusual(response, &steps, arrival, is_head, error.is_some()), error)
        };
        let future = Box::write(room, future);
        Box::into_pin(future)
    }
}

/// Answers an error in the place of what was said.
#[cold]
#[inline(never)]
fn refuse(
    steps: &Steps,
    Arrival { parts, state, .. }: &Arrival,
    mut answer: Answer,
    error: Error,
) -> (Response<ResponseBody>, Option<Error>) {
    Steps::note_passed(state, &error);
    let head = steps.head_of(parts, state);
    let (response, error) = steps.errors().tell(error, &head, answer.take_headers());
    // As an answer, since an error handler may say anything: a body where the status has none, say.
    (Answer::from_response(response).into_response(), Some(error))
}

/// Looks at an answer that is neither a success nor a redirect, and at that to a `HEAD`.
#[cold]
#[inline(never)]
fn unusual(
    mut response: Response<ResponseBody>,
    steps: &Steps,
    Arrival { parts, state, .. }: &Arrival,
    is_head: bool,
    is_error: bool,
) -> Response<ResponseBody> {
    if response.status().is_informational() {
        response = steps.refuse_interim(response, &steps.head_of(parts, state));
    }
    if is_head { without_body(response, is_error) } else { response }
}
