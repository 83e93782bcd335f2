//! Error statuses that a controller is asked about.

use std::sync::atomic::{AtomicU32, Ordering};

use gongular::engine::{EngineService, MistakeKind};
use gongular::layers::ErrorLayer;
use gongular::mvc::{
    Activation, Application, Controller, ErrorStatus, FailedWith, controller, layered, using,
};
use gongular::stats::Outcome;
use gongular::test_client::TestClient;
use gongular::{Body, Context, Error, Html, Inject, Json, Router, Stop, Unchecked, http};
use http::{HeaderValue, StatusCode, header};
use serde_json::json;
use tower_http::cors::CorsLayer;
use tower_http::timeout::TimeoutLayer;

/// Counts how often it is made.
#[derive(Default)]
struct Made(AtomicU32);

/// One for each request.
struct Ticket(u32);

async fn ticket(made: Inject<Made>) -> Result<Ticket, Error> {
    Ok(Ticket(made.0.fetch_add(1, Ordering::SeqCst)))
}

#[derive(Controller)]
struct Shop {
    made: Inject<Made>,
}

#[controller]
impl Shop {
    async fn begin_request(&self, _cx: &mut Context<'_>) -> Result<(), Error> {
        Ok(())
    }

    async fn get(&self) -> &'static str {
        "open"
    }

    async fn get_by(&self, id: u32, ticket: Inject<Ticket>) -> Result<String, Error> {
        match id {
            1 => Err(Error::new(StatusCode::CONFLICT, "sold out")
                .with_header(header::RETRY_AFTER, HeaderValue::from_static("60"))),
            2 => panic!("the shelf fell"),
            3 => Err(Error::from(std::io::Error::other("disk"))),
            _ => Ok(format!("{id} for {}", ticket.0)),
        }
    }

    async fn get_plain(&self) -> (StatusCode, Html<&'static str>) {
        (StatusCode::IM_A_TEAPOT, Html("<p>teapot"))
    }

    async fn get_missing(&self) -> StatusCode {
        StatusCode::NOT_FOUND
    }

    async fn post(&self, text: Body<Unchecked<String>>) -> Result<(), Error> {
        Err(Error::new(StatusCode::FORBIDDEN, text.0.0))
    }

    async fn handle_http_error(
        &self,
        status: ErrorStatus,
        error: Option<FailedWith>,
        ticket: Inject<Ticket>,
        uri: http::Uri,
        cx: &mut Context<'_>,
    ) -> Json<serde_json::Value> {
        cx.header("x-made", self.made.0.load(Ordering::SeqCst).to_string());
        Json(json!({
            "code": status.0.as_u16(),
            "text": error.as_ref().map(|error| error.0.public()),
            "path": uri.path(),
            "ticket": ticket.0,
        }))
    }
}

fn shop(app: Application) -> Application {
    app.provide(Made::default())
        .providers(|providers| providers.per_request(ticket))
        .handle(controller::<Shop>())
}

async fn plain() -> Error {
    Error::new(StatusCode::GONE, "gone")
}

async fn client_of(app: Application) -> TestClient<EngineService> {
    app.into_engine().test_client().await.unwrap()
}

async fn client() -> TestClient<EngineService> {
    let inner = Router::new().get("/gone", async || -> Result<(), Error> { Err(plain().await) });
    let router = Router::new().get("/shop/beside", async || StatusCode::BAD_GATEWAY);
    let app = Application::new(router).party("/shop", |app| {
        let app = shop(app);
        app.party("/inner", |_| Application::new(inner))
    });
    client_of(app).await
}

#[tokio::test]
async fn every_error_status_of_a_party_is_asked_about() {
    let client = client().await;
    client.get("/shop").send().await.assert_text("open");
    for (path, code, text) in [
        ("/shop/1", 409, Some("sold out")),
        ("/shop/2", 500, Some("internal server error")),
        ("/shop/3", 500, Some("internal server error")),
        ("/shop/x", 400, Some("the request cannot be read")),
        ("/shop/plain", 418, None),
        ("/shop/missing", 404, None),
        ("/shop/inner/gone", 410, Some("gone")),
        ("/shop/no/such/path", 404, Some("not found")),
        ("/shop/inner/none", 404, Some("not found")),
    ] {
        let answer = client.get(path).send().await;
        answer.assert_status(code).assert_header("content-type", "application/json");
        let said: serde_json::Value = answer.json();
        assert_eq!((&said["code"], &said["path"]), (&json!(code), &json!(path)));
        assert!(text.is_none() || said["text"] == json!(text), "{path}: {said}");
    }
}

#[tokio::test]
async fn what_is_no_error_of_the_party_is_not() {
    let client = client().await;
    client.get("/shop/beside").send().await.assert_status(502).assert_text("");
    client.get("/shopping").send().await.assert_status(404).assert_json(&json!({"error": "not found"}));
    client.get("/").send().await.assert_status(404).assert_json(&json!({"error": "not found"}));
    client.get("/shop/").send().await.assert_status(301);
    client.options("/shop").send().await.assert_status(204);
}

