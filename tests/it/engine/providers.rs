//! Dependencies: of the engine, of groups, of one request, and how they end.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use gongular::error::render::Format;
use gongular::inject::{Completion, Finished, Provider};
use gongular::layers::ErrorLayer;
use gongular::layers::error::RequestHead;
use gongular::stats::Outcome;
use gongular::{Engine, Error, Inject, IntoResponse, Json, Router, key};
use http::header::HeaderName;
use http::{HeaderMap, Response, StatusCode};
use serde_json::{Value, json};

use super::{App, Diary, build, poll, with_header};

struct Db(&'static str);

key! { Val1 = "val1" }
key! { Val2 = "val2" }

trait Named: Send + Sync {
    fn name(&self) -> &'static str;
}

impl Named for Db {
    fn name(&self) -> &'static str {
        self.0
    }
}

async fn db(db: Inject<Db>) -> &'static str {
    db.0
}

#[tokio::test]
async fn values_are_injected_by_type_by_key_and_as_trait_objects() {
    async fn product(first: Inject<i64, Val1>, second: Inject<i64, Val2>) -> Json<i64> {
        Json(*first * *second)
    }
    async fn named(named: Inject<dyn Named>, keyed: Inject<dyn Named, Val1>) -> String {
        format!("{} {}", named.name(), keyed.name())
    }
    let engine = Engine::new().provide(Db("primary")).providers(|providers| {
        providers
            .provide_keyed("val1", 71_i64)
            .provide_keyed("val2", 97_i64)
            .provide_as::<dyn Named>(Arc::new(Db("trait")))
            .provide_as_keyed::<dyn Named>("val1", Arc::new(Db("iface")))
    });
    let router = Router::new().get("/db", db).get("/keyed", product).get("/named", named);
    let app = build(engine.routes(router)).await;
    app.get("/db").send().await.assert_text("primary");
    app.get("/keyed").send().await.assert_text("6887");
    app.get("/named").send().await.assert_text("trait iface");
}

#[tokio::test]
async fn a_group_adds_and_replaces_for_itself_alone() {
    struct Extra;
    struct Greeting(String);
    async fn both(db: Inject<Db>, _: Inject<Extra>, greeting: Inject<Greeting>) -> String {
        format!("{} {}", db.0, greeting.0)
    }
    async fn greet(greeting: Inject<Greeting>) -> String {
        greeting.0.clone()
    }
    let greeting = Provider::<Greeting>::singleton(|db: Inject<Db>| Greeting(format!("hi {}", db.0)));
    let deepest = Router::new().provide(Db("deepest")).get("/db", both);
    let group = Router::new().provide(Db("group")).provide(Extra).get("/db", both).group("/deep", deepest);
    let router = Router::new().get("/db", db).get("/greet", greet).group("/in", group);
    let app = build(Engine::new().provide(Db("engine")).register(greeting).routes(router)).await;
    app.get("/db").send().await.assert_text("engine");
    app.get("/greet").send().await.assert_text("hi engine");
    app.get("/in/db").send().await.assert_text("group hi group");
    app.get("/in/deep/db").send().await.assert_text("deepest hi deepest");
}

#[tokio::test]
async fn a_per_request_value_is_shared_by_the_handlers_of_all_groups() {
    #[derive(Clone)]
    struct User(u32);
    const X_SEQ: HeaderName = HeaderName::from_static("x-seq");
    async fn outer(user: Inject<User>) -> impl IntoResponse {
        with_header(X_SEQ, user.0)
    }
    async fn inner(user: Inject<User>, db: Inject<Db>) -> String {
        format!("{} {}", user.0, db.0)
    }
    let count = AtomicU32::new(0);
    let user = Provider::<User>::per_request(move || User(count.fetch_add(1, Ordering::Relaxed) + 1));
    let group = Router::new().provide(Db("group")).get("/", inner);
    let router = Router::new().handler(outer).group("/in", group);
    let app = build(Engine::new().register(user).routes(router)).await;
    for seq in ["1", "2"] {
        let answer = app.get("/in").send().await;
        answer.assert_header("x-seq", seq).assert_text(&format!("{seq} group"));
    }
}

