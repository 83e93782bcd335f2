//! Refusals by tower layers in a chain.

use std::convert::Infallible;
use std::time::Duration;

use bytes::Bytes;
use gongular::layers::ErrorLayer;
use gongular::stats::Outcome;
use gongular::{Body, Engine, ErrorKind, Router, Unchecked};
use http::{Request, StatusCode};
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody};
use tower::ServiceExt;
use tower::timeout::TimeoutLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer as Http;

use super::{App, build};

async fn never() {
    std::future::pending().await
}

async fn read(_: Body<Unchecked<serde_json::Value>>) {}

async fn plain() -> (StatusCode, &'static str) {
    (StatusCode::BAD_REQUEST, "not like this")
}

async fn bare() -> StatusCode {
    StatusCode::NOT_ACCEPTABLE
}

async fn page() -> (StatusCode, http::HeaderMap, &'static str) {
    let html = http::HeaderValue::from_static("text/html");
    let headers = http::HeaderMap::from_iter([(http::header::CONTENT_TYPE, html)]);
    (StatusCode::BAD_REQUEST, headers, "<p>no")
}

async fn reshaping(is_on: bool) -> App {
    let slow = Router::new()
        .layer(Http::with_status_code(StatusCode::REQUEST_TIMEOUT, Duration::from_secs(1)))
        .get("", never);
    let limited = Router::new().layer(RequestBodyLimitLayer::new(10)).post("", read).get("", plain);
    let router = Router::new().group("/slow", slow).group("/limited", limited);
    let router = router.get("/plain", plain).get("/bare", bare).get("/page", page);
    build(Engine::new().errors(ErrorLayer::new().host_errors(is_on)).routes(router)).await
}

#[tokio::test(start_paused = true)]
async fn answers_of_layers_look_like_errors_when_asked_for() {
    let app = reshaping(true).await;
    let answer = app.get("/slow").send().await;
    answer.assert_status(408).assert_text(r#"{"error":"the request took too long"}"#);
    assert_eq!(answer.error().unwrap().kind(), ErrorKind::Timeout);
    let answer = app.post("/limited").header("content-length", "11").body("[123456789]").send().await;
    answer.assert_status(413).assert_text(r#"{"error":"the body is too large"}"#);
    for (path, status, text) in
        [("/plain", 400, "bad request"), ("/limited", 400, "bad request"), ("/bare", 406, "not acceptable")]
    {
        let answer = app.get(path).send().await;
        answer.assert_status(status).assert_text(&format!(r#"{{"error":"{text}"}}"#));
        answer.assert_header("content-type", "application/json");
    }
    let answer = app.get("/plain").header("accept", "application/problem+json").send().await;
    answer.assert_header("content-type", "application/problem+json");
    app.get("/page").send().await.assert_status(400).assert_text("<p>no");
    let answer = app.head("/bare").send().await;
    answer.assert_status(406).assert_text("").assert_header("content-type", "application/json");
}

#[tokio::test(start_paused = true)]
async fn answers_of_layers_stay_as_they_are_by_default() {
    let app = reshaping(false).await;
    app.get("/slow").send().await.assert_status(408).assert_text("");
    app.get("/plain").send().await.assert_status(400).assert_text("not like this");
    app.get("/bare").send().await.assert_status(406).assert_text("");
}

#[tokio::test]
async fn the_limit_of_a_layer_names_no_number_of_ours() {
    let limited = Router::new().layer(RequestBodyLimitLayer::new(10)).post("/", read);
    let service = Engine::new().routes(limited).build().await.unwrap();
    // Of unknown length, so that only reading it tells.
    let frames = ["[12345", "6789]"].map(|text| Ok::<_, Infallible>(Frame::data(Bytes::from(text))));
    let body = StreamBody::new(futures_util::stream::iter(frames));
    let request = Request::post("/").header("content-type", "application/json").body(body).unwrap();
    let answer = service.oneshot(request).await.unwrap();
    assert_eq!(answer.status(), 413);
    let text = answer.into_body().collect().await.unwrap().to_bytes();
    assert_eq!(text, r#"{"error":"the body is too large"}"#);
}

#[tokio::test(start_paused = true)]
async fn the_timeout_of_a_layer_is_one_in_statistics() {
    let router = Router::new().layer(TimeoutLayer::new(Duration::from_secs(1))).get("/", never);
    let app = build(Engine::new().routes(router)).await;
    let answer = app.get("/").send().await;
    answer.assert_status(503);
    assert_eq!(answer.error().unwrap().kind(), ErrorKind::Timeout);
    assert_eq!(app.last_stat().unwrap().outcome(), Outcome::Timeout);
}
