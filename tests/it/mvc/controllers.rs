//! What methods of controllers answer, and what they take.

use std::sync::atomic::{AtomicU32, Ordering};

use gongular::mvc::{Application, Controller, controller, controller_with};
use gongular::test_client::TestClient;
use gongular::{Body, Context, Error, Inject, Json, Query, Router, http};
use serde::Deserialize;
use validator::Validate;

trait Greeting: Send + Sync {
    fn text(&self) -> &str;
}

struct English;

impl Greeting for English {
    fn text(&self) -> &str {
        "Hello"
    }
}

struct Counter(AtomicU32);

#[derive(Clone)]
struct User(String);

async fn user(headers: http::HeaderMap) -> Result<User, Error> {
    let name = headers.get("x-user").and_then(|name| name.to_str().ok());
    name.map(|name| User(name.to_owned())).ok_or_else(|| Error::new(http::StatusCode::UNAUTHORIZED, "who?"))
}

#[derive(Controller)]
struct Greeter {
    greeting: Inject<dyn Greeting>,
    #[inject(key = "visits")]
    visits: Inject<Counter>,
    #[given]
    mark: char,
}

#[derive(Deserialize, Validate)]
struct Page {
    #[serde(default)]
    page: u8,
}

#[derive(Deserialize, Validate)]
struct Letter {
    #[validate(length(min = 1))]
    text: String,
}

#[controller]
impl Greeter {
    async fn get(&self) -> String {
        self.visits.0.fetch_add(1, Ordering::SeqCst).to_string()
    }

    async fn get_by(&self, name: String) -> String {
        format!("{}, {name}{}", self.greeting.text(), self.mark)
    }

    fn get_sum_by_of_by(&self, left: i64, right: i64) -> Json<i64> {
        Json(left + right)
    }

    async fn get_files_by_wildcard(&self, path: String, page: Query<Page>) -> String {
        format!("{path} {}", page.page)
    }

    #[post("/letters/{id}", name = "letter")]
    #[put("/letters/{id}")]
    async fn write(
        &self,
        id: u32,
        letter: Body<Letter>,
        #[query] loud: Option<bool>,
        cx: &mut Context<'_>,
    ) -> Result<String, Error> {
        cx.status(http::StatusCode::CREATED).header("x-id", id.to_string());
        Ok(if loud == Some(true) { letter.text.to_uppercase() } else { letter.0.text })
    }

    async fn post_mail_by(
        &self,
        greeting: Inject<dyn Greeting>,
        cx: &mut Context<'_>,
        to: u8,
    ) -> Result<(), Error> {
        cx.set_body(&format!("{} {to}", greeting.text()));
        Ok(())
    }

    #[skip]
    #[expect(dead_code, reason = "it is no route")]
    fn get_nothing(&self) {}
}

#[derive(Controller)]
struct Account {
    user: Inject<User>,
    #[header("x-tenant")]
    tenant: String,
}

#[controller]
impl Account {
    async fn get(&self) -> String {
        format!("{} of {}", self.user.0, self.tenant)
    }

    async fn get_by(&self, id: u32) -> String {
        format!("{id} of {}", self.user.0)
    }
}

struct Visits(AtomicU32);

#[controller]
impl Visits {
    async fn any(&self) -> String {
        self.0.fetch_add(1, Ordering::SeqCst).to_string()
    }
}

async fn client() -> TestClient<gongular::engine::EngineService> {
    let app = Application::new(Router::new())
        .providers(|providers| {
            providers
                .provide_as::<dyn Greeting>(std::sync::Arc::new(English))
                .provide_keyed("visits", Counter(AtomicU32::new(0)))
                .per_request(user)
        })
        .handle(controller_with::<Greeter>('!'))
        .party("/account", |account| account.handle(controller::<Account>()))
        .party("/visits", |visits| visits.handle(Visits(AtomicU32::new(7))));
    app.into_engine().test_client().await.unwrap()
}

#[tokio::test]
async fn names_of_methods_are_routes() {
    let client = client().await;
    client.get("/").send().await.assert_text("0");
    client.get("/").send().await.assert_text("1");
    client.get("/Ann").send().await.assert_text("Hello, Ann!");
    client.get("/sum/4/of/-5").send().await.assert_json(&-1);
    client.get("/files/a/b%20c?page=3").send().await.assert_text("a/b c 3");
    client.get("/nothing").send().await.assert_text("Hello, nothing!");
    client.delete("/Ann").send().await.assert_status(405);
}

#[tokio::test]
async fn written_routes_lead_to_a_method_with_all_that_handlers_take() {
    let client = client().await;
    let letter = serde_json::json!({"text": "hi"});
    let answer = client.post("/letters/7?loud=true").json(&letter).send().await;
    answer.assert_status(201).assert_header("x-id", "7").assert_text("HI");
    client.put("/letters/7").json(&letter).send().await.assert_status(201).assert_text("hi");
    client.post("/mail/9").send().await.assert_json(&"Hello 9");
    client.post("/mail/900").send().await.assert_status(400);
}

#[tokio::test]
async fn all_problems_of_a_methods_arguments_are_told_at_once() {
    let client = client().await;
    let answer = client.post("/letters/x?loud=perhaps").header("accept", "application/problem+json");
    let answer = answer.json(&serde_json::json!({"text": ""})).send().await;
    answer.assert_status(400);
    let problems: serde_json::Value = answer.json();
    let paths: Vec<&str> = problems["problems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|problem| problem["path"].as_str().unwrap())
        .collect();
    assert_eq!(paths, ["id", "loud", "text"]);
}

#[tokio::test]
async fn a_field_of_the_request_makes_an_instance_for_each() {
    let client = client().await;
    client
        .get("/account")
        .header("x-user", "ann")
        .header("x-tenant", "t1")
        .send()
        .await
        .assert_text("ann of t1");
    client
        .get("/account")
        .header("x-user", "bob")
        .header("x-tenant", "t2")
        .send()
        .await
        .assert_text("bob of t2");
    client.get("/account").header("x-tenant", "t2").send().await.assert_status(401);
    let answer =
        client.get("/account/x").header("x-user", "ann").header("accept", "application/problem+json");
    let problems: serde_json::Value = answer.send().await.json();
    assert_eq!(problems["problems"].as_array().unwrap().len(), 2, "{problems}");
}

#[tokio::test]
async fn an_instance_that_is_given_serves_all_requests() {
    let client = client().await;
    client.get("/visits").send().await.assert_text("7");
    client.post("/visits").send().await.assert_text("8");
}
