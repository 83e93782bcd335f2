//! Which route answers, and what answers when none does.

use gongular::engine::EngineService;
use gongular::{Chain, Engine, Param, Router, Stop, handle};
use http::{Method, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};
use validator::Validate;

use super::{App, app, build};

says!(SayHi, |cx| cx.set_body("hi"));

fn method(name: &str) -> Method {
    Method::from_bytes(name.as_bytes()).unwrap()
}

/// Answers which method and pattern were met.
async fn met(method: Method, path: gongular::MatchedPath) -> String {
    format!("{method} {path}")
}

#[tokio::test]
async fn every_method_has_its_routes_and_so_have_methods_of_ones_own() {
    let router = Router::new()
        .get("/m", met)
        .post("/m", met)
        .put("/m", met)
        .delete("/m", met)
        .patch("/m", met)
        .options("/m", met)
        .trace("/m", met)
        .connect("/m", met)
        .method(method("PURGE"), "/m", met);
    let app = app(router).await;
    for name in ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "PURGE"] {
        app.request(method(name), "/m").send().await.assert_status(200).assert_text(&format!("{name} /m"));
    }
    app.request(method("LINK"), "/m").send().await.assert_status(405);
}

#[tokio::test]
async fn any_answers_what_no_other_route_of_the_path_does() {
    async fn any() -> &'static str {
        "any"
    }
    let app = app(Router::new().any("/a", any).get("/a", met).method(method("PURGE"), "/a", met)).await;
    for (name, text) in [
        ("GET", "GET /a"),
        ("PURGE", "PURGE /a"),
        ("POST", "any"),
        ("OPTIONS", "any"),
        ("LINK", "any"),
        ("HEAD", ""),
    ] {
        app.request(method(name), "/a").send().await.assert_status(200).assert_text(text);
    }
}

#[tokio::test]
async fn a_head_route_stands_in_the_place_of_the_one_from_get() {
    says!(Head, |cx| cx.status(StatusCode::ACCEPTED).set_body("not sent"));
    let app = app(Router::new().get("/", handle::<SayHi>()).head("/", handle::<Head>())).await;
    app.head("/").send().await.assert_status(202).assert_text("").assert_header("content-length", "10");
    app.get("/").send().await.assert_status(200);
}

#[tokio::test]
async fn options_and_405_name_the_methods_of_the_path() {
    let router = Router::new().get("/p/{id}", met).post("/p/{id}", met).delete("/p/me", met).method(
        method("PURGE"),
        "/p/{id}",
        met,
    );
    let app = app(router).await;
    let answer = app.options("/p/7").send().await;
    answer.assert_status(204).assert_header("allow", "GET, HEAD, POST, OPTIONS, PURGE").assert_text("");
    let answer = app.put("/p/7").send().await;
    answer.assert_status(405).assert_header("allow", "GET, HEAD, POST, OPTIONS, PURGE");
    answer.assert_json(&json!({"error": "method not allowed"}));
    let all = "GET, HEAD, POST, DELETE, OPTIONS, PURGE";
    app.put("/p/me").send().await.assert_status(405).assert_header("allow", all);
    app.options("*").send().await.assert_status(204).assert_header("allow", all);
    app.get("/p/me").send().await.assert_text("GET /p/{id}");
    app.delete("/p/me").send().await.assert_text("DELETE /p/me");
}

#[tokio::test]
async fn another_slash_or_case_is_redirected_with_its_query() {
    let router = Router::new().get("/out/String", met).post("/out/String", met).get("/p/{id}", met);
    let app = app(router).await;
    for (name, status) in [("GET", 301), ("HEAD", 301), ("POST", 308)] {
        for path in ["/out/String/?a=b&c", "/out/string?a=b&c", "/OUT/STRING/?a=b&c"] {
            let answer = app.request(method(name), path).send().await;
            answer.assert_status(status).assert_header("location", "/out/String?a=b&c").assert_text("");
        }
    }
    app.get("/p/A/").send().await.assert_status(301).assert_header("location", "/p/A");
    app.get("//p/a").send().await.assert_status(404);
    let engine = Engine::new().redirects(false).routes(Router::new().get("/out", met));
    let app = build(engine).await;
    app.get("/out/").send().await.assert_status(404);
    app.get("/Out").send().await.assert_status(404);
}

#[tokio::test]
async fn what_nobody_answers_is_a_404_with_a_json_body() {
    let app = app(Router::new().get("/p/{id}/page", met)).await;
    for path in ["/", "/p", "/p//page", "/p/a/b/page", "/p/a%2Fb"] {
        let answer = app.get(path).send().await;
        answer.assert_status(404).assert_header("content-type", "application/json");
        answer.assert_json(&json!({"error": "not found"}));
    }
    let app = build(Engine::new()).await;
    app.get("/").send().await.assert_status(404);
    app.options("*").send().await.assert_status(204).assert_header("allow", "OPTIONS");
}

#[derive(Deserialize, Validate)]
struct Path {
    path: String,
}

async fn path(Param(param): Param<Path>) -> String {
    param.path
}

