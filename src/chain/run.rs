//! The future of a request in its chain.

use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

#[cfg(feature = "mvc")]
use gongular_core::error::Carried;
use gongular_core::stats::Recorder;
use gongular_core::{Error, RequestState, ResponseBody};
use gongular_layers::error::{Answers, RequestHead};
use http::request::Parts;
use http::{HeaderMap, Response, StatusCode, header};

use super::flight::{Ended, Failure, Flight, StepFuture};
#[cfg(feature = "mvc")]
use super::http_errors::{self, HttpErrors, Telling, is_told};
use super::landed::Landed;
use super::only::Only;
use super::step::Step;

/// The steps of a route, ready to run.
pub(crate) struct Steps {
    steps: Box<[Arc<dyn Step>]>,
    /// The one step that is all there is, if answers need nothing but it.
    only: Option<Arc<dyn Only>>,
    errors: Arc<dyn Answers>,
    /// Whether answers that are no errors of ours are to look like them.
    reshapes: bool,
    /// What is asked about answers with an error status.
    #[cfg(feature = "mvc")]
    http_errors: Option<Arc<HttpErrors>>,
    /// Whether layers stand among the steps, which take the request itself.
    #[cfg(feature = "mvc")]
    has_layers: bool,
}

impl Steps {
    pub(crate) fn new(steps: Vec<Arc<dyn Step>>, errors: Arc<dyn Answers>) -> Self {
        let reshapes = errors.reshapes_host_errors();
        let only = match steps.as_slice() {
            [only] if !reshapes => Arc::clone(only).as_only(),
            _ => None,
        };
        Self {
            steps: steps.into(),
            only,
            errors,
            reshapes,
            #[cfg(feature = "mvc")]
            http_errors: None,
            #[cfg(feature = "mvc")]
            has_layers: false,
        }
    }

    /// Sets what is asked about answers with an error status.
    #[cfg(feature = "mvc")]
    pub(crate) fn with_http_errors(mut self, http_errors: Arc<HttpErrors>, has_layers: bool) -> Self {
        self.http_errors = Some(http_errors);
        self.only = None;
        self.has_layers = has_layers;
        self
    }

    /// Returns who answers the errors of the chain.
    pub(crate) const fn errors(&self) -> &Arc<dyn Answers> {
        &self.errors
    }

    /// Returns the only handler, when there is nothing else to do for an answer.
    #[inline]
    pub(crate) fn only(&self) -> Option<&dyn Only> {
        self.only.as_deref()
    }

    /// Takes what the error handler wants to know of a request.
    pub(super) fn head_of(&self, parts: &Parts, state: &RequestState) -> RequestHead {
        self.errors.head(parts, state.route())
    }

    /// Lets nothing through that would leave the client waiting for another answer, unless the connection is upgraded.
    pub(super) fn refuse_interim(
        &self,
        response: Response<ResponseBody>,
        head: &RequestHead,
    ) -> Response<ResponseBody> {
        let status = response.status();
        if status == StatusCode::SWITCHING_PROTOCOLS && response.headers().contains_key(header::UPGRADE) {
            return response;
        }
        let text = format!("the answer has the status {status}, which is none to end with");
        self.errors.answer(Error::app(text), head, HeaderMap::new())
    }

    /// Answers what a step failed with.
    #[cfg(feature = "mvc")]
    pub(super) fn refuse(&self, flight: &Flight, error: Error) -> Box<Response<ResponseBody>> {
        Self::note_passed(&flight.state, &error);
        let said = flight.answer.headers().clone();
        Box::new(self.errors.answer(error, &self.head_of(&flight.parts, &flight.state), said))
    }

    /// An error that passes is that of the request only now that nobody else answers.
    pub(super) fn note_passed(state: &RequestState, error: &Error) {
        if let Some(recorder) = state.recorder().filter(|_| error.is_pass()) {
            recorder.fail(error);
        }
    }

    /// Answers what a layer failed with.
    pub(super) fn lose(&self, failure: Failure) -> Box<Response<ResponseBody>> {
        Box::new(self.errors.answer(failure.error, &failure.head, failure.said))
    }

