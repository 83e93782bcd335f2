//! Responses that are errors already: of ours, carried by a framework, and the host's own.

use gongular_core::error::Carried;
use gongular_core::error::render::{Format, respond};
use gongular_core::{IntoResponse, ResponseBody};
use http::StatusCode;

use super::super::RequestHead;
use super::*;

#[tokio::test]
async fn an_error_that_a_framework_answered_is_answered_anew() {
    let service = answers_with(|| {
        let error = Error::method_not_allowed(HeaderValue::from_static("GET"));
        let mut response = as_framework(error);
        // What layers in between add stays.
        response.headers_mut().append("x-request-id", HeaderValue::from_static("1"));
        response.headers_mut().append(header::VARY, HeaderValue::from_static("Origin"));
        // What described the body that is replaced goes with it.
        for name in ["content-digest", "etag", "trailer"] {
            response.headers_mut().insert(name, HeaderValue::from_static("x"));
        }
        response.extensions_mut().insert(7_u8);
        response
    });
    let response = send(&ErrorLayer::new(), service, accepting("application/problem+json")).await;
    assert_eq!(response.status(), 405);
    assert_eq!(response.headers().get_all("allow").iter().collect::<Vec<_>>(), ["GET"]);
    assert_eq!(response.headers()["x-request-id"], "1");
    assert!(["content-digest", "etag", "trailer"].iter().all(|name| !response.headers().contains_key(*name)));
    assert_eq!(response.headers().get_all("vary").iter().collect::<Vec<_>>(), ["Accept", "Origin"]);
    assert_eq!(response.headers()["content-type"], "application/problem+json");
    assert_eq!(response.extensions().get::<u8>(), Some(&7));
    assert!(response.extensions().get::<Carried>().unwrap().is_settled());
    assert!(text(response).await.starts_with(r#"{"type":"about:blank","title":"Method Not Allowed","#));
}

#[tokio::test]
async fn an_error_that_a_framework_answered_as_wanted_is_not_rendered_twice() {
    let service = answers_with(|| {
        let mut response = as_framework(Error::not_found());
        *response.body_mut() = ResponseBody::from("the body as it was");
        response
    });
    let response = send(&ErrorLayer::new(), service.clone(), request()).await;
    assert_eq!(response.headers()["vary"], "Accept");
    assert!(response.extensions().get::<Carried>().unwrap().is_settled());
    assert_eq!(text(response).await, "the body as it was");
    let response = send(&ErrorLayer::new(), service, accepting("text/plain")).await;
    assert_eq!(text(response).await, "404 Not Found\nnot found\n");
}

#[tokio::test]
async fn a_status_that_was_changed_on_the_way_stays_changed() {
    let service = answers_with(|| {
        let mut response = as_framework(Error::not_found());
        *response.status_mut() = StatusCode::GONE;
        response
    });
    let response = send(&ErrorLayer::new(), service, accepting("text/plain")).await;
    assert_eq!(response.status(), 410);
    assert_eq!(text(response).await, "410 Gone\nnot found\n");
}

#[tokio::test]
async fn an_inner_layer_has_the_last_word() {
    let inner = ErrorLayer::new()
        .on_error(|_: &Error, _: &RequestHead| (StatusCode::CONFLICT, "ours").into_response().ok());
    let outer = ErrorLayer::new().format(Format::Problem).host_errors(true);
    let service = inner.layer(fails_with(Error::not_found));
    let response = send(&outer, service, request()).await;
    assert_eq!(response.status(), 409);
    assert_eq!(text(response).await, "ours");
}

#[tokio::test]
async fn the_hosts_own_answers_get_the_shape_when_asked() {
    let table: &[(u16, &'static str, &'static str, Option<&str>)] = &[
        (404, "", "", Some(r#"{"error":"not found"}"#)),
        (405, "", "", Some(r#"{"error":"method not allowed"}"#)),
        (408, "", "", Some(r#"{"error":"the request took too long"}"#)),
        (
            413,
            "text/plain; charset=utf-8",
            "length limit exceeded",
            Some(r#"{"error":"the body is too large"}"#),
        ),
        (415, "Text/Plain", "no", Some(r#"{"error":"the content type cannot be read"}"#)),
        (429, "", "", Some(r#"{"error":"too many requests"}"#)),
        (500, "text/plain", "Service panicked at src/main.rs", Some(r#"{"error":"internal server error"}"#)),
        (504, "", "", Some(r#"{"error":"the request took too long"}"#)),
        // What the application wrote is its own.
        (404, "application/json", "{}", None),
        // An answer to `HEAD` says of what type the body would be.
        (404, "application/json", "", None),
        (404, "text/html", "<p>", None),
        (404, "text/plainer", "x", None),
        (404, "", "of no type", None),
        (200, "", "", None),
        (304, "", "", None),
    ];
    for &(status, content_type, body, expected) in table {
        let service = service_fn(move |_| {
            let mut response = Response::new(Full::<Bytes>::from(body));
            *response.status_mut() = StatusCode::from_u16(status).unwrap();
            let headers = response.headers_mut();
            headers.insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
            headers.insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
            if !content_type.is_empty() {
                headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
            }
            ready(Ok::<_, Infallible>(response))
        });
        for (wanted, layer) in [(true, ErrorLayer::new().host_errors(true)), (false, ErrorLayer::new())] {
            let response = send(&layer, service, request()).await;
            assert_eq!(response.status(), status);
            assert_eq!(response.headers()["allow"], "GET, HEAD");
            let reshaped = expected.filter(|_| wanted);
            assert_eq!(response.headers().contains_key("content-length"), reshaped.is_none(), "{status}");
            assert_eq!(text(response).await, reshaped.unwrap_or(body), "{status} {content_type}");
        }
    }
}

#[tokio::test]
async fn a_good_answer_passes_untouched() {
    let service = answers_with(|| {
        let mut response = Response::new(Full::<Bytes>::from("hi"));
        response.extensions_mut().insert(Carried::new(Error::not_found()));
        response
    });
    let response = send(&ErrorLayer::new().host_errors(true), service, accepting("text/html")).await;
    assert_eq!(response.status(), 200);
    assert!(response.headers().is_empty());
    assert_eq!(response.body().size_hint().exact(), Some(2));
    assert_eq!(text(response).await, "hi");
}

fn as_framework(error: Error) -> Response<ResponseBody> {
    let mut response = respond(&error);
    response.extensions_mut().insert(Carried::new(error));
    response
}
