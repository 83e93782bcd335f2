//! Tower layers between the handlers of a chain.

use std::future::{pending, ready};
use std::pin::pin;
use std::time::Duration;

use bytes::Bytes;
use gongular::chain::Rest;
use gongular::{AnyBody, Body, Chain, Error, Json, Router, Unchecked, handle};
use http::header::{HeaderName, HeaderValue};
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use serde_json::{Value, json};
use tower::limit::GlobalConcurrencyLimitLayer;
use tower::load_shed::LoadShedLayer;
use tower::service_fn;
use tower::timeout::TimeoutLayer;
use tower::util::{MapRequestLayer, MapResponseLayer};
use tower_layer::layer_fn;

use super::{app, handlers, logs, poll, with_header};

const X_FIRST: HeaderName = HeaderName::from_static("x-first");
const X_LAYER: HeaderName = HeaderName::from_static("x-layer");

says!(First, |cx| cx
    .header(X_FIRST, HeaderValue::from_static("1"))
    .status(StatusCode::CREATED)
    .set_body("first"));
says!(SayHi, |cx| cx.set_body("hi"));
says!(Silent);

fn names(app: &super::App) -> Vec<(&'static str, bool)> {
    let stat = app.last_stat().unwrap();
    handlers(&stat).into_iter().map(|(name, ran, ..)| (name, ran)).collect()
}

#[tokio::test]
async fn what_was_said_before_a_layer_goes_on_behind_it() {
    let layer = MapResponseLayer::new(|mut response: Response<_>| {
        assert_eq!(response.status(), 201);
        response.headers_mut().insert(X_LAYER, HeaderValue::from_static("seen"));
        response
    });
    let chain = || Chain::new().then(handle::<First>()).layer(layer.clone());
    let router = Router::new()
        .get("/kept", chain().then(handle::<Silent>()))
        .get("/replaced", chain().then(handle::<SayHi>()));
    let app = app(router).await;
    for (path, body) in [("/kept", "\"first\""), ("/replaced", "\"hi\"")] {
        let answer = app.get(path).send().await;
        answer
            .assert_status(201)
            .assert_header("x-first", "1")
            .assert_header("x-layer", "seen")
            .assert_text(body);
    }
    assert_eq!(names(&app), [("First", true), ("SayHi", true)], "layers are left out");
}

#[tokio::test]
async fn a_layer_changes_the_request_for_those_inside_only() {
    async fn tell(headers: http::HeaderMap) -> String {
        headers.get(X_LAYER).map_or("none", |value| value.to_str().unwrap()).to_owned()
    }
    async fn log(headers: http::HeaderMap, logger: gongular::stats::Logger) {
        logger.info(format_args!("{}", headers.contains_key(X_LAYER)));
    }
    let layer = MapRequestLayer::new(|mut request: Request<AnyBody>| {
        request.headers_mut().insert(X_LAYER, HeaderValue::from_static("changed"));
        request
    });
    let app = app(Router::new().get("/", Chain::new().then(log).layer(layer).then(tell))).await;
    app.get("/").send().await.assert_text("changed");
    assert_eq!(logs(&app.last_stat().unwrap()), ["false"]);
}

#[tokio::test]
async fn a_layer_that_answers_itself_skips_what_is_inside() {
    let layer = layer_fn(|_: Rest| {
        service_fn(async |_: Request<AnyBody>| {
            let mut response = Response::new(Full::new(Bytes::from("early")));
            *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
            response.headers_mut().insert(X_LAYER, HeaderValue::from_static("early"));
            Ok::<_, Error>(response)
        })
    });
    let chain =
        Chain::new().then(handle::<First>()).layer(layer).then(handle::<SayHi>()).then(handle::<Silent>());
    let app = app(Router::new().get("/", chain)).await;
    let answer = app.get("/").send().await;
    answer.assert_status(429).assert_text("early");
    answer.assert_header("x-layer", "early").assert_header("x-first", "1");
    assert_eq!(names(&app), [("First", true), ("SayHi", false), ("Silent", false)]);
    assert_eq!(app.last_stat().unwrap().response_size(), 5);
}

#[tokio::test]
async fn the_error_of_a_layer_takes_the_road_of_all_errors() {
    let layer = layer_fn(|_: Rest| {
        service_fn(|_: Request<AnyBody>| {
            ready(Err::<Response<AnyBody>, _>(std::io::Error::other("disk is full")))
        })
    });
    let chain = Chain::new().then(handle::<First>()).layer(layer).then(handle::<SayHi>());
    let app = app(Router::new().get("/", chain)).await;
    let answer = app.get("/").send().await;
    answer.assert_status(500).assert_header("x-first", "1");
    answer.assert_json(&json!({"error": "internal server error"}));
    let stat = app.last_stat().unwrap();
    assert_eq!(stat.error(), Some("disk is full"));
    assert_eq!(names(&app), [("First", true), ("SayHi", false)]);
}

