//! Who answers the errors of a controller, and what options and activation hooks change.

use std::sync::Mutex;

use gongular::inject::Lifetime;
use gongular::layers::ErrorLayer;
use gongular::layers::error::RequestHead;
use gongular::mvc::{Activated, Activation, Application, Controller, controller, controller_with, skip};
use gongular::{Context, Error, Inject, Router, Stop, http};
use http::{Method, StatusCode};
use serde_json::json;
use tower::util::MapResponseLayer;

use super::{Diary, build};

/// Fails with the status of its path, and answers 404 and 418 itself.
struct Own;

#[controller]
impl Own {
    async fn get_by(&self, status: u16) -> Result<(), Error> {
        Err(Error::new(StatusCode::from_u16(status).unwrap(), "failed"))
    }

    async fn get_panic(&self) {
        panic!("fell over")
    }

    fn handle_error(error: &Error, request: &RequestHead) -> Option<(StatusCode, String)> {
        let path = request.matched_path().map(|path| path.as_str().to_owned()).unwrap_or_default();
        match error.status().as_u16() {
            404 | 418 => Some((error.status(), format!("controller: {} {path}", request.uri().path()))),
            409 => panic!("the handler fell over"),
            _ => None,
        }
    }
}

/// Fails, and has no handler of its own.
struct Plain;

#[controller]
impl Plain {
    async fn get_by(&self, status: u16) -> Result<(), Error> {
        Err(Error::new(StatusCode::from_u16(status).unwrap(), "failed"))
    }
}

fn of_app(
    name: &'static str,
) -> impl Fn(&Error, &RequestHead) -> Option<http::Response<gongular::ResponseBody>> {
    move |error, _| {
        let mut response = http::Response::new(gongular::ResponseBody::from(format!("{name}: {error}")));
        *response.status_mut() = error.status();
        (error.status() != StatusCode::GONE).then_some(response)
    }
}

#[tokio::test]
async fn an_error_is_answered_by_its_controller_then_its_application_then_as_usual() {
    let app = Application::new(Router::new())
        .handle_error(of_app("app"))
        .party("/own", |app| app.handle(Own))
        .party("/plain", |app| app.handle(Plain))
        .party("/inner", |app| app.handle_error(of_app("inner")).handle(Own));
    let app = build(app).await;
    let text = |path: &'static str, status, text: &'static str| {
        let app = &app;
        async move {
            app.get(path).send().await.assert_status(status).assert_text(text);
        }
    };
    text("/own/418", 418, "controller: /own/418 /own/{status}").await;
    text("/own/403", 403, "app: failed").await;
    app.get("/own/410").send().await.assert_status(410).assert_json(&json!({"error": "failed"}));
    text("/plain/418", 418, "app: failed").await;
    app.get("/plain/410").send().await.assert_status(410).assert_json(&json!({"error": "failed"}));
    text("/inner/404", 404, "controller: /inner/404 /inner/{status}").await;
    text("/inner/403", 403, "inner: failed").await;
    let answer = app.get("/own/panic").send().await;
    answer.assert_status(500);
    assert!(answer.text().starts_with("app: "), "{}", answer.text());
}

#[tokio::test]
async fn an_error_handler_that_panics_is_a_500() {
    let app = build(Application::new(Router::new()).handle(Own)).await;
    app.get("/409").send().await.assert_status(500);
    app.get("/418").send().await.assert_status(418);
}

#[tokio::test]
async fn paths_that_no_route_has_are_the_applications_and_not_a_controllers() {
    let app = build(Application::new(Router::new()).handle_error(of_app("app")).handle(Own)).await;
    app.get("/a/b").send().await.assert_status(404).assert_text("app: not found");
    let part = Application::new(Router::new()).handle_error(of_app("app")).handle(Own);
    let app = gongular::Engine::new().routes(Router::new().group("/part", part.into_router()));
    let app = app.test_client().await.unwrap();
    app.get("/part/a/b").send().await.assert_status(404).assert_json(&json!({"error": "not found"}));
}

