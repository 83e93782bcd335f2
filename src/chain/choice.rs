//! Chains for the same requests: the first that does not pass answers.

use std::sync::Arc;

use gongular_core::stats::Recorder;
use gongular_core::{Answer, Error};
use http::{StatusCode, header};
use http_body::Body as _;

use super::flight::{Ended, Flight, StepFuture};
use super::run::Steps;
use super::step::Step;

/// Chains that stand for the same requests, asked in order.
///
/// A chain that fails with an error that [passes](Error::is_pass) leaves the request to the next one, with nothing said but what the
/// choice depends on, for caches: the error's `Vary`. When all pass, the error of the last is the answer, but one that says more than "this is another version" comes before those that
/// do not.
pub(crate) struct Choice {
    chains: Arc<[Arc<Steps>]>,
}

impl Choice {
    pub(crate) fn new(chains: Vec<Arc<Steps>>) -> Self {
        Self { chains: chains.into() }
    }
}

impl Step for Choice {
    fn call(&self, mut flight: Box<Flight>) -> StepFuture {
        let chains = Arc::clone(&self.chains);
        Box::pin(async move {
            let mut before = Before::of(&mut flight.answer);
            let mut refused: Option<(&Arc<Steps>, Error)> = None;
            for (index, chain) in chains.iter().enumerate() {
                match chain.walk(flight).await {
                    Ended::Failed(back, error) if error.is_pass() => {
                        flight = back;
                        before.vary(&error);
                        flight.answer = before.answer();
                        #[cfg(feature = "mvc")]
                        flight.parts.extensions.remove::<crate::mvc::Taken>();
                        refused = Some(match refused {
                            Some(first) if error.status() == StatusCode::NOT_IMPLEMENTED => first,
                            _ => (chain, error),
                        });
                    }
                    ended => {
                        skip(chains.get(index + 1..), &ended);
                        // Its own error handler answers, which need not be that of the chains beside it.
                        return match ended {
                            Ended::Failed(back, error) => {
                                let response = chain.refuse(&back, error);
                                Ended::Refused(back, response)
                            }
                            Ended::Lost(failure) => Ended::Answered(chain.lose(*failure)),
                            Ended::Done(mut back) => {
                                before.give_body(&mut back.answer);
                                Ended::Done(back)
                            }
                            ended => ended,
                        };
                    }
                }
            }
            match refused {
                Some((chain, error)) => {
                    let response = chain.refuse(&flight, error);
                    Ended::Refused(flight, response)
                }
                None => Ended::Done(flight),
            }
        })
    }

    fn skip(&self, recorder: &Recorder) {
        for chain in &*self.chains {
            chain.skip(0, recorder);
        }
    }
}

/// Notes that the chains behind the one that answered did not run.
fn skip(chains: Option<&[Arc<Steps>]>, ended: &Ended) {
    let (Ended::Done(flight) | Ended::Failed(flight, _) | Ended::Refused(flight, _)) = ended else { return };
    if let Some(recorder) = flight.state.recorder().filter(|recorder| recorder.detail().handlers()) {
        for chain in chains.unwrap_or_default() {
            chain.skip(0, recorder);
        }
    }
}

/// What was said before the first chain; each of them begins with it, but for a body.
struct Before {
    status: Option<StatusCode>,
    headers: Option<Box<http::HeaderMap>>,
    /// The answer with its body, which is that of the chain that answers without saying another.
    whole: Option<Answer>,
}

impl Before {
    fn of(answer: &mut Answer) -> Self {
        let has_body = answer.body().is_some_and(|body| !body.is_end_stream());
        let headers = (!answer.headers().is_empty()).then(|| Box::new(answer.headers().clone()));
        let mut before = Self { status: answer.status(), headers, whole: None };
        if has_body {
            for name in [header::CONTENT_LENGTH, header::CONTENT_TYPE] {
                before.headers.get_or_insert_default().remove(name);
            }
            before.whole = Some(std::mem::replace(answer, before.answer()));
        }
        before
    }

    /// Gives an answer the body that was said before, unless it has another.
    fn give_body(&mut self, answer: &mut Answer) {
        if let Some(whole) = self.whole.take() {
            answer.inherit_body(whole);
        }
    }

    /// Adds what a chain looked at that let the request pass.
    fn vary(&mut self, error: &Error) {
        for value in error.headers().into_iter().flat_map(|headers| headers.get_all(header::VARY)) {
            let headers = self.headers.get_or_insert_default();
            if !headers.get_all(header::VARY).iter().any(|said| said == value) {
                headers.append(header::VARY, value.clone());
            }
        }
    }

    fn answer(&self) -> Answer {
        let mut answer = Answer::new();
        if let Some(status) = self.status {
            answer.set_status(status);
        }
        if let Some(headers) = &self.headers {
            answer.headers_mut().clone_from(headers);
        }
        answer
    }
}
