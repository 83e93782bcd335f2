//! What is asked about every answer with an error status, when the answer is there.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use gongular_core::error::Carried;
use gongular_core::{Answer, BodySlot, ResponseBody};
use gongular_layers::error::{Answers, RequestHead, keep};
use http::{Response, StatusCode, header};
use http_body::Body;

use super::flight::{Ended, Flight};
use super::run::Steps;
use crate::mvc::ErrorAnswer;

/// What is asked about every answer with an error status of the routes of a group.
#[derive(Debug)]
pub(crate) struct HttpErrors {
    steps: Arc<Steps>,
}

/// The future of another answer.
pub(super) type Telling = Pin<Box<dyn Future<Output = Box<Response<ResponseBody>>> + Send>>;

impl HttpErrors {
    pub(crate) const fn new(steps: Arc<Steps>) -> Self {
        Self { steps }
    }

    /// Lets the steps answer in the place of an answer.
    ///
    /// Status and header fields stay, but for those that the steps say themselves, and for what described the body. Steps that say nothing
    /// leave the answer as it is; when they fail, that is answered as any failure.
    #[cold]
    pub(super) fn tell(
        &self,
        mut flight: Box<Flight>,
        response: Response<ResponseBody>,
        errors: &Arc<dyn Answers>,
    ) -> Telling {
        let (steps, errors) = (Arc::clone(&self.steps), Arc::clone(errors));
        Box::pin(async move {
            let error = response.extensions().get::<Carried>().map(|carried| carried.error().clone());
            flight.parts.extensions.insert(ErrorAnswer { status: response.status(), error });
            flight.answer = Answer::new();
            let told = match steps.walk(flight).await {
                Ended::Answered(told) | Ended::Refused(_, told) => *told,
                Ended::Done(flight) => flight.answer.into_response(),
                Ended::Failed(flight, error) => {
                    let head = RequestHead::of_parts(&flight.parts, flight.state.route().cloned());
                    errors.answer(error, &head, http::HeaderMap::new())
                }
                Ended::Lost(failure) => errors.answer(failure.error, &failure.head, failure.said),
            };
            Box::new(over(response, told))
        })
    }
}

/// Returns whether an answer is one that was made of another.
pub(super) fn is_told(response: &Response<ResponseBody>) -> bool {
    response.extensions().get::<Told>().is_some()
}

/// Makes what is left of a request for those who are asked about its answer, where layers may take the request itself.
pub(super) fn copy(flight: &Flight) -> Box<Flight> {
    Box::new(Flight {
        parts: flight.parts.clone(),
        body: BodySlot::taken(),
        state: flight.state.clone(),
        answer: Answer::new(),
        failure: None,
    })
}

/// Left in an answer that was made of another, so that it is not asked about again around a layer.
#[derive(Clone, Copy)]
struct Told;

/// Puts one answer over another.
fn over(before: Response<ResponseBody>, told: Response<ResponseBody>) -> Response<ResponseBody> {
    let (before, body) = before.into_parts();
    let (mut parts, told) = told.into_parts();
    if parts.status == StatusCode::OK {
        parts.status = before.status;
    }
    let own = std::mem::replace(&mut parts.extensions, before.extensions);
    parts.extensions.extend(own);
    parts.extensions.insert(Told);
    if parts.headers.contains_key(header::CONTENT_TYPE) || !told.is_end_stream() {
        keep(&mut parts.headers, before.headers);
        return Response::from_parts(parts, told);
    }
    let said = std::mem::replace(&mut parts.headers, before.headers);
    for name in said.keys() {
        parts.headers.remove(name);
    }
    parts.headers.extend(said);
    Response::from_parts(parts, body)
}
