//! Mistakes that an application's `build` finds, all at once, and how they are told.

use std::sync::Arc;

use gongular::engine::{BuildError, MistakeKind};
use gongular::inject::{self, Provider};
use gongular::{Body, Chain, Engine, Form, FromRequest, Inject, Param, Query, Router, key};
use serde::Deserialize;
use validator::Validate;

key! { Nothing = "nothing" }
key! { Named = "named" }

trait Name: Send + Sync {}
impl Name for &'static str {}

#[derive(Deserialize, Validate)]
struct UserId {
    #[serde(rename = "UserID")]
    user_id: i64,
}

async fn user(Param(user): Param<UserId>) -> String {
    user.user_id.to_string()
}

async fn nothing() {}

async fn mistakes(engine: Engine) -> BuildError {
    engine.build().await.expect_err("the mistake is found")
}

/// The texts of the mistakes, with the places of this file as `file:line` replaced by `HERE`.
async fn texts(engine: Engine) -> Vec<String> {
    let error = mistakes(engine).await;
    let texts = error.mistakes().iter().map(|mistake| {
        assert_eq!(mistake.place().file(), file!());
        without_lines(&mistake.to_string())
    });
    let texts: Vec<_> = texts.collect();
    let whole = without_lines(&error.to_string());
    for (index, text) in texts.iter().enumerate() {
        assert!(whole.contains(&format!("{:>3}. {text}", index + 1)), "{whole}");
    }
    texts
}

/// Replaces `tests/it/engine/mistakes.rs:7:9` and the same without a column.
fn without_lines(text: &str) -> String {
    let mut pieces = text.split(file!());
    let mut out = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let end = piece.find(|character: char| !(character.is_ascii_digit() || character == ':'));
        let (lines, rest) = piece.split_at(end.unwrap_or(piece.len()));
        let after = if lines.ends_with(':') { ":" } else { "" };
        out.push_str("HERE");
        out.push_str(after);
        out.push_str(rest);
    }
    out
}

#[tokio::test]
async fn a_field_without_a_parameter_in_the_pattern() {
    let router = Router::new().get("/p/mismatch-int/{id}", user).get("/none", user);
    assert_eq!(
        texts(Engine::new().routes(router)).await,
        [
            "field `UserID` of `it::engine::mistakes::UserId` has no parameter in the route `GET /p/mismatch-int/{id}` of \
             `it::engine::mistakes::user`, which has `id`: rename one of them (HERE)",
            "field `UserID` of `it::engine::mistakes::UserId` has no parameter in the route `GET /none` of \
             `it::engine::mistakes::user`, which has no parameters: write `{UserID}` into it, or read the value from \
             elsewhere, such as `Query` (HERE)",
        ]
    );
}

#[tokio::test]
async fn fields_of_derived_structs_of_groups_and_of_several_handlers_are_looked_at() {
    #[derive(FromRequest)]
    struct Show {
        #[param]
        page: u8,
        user: Param<UserId>,
    }
    async fn show(show: Show) -> String {
        format!("{} {}", show.page, show.user.user_id)
    }
    #[derive(Deserialize, Validate)]
    struct Maybe {
        other: Option<u8>,
        #[serde(default)]
        more: Vec<u8>,
    }
    async fn maybe(Param(Maybe { other, more }): Param<Maybe>, _: Option<Param<UserId>>) {
        assert_eq!((other, more.len()), (None, 0));
    }
    let fine = Router::new().get("/{page}", (show, maybe)).handler(user);
    assert!(Engine::new().routes(Router::new().group("/{UserID}", fine)).build().await.is_ok());
    let group = Router::new().get("/{pages}", (show, maybe)).handler(user);
    let error = mistakes(Engine::new().routes(Router::new().group("/{userid}", group))).await;
    let kinds: Vec<_> = error.mistakes().iter().map(|mistake| mistake.kind()).collect();
    assert_eq!(kinds, [MistakeKind::Parameter; 3]);
    assert!(error.to_string().contains("which has `userid`, `pages`: rename one of them"), "{error}");
}

#[tokio::test]
async fn a_body_in_a_get_route() {
    async fn json(_: Body<UserId>) {}
    async fn form(_: Form<UserId>) {}
    async fn bytes(_: bytes::Bytes) {}
    async fn multipart(_: gongular::Multipart) {}
    async fn query(_: Query<UserId>) {}
    let router = Router::new().get("/json", (query, json)).get("/form", form).head("/bytes", bytes);
    let router = router.get("/multipart", multipart).delete("/json", json).any("/any", json);
    let text = |handler: &str, route: &str| {
        format!(
            "`it::engine::mistakes::a_body_in_a_get_route::{{{{closure}}}}::{handler}` reads the body, but the route `{route}` \
             has none: use another method, or `Query` (HERE)"
        )
    };
    assert_eq!(
        texts(Engine::new().routes(router)).await,
        [
            text("json", "GET /json"),
            text("form", "GET /form"),
            text("bytes", "HEAD /bytes"),
            text("multipart", "GET /multipart")
        ]
    );
}

