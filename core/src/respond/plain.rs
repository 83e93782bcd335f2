//! Texts, bytes, statuses and whole responses as answers.

use std::borrow::Cow;
use std::convert::Infallible;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use http_body::Body;

use super::{IntoResponse, ResponseBody};
use crate::{BoxError, Error};

impl IntoResponse for () {
    fn into_response(self) -> Result<Response<ResponseBody>, Error> {
        Ok(Response::new(ResponseBody::empty()))
    }
}

impl IntoResponse for Infallible {
    fn into_response(self) -> Result<Response<ResponseBody>, Error> {
        match self {}
    }
}

impl IntoResponse for StatusCode {
    fn into_response(self) -> Result<Response<ResponseBody>, Error> {
        let mut response = Response::new(ResponseBody::empty());
        *response.status_mut() = self;
        Ok(response)
    }
}

impl<T: IntoResponse> IntoResponse for (StatusCode, T) {
    fn into_response(self) -> Result<Response<ResponseBody>, Error> {
        let mut response = self.1.into_response()?;
        *response.status_mut() = self.0;
        Ok(response)
    }
}

impl<T: IntoResponse> IntoResponse for (HeaderMap, T) {
    fn into_response(self) -> Result<Response<ResponseBody>, Error> {
        let mut response = self.1.into_response()?;
        response.headers_mut().extend(self.0);
        Ok(response)
    }
}

impl<T: IntoResponse> IntoResponse for (StatusCode, HeaderMap, T) {
    fn into_response(self) -> Result<Response<ResponseBody>, Error> {
        (self.0, (self.1, self.2)).into_response()
    }
}

/// Nothing but header fields.
impl IntoResponse for HeaderMap {
    fn into_response(self) -> Result<Response<ResponseBody>, Error> {
        (self, ()).into_response()
    }
}

/// Header fields by name and value, in front of an answer: they replace those of the same names.
///
/// # Errors
///
/// A name or value has characters that header fields cannot have: `400`.
impl<K, V, const N: usize, T> IntoResponse for ([(K, V); N], T)
where
    K: TryInto<HeaderName, Error: Into<http::Error>>,
    V: TryInto<HeaderValue, Error: Into<http::Error>>,
    T: IntoResponse,
{
    fn into_response(self) -> Result<Response<ResponseBody>, Error> {
        let (fields, answer) = self;
        let mut response = answer.into_response()?;
        for (name, value) in fields {
            let name = name.try_into().map_err(Into::into)?;
            let value = value.try_into().map_err(Into::into)?;
            response.headers_mut().insert(name, value);
        }
        Ok(response)
    }
}

impl<K, V, const N: usize, T> IntoResponse for (StatusCode, [(K, V); N], T)
where
    K: TryInto<HeaderName, Error: Into<http::Error>>,
    V: TryInto<HeaderValue, Error: Into<http::Error>>,
    T: IntoResponse,
{
    fn into_response(self) -> Result<Response<ResponseBody>, Error> {
        (self.0, (self.1, self.2)).into_response()
    }
}

impl<T: IntoResponse, E: Into<Error>> IntoResponse for Result<T, E> {
    fn into_response(self) -> Result<Response<ResponseBody>, Error> {
        match self {
            Ok(value) => value.into_response(),
            Err(error) => Err(error.into()),
        }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Result<Response<ResponseBody>, Error> {
        Err(self)
    }
}

impl<B> IntoResponse for Response<B>
where
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    fn into_response(self) -> Result<Response<ResponseBody>, Error> {
        let (parts, body) = self.into_parts();
        Ok(Response::from_parts(parts, ResponseBody::new(body)))
    }
}

const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
const BYTES: HeaderValue = HeaderValue::from_static("application/octet-stream");

fn with_type(content_type: HeaderValue, body: impl Into<Bytes>) -> Result<Response<ResponseBody>, Error> {
    let mut response = Response::new(ResponseBody::from(body));
    response.headers_mut().insert(header::CONTENT_TYPE, content_type);
    Ok(response)
}

macro_rules! plain {
    ($($type:ty => $content_type:expr, |$value:ident| $body:expr;)*) => {$(
        impl IntoResponse for $type {
            fn into_response(self) -> Result<Response<ResponseBody>, Error> {
                let $value = self;
                with_type($content_type, $body)
            }
        }
    )*};
}

plain! {
    &'static str => TEXT, |value| value;
    String => TEXT, |value| value;
    Cow<'static, str> => TEXT, |value| match value {
        Cow::Borrowed(text) => Bytes::from(text),
        Cow::Owned(text) => Bytes::from(text),
    };
    &'static [u8] => BYTES, |value| value;
    Vec<u8> => BYTES, |value| value;
    Bytes => BYTES, |value| value;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Html, Redirect};

    #[test]
    fn fields_in_front_of_an_answer_replace_its_own() {
        let answer = ([("content-type", "text/csv"), ("x-rows", "2")], "a,b");
        let response = answer.into_response().unwrap();
        assert_eq!(response.headers()["content-type"], "text/csv");
        assert_eq!(response.headers()["x-rows"], "2");

        let answer = (StatusCode::CREATED, [(header::ETAG, "\"7\"")], ());
        assert_eq!(answer.into_response().unwrap().status(), StatusCode::CREATED);
    }

    #[test]
    fn a_field_that_would_split_the_answer_is_refused() {
        let error = ([("x-name", "a\r\nx-b: 1".to_owned())], "").into_response().unwrap_err();
        assert_eq!(error.status(), StatusCode::BAD_REQUEST);
    }

    #[test]
    fn a_page_is_html_and_redirects_keep_their_kinds_apart() {
        let page = Html("<p>hi").into_response().unwrap();
        assert_eq!(page.headers()[header::CONTENT_TYPE], "text/html; charset=utf-8");
        for (redirect, status) in
            [(Redirect::to("/a"), 303), (Redirect::temporary("/a"), 307), (Redirect::permanent("/a"), 308)]
        {
            let response = redirect.into_response().unwrap();
            assert_eq!(response.status().as_u16(), status);
            assert_eq!(response.headers()[header::LOCATION], "/a");
        }
    }
}
