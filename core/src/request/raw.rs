//! Pieces of a request as they are, and the request's own logger.

use std::task::Context;

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode, Uri, Version, header};

use super::{FromRequest, MatchedPath, RequestBody, RequestContext, RequestState};
use crate::inject::Container;
use crate::stats::Logger;
use crate::{Contract, Error, Input, Place};

/// The whole body as it came, whatever its content type and coding; one that arrived in one piece is not copied.
///
/// At most [`Limits::body_bytes`](crate::Limits::body_bytes). A content coding is not undone.
///
/// # Errors
///
/// As [`RequestContext::bytes`].
impl<B: RequestBody> FromRequest<B> for Bytes {
    const CONSUMES_BODY: bool = true;

    fn describe(contract: &mut Contract) {
        contract.reads(Input::new::<Self>(Place::Body).with_content_types(&["*/*"]));
        contract.refuses(StatusCode::PAYLOAD_TOO_LARGE, TOO_LARGE);
    }

    fn is_present(cx: &mut RequestContext<'_, B>) -> bool {
        !cx.body().is_empty()
    }

    async fn from_request(cx: &mut RequestContext<'_, B>) -> Result<Self, Error> {
        cx.bytes().await
    }
}

/// The whole body as a text, whatever its content type.
///
/// At most [`Limits::body_bytes`](crate::Limits::body_bytes).
///
/// # Errors
///
/// As [`RequestContext::bytes`], and:
///
/// - the body is not UTF-8: [`ErrorKind::Parse`](crate::ErrorKind::Parse), `400`
/// - the body has a content coding: [`ErrorKind::UnsupportedMediaType`](crate::ErrorKind::UnsupportedMediaType), `415`
impl<B: RequestBody> FromRequest<B> for String {
    const CONSUMES_BODY: bool = true;

    fn describe(contract: &mut Contract) {
        contract.reads(Input::new::<Self>(Place::Body).with_content_types(&["text/*"]));
        contract.refuses(StatusCode::PAYLOAD_TOO_LARGE, TOO_LARGE);
        contract.refuses(StatusCode::UNSUPPORTED_MEDIA_TYPE, "the body has a content coding");
    }

    fn is_present(cx: &mut RequestContext<'_, B>) -> bool {
        !cx.body().is_empty()
    }

    async fn from_request(cx: &mut RequestContext<'_, B>) -> Result<Self, Error> {
        if is_encoded(&cx.parts.headers) {
            return Err(Error::unsupported_media_type("send the text without a content encoding"));
        }
        let bytes = cx.bytes().await?;
        match Self::from_utf8(bytes.into()) {
            Ok(text) => Ok(text),
            Err(_) => Err(Error::parse(Place::Body, "", "encoding", "the text is not valid UTF-8")),
        }
    }
}

