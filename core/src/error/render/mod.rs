//! Errors as answers.

mod gongular;

use http::{HeaderValue, Response, header};

use super::Error;
use crate::respond::ResponseBody;

/// Renders an error in the default shape, the original's: one JSON object named after the kind.
#[must_use]
#[cold]
pub fn respond(error: &Error) -> Response<ResponseBody> {
    let (content_type, body) = match error.body() {
        Some((content_type, body)) => (content_type.clone(), body.clone()),
        None => (HeaderValue::from_static("application/json"), gongular::body(error).into()),
    };
    let mut response = Response::new(ResponseBody::from(body));
    *response.status_mut() = error.status();
    if let Some(headers) = error.headers() {
        response.headers_mut().extend(headers.clone());
    }
    response.headers_mut().insert(header::CONTENT_TYPE, content_type);
    response
}
