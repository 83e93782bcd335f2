//! The order of a chain, and how it ends.

use gongular::stats::Logger;
use gongular::{
    Body, Chain, Engine, Error, Form, Inject, IntoResponse, Json, Param, Query, Router, Stop, Unchecked,
    handle,
};
use http::StatusCode;
use http::header::{HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};
use serde_json::json;
use validator::Validate;

use super::{Diary, app, build, handlers, with_header};

const X_TRACE: HeaderName = HeaderName::from_static("x-trace");

/// Makes a handler that writes its letter down behind those before.
macro_rules! trace {
    ($name:ident) => {
        says!($name, |cx| {
            let before =
                cx.headers().get(X_TRACE).map_or(String::new(), |value| value.to_str().unwrap().into());
            cx.header(X_TRACE, HeaderValue::try_from(before + stringify!($name)).unwrap())
        });
    };
}

trace!(A);
trace!(B);
trace!(H);

says!(SayHi, |cx| cx.set_body("hi"));

#[tokio::test]
async fn handlers_of_groups_run_outermost_first_and_those_of_the_route_last() {
    let leaf = Router::new().get("leaf/", handle::<H>());
    let inner = Router::new().group("gb/", leaf).handler(handle::<B>());
    let ga = Router::new().handler(handle::<A>()).group("", inner).get("only", handle::<H>());
    let app = app(Router::new().group("ga", ga).get("ga-none", handle::<H>())).await;
    for (path, trace) in [("/ga/gb/leaf", "ABH"), ("/ga/only", "AH"), ("/ga-none", "H")] {
        app.get(path).send().await.assert_status(200).assert_header("x-trace", trace);
    }
}

#[tokio::test]
async fn handlers_added_after_a_route_are_those_of_the_route_too() {
    let router = Router::new().get("/", handle::<H>()).handler(handle::<A>()).handler(handle::<B>());
    app(router).await.get("/").send().await.assert_header("x-trace", "ABH");
}

#[tokio::test]
async fn a_chain_value_and_a_tuple_are_the_same() {
    let chain = Chain::new().then(handle::<A>()).then(handle::<B>()).then(handle::<H>());
    let tuple = (handle::<A>(), handle::<B>(), handle::<H>());
    let eight = (
        handle::<A>(),
        handle::<A>(),
        handle::<A>(),
        handle::<A>(),
        handle::<B>(),
        handle::<B>(),
        handle::<B>(),
        handle::<H>(),
    );
    let app = app(Router::new().get("/chain", chain).get("/tuple", tuple).get("/eight", eight)).await;
    app.get("/chain").send().await.assert_header("x-trace", "ABH");
    app.get("/tuple").send().await.assert_header("x-trace", "ABH");
    app.get("/eight").send().await.assert_header("x-trace", "AAAABBBH");
}

#[tokio::test]
async fn functions_and_structs_stand_in_one_chain_and_share_one_answer() {
    async fn created() -> StatusCode {
        StatusCode::CREATED
    }
    async fn text() -> &'static str {
        "text"
    }
    let app = app(Router::new().get("/", (created, handle::<A>(), text, handle::<H>()))).await;
    app.get("/").send().await.assert_status(201).assert_header("x-trace", "AH").assert_text("text");
    let stat = app.last_stat().unwrap();
    let names: Vec<_> = handlers(&stat).into_iter().map(|(name, ..)| name).collect();
    assert_eq!(names, ["created", "A", "text", "H"]);
}

#[tokio::test]
async fn stop_chain_ends_the_chain_with_what_was_said() {
    says!(StopHere, |cx| cx.stop_chain().set_body("stopped"));
    let app = app(Router::new().get("/", (handle::<StopHere>(), handle::<SayHi>(), handle::<H>()))).await;
    let answer = app.get("/").send().await;
    answer.assert_status(200).assert_text("\"stopped\"");
    assert_eq!(answer.header("x-trace"), None);
    assert_eq!(
        handlers(&app.last_stat().unwrap()),
        [("StopHere", true, true, None), ("SayHi", false, false, None), ("H", false, false, None)]
    );
}

#[tokio::test]
async fn a_returned_stop_ends_the_chain_and_an_option_of_it_may_not() {
    #[derive(Deserialize, Validate)]
    struct User {
        id: i64,
    }
    async fn guard(Param(user): Param<User>) -> Option<Stop<(StatusCode, &'static str)>> {
        (user.id == 5).then_some(Stop((StatusCode::IM_A_TEAPOT, "Sorry")))
    }
    let user = Router::new().handler(guard).get("/name", handle::<SayHi>());
    let app = app(Router::new().group("/api/user/{id}", user)).await;
    app.get("/api/user/5/name").send().await.assert_status(418).assert_text("Sorry");
    assert_eq!(
        handlers(&app.last_stat().unwrap()),
        [("guard", true, true, None), ("SayHi", false, false, None)]
    );
    app.get("/api/user/4/name").send().await.assert_status(200).assert_text("\"hi\"");
    app.get("/api/user/x/name").send().await.assert_status(400);
}

