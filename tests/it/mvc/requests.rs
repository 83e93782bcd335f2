//! What a client and a statistic see of controllers.

use std::borrow::Cow;

use gongular::mvc::{Application, Controller, controller, controller_with};
use gongular::{Body, Context, Error, Param, Query, Router, Stop, Unchecked, http};
use http::{Method, StatusCode};
use serde::Deserialize;
use serde_json::json;
use validator::Validate;

use super::build;

#[derive(Controller)]
struct Books {
    #[param]
    shop: u8,
}

#[derive(Deserialize, Validate)]
struct Page {
    #[validate(range(min = 1))]
    page: u8,
}

#[derive(Deserialize, Validate)]
struct Book {
    title: String,
}

#[controller]
impl Books {
    async fn get(&self, page: Query<Page>) -> String {
        format!("page {} of {}", page.page, self.shop)
    }

    async fn get_by(&self, id: u32) -> Result<String, Error> {
        if id == 0 { Err(Error::not_found()) } else { Ok(id.to_string()) }
    }

    async fn post(&self, book: Body<Book>) -> (StatusCode, String) {
        (StatusCode::CREATED, book.0.title)
    }

    async fn put_by(&self, Param(Unchecked(ids)): Param<Unchecked<Ids>>, id: u32) -> Stop<String> {
        Stop(format!("{} {id}", ids.shop))
    }

    async fn delete_by(&self, id: u32, cx: &mut Context<'_>) {
        cx.fail(StatusCode::CONFLICT, &json!({"kept": id}));
    }
}

#[derive(Deserialize)]
struct Ids {
    shop: String,
}

async fn books() -> super::App {
    let app = Application::new(Router::new());
    build(app.party("/shops/{shop}", |app| app.handle(controller::<Books>()))).await
}

#[tokio::test]
async fn a_wrong_parameter_is_a_400_that_names_it() {
    let app = books().await;
    for (path, name, range) in [("/shops/1/x", "id", "0 to 4294967295"), ("/shops/x/1", "shop", "0 to 255")] {
        app.get(path).send().await.assert_status(400).assert_json(&json!({"ParseError": {
            "Place": "URL Path Parameter",
            "FieldName": name,
            "Reason": format!("expected a whole number from {range}, got \"x\""),
        }}));
    }
    app.get("/shops/1?page=0").send().await.assert_status(400).assert_json(
        &json!({"ValidationError": {"Fields": {"page": "must be at least 1"}, "Place": "Query Parameter"}}),
    );
}

#[tokio::test]
async fn all_problems_of_fields_and_arguments_stand_in_one_answer() {
    let app = books().await;
    let answer = app.get("/shops/x/y").header("accept", "application/problem+json").send().await;
    let problems: serde_json::Value = answer.assert_status(400).json();
    let paths: Vec<_> =
        problems["problems"].as_array().unwrap().iter().map(|problem| &problem["path"]).collect();
    assert_eq!(paths, ["shop", "id"]);
}

