//! A request on its way through a chain.

use std::any::Any;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

use gongular_core::stats::Running;
use gongular_core::{Answer, BodySlot, Error, RequestState, ResponseBody};
use gongular_layers::error::{Answers, RequestHead};
use http::request::Parts;
use http::{HeaderMap, Response};
use pin_project_lite::pin_project;

use crate::AnyBody;

/// A request at the engine's door, before it is known what answers it.
pub(crate) struct Arrival {
    pub(crate) parts: Parts,
    pub(crate) body: BodySlot<AnyBody>,
    pub(crate) state: RequestState,
}

/// The door of an engine, where a request waits for who takes it.
///
/// It is looked at where it stands, since it is large: whoever takes it moves it into its box, and nobody else does.
pub(crate) struct Door(Option<Arrival>);

impl Door {
    /// Lets a request in.
    #[inline]
    pub(crate) const fn new(arrival: Arrival) -> Self {
        Self(Some(arrival))
    }

    /// Returns the request.
    ///
    /// # Panics
    ///
    /// Somebody has taken it.
    #[inline]
    pub(crate) fn arrival(&mut self) -> &mut Arrival {
        self.0.as_mut().expect(TAKEN)
    }

    /// Takes the request away.
    ///
    /// # Panics
    ///
    /// Somebody has taken it.
    #[inline]
    pub(crate) fn take(&mut self) -> Arrival {
        self.0.take().expect(TAKEN)
    }
}

const TAKEN: &str = "a request is taken once";

/// A request on its way through a chain, with what was said about its answer so far.
pub(crate) struct Flight {
    pub(crate) parts: Parts,
    pub(crate) body: BodySlot<AnyBody>,
    pub(crate) state: RequestState,
    pub(crate) answer: Answer,
    /// What the answer is one of. It is left in the answer when that leaves for somebody who may look for it there.
    pub(crate) failure: Option<Error>,
}

/// How one step of a chain ended.
pub(crate) enum Ended {
    /// A layer has answered for the rest of the chain.
    Answered(Box<Response<ResponseBody>>),
    /// The step is done; what it said about the answer stands in the flight.
    Done(Box<Flight>),
    /// The step failed.
    Failed(Box<Flight>, Error),
    /// A layer failed, or what it passed the request on to.
    Lost(Box<Failure>),
    /// A part of the chain has answered what it failed with by itself.
    #[cfg(feature = "mvc")]
    Refused(Box<Flight>, Box<Response<ResponseBody>>),
}

/// What a layer failed with, and what the error handler needs of the request, which is gone.
pub(crate) struct Failure {
    pub(crate) error: Error,
    pub(crate) head: RequestHead,
    /// The header fields that were said before.
    pub(crate) said: HeaderMap,
}

/// The future of one step.
pub(crate) type StepFuture = Pin<Box<dyn Future<Output = Ended> + Send>>;

impl Flight {
    /// Takes a request over, in a box, since it is large, and passed from hand to hand.
    #[inline]
    pub(crate) fn new(door: &mut Door) -> Box<Self> {
        let Arrival { parts, body, state } = door.take();
        // The room comes first, so that the request is moved once: `Box::new` would have it on the stack before.
        Box::write(Box::new_uninit(), Self { parts, body, state, answer: Answer::new(), failure: None })
    }

    /// Says how a handler ended.
    #[inline]
    pub(crate) fn end(self: Box<Self>, running: Option<Running>, called: Result<(), Error>) -> Ended {
        match called {
            Ok(()) => {
                finish(running, &self.answer);
                Ended::Done(self)
            }
            Err(error) => self.fail(running, error),
        }
    }

    /// Answers an error in the place of what was said.
    #[cold]
    pub(crate) fn refuse(&mut self, errors: &dyn Answers, mut error: Error) {
        let head = errors.head(&self.parts, self.state.route());
        let response = errors.tell(&mut error, &head, self.answer.take_headers());
        self.answer = Answer::from_response(response);
        self.failure = Some(error);
    }

    #[cold]
    #[inline(never)]
    fn fail(self: Box<Self>, running: Option<Running>, error: Error) -> Ended {
        note_failure(running, &self.state, &error);
        Ended::Failed(self, error)
    }
}

/// Begins the measurement of a handler, when somebody wants it.
#[inline]
pub(super) fn begin(state: &RequestState, name: impl FnOnce() -> &'static str) -> Option<Running> {
    let recorder = state.recorder()?;
    recorder.detail().handlers().then(|| recorder.handler(name()))
}

/// Ends the measurement of a handler that did its part.
#[inline]
pub(super) fn finish(running: Option<Running>, answer: &Answer) {
    match running {
        Some(running) if answer.is_stopped() => running.stop(),
        Some(running) => running.finish(),
        None => {}
    }
}

/// Notes what a handler failed with.
#[cold]
pub(super) fn note_failure(running: Option<Running>, state: &RequestState, error: &Error) {
    match (running, state.recorder()) {
        (Some(running), _) => running.fail(error),
        (None, Some(recorder)) if !error.is_pass() => recorder.fail(error),
        (None, _) => {}
    }
}

pin_project! {
    /// A future whose panic is an error.
    ///
    /// What the panic leaves half done is dropped with the future.
    pub(crate) struct Caught<F> {
        #[pin]
        inner: F,
    }
}

impl<F> Caught<F> {
    pub(crate) const fn new(inner: F) -> Self {
        Self { inner }
    }
}

impl<F, T> Future for Caught<F>
where
    F: Future<Output = Result<T, Error>>,
{
    type Output = Result<T, Error>;

    #[inline]
    fn poll(self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<Self::Output> {
        match catch_unwind(AssertUnwindSafe(|| self.project().inner.poll(task))) {
            Ok(polled) => polled,
            Err(payload) => Poll::Ready(Err(panicked(payload))),
        }
    }
}

#[cold]
fn panicked(payload: Box<dyn Any + Send>) -> Error {
    Error::panic(payload)
}
