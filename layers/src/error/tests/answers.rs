//! Errors that the service inside returns, and what an application may say about them.

use std::fmt;
use std::future::ready;

use gongular_core::error::Carried;
use gongular_core::error::render::Format;
use gongular_core::{ErrorKind, IntoResponse, Place, ResponseBody, service};
use http::{Method, StatusCode};
use tower::ServiceBuilder;

use super::super::RequestHead;
use super::*;

#[tokio::test]
async fn an_error_is_answered_in_the_shape_the_client_asks_for() {
    let problem = concat!(
        r#"{"type":"about:blank","title":"Bad Request","status":400,"detail":"the request cannot be read","#,
        r#""problems":[{"in":"query","path":"page","code":"missing","message":"is missing"}]}"#,
    );
    let gongular = r#"{"ParseError":{"Place":"Query Parameter","FieldName":"page","Reason":"is missing"}}"#;
    let lines = "400 Bad Request\nthe request cannot be read\n- Query Parameter page: is missing\n";
    let table = [
        (None, "application/json", gongular),
        (Some("*/*"), "application/json", gongular),
        (Some("image/png"), "application/json", gongular),
        (Some("application/problem+json"), "application/problem+json", problem),
        (Some("text/plain"), "text/plain; charset=utf-8", lines),
    ];
    for (accept, content_type, body) in table {
        let request = accept.map_or_else(request, accepting);
        let response = send(&ErrorLayer::new(), fails_with(missing_page), request).await;
        assert_eq!(response.status(), 400);
        assert_eq!(response.headers()["content-type"], content_type);
        assert_eq!(response.headers()["vary"], "Accept");
        assert_eq!(text(response).await, body, "Accept: {accept:?}");
    }
}

#[tokio::test]
async fn without_negotiation_the_application_alone_chooses() {
    let layer = ErrorLayer::new().format(Format::Text).negotiation(false);
    let response = send(&layer, fails_with(missing_page), accepting("text/html")).await;
    assert_eq!(response.headers()["content-type"], "text/plain; charset=utf-8");
    assert!(!response.headers().contains_key("vary"));
}

