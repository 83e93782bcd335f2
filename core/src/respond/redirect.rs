//! Redirects.

use http::{HeaderValue, Response, StatusCode, header};

use super::{IntoResponse, ResponseBody};
use crate::Error;

/// An answer that sends the client to another URI.
///
/// # Example
///
/// ```
/// use gongular_core::{IntoResponse, Redirect};
///
/// let response = Redirect::to("/orders/7").into_response().unwrap();
/// assert_eq!(response.status(), 303);
/// assert_eq!(response.headers()["location"], "/orders/7");
///
/// let error = Redirect::to("/x\r\nSet-Cookie: a=1").into_response().unwrap_err();
/// assert_eq!(error.status(), 400);
/// ```
#[derive(Clone, Debug)]
#[must_use = "a redirect does nothing until it is returned"]
pub struct Redirect {
    status: StatusCode,
    location: String,
}

impl Redirect {
    /// Sends the client to see another page, by `GET`: 303, what a form's `POST` answers with.
    pub fn to(location: impl Into<String>) -> Self {
        Self { status: StatusCode::SEE_OTHER, location: location.into() }
    }

    /// Sends the client elsewhere for this time, with the same method and body: 307.
    pub fn temporary(location: impl Into<String>) -> Self {
        Self { status: StatusCode::TEMPORARY_REDIRECT, location: location.into() }
    }

    /// Sends the client elsewhere for good, with the same method and body: 308. Clients remember it.
    pub fn permanent(location: impl Into<String>) -> Self {
        Self { status: StatusCode::PERMANENT_REDIRECT, location: location.into() }
    }
}

/// # Errors
///
/// The location has characters that a header field cannot have: `400`. It is not looked at otherwise: do not send clients
/// where another client said.
impl IntoResponse for Redirect {
    fn into_response(self) -> Result<Response<ResponseBody>, Error> {
        let location = HeaderValue::try_from(self.location)?;
        let mut response = Response::new(ResponseBody::empty());
        *response.status_mut() = self.status;
        response.headers_mut().insert(header::LOCATION, location);
        Ok(response)
    }
}