#[tokio::test]
async fn header_fields_of_an_error_stay() {
    let client = client().await;
    let answer = client.delete("/shop").send().await;
    answer.assert_status(405).assert_header("allow", "GET, HEAD, POST, OPTIONS");
    assert_eq!(answer.json::<serde_json::Value>()["text"], "method not allowed");
    client.get("/shop/1").send().await.assert_status(409).assert_header("retry-after", "60");
    let head = client.head("/shop/1").send().await;
    assert_eq!(head.assert_status(409).bytes().len(), 0);
}

#[tokio::test]
async fn what_was_built_for_the_request_is_at_hand() {
    let client = client().await;
    let first: serde_json::Value = client.get("/shop/1").send().await.assert_header("x-made", "1").json();
    assert_eq!(first["ticket"], 0, "it is the one that the method got");
    let plain: serde_json::Value = client.get("/shop/plain").send().await.json();
    assert_eq!(plain["ticket"], 1);
    client.get("/shop/9").send().await.assert_text("9 for 2");
}

#[tokio::test]
async fn statistics_tell_the_error_and_who_was_asked() {
    let client = client().await;
    let answer = client.get("/shop/2").send().await;
    assert_eq!(answer.error().unwrap().to_string(), "panicked: the shelf fell");
    let stat = client.last_stat().unwrap();
    assert_eq!((stat.outcome(), stat.error()), (Outcome::Panic, Some("panicked: the shelf fell")));
    let names: Vec<&str> = stat.handlers().iter().map(|handler| handler.name()).collect();
    assert!(names.last().unwrap().ends_with("Shop::handle_http_error"), "{names:?}");

    client.get("/shop/no/such").send().await.assert_status(404);
    assert_eq!(client.last_stat().unwrap().matched_path().map(ToString::to_string), None);
}

#[tokio::test(start_paused = true)]
async fn answers_of_layers_are_asked_about_inside_of_the_layers_around() {
    let timeout =
        TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, std::time::Duration::from_secs(1));
    let cors = CorsLayer::permissive();
    let router = Router::new()
        .layer(cors)
        .layer(timeout)
        .get("/slow", async || std::future::pending::<()>().await)
        .get("/refused", plain_refusal);
    let client =
        client_of(Application::new(Router::new()).party("/shop", |_| shop(Application::new(router)))).await;
    let slow = client.get("/shop/slow").header("origin", "http://a").send().await;
    slow.assert_status(504);
    assert_eq!(slow.json::<serde_json::Value>()["path"], "/shop/slow");
    let refused = client.get("/shop/refused").header("origin", "http://a").send().await;
    refused.assert_status(401).assert_header("access-control-allow-origin", "*");
    assert_eq!(refused.json::<serde_json::Value>()["code"], 401);
    refused.assert_header("www-authenticate", "Basic");
    assert_eq!(refused.header("x-made"), Some("2"), "it was asked once");
    let missing = client.delete("/shop").header("origin", "http://a").send().await;
    missing.assert_status(405).assert_header("allow", "GET, HEAD, POST, OPTIONS");
}

