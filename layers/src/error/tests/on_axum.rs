//! The layer around an axum router: everything that axum answers by itself, too.

use axum::Router;
use axum::routing::{get, post};
use gongular_core::stats::{Outcome, RouteStat};
use http::{Method, StatusCode};

use super::*;
use crate::StatsLayer;

#[tokio::test]
async fn every_failure_in_axum_has_one_shape() {
    let table: &[(Method, &str, u16, &str)] = &[
        (Method::GET, "/ok", 200, "hi"),
        (Method::GET, "/refused", 409, r#"{"error":"taken"}"#),
        (Method::GET, "/unknown", 500, r#"{"error":"internal server error"}"#),
        (Method::GET, "/panic", 500, r#"{"error":"internal server error"}"#),
        (Method::GET, "/nowhere", 404, r#"{"error":"not found"}"#),
        (Method::DELETE, "/ok", 405, r#"{"error":"method not allowed"}"#),
        (Method::POST, "/small", 413, r#"{"error":"the body is too large"}"#),
        (Method::GET, "/own", 404, r#"{"own":true}"#),
    ];
    for (method, path, status, body) in table {
        let response = app().oneshot(to(method, path)).await.unwrap();
        assert_eq!(response.status(), *status, "{path}");
        if *status == 405 {
            assert_eq!(response.headers()["allow"], "GET,HEAD");
        }
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(bytes, *body, "{path}");
    }
}

#[tokio::test]
async fn a_client_of_axum_gets_problem_documents_when_it_asks() {
    for path in ["/refused", "/unknown", "/panic", "/nowhere"] {
        let mut request = to(&Method::GET, path);
        let accept = HeaderValue::from_static("application/problem+json, application/json");
        request.headers_mut().insert(header::ACCEPT, accept);
        let response = app().oneshot(request).await.unwrap();
        assert_eq!(response.headers()["content-type"], "application/problem+json", "{path}");
    }
}

#[tokio::test]
async fn a_head_has_the_length_of_the_answer_and_no_body() {
    for path in ["/refused", "/nowhere"] {
        let get = app().oneshot(to(&Method::GET, path)).await.unwrap();
        let head = app().oneshot(to(&Method::HEAD, path)).await.unwrap();
        assert_eq!(head.status(), get.status());
        assert_eq!(head.headers()["content-type"], get.headers()["content-type"]);
        let body = get.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(head.headers()["content-length"], body.len().to_string());
        assert!(head.into_body().collect().await.unwrap().to_bytes().is_empty());
    }
}

#[tokio::test]
async fn a_panic_in_a_body_is_told_apart_through_axums_body() {
    let (sender, stats) = std::sync::mpsc::channel();
    let stats_layer = StatsLayer::new(move |stat: &RouteStat| {
        sender.send((stat.outcome(), stat.error().map(str::to_owned))).unwrap();
    });
    let app = Router::new().route("/", get(async || Panics)).layer(ErrorLayer::new()).layer(stats_layer);
    let response = app.oneshot(to(&Method::GET, "/")).await.unwrap();
    assert!(response.into_body().collect().await.is_err());
    assert_eq!(stats.try_recv().unwrap(), (Outcome::Panic, Some("panicked: half-way".to_owned())));
}

struct Panics;

impl axum::response::IntoResponse for Panics {
    fn into_response(self) -> axum::response::Response {
        let body = Full::<Bytes>::from("x").map_frame(|_| panic!("half-way"));
        Response::new(axum::body::Body::new(body))
    }
}

fn app() -> Router {
    let own = (StatusCode::NOT_FOUND, [(header::CONTENT_TYPE, "application/json")], r#"{"own":true}"#);
    Router::new()
        .route("/ok", get(async || "hi"))
        .route("/refused", get(async || Err::<(), _>(Error::new(StatusCode::CONFLICT, "taken"))))
        .route("/unknown", get(async || Err::<(), _>(Error::app("no route to 10.0.0.7"))))
        .route(
            "/panic",
            get(async || {
                if true {
                    panic!("secret")
                }
            }),
        )
        .route("/small", post(async |_: Bytes| ()).layer(axum::extract::DefaultBodyLimit::max(2)))
        .route("/own", get(async move || own))
        .layer(ErrorLayer::new().host_errors(true))
}

fn to(method: &Method, path: &str) -> Request<axum::body::Body> {
    let body = if *method == Method::POST { "three" } else { "" };
    Request::builder().method(method).uri(path).body(axum::body::Body::from(body)).unwrap()
}
