//! What the answers of controllers say that will go away.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use gongular::engine::MistakeKind;
use gongular::mvc::{Application, Controller, Deprecated, Version, controller};
use gongular::{Error, Router};

#[derive(Controller)]
struct Old;

#[controller]
impl Old {
    async fn get(&self) -> &'static str {
        "old"
    }

    async fn get_by(&self, id: u32) -> String {
        id.to_string()
    }

    async fn get_broken(&self) -> Result<(), Error> {
        panic!("broken")
    }
}

#[derive(Controller)]
struct New;

#[controller]
impl New {
    async fn get(&self) -> &'static str {
        "new"
    }
}

fn date() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_719_791_999)
}

#[tokio::test]
async fn all_that_is_said_stands_in_answers_and_errors() {
    let deprecated = Deprecated::new()
        .warning("do not use this")
        .since(date())
        .info("see /v2")
        .sunset(date() + Duration::from_hours(24))
        .link("https://example.org/old")
        .sunset_link("https://example.org/end");
    let app = Application::new(Router::new()).handle_with(controller::<Old>(), deprecated);
    let client = app.into_engine().test_client().await.unwrap();
    for (path, status) in [("/", 200), ("/7", 200), ("/x", 400), ("/broken", 500)] {
        let answer = client.get(path).send().await;
        answer
            .assert_status(status)
            .assert_header("x-api-warn", "do not use this")
            .assert_header("x-api-deprecation-date", "Sun, 30 Jun 2024 23:59:59 GMT")
            .assert_header("x-api-deprecation-info", "see /v2")
            .assert_header("deprecation", "@1719791999")
            .assert_header("sunset", "Mon, 01 Jul 2024 23:59:59 GMT");
        let links: Vec<_> = answer.headers().get_all("link").iter().collect();
        let expected =
            ["<https://example.org/old>; rel=\"deprecation\"", "<https://example.org/end>; rel=\"sunset\""];
        assert_eq!(links, expected);
    }
    assert_eq!(client.post("/").send().await.header("x-api-warn"), None);
}

#[tokio::test]
async fn without_dates_only_the_warning_is_sent() {
    let app = Application::new(Router::new()).handle_with(controller::<Old>(), Deprecated::default());
    let answer = app.into_engine().test_client().await.unwrap().get("/").send().await;
    answer.assert_header("x-api-warn", "WARNING! You are using a deprecated version of this API.");
    for name in ["x-api-deprecation-date", "x-api-deprecation-info", "deprecation", "sunset", "link"] {
        assert_eq!(answer.header(name), None, "{name}");
    }
}

#[tokio::test]
async fn a_controller_that_passes_says_nothing() {
    let app = Application::new(Router::new())
        .handle_with(controller::<Old>(), (Deprecated::new(), Version::new("1")))
        .handle_with(controller::<New>(), Version::new("2"));
    let client = app.into_engine().test_client().await.unwrap();
    let new = client.get("/").header("accept-version", "2").send().await;
    assert_eq!(new.assert_text("new").header("x-api-warn"), None);
    let old = client.get("/").header("accept-version", "1").send().await;
    assert!(old.assert_text("old").header("x-api-warn").is_some());
}

#[tokio::test]
async fn what_no_header_can_hold_is_a_mistake_of_the_engine() {
    let options = [
        Deprecated::new().since(UNIX_EPOCH - Duration::from_secs(1)),
        Deprecated::new().sunset(UNIX_EPOCH + Duration::from_hours(24 * 366 * 8100)),
        Deprecated::new().info("a\nb"),
        Deprecated::new().link("<x>"),
    ];
    for option in options {
        let text = format!("{option:?}");
        let app = Application::new(Router::new()).handle_with(controller::<Old>(), option);
        let error = app.into_engine().build().await.expect_err(&text);
        assert_eq!(error.mistakes()[0].kind(), MistakeKind::Controller, "{error}");
    }
}