    /// Begins the chain for a request.
    #[inline]
    pub(crate) fn run(self: &Arc<Self>, flight: Box<Flight>, is_head: bool) -> Run {
        #[cfg(feature = "mvc")]
        if self.has_layers {
            let kept = http_errors::copy(&flight);
            let mut run = self.run_inside(flight, is_head);
            run.kept = Some(kept);
            return run;
        }
        self.run_inside(flight, is_head)
    }

    /// Begins what is left of a chain inside of a layer.
    #[inline]
    pub(super) fn run_inside(self: &Arc<Self>, flight: Box<Flight>, is_head: bool) -> Run {
        // Behind an only step there is none that could be skipped.
        let recorder = if self.steps.len() > 1 { flight.state.recorder() } else { None };
        let recorder = recorder.filter(|recorder| recorder.detail().handlers()).cloned();
        let head = self.reshapes.then(|| Box::new(self.head_of(&flight.parts, &flight.state)));
        let current = match self.steps.first() {
            Some(first) => Current::Step(first.call(flight)),
            None => Current::Done(Some(flight)),
        };
        Run {
            steps: Arc::clone(self),
            index: 0,
            current,
            is_head,
            recorder,
            head,
            #[cfg(feature = "mvc")]
            kept: None,
        }
    }

    /// Runs the chain as a part of another one, which answers what it fails with.
    #[cfg(feature = "mvc")]
    pub(super) async fn walk(&self, flight: Box<Flight>) -> Ended {
        let mut flight = flight;
        for (index, step) in self.steps.iter().enumerate() {
            if flight.answer.is_stopped() {
                self.note(index, &flight);
                break;
            }
            match step.call(flight).await {
                Ended::Done(back) => flight = back,
                Ended::Failed(back, error) => {
                    self.note(index + 1, &back);
                    return Ended::Failed(back, error);
                }
                ended => return ended,
            }
        }
        Ended::Done(flight)
    }

    /// Notes that the steps from `index` on did not run, if somebody wants to know.
    #[cfg(feature = "mvc")]
    fn note(&self, index: usize, flight: &Flight) {
        if let Some(recorder) = flight.state.recorder().filter(|recorder| recorder.detail().handlers()) {
            self.skip(index, recorder);
        }
    }

    /// Notes that the steps from `index` on did not run.
    pub(crate) fn skip(&self, index: usize, recorder: &Recorder) {
        for step in self.steps.get(index..).unwrap_or_default() {
            step.skip(recorder);
        }
    }
}

impl fmt::Debug for Steps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Steps").field("steps", &self.steps.len()).finish_non_exhaustive()
    }
}

/// A request in its chain. It always answers: errors and panics are answered by the route's error handler.
pub(crate) struct Run {
    steps: Arc<Steps>,
    index: usize,
    current: Current,
    is_head: bool,
    /// Who wants to know which handlers did not run, until it is told.
    recorder: Option<Recorder>,
    /// The head of the request, when the answer may have to be reshaped.
    head: Option<Box<RequestHead>>,
    /// The request of an answer that may be asked about.
    #[cfg(feature = "mvc")]
    kept: Option<Box<Flight>>,
}

enum Current {
    Done(Option<Box<Flight>>),
    Step(StepFuture),
    /// An answer with an error status is being made anew.
    #[cfg(feature = "mvc")]
    Telling(Telling),
}

impl Run {
    #[inline]
    pub(crate) fn poll_landed(&mut self, task: &mut Context<'_>) -> Poll<Landed> {
        let landed = ready!(self.poll_answer(task));
        Poll::Ready(if self.is_head { landed.without_body() } else { landed })
    }

    #[inline]
    fn poll_answer(&mut self, task: &mut Context<'_>) -> Poll<Landed> {
        let landed = ready!(self.poll_steps(task));
        let status = landed.status().as_u16();
        if (200..400).contains(&status) {
            return Poll::Ready(landed);
        }
        #[cfg(feature = "mvc")]
        if self.steps.http_errors.is_some() {
            return self.tell(landed, task);
        }
        Poll::Ready(self.unusual(landed))
    }

