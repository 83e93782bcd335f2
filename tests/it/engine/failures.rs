//! Errors and panics, wherever they come from, and the error handlers of groups.

use std::panic::panic_any;

use gongular::error::render::Format;
use gongular::inject::Provider;
use gongular::layers::ErrorLayer;
use gongular::layers::error::RequestHead;
use gongular::stats::Outcome;
use gongular::{AnyBody, Chain, Engine, Error, ErrorKind, Inject, Json, Router, Stop, handle};
use http::header::{HeaderName, HeaderValue};
use http::{Request, Response, StatusCode};
use serde_json::{Value, json};
use tower::service_fn;
use tower_layer::layer_fn;

use super::{App, app, build, handlers};

const X_FIRST: HeaderName = HeaderName::from_static("x-first");

says!(First, |cx| cx.header(X_FIRST, HeaderValue::from_static("1")).set_body("from first"));
says!(SayHi, |cx| cx.set_body("hi"));

struct Chair;
struct Ledger;

async fn panics() {
    panic!("chair fell over")
}

async fn needs_chair(_: Inject<Chair>) {}
async fn needs_ledger(_: Inject<Ledger>) {}

/// Panics in a handler, a layer, a service's call, and a provider.
async fn falling() -> App {
    let calling = layer_fn(|_| {
        service_fn(|_: Request<AnyBody>| {
            if true {
                panic_any(String::from("chair fell over"));
            }
            std::future::ready(Ok::<_, Error>(Response::new(AnyBody::empty())))
        })
    });
    let polling = layer_fn(|_| {
        service_fn(async |request: Request<AnyBody>| {
            assert!(request.uri().path().is_empty(), "chair fell over");
            Ok::<_, Error>(Response::new(AnyBody::empty()))
        })
    });
    let router = Router::new()
        .handler(handle::<First>())
        .get("/handler", (panics, handle::<SayHi>()))
        .get("/call", Chain::new().layer(calling).then(handle::<SayHi>()))
        .get("/poll", Chain::new().layer(polling).then(handle::<SayHi>()))
        .get("/provider", (needs_chair, handle::<SayHi>()))
        .get("/fine", handle::<SayHi>());
    let chair = Provider::<Chair>::per_request(|| -> Chair { panic!("chair fell over") });
    build(Engine::new().register(chair).routes(router)).await
}

#[tokio::test]
async fn a_panic_anywhere_is_a_500_without_its_message_and_the_next_request_works() {
    let app = falling().await;
    for (count, path) in ["/handler", "/call", "/poll", "/provider"].into_iter().enumerate() {
        let answer = app.get(path).send().await;
        answer.assert_status(500).assert_json(&json!({"error": "internal server error"}));
        answer.assert_header("x-first", "1");
        let stat = app.last_stat().unwrap();
        assert_eq!((app.stats().len(), stat.outcome()), (2 * count + 1, Outcome::Panic), "{path}");
        assert!(stat.error().unwrap().contains("chair fell over"), "{path}: {stat}");
        let last = handlers(&stat).last().copied().unwrap();
        assert_eq!((last.0, last.1), ("SayHi", false), "{path}");
        app.get("/fine").send().await.assert_status(200).assert_text("\"hi\"");
    }
}

#[tokio::test]
async fn the_plain_error_of_a_handler_and_of_a_provider_stays_in_the_log() {
    async fn fails() -> Result<(), std::io::Error> {
        Err(std::io::Error::other("db is down"))
    }
    let ledger = Provider::<Ledger>::per_request(|| {
        Err::<Ledger, _>(std::io::Error::other("no connection to the ledger"))
    });
    let router = Router::new()
        .get("/handler", (handle::<First>(), fails))
        .get("/provider", (handle::<First>(), needs_ledger));
    let app = build(Engine::new().register(ledger).routes(router)).await;
    for (path, text) in [("/handler", "db is down"), ("/provider", "no connection to the ledger")] {
        let answer = app.get(path).send().await;
        answer.assert_status(500).assert_json(&json!({"error": "internal server error"}));
        answer.assert_header("x-first", "1");
        assert!(app.last_stat().unwrap().error().unwrap().contains(text), "{path}");
    }
    let text = app.last_stat().unwrap().error().unwrap().to_owned();
    assert!(text.contains("Ledger"), "the type stands in the log: {text}");
}

#[tokio::test]
async fn a_provider_refuses_with_its_own_status_and_body() {
    let chair = Provider::<Chair>::per_request(|| {
        let error = Error::new(StatusCode::UNAUTHORIZED, "login first");
        Err::<Chair, _>(error.with_json(&json!({"error": "login first"})))
    });
    let ledger = Provider::<Ledger>::per_request(|| {
        Err::<Ledger, _>(Error::new(StatusCode::FORBIDDEN, "not for you"))
    });
    let router = Router::new().get("/chair", needs_chair).get("/ledger", needs_ledger);
    let app = build(Engine::new().register(chair).register(ledger).routes(router)).await;
    app.get("/chair").send().await.assert_status(401).assert_json(&json!({"error": "login first"}));
    app.get("/ledger").send().await.assert_status(403).assert_json(&json!({"error": "not for you"}));
}