#[derive(Clone)]
struct Mark(&'static str);

/// Has handlers, layers, routes, names and providers from its activation.
#[derive(Controller)]
struct Rich {
    mark: Inject<Mark>,
}

/// What `Rich` became, by the mark that its engine was built with.
static ACTIVATED: Mutex<Vec<String>> = Mutex::new(Vec::new());

#[controller]
impl Rich {
    fn before_activation(activation: &mut Activation) {
        assert_eq!(activation.name(), "Rich");
        assert_eq!(activation.methods().collect::<Vec<_>>(), ["get", "get_secret", "get_gone", "by_hand"]);
        activation.handler(async |diary: Inject<Diary>| diary.note("all"));
        activation.method("get_secret").handler(async |diary: Inject<Diary>| {
            diary.note("secret");
            Stop((StatusCode::FORBIDDEN, "not for you"))
        });
        activation
            .method("by_hand")
            .route(Method::PUT, "/hand/{id}")
            .route(Method::from_bytes(b"PURGE").unwrap(), "/hand")
            .any("/any")
            .named("hand");
        activation.method("get").named("home");
        activation.skip(["get_gone"]);
        activation.providers(|all| all.provide(Mark("own")));
    }

    fn after_activation(activated: &Activated<'_>) {
        assert_eq!(activated.lifetime(), Lifetime::Singleton);
        assert!(activated.place().file().ends_with("handlers.rs"));
        let mut lines = ACTIVATED.lock().unwrap();
        lines.push(activated.name().to_owned());
        lines.extend(activated.routes().iter().map(|route| {
            let method = route.method().map_or("any", Method::as_str);
            format!("{} {method} {} {:?}", route.action(), route.path(), route.name())
        }));
    }

    async fn get(&self) -> &'static str {
        self.mark.0
    }

    async fn get_secret(&self) -> &'static str {
        "secret"
    }

    async fn get_gone(&self) -> &'static str {
        "gone"
    }

    #[action]
    async fn by_hand(&self, cx: &mut Context<'_>) -> String {
        format!("{} {}", cx.request().method, self.mark.0)
    }
}

#[derive(Controller)]
struct Beside(Inject<Mark>);

#[controller]
impl Beside {
    async fn get(&self) -> &'static str {
        self.0.0
    }
}

#[tokio::test]
async fn before_activation_changes_what_becomes_of_the_methods() {
    let diary = Diary::default();
    let app = Application::new(Router::new())
        .provide(diary.clone())
        .provide(Mark("app"))
        .party("/rich", |app| app.handle(controller::<Rich>()))
        .party("/beside", |app| app.handle(controller::<Beside>()));
    let app = build(app).await;
    app.get("/rich").send().await.assert_text("own");
    assert_eq!(diary.take(), ["all"]);
    app.get("/beside").send().await.assert_text("app");
    assert_eq!(diary.take(), [""; 0], "what one controller has is not the other's");
    app.get("/rich/secret").send().await.assert_status(403).assert_text("not for you");
    assert_eq!(diary.take(), ["all", "secret"]);
    app.get("/rich/gone").send().await.assert_status(404);
    app.put("/rich/hand/7").send().await.assert_text("PUT own");
    app.request(Method::from_bytes(b"PURGE").unwrap(), "/rich/hand").send().await.assert_text("PURGE own");
    app.delete("/rich/any").send().await.assert_text("DELETE own");
    assert_eq!(app.service.url("home", &[]).unwrap(), "/rich");
    assert_eq!(app.service.url("hand", &[("id", "1 2")]).unwrap(), "/rich/hand/1%202");
    assert_eq!(
        *ACTIVATED.lock().unwrap(),
        [
            std::any::type_name::<Rich>(),
            "get GET /rich Some(\"home\")",
            "get_secret GET /rich/secret None",
            "by_hand PUT /rich/hand/{id} Some(\"hand\")",
            "by_hand PURGE /rich/hand None",
            "by_hand any /rich/any None",
        ]
    );
}