#[tokio::test]
async fn what_the_engine_and_a_group_have_built_for_a_request_ends_the_last_one_first() {
    struct Outer(Diary);
    struct Inner(Diary);
    async fn takes(_: Inject<Inner>, _: Inject<Outer>) -> &'static str {
        "taken"
    }
    let diary = Diary::default();
    let (of_engine, of_group) = (diary.clone(), diary.clone());
    let outer = Provider::<Outer>::per_request(move || Outer(of_engine.clone()))
        .teardown(|outer: Finished<Outer>, _: Completion| outer.0.note("outer"));
    let inner = Provider::<Inner>::per_request(move |_: Inject<Outer>| Inner(of_group.clone()))
        .teardown(|inner: Finished<Inner>, _: Completion| inner.0.note("inner"));
    let group = Router::new().register(inner).get("/", takes);
    let app = build(Engine::new().register(outer).routes(Router::new().group("/in", group))).await;
    for _ in 0..2 {
        app.get("/in").send().await.assert_text("taken");
        assert_eq!(diary.take(), ["inner", "outer"]);
    }
}

#[tokio::test]
async fn overrides_replace_what_the_engine_and_its_groups_register() {
    struct Greeting(String);
    async fn greet(greeting: Inject<Greeting>, db: Inject<Db>) -> String {
        format!("{} {}", greeting.0, db.0)
    }
    let greeting = Provider::<Greeting>::per_request(|db: Inject<Db>| Greeting(format!("hi {}", db.0)));
    let group = Router::new().provide(Db("group")).get("/", greet);
    let router = Router::new().get("/", greet).group("/in", group);
    let engine = Engine::new().provide(Db("real")).register(greeting).routes(router);
    let app = build(engine.overrides(|providers| providers.provide(Db("test")))).await;
    app.get("/").send().await.assert_text("hi test test");
    app.get("/in").send().await.assert_text("hi test test");
}

struct Transaction(Diary);

async fn commit(diary: Diary, failing: bool) -> Result<(), Error> {
    diary.note("commit");
    if failing {
        Err(Error::new(StatusCode::CONFLICT, "changed meanwhile").with_detail("row 7"))
    } else {
        Ok(())
    }
}

/// A transaction that writes down what happens to it.
fn transaction(diary: &Diary, failing: bool) -> Provider<Transaction> {
    let made = diary.clone();
    Provider::<Transaction>::per_request(move || Transaction(made.clone()))
        .before_response(move |transaction: &Transaction| commit(transaction.0.clone(), failing))
        .teardown(|transaction: Finished<Transaction>, completion: Completion| async move {
            tokio::task::yield_now().await;
            transaction.0.note(format!("{completion:?}"));
        })
}

async fn works(_: Inject<Transaction>) -> impl IntoResponse {
    with_header(HeaderName::from_static("x-first"), "1")
}

async fn refuses(_: Inject<Transaction>) -> (StatusCode, &'static str) {
    (StatusCode::IM_A_TEAPOT, "no")
}

async fn fails(_: Inject<Transaction>) -> Error {
    Error::app("db is down")
}

async fn panics(_: Inject<Transaction>) {
    panic!("chair fell over")
}

async fn waits(_: Inject<Transaction>) {
    std::future::pending().await
}

async fn text() -> &'static str {
    "text"
}

async fn transactional(
    diary: &Diary,
    failing: bool,
    errors: ErrorLayer<impl gongular::layers::ErrorHandler>,
) -> App {
    let routes = || {
        Router::new()
            .get("/works", (works, text))
            .get("/refuses", refuses)
            .get("/fails", fails)
            .get("/panics", panics)
            .get("/waits", waits)
            .get("/unused", text)
    };
    // Once with the engine's own, once with a group's.
    let group = routes().register(transaction(diary, failing));
    let engine = Engine::new().errors(errors).register(transaction(diary, failing));
    build(engine.routes(routes().group("/in", group))).await
}