/// Answers in a shape of its own, and says which handler it is.
fn shaped(
    name: &'static str,
    status: u16,
) -> ErrorLayer<impl Fn(&Error, &RequestHead) -> Option<Response<gongular::ResponseBody>>> {
    ErrorLayer::new().on_error(move |error: &Error, head: &RequestHead| {
        let body = json!({name: error.to_string(), "path": head.matched_path().map(|path| path.to_string())});
        let mut response = gongular::IntoResponse::into_response(Json(body)).unwrap();
        *response.status_mut() = StatusCode::from_u16(status).unwrap();
        Some(response)
    })
}

#[tokio::test]
async fn the_error_handler_answers_every_failure_404_and_405_included() {
    async fn fails() -> Error {
        Error::app("db is down")
    }
    let router = Router::new().get("/err", (handle::<First>(), fails)).get("/panic", panics);
    let app = build(Engine::new().errors(shaped("custom", 599)).routes(router)).await;
    for (path, path_pattern, text) in [
        ("/err", Some("/err"), "db is down"),
        ("/panic", Some("/panic"), "chair fell over"),
        ("/nowhere", None, "not found"),
    ] {
        let answer = app.get(path).send().await;
        answer.assert_status(599);
        let body: Value = answer.json();
        assert!(body["custom"].as_str().unwrap().contains(text), "{path}: {body}");
        assert_eq!(body["path"].as_str(), path_pattern, "{path}");
        assert_eq!(app.last_stat().unwrap().response_code().unwrap(), 599);
    }
    app.get("/err").send().await.assert_header("x-first", "1");
    app.delete("/err").send().await.assert_status(599);
}

#[tokio::test]
async fn a_group_has_its_own_error_handler_and_its_groups_share_it() {
    async fn fails() -> Error {
        Error::app("db is down")
    }
    let deepest = Router::new().get("/err", fails);
    let other = Router::new().errors(shaped("other", 598)).get("/err", fails);
    let inner = Router::new()
        .errors(shaped("inner", 599))
        .get("/err", fails)
        .group("/deep", deepest)
        .group("/other", other);
    let app = app(Router::new().get("/err", fails).group("/in", inner)).await;
    app.get("/err").send().await.assert_status(500).assert_json(&json!({"error": "internal server error"}));
    app.get("/in/err").send().await.assert_status(599);
    app.get("/in/deep/err").send().await.assert_status(599);
    app.get("/in/other/err").send().await.assert_status(598);
    app.get("/in/nowhere").send().await.assert_status(404);
}

#[tokio::test]
async fn an_error_handler_that_panics_is_a_500() {
    async fn fails() -> Error {
        Error::new(StatusCode::CONFLICT, "taken")
    }
    let errors = ErrorLayer::new().on_error(|_: &Error, _: &RequestHead| panic!("not even that"));
    let app = build(Engine::new().errors(errors).routes(Router::new().get("/", fails))).await;
    app.get("/").send().await.assert_status(500).assert_json(&json!({"error": "internal server error"}));
    assert_eq!(app.last_stat().unwrap().outcome(), Outcome::Panic);
}

#[tokio::test]
async fn own_errors_are_mapped_and_stay_in_the_log() {
    async fn fails() -> Result<(), std::num::ParseIntError> {
        "x".parse::<u8>().map(drop)
    }
    let errors = ErrorLayer::new()
        .map(|_: &std::num::ParseIntError| Error::new(StatusCode::UNPROCESSABLE_ENTITY, "no number"));
    let app = build(Engine::new().errors(errors).routes(Router::new().get("/", fails))).await;
    let answer = app.get("/").send().await;
    answer.assert_status(422).assert_json(&json!({"error": "no number"}));
    assert_eq!(answer.error().map(Error::kind), Some(ErrorKind::Refused));
    assert!(app.last_stat().unwrap().error().unwrap().contains("invalid digit"));
}

#[tokio::test]
async fn a_client_that_asks_for_a_problem_document_gets_one_wherever_the_error_comes_from() {
    let app = app(Router::new().get("/panic", panics)).await;
    for (path, status) in [("/panic", 500), ("/nowhere", 404)] {
        let answer = app.get(path).header("accept", "application/problem+json").send().await;
        answer.assert_status(status).assert_header("content-type", "application/problem+json");
        let problem: Value = answer.json();
        assert_eq!((&problem["type"], &problem["status"]), (&json!("about:blank"), &json!(status)));
    }
    let engine = Engine::new().errors(ErrorLayer::new().format(Format::Problem));
    let answer = build(engine).await.get("/").send().await;
    answer.assert_status(404).assert_header("content-type", "application/problem+json");
}

#[tokio::test]
async fn an_error_after_a_stop_is_an_error() {
    says!(Stops, |cx| {
        cx.stop_chain().set_body("stopped");
        Err::<(), _>(Error::new(StatusCode::CONFLICT, "taken"))?
    });
    async fn stopped() -> Result<Stop<()>, Error> {
        Err(Error::new(StatusCode::CONFLICT, "taken"))
    }
    let app = app(Router::new().get("/struct", handle::<Stops>()).get("/function", stopped)).await;
    for path in ["/struct", "/function"] {
        app.get(path).send().await.assert_status(409).assert_json(&json!({"error": "taken"}));
    }
}
