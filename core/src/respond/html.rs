//! Pages.

use bytes::Bytes;
use http::{HeaderValue, Response, header};

use super::{IntoResponse, ResponseBody};
use crate::Error;

/// An answer whose body is HTML, in UTF-8.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "the wrapped value is all there is, and callers take it apart")]
pub struct Html<T>(pub T);

impl<T: Into<Bytes>> IntoResponse for Html<T> {
    fn into_response(self) -> Result<Response<ResponseBody>, Error> {
        let mut response = Response::new(ResponseBody::from(self.0));
        let content_type = const { HeaderValue::from_static("text/html; charset=utf-8") };
        response.headers_mut().insert(header::CONTENT_TYPE, content_type);
        Ok(response)
    }
}