#[tokio::test]
async fn a_provider_of_one_controller_replaces_that_of_the_application_beside_it() {
    let own = |mark| {
        move |activation: &mut Activation| {
            activation.providers(|all| all.provide(Mark(mark)));
        }
    };
    let app = Application::new(Router::new())
        .provide(Mark("app"))
        .party("/a", |app| app.handle_with(controller::<Beside>(), own("a")))
        .party("/b", |app| app.handle_with(controller::<Beside>(), own("b")))
        .party("/c", |app| app.handle(controller::<Beside>()));
    let app = build(app).await;
    for (path, mark) in [("/a", "a"), ("/b", "b"), ("/c", "app")] {
        app.get(path).send().await.assert_text(mark);
    }
}

/// Has two methods, around which layers stand.
struct Two;

#[controller]
impl Two {
    async fn get(&self) -> &'static str {
        "get"
    }

    async fn get_other(&self) -> &'static str {
        "other"
    }
}

#[tokio::test]
async fn layers_stand_around_a_controller_or_one_of_its_methods() {
    let marked = |name: &'static str| {
        MapResponseLayer::new(move |mut response: http::Response<gongular::ResponseBody>| {
            response.headers_mut().append("x-layer", http::HeaderValue::from_static(name));
            response
        })
    };
    let around = move |activation: &mut Activation| {
        activation.layer(marked("all"));
        activation.method("get").layer(marked("one"));
    };
    let app = build(Application::new(Router::new()).handle_with(Two, around)).await;
    let layers = |answer: gongular::test_client::TestResponse| {
        let layers = answer.headers().get_all("x-layer").iter();
        layers.map(|layer| layer.to_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(layers(app.get("/").send().await), ["one", "all"]);
    assert_eq!(layers(app.get("/other").send().await), ["all"]);
    assert_eq!(layers(app.delete("/").send().await), ["one", "all"], "automatic answers have them, too");
}

struct Noted;

#[controller]
impl Noted {
    fn before_activation(activation: &mut Activation) {
        activation.handler(async |diary: Inject<Diary>| diary.note("before"));
    }

    fn get() -> &'static str {
        "noted"
    }

    fn get_other() -> &'static str {
        "other"
    }
}

#[tokio::test]
async fn options_are_applied_in_order_after_before_activation() {
    let diary = Diary::default();
    let note = |line: &'static str| {
        move |activation: &mut Activation| {
            activation.handler(move |diary: Inject<Diary>| {
                diary.note(line);
                std::future::ready(())
            });
        }
    };
    let app = Application::new(Router::new()).provide(diary.clone());
    let app = build(app.handle_with(Noted, (note("first"), skip(["get_other"]), note("second")))).await;
    app.get("/").send().await.assert_text("noted");
    assert_eq!(diary.take(), ["before", "first", "second"]);
    app.get("/other").send().await.assert_status(404);
}

/// Two controllers on one path: for the one who is logged in, and for all.
struct Members;
struct Visitors;

