//! Controllers that answer some versions of an API.

use gongular::engine::{EngineService, MistakeKind};
use gongular::mvc::{ApiVersion, Application, Controller, Deprecated, Version, controller};
use gongular::test_client::TestClient;
use gongular::{Context, Error, Router, http};

#[derive(Controller)]
struct First;

#[controller]
impl First {
    async fn get(&self, version: ApiVersion) -> String {
        format!("first {version}")
    }

    async fn get_old(&self) -> &'static str {
        "old"
    }

    async fn get_broken(&self) -> Result<(), Error> {
        Err(Error::new(http::StatusCode::CONFLICT, "broken"))
    }
}

#[derive(Controller)]
struct Second;

#[controller]
impl Second {
    async fn get(&self, version: ApiVersion) -> String {
        format!("second {version}")
    }

    async fn get_new(&self) -> &'static str {
        "new"
    }
}

#[derive(Controller)]
struct Third;

#[controller]
impl Third {
    async fn get(&self, version: ApiVersion) -> String {
        format!("third {version}")
    }
}

async fn client() -> TestClient<EngineService> {
    let app = Application::new(Router::new())
        .handle_with(controller::<First>(), Version::new(">=1, <2").absent("1.4.0").alias("Stable", "1.4.2"))
        .handle_with(controller::<Second>(), Version::new(">=2 <3").alias("beta", "2.0.0"))
        .handle_with(controller::<Third>(), Version::new("=3.1.0 || 4").alias("beta", "4.0.0"));
    app.into_engine().test_client().await.unwrap()
}

#[tokio::test]
async fn the_first_controller_that_has_the_version_answers() {
    let client = client().await;
    for (asked, text, version) in [
        ("1", "first 1.0.0", "1.0.0"),
        ("1.2", "first 1.2.0", "1.2.0"),
        ("2.0.0", "second 2.0.0", "2.0.0"),
        ("3.1", "third 3.1.0", "3.1.0"),
        ("4.7.1", "third 4.7.1", "4.7.1"),
        ("beta", "second 2.0.0", "2.0.0"),
        ("STABLE", "first 1.4.2", "1.4.2"),
        ("", "first 1.4.0", "1.4.0"),
    ] {
        let answer = client.get("/").header("accept-version", asked).send().await;
        answer.assert_text(text).assert_header("x-api-version", version);
        answer.assert_header("vary", "Accept-Version, Accept");
    }
    client.get("/").send().await.assert_text("first 1.4.0");
}

#[tokio::test]
async fn accept_may_say_the_version_too() {
    let client = client().await;
    let accept = "text/html, application/json; version=2.5";
    client.get("/").header("accept", accept).send().await.assert_text("second 2.5.0");
    let both = client.get("/").header("accept", accept).header("accept-version", "1");
    both.send().await.assert_text("first 1.0.0");
}

#[tokio::test]
async fn a_version_that_nobody_has_is_told_in_the_shape_of_errors() {
    let client = client().await;
    for asked in ["5", "3", "nonsense"] {
        let answer = client.get("/").header("accept-version", asked);
        let answer = answer.header("accept", "application/problem+json").send().await;
        answer.assert_status(501).assert_json(&serde_json::json!({
            "type": "about:blank", "title": "Not Implemented", "status": 501, "detail": "version not found",
        }));
        assert_eq!(answer.header("x-api-version"), None);
        let vary: Vec<_> = answer.headers().get_all("vary").iter().collect();
        assert!(vary.iter().any(|vary| *vary == "Accept-Version, Accept"), "{vary:?}");
    }
}

#[tokio::test]
async fn caches_learn_of_versions_from_whoever_answers_in_the_end() {
    struct Rest;
    #[controller]
    impl Rest {
        async fn get(&self) -> &'static str {
            "the rest"
        }
    }
    let app = Application::new(Router::new())
        .handle_with(controller::<First>(), Version::new("1"))
        .handle_with(controller::<Second>(), Version::new("2"))
        .handle(Rest);
    let client = app.into_engine().test_client().await.unwrap();
    for (asked, text) in [("1", "first 1.0.0"), ("2", "second 2.0.0"), ("3", "the rest")] {
        let answer = client.get("/").header("accept-version", asked).send().await;
        let vary: Vec<_> = answer.assert_text(text).headers().get_all("vary").iter().collect();
        assert_eq!(vary, ["Accept-Version, Accept"], "{asked}");
    }
}

#[tokio::test]
async fn a_path_of_one_controller_alone_has_its_versions_only() {
    let client = client().await;
    client.get("/new").header("accept-version", "2").send().await.assert_text("new");
    client.get("/new").header("accept-version", "1").send().await.assert_status(501);
    client.get("/new").send().await.assert_status(501);
    client.get("/old").send().await.assert_text("old");
    client.post("/old").send().await.assert_status(405);
}