#[tokio::test]
async fn a_dependency_that_nobody_provides() {
    async fn needs(_: Inject<f32, Nothing>) {}
    assert_eq!(
        texts(Engine::new().routes(Router::new().get("/i/missing", needs))).await,
        [
            "f32 (key \"nothing\"): `it::engine::mistakes::a_dependency_that_nobody_provides::{{closure}}::needs` of the route \
          `GET /i/missing` needs it, but nobody provides it\n     at HERE\n     fix: register it under that key, such as \
          `.provide_keyed(\"nothing\", ..)` for f32"
        ]
    );
}

#[tokio::test]
async fn a_key_that_exists_for_another_type() {
    async fn needs(_: Inject<i64, Named>) {}
    let engine = Engine::new().providers(|providers| {
        let providers = providers.provide_as_keyed::<dyn Name>("named", Arc::new("a name"));
        providers.provide_keyed("val1", 71_i64).provide_keyed("val2", 97_i64)
    });
    assert_eq!(
        texts(engine.routes(Router::new().get("/i/unsafe-bad", needs))).await,
        [
            "i64 (key \"named\"): `it::engine::mistakes::a_key_that_exists_for_another_type::{{closure}}::needs` of the route \
          `GET /i/unsafe-bad` needs it, but nobody provides it; this type is registered with key \"val1\" (HERE), key \
          \"val2\" (HERE); this key is registered for dyn it::engine::mistakes::Name (HERE)\n     at HERE\n     fix: ask for \
          it with a key that there is, or register it under that key, such as `.provide_keyed(\"named\", ..)` for i64"
        ]
    );
}

#[tokio::test]
async fn dots_in_a_pattern() {
    let inner = Router::new().get("../up", nothing);
    let router = Router::new().group("/ga", Router::new().group("gb", inner));
    assert_eq!(
        texts(Engine::new().routes(router)).await,
        [
            "the pattern `/ga/gb/../up` is wrong: `..` is not resolved, and no client sends it; write the path in full (HERE)"
        ]
    );
}

#[tokio::test]
async fn routes_that_cannot_be_told_apart() {
    let group = Router::new().get("/{id}", nothing).get("/b", nothing);
    let router = Router::new()
        .get("/a/{name}", nothing)
        .post("/a/{other}", nothing)
        .get("/a/b", nothing)
        .any("/c", nothing)
        .any("/c/", nothing)
        .group("/a", group);
    let mut texts = texts(Engine::new().routes(router)).await;
    texts.sort();
    assert_eq!(
        texts,
        [
            "`GET /a/b` is registered twice, at HERE and at HERE; remove one, or give it another method",
            "`GET /a/{name}` at HERE and `GET /a/{id}` at HERE cannot be told apart, they match the same paths; remove one, \
             or give it another method or path",
            "`any method /c` is registered twice, at HERE and at HERE; remove one, or give it another method",
        ]
    );
}

#[tokio::test]
async fn a_name_that_two_routes_have() {
    let named = || Chain::new().then(nothing).named("show");
    let router = Router::new().get("/a", named()).get("/b", named());
    assert_eq!(
        texts(Engine::new().routes(router)).await,
        ["two routes are named `show`: `/a` (HERE) and `/b`; give one of them another name (HERE)"]
    );
}

struct Pool;
struct Clock;
struct User;

#[tokio::test]
async fn cycles_captives_and_what_is_registered_twice() {
    let router = Router::new().get("/", async |_: Inject<Pool>, _: Inject<User>, _: Inject<u8>| ());
    let engine = Engine::new()
        .provide(1_u8)
        .provide(2_u8)
        .register(Provider::<Pool>::singleton(|_: Inject<Clock>| Pool))
        .register(Provider::<Clock>::singleton(|_: Inject<Pool>| Clock))
        .register(Provider::<User>::per_request(|_: http::HeaderMap| User))
        .register(Provider::<u16>::singleton(|_: Inject<User>| 1));
    let error = mistakes(engine.routes(router)).await;
    let kinds: Vec<_> = error.mistakes().iter().map(|mistake| mistake.kind()).collect();
    use inject::MistakeKind::{Captive, Cycle, Duplicate};
    assert_eq!(kinds, [Duplicate, Cycle, Captive].map(MistakeKind::Wiring));
    let text = without_lines(&error.to_string());
    let module = "it::engine::mistakes";
    for expected in [
        "3 mistakes in the application:\n  1. u8: it is registered twice, first at HERE\n     at HERE\n     fix: ".to_owned(),
        format!(
            "{module}::Pool: it needs itself: {module}::Pool [singleton, HERE] -> {module}::Clock [singleton, HERE] -> \
             {module}::Pool [singleton, HERE]\n     at HERE\n     fix: "
        ),
        format!(
            "u16: a singleton is built before there is a request, but it needs one: u16 [singleton, HERE] -> \
             {module}::User [request, HERE] -> the request\n     at HERE\n     fix: make it `per_request`, or "
        ),
    ] {
        assert!(text.contains(&expected), "{expected}\nis not in\n{text}");
    }
}