async fn plain_refusal() -> Result<(), Error> {
    let error = Error::new(StatusCode::UNAUTHORIZED, "who?");
    Err(error.with_header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Basic")))
}

#[derive(Controller)]
struct Broken;

#[controller]
impl Broken {
    async fn get_status(&self) -> StatusCode {
        StatusCode::NOT_ACCEPTABLE
    }

    async fn get_error(&self) -> Result<(), Error> {
        Err(Error::new(StatusCode::UNAUTHORIZED, "who?")
            .with_header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Basic")))
    }

    async fn handle_http_error(&self, status: ErrorStatus) -> Result<(), Error> {
        match status.0 {
            StatusCode::NOT_ACCEPTABLE => Ok(()),
            StatusCode::NOT_FOUND => panic!("it cannot be shown"),
            _ => Err(Error::new(StatusCode::BAD_GATEWAY, "the page is broken")),
        }
    }
}

#[tokio::test]
async fn what_fails_in_it_is_answered_as_any_error_and_not_asked_again() {
    let client = client_of(Application::new(Router::new()).handle(controller::<Broken>())).await;
    let answer = client.get("/error").send().await;
    answer.assert_status(502).assert_json(&json!({"error": "the page is broken"}));
    answer.assert_header("www-authenticate", "Basic");
    let answer = client.get("/anything/else").send().await;
    answer.assert_status(500).assert_json(&json!({"error": "internal server error"}));
}

#[tokio::test]
async fn saying_nothing_leaves_the_answer() {
    let client = client_of(Application::new(Router::new()).handle(controller::<Broken>())).await;
    client.get("/status").send().await.assert_status(406).assert_text("");
}

#[derive(Controller)]
struct Tenants;

#[controller]
impl Tenants {
    fn before_activation(activation: &mut Activation) {
        activation.providers(|providers| providers.provide("its own"));
    }

    async fn get(&self) -> StatusCode {
        StatusCode::PAYMENT_REQUIRED
    }

    async fn handle_http_error(
        &self,
        tenant: String,
        own: Inject<&'static str>,
        status: ErrorStatus,
    ) -> (StatusCode, String) {
        (StatusCode::IM_A_TEAPOT, format!("{} of {tenant}, {}", status.0.as_u16(), *own))
    }
}

#[tokio::test]
async fn parameters_of_the_partys_path_and_own_providers_are_at_hand() {
    let app = Application::new(Router::new())
        .handle(controller::<Broken>())
        .party("/of/{tenant}", |app| app.handle(controller::<Tenants>()))
        .party("/of/all", |app| app.handle(controller::<Broken>()));
    let client = client_of(app).await;
    client.get("/of/all/none").send().await.assert_status(500);
    client.get("/of/ann").send().await.assert_status(418).assert_text("402 of ann, its own");
    client.get("/of/a%20b/c/d").send().await.assert_status(418).assert_text("404 of a b, its own");
    let refused = client.delete("/of/ann").send().await;
    refused
        .assert_status(418)
        .assert_text("405 of ann, its own")
        .assert_header("allow", "GET, HEAD, OPTIONS");
    client.delete("/o%66/ann").send().await.assert_text("405 of ann, its own");
    client.get("/other").send().await.assert_status(500);
}

#[tokio::test]
async fn a_controller_that_refuses_everybody_still_shows_errors() {
    #[derive(Controller)]
    struct Guarded;

    #[controller]
    impl Guarded {
        async fn begin_request(&self, _cx: &mut Context<'_>) -> Result<(), Error> {
            Err(Error::new(StatusCode::UNAUTHORIZED, "who?"))
        }

        async fn get(&self) {}

        async fn get_stopped(&self) {}

        async fn handle_http_error(&self, status: ErrorStatus) -> String {
            status.0.to_string()
        }
    }
    async fn stop(uri: http::Uri) -> Option<Stop<StatusCode>> {
        uri.path().ends_with("stopped").then_some(Stop(StatusCode::TOO_MANY_REQUESTS))
    }
    let options = (using(stop), layered(tower::limit::ConcurrencyLimitLayer::new(1)));
    let app = Application::new(Router::new()).handle_with(controller::<Guarded>(), options);
    let client = client_of(app).await;
    client.get("/").send().await.assert_status(401).assert_text("401 Unauthorized");
    client.get("/stopped").send().await.assert_status(429).assert_text("429 Too Many Requests");
}

/// Lets every request pass.
#[derive(Controller)]
struct Shy;

#[controller]
impl Shy {
    async fn get_status(&self) -> Result<(), Error> {
        Err(Error::new(StatusCode::UNAUTHORIZED, "not me").pass())
    }

    async fn handle_http_error(&self, status: ErrorStatus, error: Option<FailedWith>) -> String {
        let text = error.map(|error| error.0.public().to_owned()).unwrap_or_default();
        format!("{}: {text}", status.0.as_u16())
    }
}

#[derive(Controller)]
struct Shier;

#[controller]
impl Shier {
    async fn get_status(&self) -> Result<(), Error> {
        Err(Error::new(StatusCode::FORBIDDEN, "nor me").pass())
    }
}

#[tokio::test]
async fn an_error_that_no_controller_of_a_route_has_taken_is_asked_about() {
    let app = Application::new(Router::new()).handle(controller::<Shy>()).handle(controller::<Shier>());
    client_of(app).await.get("/status").send().await.assert_status(403).assert_text("403: nor me");
    let alone = Application::new(Router::new()).handle(controller::<Shy>());
    client_of(alone).await.get("/status").send().await.assert_status(401).assert_text("401: not me");
}

#[tokio::test]
async fn answers_that_the_error_layer_has_made_are_asked_about_too() {
    let errors = ErrorLayer::new().host_errors(true);
    let app = Application::new(Router::new()).errors(errors).handle(controller::<Broken>());
    let client = client_of(app).await;
    client.get("/status").send().await.assert_status(406).assert_json(&json!({"error": "not acceptable"}));
}

#[tokio::test]
async fn two_in_one_party_and_unknown_parameters_are_mistakes_of_the_engine() {
    let app = Application::new(Router::new()).handle(controller::<Broken>()).handle(controller::<Tenants>());
    let error = app.into_engine().build().await.unwrap_err();
    let text = "`Tenants` and `Broken`";
    let mistake = error.mistakes().iter().find(|mistake| mistake.kind() == MistakeKind::Controller);
    assert!(mistake.is_some_and(|mistake| mistake.to_string().starts_with(text)), "{error}");

    let app = Application::new(Router::new()).handle(controller::<Tenants>());
    let error = app.into_engine().build().await.unwrap_err();
    assert_eq!(error.mistakes()[0].kind(), MistakeKind::Parameter, "{error}");

    let app = Application::new(Router::new()).handle(controller::<Shop>());
    let error = app.into_engine().build().await.unwrap_err();
    assert!(error.to_string().contains("handle_http_error"), "{error}");
}