#[tokio::test]
async fn an_error_inside_a_layer_is_answered_inside_of_it() {
    async fn fails() -> Error {
        Error::new(StatusCode::CONFLICT, "taken").with_detail("row 7")
    }
    let layer = MapResponseLayer::new(|mut response: Response<_>| {
        assert_eq!(response.status(), 409, "the layer sees an answer, not an error");
        response.headers_mut().insert(X_LAYER, HeaderValue::from_static("seen"));
        response
    });
    let chain = Chain::new().then(handle::<First>()).layer(layer).then(fails).then(handle::<SayHi>());
    let app = app(Router::new().get("/", chain)).await;
    let answer = app.get("/").send().await;
    answer.assert_status(409).assert_json(&json!({"error": "taken"}));
    answer.assert_header("x-layer", "seen").assert_header("x-first", "1");
    assert_eq!(names(&app), [("First", true), ("fails", true), ("SayHi", false)]);
    assert_eq!(app.last_stat().unwrap().error(), Some("row 7"));
}

#[tokio::test(start_paused = true)]
async fn a_layers_timeout_is_answered_as_such() {
    async fn slow() {
        pending().await
    }
    let chain = Chain::new()
        .then(handle::<First>())
        .layer(TimeoutLayer::new(Duration::from_secs(1)))
        .then(slow)
        .then(handle::<SayHi>());
    let app = app(Router::new().get("/", chain)).await;
    app.get("/").send().await.assert_status(503).assert_header("x-first", "1");
    let stat = app.last_stat().unwrap();
    assert_eq!(stat.outcome(), gongular::stats::Outcome::Timeout);
    assert_eq!(names(&app), [("First", true), ("slow", true), ("SayHi", false)]);
    assert!(!stat.handlers()[1].returned());
}

#[tokio::test]
async fn layers_change_the_bodies_of_requests_and_answers() {
    async fn echo(Body(value): Body<Unchecked<Value>>) -> Json<Value> {
        Json(value.0)
    }
    let request = MapRequestLayer::new(|request: Request<AnyBody>| {
        request
            .map(|body| body.map_frame(|frame| frame.map_data(|data| Bytes::from(data.to_ascii_uppercase()))))
    });
    let response = MapResponseLayer::new(|response: Response<gongular::ResponseBody>| {
        response.map(|body| {
            body.map_frame(|frame| frame.map_data(|data| Bytes::from([&data[..], b"\n"].concat())))
        })
    });
    let chain = Chain::new().layer(response).layer(request).then(echo);
    let app = app(Router::new().post("/", chain)).await;
    app.post("/").json(&json!({"a": "b"})).send().await.assert_text("{\"A\":\"B\"}\n");
    let stat = app.last_stat().unwrap();
    assert_eq!((stat.request_size(), stat.response_size()), (9, 10));
}

#[tokio::test]
async fn a_body_that_was_read_before_a_layer_is_read_again_behind_it() {
    async fn first(Body(value): Body<Unchecked<Value>>) -> impl gongular::IntoResponse {
        with_header(X_FIRST, value.0["a"].as_i64().unwrap())
    }
    async fn second(Body(value): Body<Unchecked<Value>>) -> Json<Value> {
        Json(value.0)
    }
    let pass = || MapRequestLayer::new(|request: Request<AnyBody>| request);
    let chain = Chain::new().then(first).layer(pass()).then(second).layer(pass()).then(first);
    let app = app(Router::new().post("/", chain)).await;
    let answer = app.post("/").json(&json!({"a": 1})).send().await;
    answer.assert_status(200).assert_header("x-first", "1").assert_json(&json!({"a": 1}));
    assert_eq!(app.last_stat().unwrap().request_size(), 7, "the bytes count once");
}

#[tokio::test]
async fn a_layer_that_is_not_ready_holds_requests_back_or_sheds_them() {
    async fn wait() {
        pending().await
    }
    let limit = GlobalConcurrencyLimitLayer::new(1);
    let waiting = Chain::new().layer(limit.clone()).then(wait);
    let holding = Chain::new().layer(limit.clone()).then(handle::<SayHi>());
    let shedding = Chain::new().layer((LoadShedLayer::new(), limit)).then(handle::<SayHi>());
    let app = app(Router::new().get("/wait", waiting).get("/hold", holding).get("/shed", shedding)).await;
    let mut first = pin!(app.get("/wait").send());
    let mut held = Box::pin(app.get("/hold").send());
    assert!(poll(first.as_mut()).is_pending());
    assert!(poll(held.as_mut()).is_pending());
    app.get("/shed").send().await.assert_status(503);
    assert_eq!(names(&app), [("SayHi", false)]);
    first.set(app.get("/wait").send());
    held.await.assert_status(200).assert_text("\"hi\"");
    app.get("/shed").send().await.assert_status(200);
}

#[tokio::test]
async fn a_service_may_be_the_end_of_a_route() {
    let echo = service_fn(async |request: Request<AnyBody>| {
        let uri = request.uri().to_string();
        let body = request.into_body().collect().await?.to_bytes();
        Ok::<_, gongular::BoxError>(Response::new(Full::new([uri.as_bytes(), b" ", &body].concat().into())))
    });
    let inside = Router::new().handler(handle::<First>()).service("/{*rest}", echo);
    let app = app(Router::new().group("/other", inside)).await;
    let answer = app.post("/other/a/b?c=d").body("text").send().await;
    answer.assert_status(201).assert_header("x-first", "1").assert_text("/other/a/b?c=d text");
    assert_eq!(app.last_stat().unwrap().label(), "/other/{*rest}");
    app.delete("/other/").send().await.assert_text("/other/ ");
}