#[tokio::test]
async fn errors_and_answers_have_the_shapes_of_those_of_functions() {
    let app = books().await;
    app.get("/shops/1/0").send().await.assert_status(404).assert_json(&json!({"error": "not found"}));
    app.post("/shops/1").json(&json!({"title": "Emma"})).send().await.assert_status(201).assert_text("Emma");
    app.put("/shops/7/8").send().await.assert_text("7 8");
    app.delete("/shops/1/3").send().await.assert_status(409).assert_json(&json!({"kept": 3}));
    let broken = app.post("/shops/1").header("content-type", "application/json").body("{").send().await;
    broken.assert_status(400);
    assert!(broken.text().starts_with(r#"{"ParseError":{"Place":"Body","#), "{}", broken.text());
}

#[tokio::test]
async fn head_options_and_405_come_by_themselves() {
    let app = books().await;
    let answer = app.head("/shops/1/77").send().await;
    answer.assert_status(200).assert_header("content-length", "2").assert_text("");
    app.options("/shops/1/77")
        .send()
        .await
        .assert_status(204)
        .assert_header("allow", "GET, HEAD, PUT, DELETE, OPTIONS");
    app.patch("/shops/1/77")
        .send()
        .await
        .assert_status(405)
        .assert_header("allow", "GET, HEAD, PUT, DELETE, OPTIONS");
    app.get("/shops").send().await.assert_status(404);
    app.get("/shops/1/?page=2").send().await.assert_status(301).assert_header("location", "/shops/1?page=2");
}

#[tokio::test]
async fn a_statistic_names_the_method_and_the_matched_path() {
    let app = books().await;
    app.get("/shops/1/5").send().await;
    let stat = app.last_stat().unwrap();
    assert_eq!(stat.matched_path().unwrap().as_str(), "/shops/{shop}/{id}");
    let names: Vec<_> =
        stat.handlers().iter().map(|handler| (handler.name(), handler.ran(), handler.error())).collect();
    assert_eq!(names, [(concat!(module_path!(), "::Books::get_by"), true, None)]);
    assert_eq!((stat.label(), stat.response_code()), ("/shops/{shop}/{id}", Some(StatusCode::OK)));
    app.get("/shops/1/0").send().await;
    let stat = app.last_stat().unwrap();
    assert_eq!(stat.handlers()[0].error(), Some("not found"));
    let route = app.service.routes().find(|route| route.method() == Some(&Method::POST)).unwrap();
    assert_eq!(route.to_string(), "POST /shops/{shop} → Books::post");
}

struct First;
struct Second;

#[controller]
impl First {
    async fn get(&self) -> Result<(), Error> {
        Err(Error::new(StatusCode::UNAUTHORIZED, "log in").pass())
    }
}

#[controller]
impl Second {
    async fn get(&self) -> &'static str {
        "second"
    }
}

#[tokio::test]
async fn a_request_that_was_passed_on_has_no_error_in_its_statistic() {
    let app = build(Application::new(Router::new()).handle(First).handle(Second).handle(First)).await;
    app.get("/").send().await.assert_text("second");
    let stat = app.last_stat().unwrap();
    assert_eq!((stat.error(), stat.response_code()), (None, Some(StatusCode::OK)), "{stat}");
    let handlers = stat.handlers().iter();
    let handlers: Vec<_> = handlers.map(|handler| (handler.name(), handler.ran(), handler.error())).collect();
    let (first, second) = (concat!(module_path!(), "::First::get"), concat!(module_path!(), "::Second::get"));
    assert_eq!(handlers, [(first, true, Some("log in")), (second, true, None), (first, false, None)]);
    let alone = build(Application::new(Router::new()).handle(First).handle(First)).await;
    alone.get("/").send().await.assert_status(401);
    assert_eq!(alone.last_stat().unwrap().error(), Some("log in"));
}

#[tokio::test]
async fn an_application_without_controllers_serves_what_its_router_has() {
    let app = build(Application::new(Router::new().get("/", async || "router"))).await;
    app.get("/").send().await.assert_text("router");
    assert_eq!(app.service.controllers().controllers().len(), 0);
    let empty = build(Application::new(Router::new())).await;
    empty.get("/").send().await.assert_status(404).assert_json(&json!({"error": "not found"}));
}

#[derive(Controller)]
struct Lends {
    #[given]
    name: String,
}

#[controller]
impl Lends {
    fn get(&self) -> &str {
        &self.name
    }

    async fn get_slow(&self) -> Result<&String, Error> {
        Ok(&self.name)
    }

    async fn get_cow(&self, cx: &mut Context<'_>) -> Option<Cow<'_, str>> {
        cx.header("x-lent", "yes");
        self.name.strip_prefix('A').map(Cow::Borrowed)
    }

    fn get_none(&self, _: &mut Context<'_>) -> Option<&str> {
        self.name.strip_prefix('B')
    }

    const fn get_bytes(&self) -> (StatusCode, &[u8]) {
        (StatusCode::ACCEPTED, self.name.as_bytes())
    }
}

#[tokio::test]
async fn what_a_method_lends_of_its_controller_is_sent() {
    let app = Application::new(Router::new()).handle(controller_with::<Lends>("Ann".to_owned()));
    let app = build(app).await;
    app.get("/").send().await.assert_text("Ann").assert_header("content-type", "text/plain; charset=utf-8");
    app.get("/slow").send().await.assert_text("Ann");
    app.get("/cow").send().await.assert_text("nn").assert_header("x-lent", "yes");
    app.get("/none").send().await.assert_status(404);
    let answer = app.get("/bytes").send().await;
    answer.assert_status(202).assert_text("Ann").assert_header("content-type", "application/octet-stream");
}
