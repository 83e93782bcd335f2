//! The application of `examples/mvc`, served by the engine and inside of axum: the same answers.

#[path = "../../../examples/mvc/app/mod.rs"]
mod app;

use axum::body::Body;
use gongular::engine::EngineService;
use gongular::test_client::{TestClient, TestResponse};
use http_body_util::Full;
use serde_json::json;
use tower_service::Service;

async fn engine() -> EngineService {
    app::application().into_engine().build().await.unwrap()
}

/// What every host has to say, with the application below a path.
async fn check<S, B, R>(client: TestClient<S, B>, base: &str)
where
    S: Service<http::Request<B>, Response = http::Response<R>> + Clone,
    S::Error: Into<gongular::BoxError>,
    B: From<bytes::Bytes>,
    R: http_body::Body<Error: Into<gongular::BoxError>>,
{
    let client = client.keep_cookies();
    let at = |path: &str| format!("{base}{path}");
    client
        .get(&at("/health"))
        .send()
        .await
        .assert_text("fine, 1 times")
        .assert_header("cache-control", "no-store");

    client
        .get(&at("/user"))
        .send()
        .await
        .assert_status(200)
        .assert_text("you are nobody: log in at /user/login");
    client.post(&at("/user/logout")).send().await.assert_status(401);
    client.get(&at("/user/notes")).send().await.assert_status(401);
    let login =
        |name, password| client.post(&at("/user/login")).form([("name", name), ("password", password)]);
    login("a", "secret").send().await.assert_status(400);
    login("ann", "wrong").send().await.assert_status(403);
    login("ann", "secret").send().await.assert_status(303).assert_header("location", "/user");
    client.get(&at("/user")).send().await.assert_text("you are ann");

    let add = |text: &'static str| client.post(&at("/user/notes")).json(&json!({ "text": text }));
    add("").send().await.assert_status(400).assert_header("cache-control", "no-store");
    add("milk").send().await.assert_status(201).assert_json(&json!({"id": 1, "text": "milk"}));
    add("eggs").send().await.assert_status(201);
    add("salt").send().await.assert_status(201);
    add("more").send().await.assert_status(409);
    let one: TestResponse = client.get(&at("/user/notes/2")).send().await;
    one.assert_json(&json!({"id": 2, "text": "eggs"})).assert_header("cache-control", "no-store");
    client.delete(&at("/user/notes/2")).send().await.assert_status(200).assert_text("");
    client.get(&at("/user/notes/2")).send().await.assert_status(404).assert_text("you have no note 2");
    client.get(&at("/user/notes/x")).send().await.assert_status(400);
    client
        .patch(&at("/user/notes/1"))
        .send()
        .await
        .assert_status(405)
        .assert_header("allow", "GET, HEAD, DELETE, OPTIONS");

    client.post(&at("/user/logout")).send().await.assert_status(303);
    client.get(&at("/user")).send().await.assert_text("you are nobody: log in at /user/login");
}

#[tokio::test]
async fn the_example_answers_on_the_engine() {
    check(TestClient::<_, Full<bytes::Bytes>>::typed(engine().await), "").await;
}

#[tokio::test]
async fn the_example_answers_the_same_nested_in_axum() {
    let router = axum::Router::<()>::new().nest_service("/mounted", engine().await);
    check(TestClient::<_, Body>::typed(router), "/mounted").await;
}

#[tokio::test]
async fn a_redirect_below_a_path_of_axum_stays_below_it() {
    let inner = axum::Router::<()>::new().nest_service("/mounted", engine().await);
    let client = TestClient::<_, Body>::typed(axum::Router::<()>::new().nest("/outer", inner));
    for path in ["/outer/mounted/user/?a=1", "/outer/mounted/USER?a=1"] {
        let answer = client.get(path).send().await;
        answer.assert_status(301).assert_header("location", "/outer/mounted/user?a=1");
    }
}

#[tokio::test]
async fn the_example_answers_the_same_behind_axums_own_routes() {
    let router = axum::Router::<()>::new().route("/axum", axum::routing::get(async || "axum's"));
    let router = router.fallback_service(engine().await);
    TestClient::<_, Body>::typed(router.clone()).get("/axum").send().await.assert_text("axum's");
    check(TestClient::<_, Body>::typed(router), "").await;
}

#[tokio::test]
async fn the_examples_report_names_what_it_consists_of() {
    let engine = engine().await;
    let controllers = engine.controllers().controllers().iter();
    let names: Vec<_> = controllers
        .map(|one| (one.name().rsplit("::").next().unwrap(), one.application().unwrap()))
        .collect();
    let area = "user area";
    assert_eq!(names[..3], [("Health", "notes"), ("First", "notes"), ("Second", "notes")]);
    assert_eq!(names[3..], [("Account", area), ("Visitor", area), ("Notes", area)]);
    let tree = engine.controllers().to_string();
    assert!(tree.contains("\nFirst (one instance, notes, version \">=1, <2\", deprecated) "), "{tree}");
}
