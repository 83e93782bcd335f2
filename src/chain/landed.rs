//! What a chain ends with.

use gongular_core::__private::is_bodiless;
use gongular_core::error::Carried;
use gongular_core::{Answer, ResponseBody};
use http::{Response, StatusCode, header};
use http_body::Body as _;

use super::flight::Flight;
use crate::engine::Body;

/// What a chain ends with: the flight, in which the answer stands, or a response that somebody made.
pub(crate) enum Landed {
    Flight(Box<Flight>),
    Response(Box<Response<ResponseBody>>),
}

impl Landed {
    #[inline]
    pub(super) fn status(&self) -> StatusCode {
        match self {
            Self::Flight(flight) => flight.answer.status().unwrap_or_default(),
            Self::Response(response) => response.status(),
        }
    }

    /// Makes the response; an error is left in it.
    pub(super) fn into_response(self) -> Response<ResponseBody> {
        match self {
            Self::Flight(mut flight) => {
                let mut response = flight.answer.take_response_with(|body| body);
                if let Some(error) = flight.failure.take() {
                    response.extensions_mut().insert(Carried::settled(error));
                }
                response
            }
            Self::Response(response) => *response,
        }
    }

    /// Makes the engine's answer; an error goes along with its body.
    #[inline]
    pub(crate) fn into_answer(self) -> Response<Body> {
        match self {
            Self::Flight(mut flight) => {
                let error = flight.failure.take();
                flight.answer.take_response_with(|body| Body::of(body).answering(error))
            }
            Self::Response(response) => response.map(Body::of),
        }
    }

    /// Answers a `HEAD`.
    #[cold]
    #[inline(never)]
    pub(super) fn without_body(self) -> Self {
        match self {
            Self::Flight(mut flight) => {
                let response = flight.answer.take_response_with(|body| body);
                flight.answer = Answer::from_response(without_body(response, flight.failure.is_some()));
                Self::Flight(flight)
            }
            Self::Response(response) => Self::Response(Box::new(without_body(*response, false))),
        }
    }
}

impl From<Response<ResponseBody>> for Landed {
    fn from(response: Response<ResponseBody>) -> Self {
        Self::Response(Box::new(response))
    }
}

/// Returns the head of an answer as it would be with its body. The error handler has said how long an error's is.
pub(super) fn without_body(mut response: Response<ResponseBody>, is_error: bool) -> Response<ResponseBody> {
    let body = std::mem::take(response.body_mut());
    if let Some(length) = body.size_hint().exact()
        && !is_bodiless(response.status())
        && !response.headers().contains_key(header::CONTENT_LENGTH)
        && !is_error
        && response.extensions().get::<Carried>().is_none()
    {
        response.headers_mut().insert(header::CONTENT_LENGTH, length.into());
    }
    response
}

#[cfg(test)]
mod tests {
    use http::StatusCode;

    use super::*;

    #[test]
    fn the_head_of_an_answer_tells_the_length_of_a_body_that_may_be_there() {
        for (status, body, length) in
            [(200, "abc", Some("3")), (200, "", Some("0")), (204, "", None), (304, "", None)]
        {
            let mut response = Response::new(ResponseBody::from(body));
            *response.status_mut() = StatusCode::from_u16(status).unwrap();
            let response = without_body(response, false);
            let told = response.headers().get(header::CONTENT_LENGTH).map(|value| value.to_str().unwrap());
            assert_eq!(told, length, "{status} {body:?}");
            assert!(response.body().is_end_stream());
        }
    }
}
