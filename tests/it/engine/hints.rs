//! What an engine tells those who put it together.

use std::sync::Arc;

use gongular::engine::MistakeKind;
use gongular::inject::{self, Provider};
use gongular::{Engine, Inject, Router};

struct Db(&'static str);
struct Mailer(&'static str);

async fn shared(db: Inject<Arc<Db>>) -> &'static str {
    db.0
}

async fn mail(mailer: Inject<Mailer>) -> String {
    mailer.0.to_owned()
}

#[tokio::test]
async fn an_override_of_nothing_is_a_mistake() {
    let group = Router::new().provide(Arc::new(Db("real"))).get("/", shared);
    let engine = Engine::new().routes(Router::new().group("/g", group));
    let error = engine.overrides(|providers| providers.provide(Db("fake"))).build().await.unwrap_err();
    let [mistake] = error.mistakes() else { panic!("{error}") };
    assert_eq!(mistake.kind(), MistakeKind::Wiring(inject::MistakeKind::UnusedOverride));
    assert_eq!(mistake.place().file(), file!());
    let text = mistake.to_string();
    let expected = "it::engine::hints::Db: it overrides nothing: nobody registers this type under this key, and nobody \
        needs it; similar are alloc::sync::Arc<it::engine::hints::Db> (";
    assert!(text.starts_with(expected), "{text}");
}

#[tokio::test]
async fn an_override_may_bring_what_another_one_needs() {
    let engine = Engine::new().provide(Mailer("real")).routes(Router::new().get("/", mail));
    let fake = Provider::<Mailer>::per_request(|db: Inject<Db>| Mailer(db.0));
    let engine = engine.overrides(|providers| providers.register(fake).provide(Db("fake")));
    engine.test_client().await.unwrap().get("/").send().await.assert_text("fake");
}

#[tokio::test]
async fn an_override_may_bring_what_nobody_registered() {
    let engine = Engine::new().routes(Router::new().get("/", mail));
    let engine = engine.overrides(|providers| providers.provide(Mailer("fake")));
    engine.test_client().await.unwrap().get("/").send().await.assert_text("fake");
}

#[tokio::test]
async fn files_that_are_not_there_are_a_warning() {
    let group = Router::new().files("/assets", "no/such/folder").file("/icon", "no/such/icon.ico");
    let engine = Engine::new().routes(Router::new().group("/g", group).files("/src", "src"));
    let service = engine.build().await.unwrap();
    let [folder, file] = service.warnings() else { panic!("{:?}", service.warnings()) };
    assert!(folder.starts_with("no folder of files at `no/such/folder`: "), "{folder}");
    assert!(folder.contains("; the route `/assets/{*path}` serves it ("), "{folder}");
    assert!(folder.contains(file!()), "{folder}");
    assert!(file.starts_with("no file at `no/such/icon.ico`: "), "{file}");
}

#[tokio::test]
async fn a_route_is_shown_in_one_line() {
    async fn auth() {}
    async fn show() {}
    let router = Router::new().get("/users/{id}", (auth, show)).any("/", ());
    let service = Engine::new().routes(router).build().await.unwrap();
    let lines: Vec<String> = service.routes().map(|route| route.to_string()).collect();
    assert_eq!(lines, ["GET /users/{id} → auth, show", "any method /"]);
}