#[tokio::test]
async fn a_teardown_runs_once_and_knows_how_the_request_ended() {
    let diary = Diary::default();
    let app = transactional(&diary, false, ErrorLayer::new()).await;
    for prefix in ["", "/in"] {
        for (path, status, happened) in [
            ("/works", 200, &["commit", "Success"][..]),
            ("/refuses", 418, &["Failure"]),
            ("/fails", 500, &["Failure"]),
            ("/panics", 500, &["Panicked"]),
            ("/unused", 200, &[]),
        ] {
            app.get(&format!("{prefix}{path}")).send().await.assert_status(status);
            assert_eq!(diary.take(), happened, "{prefix}{path}");
        }
        app.head(&format!("{prefix}/works")).send().await.assert_status(200);
        tokio::task::yield_now().await;
        assert_eq!(diary.take(), ["commit", "Success"], "{prefix}");
    }
}

#[tokio::test]
async fn an_error_that_is_answered_with_200_is_a_failure_for_teardowns() {
    let diary = Diary::default();
    let errors = ErrorLayer::new().on_error(|_: &Error, _: &RequestHead| {
        Some(Response::new(gongular::ResponseBody::from("all is well")))
    });
    let app = transactional(&diary, false, errors).await;
    for path in ["/fails", "/in/fails"] {
        app.get(path).send().await.assert_status(200).assert_text("all is well");
        assert_eq!(diary.take(), ["Failure"], "{path}");
    }
}

#[tokio::test]
async fn a_request_that_is_given_up_is_torn_down_as_cancelled() {
    let diary = Diary::default();
    let app = transactional(&diary, false, ErrorLayer::new()).await;
    for path in ["/waits", "/in/waits"] {
        {
            let mut asked = pin!(app.get(path).send());
            assert!(poll(asked.as_mut()).is_pending());
            assert!(diary.take().is_empty());
        }
        // Nobody awaits it any more: it runs as a task.
        for _ in 0..3 {
            tokio::task::yield_now().await;
        }
        assert_eq!(diary.take(), ["Cancelled"], "{path}");
        assert_eq!(app.stats().len(), if path == "/waits" { 1 } else { 2 });
    }
}

#[tokio::test]
async fn what_has_to_be_done_before_the_answer_may_fail_it() {
    let diary = Diary::default();
    let app = transactional(&diary, true, ErrorLayer::new()).await;
    for path in ["/works", "/in/works"] {
        let answer = app.get(path).send().await;
        answer.assert_status(409).assert_json(&json!({"error": "changed meanwhile"}));
        answer.assert_header("content-type", "application/json").assert_header("x-first", "1");
        assert_eq!(diary.take(), ["commit", "Failure"], "{path}");
        let stat = app.last_stat().unwrap();
        assert_eq!((stat.error(), stat.response_code().unwrap().as_u16()), (Some("row 7"), 409), "{path}");
        let answer = app.get(path).header("accept", "application/problem+json").send().await;
        answer.assert_status(409).assert_header("content-type", "application/problem+json");
        assert_eq!(diary.take(), ["commit", "Failure"], "{path}");
        app.head(path).send().await.assert_status(409).assert_text("");
        assert_eq!(diary.take(), ["commit", "Failure"], "{path}");
    }
    app.get("/unused").send().await.assert_status(200);
}

