//! What comes out of a failing service.

use std::future::ready;

use bytes::Bytes;
use gongular_core::error::render::Format;
use gongular_core::{BoxError, Error, Place};
use http::{HeaderValue, Request, Response, header};
use http_body::Body;
use http_body_util::{BodyExt, Empty, Full};
use tower::{Service, ServiceExt, service_fn};
use tower_layer::Layer;

use super::{ErrorBody, ErrorHandler, ErrorLayer};

#[tokio::test]
async fn an_error_is_answered_in_the_shape_the_client_asks_for() {
    let problem = r#"{"type":"about:blank","title":"Bad Request","status":400,"detail":"the request cannot be read","problems":[{"in":"query","path":"page","code":"missing","message":"is missing"}]}"#;
    let gongular = r#"{"ParseError":{"Place":"Query Parameter","FieldName":"page","Reason":"is missing"}}"#;
    let lines = "400 Bad Request\nthe request cannot be read\n- Query Parameter page: is missing\n";
    let table = [
        (None, "application/json", gongular),
        (Some("*/*"), "application/json", gongular),
        (Some("application/problem+json"), "application/problem+json", problem),
        (Some("text/plain"), "text/plain; charset=utf-8", lines),
    ];
    for (accept, content_type, body) in table {
        let mut request = Request::new(Empty::<Bytes>::new());
        if let Some(accept) = accept {
            request.headers_mut().insert(header::ACCEPT, HeaderValue::from_static(accept));
        }
        let response = send(&ErrorLayer::new(), fails_with(missing_page), request).await;
        assert_eq!(response.status(), 400);
        assert_eq!(response.headers()["content-type"], content_type);
        assert_eq!(response.headers()["vary"], "Accept");
        assert_eq!(text(response).await.unwrap(), body, "Accept: {accept:?}");
    }
}

#[tokio::test]
async fn without_negotiation_the_application_alone_chooses() {
    let layer = ErrorLayer::new().format(Format::Text).negotiation(false);
    let response = send(&layer, fails_with(missing_page), accepting("text/html")).await;
    assert_eq!(response.headers()["content-type"], "text/plain; charset=utf-8");
    assert!(!response.headers().contains_key("vary"));
}

fn missing_page() -> Error {
    Error::parse(Place::Query, "page", "missing", "is missing")
}

/// A service that fails with an error of ours.
fn fails_with(
    error: fn() -> Error,
) -> impl Service<Request<Empty<Bytes>>, Response = Response<Full<Bytes>>, Error = BoxError> + Clone {
    service_fn(move |_| ready(Err(error().into())))
}

fn accepting(accept: &'static str) -> Request<Empty<Bytes>> {
    let mut request = Request::new(Empty::new());
    request.headers_mut().insert(header::ACCEPT, HeaderValue::from_static(accept));
    request
}

async fn send<S, H, B, R>(layer: &ErrorLayer<H>, service: S, request: Request<B>) -> Response<ErrorBody<R>>
where
    S: Service<Request<B>, Response = Response<R>, Error: Into<BoxError>>,
    H: ErrorHandler,
    R: Body<Data = Bytes, Error: Into<BoxError>>,
{
    match layer.layer(service).oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

async fn text<B: Body<Data = Bytes, Error = BoxError>>(response: Response<B>) -> Result<String, BoxError> {
    let bytes = response.into_body().collect().await?.to_bytes();
    Ok(String::from_utf8(bytes.to_vec())?)
}
