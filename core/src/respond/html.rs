//! Pages.

use bytes::Bytes;
use http::{HeaderValue, Response, header};

use super::{IntoResponse, ResponseBody, ResponseContext};
use crate::{Answer, Error};

/// An answer whose body is HTML, in UTF-8.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "the wrapped value is all there is, and callers take it apart")]
pub struct Html<T>(pub T);

impl<T: Into<Bytes>> IntoResponse for Html<T> {
    fn into_response(self) -> Result<Response<ResponseBody>, Error> {
        let mut response = Response::new(ResponseBody::from(self.0));
        response.headers_mut().insert(header::CONTENT_TYPE, HTML);
        Ok(response)
    }

    fn put_into(self, answer: &mut Answer, _: ResponseContext<'_>) -> Result<(), Error> {
        answer.put(ResponseBody::from(self.0), HTML);
        Ok(())
    }
}

const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");