#[controller]
impl Members {
    async fn get(&self, cx: &mut Context<'_>) -> Result<&'static str, Error> {
        cx.header("x-members", "asked");
        match cx.request().headers.get("x-user").map(|user| user.as_bytes()) {
            Some(b"evil") => Err(Error::new(StatusCode::FORBIDDEN, "never")),
            Some(_) => Ok("members"),
            None => Err(Error::new(StatusCode::UNAUTHORIZED, "log in").pass()),
        }
    }

    fn handle_error(error: &Error, _: &RequestHead) -> Option<(StatusCode, String)> {
        Some((error.status(), format!("members: {error}")))
    }
}

#[controller]
impl Visitors {
    async fn get(&self, cx: &mut Context<'_>) -> Result<&'static str, Error> {
        match cx.request().headers.get("x-shut") {
            Some(_) => Err(Error::new(StatusCode::UNAUTHORIZED, "shut").pass()),
            None => Ok("visitors"),
        }
    }

    fn handle_error(error: &Error, _: &RequestHead) -> Option<(StatusCode, String)> {
        Some((error.status(), format!("visitors: {error}")))
    }
}

#[tokio::test]
async fn a_controller_that_passes_leaves_the_request_to_the_next_with_nothing_said() {
    let app = build(Application::new(Router::new()).handle(Members).handle(Visitors)).await;
    app.get("/")
        .header("x-user", "ann")
        .send()
        .await
        .assert_text("members")
        .assert_header("x-members", "asked");
    let answer = app.get("/").send().await;
    answer.assert_text("visitors");
    assert_eq!(answer.header("x-members"), None);
    app.get("/").header("x-user", "evil").send().await.assert_status(403).assert_text("members: never");
}

#[tokio::test]
async fn when_all_pass_the_last_one_answers_its_error() {
    let app = build(Application::new(Router::new()).handle(Members).handle(Visitors)).await;
    app.get("/").header("x-shut", "1").send().await.assert_status(401).assert_text("visitors: shut");
    let alone = build(Application::new(Router::new()).handle(Members)).await;
    alone.get("/").send().await.assert_status(401).assert_text("members: log in");
}

#[tokio::test]
async fn a_controller_with_providers_of_its_own_passes_on_too() {
    #[derive(Controller)]
    struct First(Inject<Mark>);

    #[controller]
    impl First {
        async fn get(&self) -> Result<(), Error> {
            Err(Error::new(StatusCode::UNAUTHORIZED, self.0.0).pass())
        }
    }

    let own = |activation: &mut Activation| {
        activation.providers(|all| all.provide(Mark("own")));
    };
    let app = Application::new(Router::new()).handle_with(controller::<First>(), own).handle(Visitors);
    build(app).await.get("/").send().await.assert_text("visitors");
    let alone = Application::new(Router::new()).handle_with(controller::<First>(), own);
    build(alone).await.get("/").send().await.assert_status(401).assert_json(&json!({"error": "own"}));
}

#[tokio::test]
async fn the_error_layer_of_an_application_is_that_of_its_controllers() {
    let layer = ErrorLayer::new()
        .map(|error: &std::io::Error| Error::new(StatusCode::BAD_GATEWAY, format!("io: {error}")));
    struct Io;
    #[controller]
    impl Io {
        async fn get(&self) -> Result<(), std::io::Error> {
            Err(std::io::Error::other("cable"))
        }
    }
    let app = build(Application::new(Router::new()).errors(layer).handle(Io)).await;
    app.get("/").send().await.assert_status(502).assert_json(&json!({"error": "io: cable"}));
}

#[tokio::test]
async fn an_application_is_put_together_from_parts() {
    fn beside(app: Application) -> Application {
        app.handle(controller::<Beside>())
    }
    let app = Application::new(Router::new().get("/plain", async || "plain")).provide(Mark("app"));
    let app = app.set_name("shop").configure(beside);
    assert_eq!(app.name(), Some("shop"));
    let copy = app.clone_onto(Router::new()).party("/copy", beside);
    assert_eq!(copy.name(), None);
    let app =
        build(Application::new(Router::new().group("", app.into_router()).group("", copy.into_router())))
            .await;
    app.get("/").send().await.assert_text("app");
    app.get("/copy").send().await.assert_text("app");
    app.get("/plain").send().await.assert_text("plain");
}

#[tokio::test]
async fn given_values_reach_every_instance() {
    #[derive(Controller)]
    struct Given {
        #[given]
        left: u8,
        #[header("x-right")]
        right: u8,
        #[given]
        name: &'static str,
    }
    #[controller]
    impl Given {
        async fn get(&self) -> String {
            format!("{} {} {}", self.left, self.right, self.name)
        }
    }
    let app = Application::new(Router::new()).handle(controller_with::<Given>((1, "given")));
    build(app).await.get("/").header("x-right", "2").send().await.assert_text("1 2 given");
}