#[tokio::test]
async fn an_error_of_unknown_origin_is_never_told_unless_exposed() {
    let failing = service_fn(|_| ready(Err::<Response<Full<Bytes>>, _>(SoldOut { shelf: 7 })));
    for accept in ["*/*", "application/problem+json", "text/html", "text/plain"] {
        let response = send(&ErrorLayer::new(), failing, accepting(accept)).await;
        assert_eq!(response.status(), 500);
        let told = format!("{:?}", response.headers()) + &text(response).await;
        assert!(!told.contains("shelf") && !told.contains("SoldOut"), "{told}");
    }
    let response = send(&ErrorLayer::new().expose_details(true), failing, request()).await;
    assert_eq!(text(response).await, r#"{"error":"internal server error","details":"shelf 7 is empty"}"#);
}

#[tokio::test]
async fn an_own_error_is_mapped_by_its_type() {
    let layer = ErrorLayer::new()
        .map(|_: &fmt::Error| Error::new(StatusCode::BAD_GATEWAY, "not this one"))
        .map(|error: &SoldOut| Error::new(StatusCode::CONFLICT, format!("sold out: {}", error.shelf)))
        .map(|_: &SoldOut| Error::new(StatusCode::BAD_GATEWAY, "nor this one"));
    let errors: [fn() -> Error; 2] = [
        || SoldOut { shelf: 7 }.into(),
        || Error::from(SoldOut { shelf: 7 }).from_factory("app::Shop", None),
    ];
    for error in errors {
        let response = send(&layer, fails_with(error), request()).await;
        assert_eq!(response.status(), 409);
        let carried = response.extensions().get::<Carried>().unwrap().error().clone();
        assert_eq!(text(response).await, r#"{"error":"sold out: 7"}"#);
        assert!(carried.downcast_ref::<SoldOut>().is_some());
        assert!(carried.to_string().ends_with("shelf 7 is empty"), "the log keeps the cause: {carried}");
    }
}

#[tokio::test]
async fn a_handler_may_answer_with_anything_or_leave_it_to_the_layer() {
    let layer = ErrorLayer::new().on_error(|error: &Error, request: &RequestHead| {
        let line = format!("{} {} {:?}", request.method(), request.uri(), request.accept());
        let answer = (StatusCode::IM_A_TEAPOT, line).into_response().ok()?;
        (error.kind() == ErrorKind::NotFound).then_some(answer)
    });
    let mut request = accepting("text/html");
    *request.method_mut() = Method::DELETE;
    *request.uri_mut() = "/todos/7".parse().unwrap();
    let response = send(&layer, fails_with(Error::not_found), request.clone()).await;
    assert_eq!(response.status(), 418);
    assert_eq!(text(response).await, r#"DELETE /todos/7 Some("text/html")"#);
    let response = send(&layer, fails_with(missing_page), request).await;
    assert_eq!(response.status(), 400);
    assert_eq!(response.headers()["content-type"], "text/html; charset=utf-8");
}

#[tokio::test]
async fn a_handler_that_needs_no_request_may_be_a_type() {
    struct Closed;

    impl ErrorHandler for Closed {
        const WANTS_REQUEST: bool = false;

        fn handle(&self, _: &Error, request: &RequestHead) -> Option<Response<ResponseBody>> {
            assert_eq!(request.uri(), "/", "nothing is known of the request");
            "closed".into_response().ok()
        }
    }

    let mut request = request();
    *request.uri_mut() = "/todos/7".parse().unwrap();
    let response = send(&ErrorLayer::new().handler(Closed), fails_with(missing_page), request).await;
    assert_eq!(text(response).await, "closed");
}

#[tokio::test]
async fn an_answer_to_head_has_the_fields_and_no_body() {
    let mut request = request();
    *request.method_mut() = Method::HEAD;
    let response = send(&ErrorLayer::new(), fails_with(Error::not_found), request).await;
    assert_eq!(response.status(), 404);
    assert_eq!(response.headers()["content-type"], "application/json");
    assert_eq!(response.headers()["content-length"], "21");
    assert!(response.body().is_end_stream());
}

#[tokio::test]
async fn a_grpc_client_gets_a_status_with_every_problem() {
    let mut request = accepting("text/html");
    *request.method_mut() = Method::POST;
    request.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/grpc+proto"));
    let response = send(&ErrorLayer::new(), fails_with(missing_page), request).await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "application/grpc");
    assert_eq!(response.headers()["grpc-status"], "3");
    assert_eq!(response.headers()["grpc-message"], "the request cannot be read");
    assert!(response.headers().contains_key("grpc-status-details-bin"));
    assert!(response.body().is_end_stream());
}

#[tokio::test]
async fn the_layer_stands_in_a_service_builder_around_a_handler() {
    use crate::ServiceBuilderExt;

    async fn buy() -> Result<&'static str, Error> {
        Err(SoldOut { shelf: 7 })?
    }

    let service = ServiceBuilder::new().errors(ErrorLayer::new()).service(service(buy));
    let response = service.oneshot(request()).await.unwrap();
    assert_eq!(text(response).await, r#"{"error":"internal server error"}"#);
}

#[tokio::test]
async fn a_body_over_a_limit_of_http_body_is_a_413() {
    let error = || {
        let mut body = std::pin::pin!(http_body_util::Limited::new(Full::<Bytes>::from("ab"), 1));
        let mut task = std::task::Context::from_waker(std::task::Waker::noop());
        match body.as_mut().poll_frame(&mut task) {
            std::task::Poll::Ready(Some(Err(error))) => Error::from_box(error),
            _ => panic!("two bytes are over the limit"),
        }
    };
    let response = send(&ErrorLayer::new(), fails_with(error), request()).await;
    assert_eq!(response.status(), 413);
    assert_eq!(text(response).await, r#"{"error":"the body is too large"}"#);
}

#[cfg(feature = "tower")]
#[tokio::test]
async fn a_timeout_of_tower_is_a_timeout_and_shed_load_a_503() {
    let never = service_fn(|_: Request<Empty<Bytes>>| {
        std::future::pending::<Result<Response<Full<Bytes>>, BoxError>>()
    });
    let timeout = tower::timeout::Timeout::new(never, std::time::Duration::ZERO);
    let response = send(&ErrorLayer::new(), timeout, request()).await;
    assert_eq!(response.status(), 503);
    assert_eq!(response.extensions().get::<Carried>().unwrap().error().kind(), ErrorKind::Timeout);
    assert_eq!(text(response).await, r#"{"error":"the request took too long"}"#);

    let overloaded = || Error::from(tower::load_shed::error::Overloaded::new());
    let response = send(&ErrorLayer::new(), fails_with(overloaded), request()).await;
    assert_eq!(response.status(), 503);
    assert_eq!(text(response).await, r#"{"error":"service unavailable"}"#);
}

#[derive(Debug)]
struct SoldOut {
    shelf: u8,
}

impl fmt::Display for SoldOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "shelf {} is empty", self.shelf)
    }
}

impl std::error::Error for SoldOut {}

fn missing_page() -> Error {
    Error::parse(Place::Query, "page", "missing", "is missing")
}