    /// Asks about an answer with an error status, once.
    #[cfg(feature = "mvc")]
    #[cold]
    #[inline(never)]
    fn tell(&mut self, landed: Landed, task: &mut Context<'_>) -> Poll<Landed> {
        if matches!(self.current, Current::Telling(_)) {
            return Poll::Ready(landed);
        }
        let (flight, response) = match landed {
            Landed::Flight(mut flight) => {
                let mut response = flight.answer.take_response_with(|body| body);
                if let Some(error) = flight.failure.take() {
                    response.extensions_mut().insert(Carried::settled(error));
                }
                (Some(flight), Box::new(response))
            }
            Landed::Response(response) => (self.kept.take(), response),
        };
        let response = self.unusual(Landed::Response(response)).into_response();
        match (flight, &self.steps.http_errors) {
            (Some(flight), Some(asked)) if response.status().as_u16() >= 400 && !is_told(&response) => {
                self.current = Current::Telling(asked.tell(flight, response, &self.steps.errors));
                self.poll_answer(task)
            }
            _ => Poll::Ready(response.into()),
        }
    }

    /// Looks at an answer that is neither a success nor a redirect.
    #[cold]
    #[inline(never)]
    fn unusual(&self, landed: Landed) -> Landed {
        if landed.status().is_informational() {
            let head = match &landed {
                Landed::Flight(flight) => self.steps.head_of(&flight.parts, &flight.state),
                Landed::Response(_) => self.head.as_deref().cloned().unwrap_or_default(),
            };
            return self.steps.refuse_interim(landed.into_response(), &head).into();
        }
        match &self.head {
            Some(head) => self.steps.errors.refusal(landed.into_response(), head).into(),
            None => landed,
        }
    }

    #[inline]
    fn poll_steps(&mut self, task: &mut Context<'_>) -> Poll<Landed> {
        loop {
            let ended = match &mut self.current {
                Current::Step(step) => ready!(step.as_mut().poll(task)),
                Current::Done(flight) => Ended::Done(flight.take().expect("future polled after completion")),
                #[cfg(feature = "mvc")]
                Current::Telling(told) => return told.as_mut().poll(task).map(Landed::Response),
            };
            let flight = match ended {
                Ended::Done(flight) => flight,
                Ended::Answered(response) => {
                    self.end(self.index + 1);
                    return Poll::Ready(Landed::Response(response));
                }
                Ended::Failed(flight, error) => return Poll::Ready(self.fail(flight, error)),
                Ended::Lost(failure) => return Poll::Ready(self.lose(*failure)),
                #[cfg(feature = "mvc")]
                Ended::Refused(flight, response) => {
                    self.kept = Some(flight);
                    self.end(self.index + 1);
                    return Poll::Ready(Landed::Response(response));
                }
            };
            self.index += 1;
            match self.steps.steps.get(self.index) {
                Some(next) if !flight.answer.is_stopped() => self.current = Current::Step(next.call(flight)),
                Some(_) | None => {
                    self.end(self.index);
                    return Poll::Ready(Landed::Flight(flight));
                }
            }
        }
    }

    /// Notes that the steps from `index` on did not run.
    #[inline]
    fn end(&mut self, index: usize) {
        if let Some(recorder) = self.recorder.take() {
            self.steps.skip(index, &recorder);
        }
    }

    #[cold]
    #[inline(never)]
    fn fail(&mut self, mut flight: Box<Flight>, error: Error) -> Landed {
        self.end(self.index + 1);
        Steps::note_passed(&flight.state, &error);
        flight.refuse(&*self.steps.errors, error);
        Landed::Flight(flight)
    }

    #[cold]
    #[inline(never)]
    fn lose(&mut self, failure: Failure) -> Landed {
        self.end(self.index + 1);
        Landed::Response(self.steps.lose(failure))
    }
}

impl Drop for Run {
    /// A request that is given up ends here. The handler that it has met goes first, to be noted before those behind it.
    #[inline]
    fn drop(&mut self) {
        if self.recorder.is_some() {
            self.current = Current::Done(None);
            self.end(self.index + 1);
        }
    }
}

impl Future for Run {
    type Output = Result<Response<ResponseBody>, Infallible>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<Self::Output> {
        Poll::Ready(Ok(ready!(self.poll_landed(task)).into_response()))
    }
}
