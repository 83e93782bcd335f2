//! Values as JSON answers.

use http::{HeaderValue, Response, header};
use serde::Serialize;

use super::{IntoResponse, ResponseBody};
use crate::Error;

/// An answer that is a value as JSON, content type `application/json`.
///
/// # Errors
///
/// A value whose `Serialize` fails: [`ErrorKind::Serialize`](crate::ErrorKind::Serialize), `500`.
///
/// # Example
///
/// ```
/// use gongular_core::{IntoResponse, Json};
///
/// let response = Json(vec![1, 2]).into_response().unwrap();
/// assert_eq!(response.headers()["content-type"], "application/json");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "the wrapped value is all there is, and callers take it apart")]
pub struct Json<T>(pub T);

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Result<Response<ResponseBody>, Error> {
        let mut bytes = Vec::with_capacity(128);
        serde_json::to_writer(&mut bytes, &self.0).map_err(Error::serialize)?;
        let mut response = Response::new(ResponseBody::from(bytes));
        let content_type = const { HeaderValue::from_static("application/json") };
        response.headers_mut().insert(header::CONTENT_TYPE, content_type);
        Ok(response)
    }
}