#[tokio::test]
async fn a_parameter_is_decoded_once_and_an_escaped_slash_is_data() {
    let app = app(Router::new().get("/p/{path}", path).get("/c/{*path}", path)).await;
    for (uri, value) in [
        ("/p/a%2Fb", "a/b"),
        ("/p/a+b%20c", "a+b c"),
        ("/p/%252F", "%2F"),
        ("/p/caf%C3%A9", "caf\u{e9}"),
        ("/c/a/b%20c/d", "a/b c/d"),
        ("/c/", ""),
        ("/c/a/", "a/"),
    ] {
        app.get(uri).send().await.assert_status(200).assert_text(value);
    }
    for uri in ["/p/%ff", "/p/%zz", "/p/%4"] {
        let answer = app.get(uri).send().await;
        answer.assert_status(400);
        let body: Value = answer.json();
        assert_eq!(body["ParseError"]["Place"], "URL Path Parameter", "{uri}");
        assert_eq!(body["ParseError"]["FieldName"], "path", "{uri}");
    }
    app.get("/c").send().await.assert_status(301).assert_header("location", "/c/");
}

#[tokio::test]
async fn texts_beat_parameters_whatever_the_order_of_registration() {
    async fn text() -> &'static str {
        "text"
    }
    async fn rest() -> &'static str {
        "rest"
    }
    let router = Router::new()
        .get("/a/{*path}", rest)
        .get("/a/{path}", path)
        .get("/a/text", text)
        .get("/a/{path}/text", text);
    let app = app(router).await;
    for (uri, answer) in
        [("/a/text", "text"), ("/a/x", "x"), ("/a/x/text", "text"), ("/a/x/y", "rest"), ("/a/", "rest")]
    {
        app.get(uri).send().await.assert_text(answer);
    }
}

#[tokio::test]
async fn a_handler_without_a_path_of_its_own_answers_its_groups() {
    let group = Router::new().get("", met).get("/x", met);
    let app = app(Router::new().group("/g/{id}", group).get("", met)).await;
    app.get("/g/7").send().await.assert_text("GET /g/{id}");
    app.get("/g/7/x").send().await.assert_text("GET /g/{id}/x");
    app.get("/").send().await.assert_text("GET /");
}

#[tokio::test]
async fn parameters_of_a_group_are_those_of_all_its_handlers() {
    #[derive(Deserialize, Validate)]
    struct Both {
        id: u32,
        page: u8,
    }
    async fn both(Param(both): Param<Both>) -> String {
        format!("{} {}", both.id, both.page)
    }
    #[derive(Deserialize, Validate)]
    struct Id {
        id: u32,
    }
    async fn guard(Param(Id { id }): Param<Id>) -> Option<Stop<&'static str>> {
        (id == 5).then_some(Stop("Sorry"))
    }
    let group = Router::new().handler(guard).get("/page/{page}", both);
    let app = app(Router::new().group("/user/{id}", group)).await;
    app.get("/user/7/page/2").send().await.assert_text("7 2");
    app.get("/user/5/page/2").send().await.assert_text("Sorry");
    app.get("/user/7/page/256").send().await.assert_status(400);
}

async fn listed() -> EngineService {
    let group =
        Router::new().handler(handle::<SayHi>()).post("files/*rest", Chain::new().then(met).named("file"));
    let router = Router::new()
        .get("/", ())
        .group("/u/:id", group)
        .any("/any", Chain::new().named("any"))
        .method(method("PURGE"), "/img-{id}.png", Chain::new().then(met).named("image"));
    Engine::new().routes(router).build().await.unwrap()
}

#[tokio::test]
async fn the_routes_are_listed_in_the_order_of_their_registration() {
    let app = listed().await;
    let routes = app.routes().map(|route| {
        let handlers = route.handlers().iter().map(|name| name.rsplit("::").next().unwrap());
        let method = route.method().map_or("*", |method| method.as_str());
        (method.to_owned(), route.path().to_owned(), route.name(), handlers.collect::<Vec<_>>())
    });
    let routes: Vec<_> = routes.collect();
    let expected = [
        ("GET", "/", None, vec![]),
        ("POST", "/u/{id}/files/{*rest}", Some("file"), vec!["SayHi", "met"]),
        ("*", "/any", Some("any"), vec![]),
        ("PURGE", "/img-{id}.png", Some("image"), vec!["met"]),
    ];
    let expected: Vec<_> = expected
        .into_iter()
        .map(|(method, path, name, handlers)| (method.to_owned(), path.to_owned(), name, handlers))
        .collect();
    assert_eq!(routes, expected);
    assert_eq!(app.routes().len(), 4);
}

#[tokio::test]
async fn a_url_is_made_of_a_routes_name_and_parameters_and_finds_the_route() {
    let app = listed().await;
    let url = app.url("file", &[("rest", "a b/c"), ("id", "x/y")]).unwrap();
    assert_eq!(url, "/u/x%2Fy/files/a%20b/c");
    assert_eq!(app.url("any", &[]).unwrap(), "/any");
    let client: App = gongular::test_client::TestClient::new(app.clone());
    client.post(&url).send().await.assert_status(200).assert_text("POST /u/{id}/files/{*rest}");
    let url = app.url("image", &[("id", "7")]).unwrap();
    client.request(method("PURGE"), &url).send().await.assert_status(200);
    for (name, parameters, text) in [
        ("nobody", &[][..], "no route is named `nobody`"),
        ("image", &[], "parameter `id` is missing"),
        ("image", &[("id", "7"), ("x", "1")], "there is no parameter `x`, the route has `id`"),
        ("image", &[("id", "")], "the value of `id` begins with an empty segment"),
    ] {
        let error = app.url(name, parameters).unwrap_err().to_string();
        assert!(error.contains(text), "{error}");
    }
}