#[tokio::test]
async fn an_error_ends_the_chain_keeps_the_headers_and_drops_the_body() {
    says!(Before, |cx| {
        cx.status(StatusCode::IM_A_TEAPOT).set_body("WOW");
        cx.header(X_TRACE, HeaderValue::from_static("kept"));
        Err::<(), _>(Error::app("db is down"))?
    });
    let app = app(Router::new().get("/", (handle::<Before>(), handle::<SayHi>()))).await;
    let answer = app.get("/").send().await;
    answer
        .assert_status(500)
        .assert_header("x-trace", "kept")
        .assert_header("content-type", "application/json");
    answer.assert_json(&json!({"error": "internal server error"}));
    let stat = app.last_stat().unwrap();
    assert_eq!(handlers(&stat), [("Before", true, true, Some("db is down")), ("SayHi", false, false, None)]);
    assert_eq!((stat.error(), stat.response_size()), (Some("db is down"), answer.bytes().len() as u64));
}

#[tokio::test]
async fn a_handler_in_the_middle_that_cannot_read_its_arguments_ends_the_chain() {
    #[derive(Deserialize, Validate)]
    struct Page {
        page: u32,
    }
    async fn paged(page: Query<Page>) -> String {
        page.page.to_string()
    }
    let app = app(Router::new().get("/", (handle::<A>(), paged, handle::<H>()))).await;
    app.get("/?page=3").send().await.assert_status(200).assert_text("3").assert_header("x-trace", "AH");
    let answer = app.get("/?page=x").send().await;
    answer.assert_status(400).assert_header("x-trace", "A");
    let problem: serde_json::Value = answer.json();
    assert_eq!(problem["ParseError"]["FieldName"], "page");
    let stat = app.last_stat().unwrap();
    let ran: Vec<_> =
        handlers(&stat).into_iter().map(|(name, ran, stopped, _)| (name, ran, stopped)).collect();
    assert_eq!(ran, [("A", true, false), ("paged", true, true), ("H", false, false)]);
}

#[derive(Deserialize, Serialize, Validate)]
struct Todo {
    title: String,
    #[validate(range(min = 1))]
    count: u32,
}

async fn first_reads(Body(todo): Body<Todo>) -> impl IntoResponse {
    with_header(X_TRACE, todo.title)
}

async fn then_echoes(Body(todo): Body<Todo>) -> Json<Todo> {
    Json(todo)
}

#[tokio::test]
async fn several_handlers_of_a_chain_bind_the_json_body() {
    async fn as_bytes(body: bytes::Bytes, logger: Logger) {
        logger.info(format_args!("{} bytes", body.len()));
    }
    let router = Router::new()
        .post("/", (first_reads, then_echoes))
        .post("/mixed", (as_bytes, first_reads, as_bytes, then_echoes));
    let app = app(router).await;
    for path in ["/", "/mixed"] {
        let answer = app.post(path).json(&json!({"title": "milk", "count": 2})).send().await;
        answer.assert_status(200).assert_header("x-trace", "milk");
        answer.assert_json(&json!({"title": "milk", "count": 2}));
        assert_eq!(app.last_stat().unwrap().request_size(), 26, "{path}: the bytes count once");
    }
    let answer = app.post("/").json(&json!({"title": "milk", "count": 0})).send().await;
    answer.assert_status(400);
    assert!(answer.text().contains("ValidationError"), "{answer}");
}

#[tokio::test]
async fn a_form_is_bound_again_after_other_readers() {
    #[derive(Deserialize, Validate)]
    struct Login {
        name: String,
    }
    async fn raw(body: String) -> impl IntoResponse {
        with_header(X_TRACE, body)
    }
    async fn form(Form(login): Form<Login>) -> String {
        login.name
    }
    async fn json_too(_: Body<Unchecked<serde_json::Value>>) {}
    let router = Router::new().post("/", (raw, form, form)).post("/json", (json_too, form));
    let app = app(router).await;
    let answer = app.post("/").form([("name", "ann b")]).send().await;
    answer.assert_status(200).assert_header("x-trace", "name=ann+b").assert_text("ann b");
    app.post("/json").form([("name", "ann")]).send().await.assert_status(415);
}

#[tokio::test]
async fn a_value_built_for_the_request_is_shared_by_the_chain() {
    struct Seq(u32);
    async fn first(seq: Inject<Seq>) -> impl IntoResponse {
        with_header(X_TRACE, seq.0)
    }
    async fn second(seq: Inject<Seq>) -> String {
        seq.0.to_string()
    }
    let diary = Diary::default();
    let seq = {
        let diary = diary.clone();
        gongular::inject::Provider::<Seq>::per_request(move || {
            diary.note("made");
            Seq(7)
        })
    };
    let app = build(Engine::new().register(seq).routes(Router::new().get("/", (first, second)))).await;
    app.get("/").send().await.assert_header("x-trace", "7").assert_text("7");
    assert_eq!(diary.take(), ["made"]);
    app.get("/").send().await.assert_status(200);
    assert_eq!(diary.take(), ["made"], "once more for another request");
}