#[tokio::test]
async fn a_group_is_checked_with_what_the_groups_around_it_provide() {
    async fn needs(_: Inject<Pool>, _: Inject<Clock>) {}
    let inside = || Router::new().get("/in", needs);
    let fine = Router::new().provide(Clock).group("/deep", inside());
    let engine = Engine::new().provide(Pool).routes(Router::new().group("/fine", fine));
    assert!(engine.build().await.is_ok());
    let beside = Router::new().provide(Clock).get("/", nothing);
    let engine = Engine::new().provide(Pool).routes(Router::new().group("/a", beside).group("/b", inside()));
    let error = mistakes(engine).await;
    assert_eq!(error.mistakes().len(), 1, "{error}");
    assert!(error.to_string().contains("`GET /b/in` needs it, but nobody provides it"), "{error}");
}

#[tokio::test]
async fn a_mistake_of_the_engine_is_told_once_however_many_groups_there_are() {
    let group = |value: u8| Router::new().provide(value).get("/", nothing);
    let engine = Engine::new().register(Provider::<Pool>::singleton(|_: Inject<Clock>| Pool));
    let engine = engine.routes(Router::new().group("/a", group(1)).group("/b", group(2)));
    let error = mistakes(engine).await;
    assert_eq!(error.mistakes().len(), 1, "{error}");
}

#[tokio::test]
async fn all_mistakes_of_an_application_at_once() {
    async fn json(_: Body<UserId>) {}
    async fn needs(_: Inject<f32, Nothing>) {}
    let router = Router::new()
        .get("/p/{id}", user)
        .get("/json", json)
        .get("/i", needs)
        .get("/../up", nothing)
        .get("/i", nothing)
        .get("/a", Chain::new().named("a"))
        .get("/b", Chain::new().named("a"));
    let error = mistakes(Engine::new().provide(1_u8).provide(2_u8).routes(router)).await;
    let kinds: Vec<_> = error.mistakes().iter().map(|mistake| mistake.kind()).collect();
    use MistakeKind::{BodyInGet, Conflict, Parameter, Pattern, RouteName, Wiring};
    use inject::MistakeKind::{Duplicate, Missing};
    assert_eq!(
        kinds,
        [Pattern, Parameter, BodyInGet, RouteName, Wiring(Duplicate), Wiring(Missing), Conflict]
    );
    assert!(error.to_string().starts_with("7 mistakes in the application:\n  1. "), "{error}");
}

#[tokio::test]
async fn a_singleton_whose_factory_fails() {
    let pool = Provider::<Pool>::singleton(|| Err::<Pool, _>(std::io::Error::other("no database there")));
    let error = mistakes(Engine::new().register(pool)).await;
    let kinds: Vec<_> = error.mistakes().iter().map(|mistake| mistake.kind()).collect();
    assert_eq!(kinds, [MistakeKind::Wiring(inject::MistakeKind::Failed)]);
    assert!(error.to_string().contains("no database there"), "{error}");
}

#[tokio::test]
async fn what_nobody_needs_is_a_warning() {
    async fn needs(_: Inject<Pool>) {}
    async fn needs_clock(_: Inject<Clock>) {}
    let group = Router::new().provide(1_u8).provide(Clock).get("/", needs_clock).get("/pool", needs);
    let engine = Engine::new()
        .provide(())
        .register(Provider::<Pool>::per_request(|_: Inject<u64>| Pool))
        .provide(7_u64)
        .provide(1_u16);
    let app = engine.routes(Router::new().group("/in", group)).build().await.unwrap();
    let warnings: Vec<_> = app.warnings().iter().map(|text| without_lines(text)).collect();
    assert_eq!(
        warnings,
        [
            "nobody needs (), registered at HERE",
            "nobody needs u16, registered at HERE",
            "nobody needs u8, registered at HERE"
        ]
    );
}