#[tokio::test]
async fn what_fails_before_the_answer_is_answered_by_the_error_handler() {
    let diary = Diary::default();
    let errors = ErrorLayer::new().format(Format::Problem).on_error(|error: &Error, head: &RequestHead| {
        let body = json!({"custom": error.to_string(), "path": head.matched_path().map(ToString::to_string)});
        let mut response = Json(body).into_response().unwrap();
        *response.status_mut() = StatusCode::from_u16(599).unwrap();
        Some(response)
    });
    let app = transactional(&diary, true, errors).await;
    for path in ["/works", "/in/works"] {
        let answer = app.get(path).send().await;
        answer.assert_status(599).assert_json(&json!({"custom": "row 7", "path": path}));
        assert_eq!(diary.take(), ["commit", "Failure"], "{path}");
    }
}

#[tokio::test]
async fn what_a_hook_of_a_group_alone_fails_with_is_answered_with_the_request_at_hand() {
    let diary = Diary::default();
    let group = Router::new().register(transaction(&diary, true)).get("/works", works);
    let app = build(Engine::new().routes(Router::new().group("/in", group))).await;
    let answer = app.get("/in/works").header("accept", "application/problem+json").send().await;
    answer.assert_status(409).assert_header("content-type", "application/problem+json");
}

#[tokio::test]
async fn a_panic_before_the_answer_or_in_a_teardown_is_caught() {
    let diary = Diary::default();
    let transaction = |name: &'static str| {
        let made = diary.clone();
        Provider::<Transaction>::per_request(move || Transaction(made.clone()))
            .before_response(move |_: &Transaction| async move {
                assert!(name != "before", "chair fell over");
                Ok::<_, Error>(())
            })
            .teardown(move |transaction: Finished<Transaction>, completion: Completion| {
                transaction.0.note(format!("{completion:?}"));
                assert!(name != "teardown", "chair fell over");
            })
    };
    let group = |name| Router::new().register(transaction(name)).get("/", works);
    let router = Router::new().group("/before", group("before")).group("/teardown", group("teardown"));
    let app = build(Engine::new().register(transaction("before")).routes(router.get("/", works))).await;
    for path in ["/", "/before"] {
        let answer = app.get(path).send().await;
        answer.assert_status(500).assert_json(&json!({"error": "internal server error"}));
        assert_eq!(diary.take(), ["Panicked"], "{path}");
        assert_eq!(app.last_stat().unwrap().outcome(), Outcome::Panic, "{path}");
    }
    app.get("/teardown").send().await.assert_status(200);
    assert_eq!(diary.take(), ["Success"]);
    assert_eq!(app.stats().len(), 3);
}

#[tokio::test]
async fn a_factory_reads_the_request_with_its_parameters() {
    struct User(String);
    async fn user(headers: HeaderMap, path: gongular::MatchedPath) -> Result<User, Error> {
        let token = headers.get("x-token").and_then(|token| token.to_str().ok());
        let token = token.ok_or_else(|| Error::new(StatusCode::UNAUTHORIZED, "who are you"))?;
        Ok(User(format!("{token} at {path}")))
    }
    async fn tell(user: Inject<User>) -> Json<Value> {
        Json(json!(user.0))
    }
    let engine = Engine::new().register(Provider::<User>::per_request(user));
    let app = build(engine.routes(Router::new().get("/i/{id}", tell))).await;
    app.get("/i/7").header("x-token", "ann").send().await.assert_json("ann at /i/{id}");
    app.get("/i/7").send().await.assert_status(401).assert_json(&json!({"error": "who are you"}));
    let stat = app.last_stat().unwrap();
    assert!(stat.dependencies().is_empty() || stat.dependencies().len() == 1);
}

#[tokio::test]
async fn what_a_router_provides_replaces_what_the_engine_does_also_when_it_is_the_only_one() {
    let routes = || Router::new().provide(Db("router")).get("/db", db);
    let app = build(Engine::new().provide(Db("engine")).routes(routes())).await;
    app.get("/db").send().await.assert_text("router");
    let two = Engine::new().provide(Db("engine")).routes(routes()).routes(Router::new().get("/outer", db));
    let app = build(two).await;
    app.get("/db").send().await.assert_text("router");
    app.get("/outer").send().await.assert_text("engine");
}
