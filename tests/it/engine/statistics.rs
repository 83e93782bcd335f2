//! One statistic for each request, with its handlers.

use bytes::Bytes;
use gongular::inject::Provider;
use gongular::layers::stats::StatsLayer;
use gongular::stats::{Detail, Outcome};
use gongular::test_client::{RecordedStats, TestClient};
use gongular::{Engine, Error, Inject, Param, Query, Router, Unchecked, handle};
use http::{Method, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use std::pin::pin;
use tower::ServiceExt;
use tower_layer::Layer;

use super::{app, build, handlers, poll};

says!(SayHi, |cx| cx.set_body("hi"));

#[tokio::test]
async fn every_request_has_exactly_one_statistic() {
    async fn fails() -> Error {
        Error::app("db is down")
    }
    async fn panics() {
        panic!("chair fell over")
    }
    async fn echo(body: Bytes) -> Bytes {
        body
    }
    let router = Router::new()
        .get("/hi", handle::<SayHi>())
        .get("/fails", fails)
        .get("/panics", panics)
        .post("/echo", echo);
    let limits = gongular::Limits::DEFAULT.with_body_bytes(8);
    let app = build(Engine::new().limits(limits).routes(router)).await;
    let requests = [
        (Method::GET, "/hi", 200, "/hi"),
        (Method::HEAD, "/hi", 200, "/hi"),
        (Method::OPTIONS, "/hi", 204, ""),
        (Method::DELETE, "/hi", 405, ""),
        (Method::GET, "/hi/", 301, ""),
        (Method::GET, "/nowhere?a=b", 404, ""),
        (Method::GET, "/fails", 500, "/fails"),
        (Method::GET, "/panics", 500, "/panics"),
        (Method::POST, "/echo", 413, "/echo"),
    ];
    for (count, (method, uri, status, label)) in requests.into_iter().enumerate() {
        let body = if method == Method::POST { "nine byte" } else { "" };
        let answer = app.request(method.clone(), uri).body(body).send().await;
        answer.assert_status(status);
        let stats = app.stats();
        assert_eq!(stats.len(), count + 1, "{method} {uri}");
        let stat = stats.last().unwrap();
        assert_eq!((stat.method(), stat.uri(), stat.label()), (&method, uri, label));
        assert_eq!(stat.response_code().unwrap(), status);
        assert_eq!(stat.response_size(), answer.bytes().len() as u64);
        assert!(!stat.total_duration().is_zero());
        let expected = if uri == "/panics" { Outcome::Panic } else { Outcome::Complete };
        assert_eq!(stat.outcome(), expected, "{method} {uri}");
    }
}

#[tokio::test]
async fn the_pattern_stands_in_the_statistic_with_its_groups_and_braces() {
    async fn show(id: Param<Unchecked<i64>>) -> String {
        id.0.0.to_string()
    }
    let app = app(Router::new().group("/api/", Router::new().get("users/:id", show))).await;
    app.get("/api/users/7?x=1").send().await.assert_status(200);
    let stat = app.last_stat().unwrap();
    assert_eq!((stat.label(), stat.uri()), ("/api/users/{id}", "/api/users/7?x=1"));
    app.get("/api/users/x").send().await.assert_status(400);
    assert_eq!(app.last_stat().unwrap().label(), "/api/users/{id}", "also when the parameter cannot be read");
}

#[tokio::test]
async fn handlers_that_ran_have_a_time_and_those_that_did_not_have_none() {
    async fn fails() -> Error {
        Error::new(StatusCode::CONFLICT, "taken").with_detail("row 7")
    }
    let router = Router::new().handler(handle::<SayHi>()).get("/", (fails, handle::<SayHi>()));
    let app = app(router).await;
    app.get("/").send().await.assert_status(409);
    let stat = app.last_stat().unwrap();
    assert_eq!(
        handlers(&stat),
        [("SayHi", true, false, None), ("fails", true, true, Some("row 7")), ("SayHi", false, false, None)]
    );
    let timed: Vec<_> = stat.handlers().iter().map(|handler| !handler.duration().is_zero()).collect();
    assert_eq!(timed, [true, true, false]);
    assert!(stat.handlers()[0].name().ends_with("statistics::SayHi"));
    assert!(stat.handlers()[1].name().ends_with("::fails"));
}

#[tokio::test]
async fn what_is_not_asked_for_is_not_noted() {
    struct Seq;
    async fn first(_: Inject<Seq>, _: Query<Unchecked<std::collections::HashMap<String, String>>>) {}
    async fn fails() -> Error {
        Error::app("db is down")
    }
    let engine = || {
        let router = Router::new().get("/", (first, fails, handle::<SayHi>()));
        Engine::new().register(Provider::<Seq>::per_request(|| Seq)).routes(router)
    };
    let none = Detail::default().with_handlers(false).with_dependencies(false);
    let all = Detail::default().with_binding_steps(true);
    for (detail, expected) in [(none, [0, 0, 0]), (Detail::default(), [3, 1, 0]), (all, [3, 1, 2])] {
        let app = build(engine().detail(detail)).await;
        app.get("/").send().await.assert_status(500);
        let stat = app.last_stat().unwrap();
        let counts = [stat.handlers().len(), stat.dependencies().len(), stat.binding_steps().len()];
        assert_eq!(counts, expected);
        assert_eq!(stat.error(), Some("db is down"), "the error is noted in any case");
    }
}

#[tokio::test]
async fn an_engine_without_a_callback_works_inside_of_a_statistics_layer() {
    let router = Router::new().get("/hi/{id}", (handle::<SayHi>(), handle::<SayHi>()));
    let service = Engine::new().routes(router).build().await.unwrap();
    let stats = RecordedStats::new();
    let app = TestClient::new(StatsLayer::new(stats.clone()).layer(service)).with_stats(&stats);
    app.get("/hi/1").send().await.assert_status(200);
    let stat = app.last_stat().unwrap();
    assert_eq!((app.stats().len(), stat.label(), stat.handlers().len()), (1, "/hi/{id}", 2));
    app.get("/nowhere").send().await.assert_status(404);
    assert_eq!(app.last_stat().unwrap().error(), Some("not found"));
}

#[tokio::test]
async fn an_engine_with_a_callback_tells_a_layer_outside_the_route() {
    async fn read(body: Bytes) -> String {
        body.len().to_string()
    }
    let inner = RecordedStats::new();
    let engine = Engine::new().stats(inner.clone()).routes(Router::new().post("/hi/{id}", read));
    let outer = RecordedStats::new();
    let service = StatsLayer::new(outer.clone()).layer(engine.build().await.unwrap());
    let app = TestClient::new(service);
    app.post("/hi/1").body("four").send().await.assert_text("4");
    for stat in [inner.last().unwrap(), outer.last().unwrap()] {
        assert_eq!((stat.label(), stat.request_size(), stat.response_size()), ("/hi/{id}", 4, 1));
        assert_eq!(stat.outcome(), Outcome::Complete);
    }
    assert_eq!((inner.all().len(), outer.all().len()), (1, 1));
}

#[tokio::test]
async fn a_dropped_request_has_one_statistic_with_the_handlers_it_met() {
    async fn slow() {
        std::future::pending().await
    }
    let app = app(Router::new().get("/", (handle::<SayHi>(), slow, handle::<SayHi>()))).await;
    {
        let mut asked = pin!(app.get("/").send());
        assert!(poll(asked.as_mut()).is_pending());
    }
    assert_eq!(app.stats().len(), 1);
    let stat = app.last_stat().unwrap();
    assert_eq!((stat.outcome(), stat.response_code()), (Outcome::ClientGoneBeforeHead, None));
    assert_eq!(stat.label(), "/");
    assert_eq!(
        handlers(&stat),
        [("SayHi", true, false, None), ("slow", true, false, None), ("SayHi", false, false, None)]
    );
    assert!(!stat.handlers()[1].returned());
}

#[tokio::test]
async fn an_answer_dropped_before_its_end_has_one_statistic() {
    let router = Router::new().get("/", handle::<SayHi>());
    let stats = RecordedStats::new();
    let service = Engine::new().stats(stats.clone()).routes(router).build().await.unwrap();
    let request = || Request::get("/").body(Full::new(Bytes::new())).unwrap();
    let response = service.clone().oneshot(request()).await.unwrap();
    assert!(stats.all().is_empty(), "the body has not left");
    drop(response);
    assert_eq!(stats.last().unwrap().outcome(), Outcome::ClientGoneInBody);
    let response = service.oneshot(request()).await.unwrap();
    assert_eq!(response.into_body().collect().await.unwrap().to_bytes(), "\"hi\"");
    assert_eq!(stats.last().unwrap().outcome(), Outcome::Complete);
    assert_eq!(stats.all().len(), 2);
}
