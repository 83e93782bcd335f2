//! A request on its way through a chain.

use std::any::Any;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::Poll;

use gongular_core::stats::{Recorder, Running};
use gongular_core::{Answer, BodySlot, Error, RequestState, ResponseBody};
use gongular_layers::error::RequestHead;
use http::request::Parts;
use http::{HeaderMap, Response};

use crate::AnyBody;

/// A request on its way through a chain, with what was said about its answer so far.
pub(crate) struct Flight {
    pub(crate) parts: Parts,
    pub(crate) body: BodySlot<AnyBody>,
    pub(crate) state: RequestState,
    pub(crate) answer: Answer,
}

/// How one step of a chain ended.
pub(crate) enum Ended {
    /// The chain is done.
    Answered(Response<ResponseBody>),
    /// The next step is asked, or what is left of the chain is skipped.
    Next(Box<Flight>),
    /// The step failed.
    Failed(Box<Failure>),
}

/// What a step failed with, and what the error handler needs of the request.
pub(crate) struct Failure {
    pub(crate) error: Error,
    pub(crate) head: RequestHead,
    /// The header fields that were said before.
    pub(crate) said: HeaderMap,
    pub(crate) recorder: Option<Recorder>,
}

/// The future of one step; the only box of a chain of one handler.
pub(crate) type StepFuture = Pin<Box<dyn Future<Output = Ended> + Send>>;

impl Flight {
    /// Begins the measurement of a handler, when somebody wants it.
    #[inline]
    pub(crate) fn begin(&self, name: impl FnOnce() -> &'static str) -> Option<Running> {
        let recorder = self.state.recorder()?;
        recorder.detail().handlers().then(|| recorder.handler(name()))
    }

    /// Says how a handler ended.
    #[inline]
    pub(crate) fn end(self, running: Option<Running>, called: Result<(), Error>, is_last: bool) -> Ended {
        match called {
            Ok(()) if self.answer.is_stopped() => {
                if let Some(running) = running {
                    running.stop();
                }
                if is_last {
                    Ended::Answered(self.answer.into_response())
                } else {
                    Ended::Next(Box::new(self))
                }
            }
            Ok(()) => {
                if let Some(running) = running {
                    running.finish();
                }
                if is_last {
                    Ended::Answered(self.answer.into_response())
                } else {
                    Ended::Next(Box::new(self))
                }
            }
            Err(error) => self.fail(running, error),
        }
    }

    #[cold]
    #[inline(never)]
    fn fail(self, running: Option<Running>, error: Error) -> Ended {
        match (running, self.state.recorder()) {
            (Some(running), _) => running.fail(&error),
            (None, Some(recorder)) => recorder.fail(&error),
            (None, None) => {}
        }
        Ended::Failed(Box::new(Failure::new(error, &self.parts, &self.state, self.answer.headers().clone())))
    }
}

impl Failure {
    #[cold]
    pub(crate) fn new(error: Error, parts: &Parts, state: &RequestState, said: HeaderMap) -> Self {
        let head = RequestHead::of_parts(parts, state.route().cloned());
        Self { error, head, said, recorder: state.recorder().cloned() }
    }
}

/// Polls a future to its end, and makes an error of its panic.
///
/// What the panic leaves half done is dropped with the future.
#[inline]
pub(crate) async fn caught<F, T>(future: F) -> Result<T, Error>
where
    F: Future<Output = Result<T, Error>>,
{
    let mut future = std::pin::pin!(future);
    std::future::poll_fn(move |task| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(task))) {
        Ok(polled) => polled,
        Err(payload) => Poll::Ready(Err(panicked(payload))),
    })
    .await
}

#[cold]
fn panicked(payload: Box<dyn Any + Send>) -> Error {
    Error::panic(payload)
}
