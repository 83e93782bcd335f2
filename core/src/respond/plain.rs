//! Texts, bytes, statuses and whole responses as answers.

use std::borrow::Cow;
use std::convert::Infallible;

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use http_body::Body;

use super::{IntoResponse, ResponseBody, ResponseContext};
use crate::{Answer, BoxError, Error};

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

            fn put_into(self, answer: &mut Answer, _: ResponseContext<'_>) -> Result<(), Error> {
                let $value = self;
                answer.put(ResponseBody::from($body), $content_type);
                Ok(())
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