#[tokio::test]
async fn errors_of_a_method_tell_the_version() {
    let answer = client().await.get("/broken").header("accept-version", "1.9").send().await;
    answer.assert_status(409).assert_header("x-api-version", "1.9.0");
}

#[tokio::test]
async fn a_request_that_passes_has_not_failed() {
    let client = client().await;
    client.get("/").header("accept-version", "3.1").send().await.assert_status(200);
    let stat = client.last_stat().unwrap();
    assert_eq!(stat.error(), None);
    let ran: Vec<_> =
        stat.handlers().iter().filter(|handler| handler.ran()).map(|stat| stat.error()).collect();
    assert_eq!(ran, [Some("version not found"), Some("version not found"), None, None]);

    client.get("/").header("accept-version", "7").send().await.assert_status(501);
    assert_eq!(client.last_stat().unwrap().error(), Some("version not found"));
}

#[tokio::test]
async fn a_handler_before_may_say_the_version() {
    #[derive(gongular::FromRequest)]
    struct FromPath;
    impl gongular::Handle for FromPath {
        type Output = ();

        async fn handle(self, cx: &mut Context<'_>) -> Result<(), Error> {
            let version = if cx.request().uri.path().starts_with("/v2") { 2 } else { 1 };
            cx.request_mut().extensions.insert(ApiVersion::new(version, 0, 0));
            Ok(())
        }
    }
    let handle = || Router::new().handler(gongular::handle::<FromPath>());
    let both = |app: Application| {
        app.handle_with(controller::<First>(), Version::new("1"))
            .handle_with(controller::<Second>(), Version::new("2"))
    };
    let app = Application::new(handle()).party("/v1", both).party("/v2", both);
    let client = app.into_engine().test_client().await.unwrap();
    let answer = client.get("/v2").header("accept-version", "1").send().await;
    answer.assert_text("second 2.0.0");
    assert_eq!(answer.header("vary"), None);
    client.get("/v1").send().await.assert_text("first 1.0.0");
}

#[tokio::test]
async fn the_version_of_a_request_is_an_argument_anywhere() {
    async fn version(version: Option<ApiVersion>) -> String {
        version.map_or_else(|| "none".to_owned(), |version| version.to_string())
    }
    async fn required(version: ApiVersion) -> String {
        version.to_string()
    }
    let router = Router::new().get("/", version).get("/required", required);
    let client = gongular::Engine::new().routes(router).test_client().await.unwrap();
    client.get("/").send().await.assert_text("none");
    client.get("/").header("accept-version", "2").send().await.assert_text("2.0.0");
    client.get("/").header("accept-version", "x").send().await.assert_status(400);
    client.get("/required").send().await.assert_status(400);
}

#[tokio::test]
async fn the_report_says_what_options_made_of_a_controller() {
    let options = (Version::new(">=1, <2"), Deprecated::new());
    let app = Application::new(Router::new()).handle_with(controller::<First>(), options);
    let service = app.into_engine().build().await.unwrap();
    let labels: Vec<&str> = service.controllers().controllers()[0].labels().collect();
    assert_eq!(labels, ["version \">=1, <2\"", "deprecated"]);
}

#[tokio::test]
async fn ranges_and_versions_that_are_none_are_mistakes_of_the_engine() {
    let app = Application::new(Router::new())
        .handle_with(controller::<First>(), Version::new("newest"))
        .handle_with(controller::<Second>(), (Version::new("2").alias("beta", "two"), Deprecated::new()));
    let error = app.into_engine().build().await.unwrap_err();
    let texts: Vec<String> = error.mistakes().iter().map(ToString::to_string).collect();
    assert_eq!(texts.len(), 2, "{error}");
    assert!(error.mistakes().iter().all(|mistake| mistake.kind() == MistakeKind::Controller));
    assert!(texts[0].contains("`First`: `newest` is no range of versions"), "{error}");
    assert!(texts[1].contains("`Second`: `two`, which is to be called `beta`, is no version"), "{error}");
    assert!(texts[1].contains("versions.rs:"), "{error}");
}

#[tokio::test]
async fn all_that_is_wrong_with_a_version_is_told() {
    let wrong = Version::new("1").alias("a", "zz").absent("qq").alias("b", "yy");
    let app = Application::new(Router::new())
        .handle_with(controller::<First>(), wrong)
        .handle_with(controller::<Second>(), Version::new("1 || 3").absent("2.0.0"));
    let error = app.into_engine().build().await.unwrap_err();
    let texts: Vec<String> = error.mistakes().iter().map(ToString::to_string).collect();
    for (text, expected) in texts.iter().zip([
        "`First`: `zz`, which is to be called `a`, is no version",
        "`First`: `absent(\"qq\")` is given no version",
        "`First`: `yy`, which is to be called `b`, is no version",
        "`Second`: `absent` is `2.0.0`, which is none of the versions `1 || 3`",
    ]) {
        assert!(text.contains(expected), "{error}");
    }
    assert_eq!(texts.len(), 4, "{error}");
}
