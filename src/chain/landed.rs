//! What a chain ends with.

use gongular_core::__private::is_bodiless;
use gongular_core::error::Carried;
use gongular_core::{Answer, Error, ResponseBody};
use http::{Response, StatusCode, header};
use http_body::Body;

use super::flight::Flight;

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

    pub(super) fn into_response(self) -> Response<ResponseBody> {
        self.into_response_with(true, |body| body)
    }

    /// Makes the response, with a body around the answer's own. With `leaves_error` an error is found in the answer.
    #[inline]
    pub(crate) fn into_response_with<B>(
        self,
        leaves_error: bool,
        wrap: impl FnOnce(ResponseBody) -> B,
    ) -> Response<B> {
        let (mut response, error) = match self {
            Self::Flight(mut flight) => (flight.answer.take_response_with(wrap), flight.failure.take()),
            Self::Response(response) => (response.map(wrap), None),
        };
        leave(error.filter(|_| leaves_error), &mut response);
        response
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

/// Leaves an error in its answer, for those who look for it there.
#[inline]
pub(super) fn leave<B>(error: Option<Error>, response: &mut Response<B>) {
    if let Some(error) = error {
        response.extensions_mut().insert(Carried::settled(error));
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