macro_rules! head {
    ($($(#[$doc:meta])* $type:ty => $read:expr;)*) => {
        $(
            $(#[$doc])*
            impl<B: Send> FromRequest<B> for $type {
                async fn from_request(cx: &mut RequestContext<'_, B>) -> Result<Self, Error> {
                    let read: fn(&RequestContext<'_, B>) -> Self = $read;
                    Ok(read(cx))
                }

                #[inline]
                fn read_now(cx: &mut RequestContext<'_, B>, _: &mut Context<'_>) -> Option<Result<Self, Error>> {
                    let read: fn(&RequestContext<'_, B>) -> Self = $read;
                    Some(Ok(read(cx)))
                }
            }
        )*
    };
}

head! {
    /// All header fields, cloned. `Header<T>` reads single ones without that.
    HeaderMap => |cx| cx.parts.headers.clone();
    /// The request's own logger; its lines stand in the request's statistics.
    Logger => |cx| cx.logger();
    /// The method.
    Method => |cx| cx.parts.method.clone();
    /// The target as the host left it: a router that nests may have cut the prefix off.
    Uri => |cx| cx.parts.uri.clone();
    /// The HTTP version.
    Version => |cx| cx.parts.version;
}

/// The pattern of the route that matched.
///
/// # Errors
///
/// No router said which route matched: [`ErrorKind::App`](crate::ErrorKind::App), `500`. `Option<MatchedPath>` is `None` then.
impl<B: Send> FromRequest<B> for MatchedPath {
    fn is_present(cx: &mut RequestContext<'_, B>) -> bool {
        cx.matched_path().is_some()
    }

    async fn from_request(cx: &mut RequestContext<'_, B>) -> Result<Self, Error> {
        let missing = "no matched path: the router leaves none, so take `Option<MatchedPath>`";
        cx.matched_path().ok_or_else(|| Error::app(missing))
    }
}

/// The container whose dependencies are at hand, for its report.
///
/// # Errors
///
/// No injection layer or engine is outside: [`ErrorKind::App`](crate::ErrorKind::App), `500`.
impl<B: Send> FromRequest<B> for Container {
    fn is_present(cx: &mut RequestContext<'_, B>) -> bool {
        cx.state().and_then(RequestState::scope).is_some()
    }

    async fn from_request(cx: &mut RequestContext<'_, B>) -> Result<Self, Error> {
        let scope = cx.state().and_then(RequestState::scope);
        let missing =
            "no container: no injection layer is outside of the handler, so take `Option<Container>`";
        scope.map(|scope| scope.container().clone()).ok_or_else(|| Error::app(missing))
    }
}

fn is_encoded(headers: &HeaderMap) -> bool {
    let mut codings = headers.get_all(header::CONTENT_ENCODING).iter();
    codings.any(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"identity"))
}

const TOO_LARGE: &str = "the body is too large";

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use http::Request;
    use http_body_util::Full;

    use super::*;
    use crate::{BodySlot, ErrorKind, Limits, PathParams};

    async fn read<T: FromRequest<Full<Bytes>>>(request: Request<&'static [u8]>) -> Result<T, Error> {
        let (mut parts, body) = request.into_parts();
        let mut body = BodySlot::new(Full::new(Bytes::from_static(body)));
        T::from_request(&mut RequestContext::new(&mut parts, &mut body)).await
    }

    fn request(body: &'static [u8]) -> Request<&'static [u8]> {
        Request::post("/todos/7?x=1").header("x-a", "1").body(body).unwrap()
    }

    #[tokio::test]
    async fn every_piece_of_the_head_is_an_extractor() {
        type Head = (Method, Uri, Version, HeaderMap, Logger, Option<MatchedPath>);
        let head: Head = read(request(b"")).await.unwrap();
        assert_eq!(
            (head.0, head.1.to_string(), head.2),
            (Method::POST, "/todos/7?x=1".into(), Version::HTTP_11)
        );
        assert_eq!(head.3["x-a"], "1");
        assert!(head.5.is_none());
    }

    #[tokio::test]
    async fn the_matched_path_is_the_one_that_the_router_left() {
        let mut with_route = request(b"");
        let route = MatchedPath::from_static("/todos/{id}");
        RequestState::entry(with_route.extensions_mut()).set_route(route, PathParams::default());
        assert_eq!(read::<MatchedPath>(with_route).await.unwrap().as_str(), "/todos/{id}");
        let error = read::<MatchedPath>(request(b"")).await.unwrap_err();
        assert_eq!(error.public(), "internal server error");
    }

    #[tokio::test]
    async fn a_body_is_read_as_bytes_and_as_text() {
        assert_eq!(read::<Bytes>(request(b"\xff\0")).await.unwrap(), &b"\xff\0"[..]);
        assert_eq!(read::<String>(request("é".as_bytes())).await.unwrap(), "é");
        assert_eq!(read::<Option<String>>(request(b"")).await.unwrap(), None);
    }

    #[tokio::test]
    async fn a_text_that_is_not_utf8_or_compressed_is_refused() {
        let error = read::<String>(request(b"\xff")).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.to_string()),
            (ErrorKind::Parse, "Body: the text is not valid UTF-8".into())
        );
        let mut gzip = request(b"");
        gzip.headers_mut().insert(header::CONTENT_ENCODING, http::HeaderValue::from_static("gzip"));
        assert_eq!(read::<String>(gzip).await.unwrap_err().status(), 415);
    }

    #[tokio::test]
    async fn a_body_of_the_limit_passes_and_one_byte_more_is_413() {
        for (body, status) in [(&b"12345"[..], None), (b"123456", Some(413))] {
            let mut request = request(body);
            let limits = Arc::new(Limits::DEFAULT.with_body_bytes(5));
            RequestState::entry(request.extensions_mut()).set_limits(limits);
            let refused = read::<Bytes>(request).await.err();
            assert_eq!(refused.as_ref().map(|error| error.status().as_u16()), status);
        }
    }

    #[tokio::test]
    async fn a_body_that_failed_fails_the_same_way_for_all_who_ask_later() {
        let mut body = BodySlot::new(Full::new(Bytes::from_static(b"123456")));
        for _ in 0..2 {
            assert_eq!(body.bytes(&HeaderMap::new(), 5).await.unwrap_err().status(), 413);
            assert_eq!(body.take().unwrap_err().status(), 413);
        }
    }

    #[test]
    fn bytes_and_texts_say_that_they_read_the_body() {
        let contract = Contract::of::<(Method, String), Full<Bytes>>();
        assert_eq!(contract.inputs().len(), 1);
        assert_eq!(contract.inputs()[0].place(), Place::Body);
        assert_eq!(contract.refusals().len(), 2);
    }
}
