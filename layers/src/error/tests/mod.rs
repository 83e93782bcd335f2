//! What comes out of a failing service.

mod answers;
mod host;
#[cfg(feature = "axum")]
mod on_axum;
mod panics;
mod readiness;
mod statistics;

use std::convert::Infallible;
use std::future::ready;

use bytes::Bytes;
use gongular_core::{BoxError, Error};
use http::{HeaderValue, Request, Response, header};
use http_body::Body;
use http_body_util::{BodyExt, Empty, Full};
use tower::{Service, ServiceExt, service_fn};
use tower_layer::Layer;

use super::{ErrorBody, ErrorHandler, ErrorLayer};

/// A service that fails with an error of ours.
fn fails_with(
    error: fn() -> Error,
) -> impl Service<Request<Empty<Bytes>>, Response = Response<Full<Bytes>>, Error = BoxError> + Clone {
    service_fn(move |_| ready(Err(error().into())))
}

/// A service that answers.
fn answers_with<B>(
    answer: fn() -> Response<B>,
) -> impl Service<Request<Empty<Bytes>>, Response = Response<B>, Error = Infallible> + Clone {
    service_fn(move |_| ready(Ok(answer())))
}

fn request() -> Request<Empty<Bytes>> {
    Request::new(Empty::new())
}

fn accepting(accept: &'static str) -> Request<Empty<Bytes>> {
    let mut request = request();
    request.headers_mut().insert(header::ACCEPT, HeaderValue::from_static(accept));
    request
}

async fn send<S, H, B, R>(layer: &ErrorLayer<H>, service: S, request: Request<B>) -> Response<ErrorBody<R>>
where
    S: Service<Request<B>, Response = Response<R>, Error: Into<BoxError>>,
    H: ErrorHandler,
    R: Body<Data = Bytes>,
{
    match layer.layer(service).oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

async fn text<B>(response: Response<B>) -> String
where
    B: Body<Data = Bytes, Error = BoxError>,
{
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    String::from_utf8(bytes.to_vec()).unwrap()
}
