//! Files inside other hosts: axum's nesting, a route of ours, a handler, statistics and errors around.

use std::sync::mpsc;

use bytes::Bytes;
use gongular::layers::stats::{RouteStat, StatsLayer};
use gongular::layers::{ErrorLayer, InjectLayer};
use gongular::test_client::{RecordedStats, TestClient};
use gongular::{Engine, MatchedPath, PathParams, RequestState, Router};
use http_body_util::Empty;
use tower::ServiceBuilder;

use super::*;

/// Makes a request of which a router of ours says that it matched `pattern`.
fn matched(uri: &str, pattern: &'static str, params: &[(&'static str, &str)]) -> Request<()> {
    let mut request = Request::get(uri).body(()).unwrap();
    let params: PathParams = params.iter().map(|(name, value)| (*name, *value)).collect();
    RequestState::entry(request.extensions_mut()).set_route(MatchedPath::from_static(pattern), params);
    request
}

#[tokio::test]
async fn below_a_route_the_catch_all_names_the_file() {
    let folder = Folder::new();
    let files = folder.served();
    let pattern = "/{tenant}/static/{*path}";
    let get = |rest: &'static str| {
        let uri = format!("/t/static/{rest}");
        let request = matched(&uri, pattern, &[("tenant", "hello.txt"), ("path", rest)]);
        async { send(&files, request).await }
    };
    assert_eq!(get("sub/b.txt").await.body, "nested\n");
    assert_eq!(get("c%20d.txt").await.body, "!");
    assert_eq!(get("docs").await.header("location"), "./docs/");
    assert_eq!(get("..%2fsecret.txt").await.status, 404);

    // The route of the folder itself has no catch-all; the parameter before it names no file.
    let root = |uri: &str| {
        let request = matched(uri, "/{tenant}/static", &[("tenant", "hello.txt")]);
        async { send(&files, request).await }
    };
    assert_eq!(root("/hello.txt/static/").await.body, "<h1>index</h1>");
    assert_eq!(root("/hello.txt/static?a=1").await.header("location"), "./static/?a=1");
}

#[tokio::test]
async fn axum_nests_them() {
    let folder = Folder::new();
    let stack = ServiceBuilder::new().layer(ErrorLayer::new()).service(folder.served());
    let app = axum::Router::<()>::new().nest_service("/static", stack);
    let ask = |path: &'static str| {
        let app = app.clone();
        async move {
            let response =
                app.oneshot(Request::get(path).body(axum::body::Body::empty()).unwrap()).await.unwrap();
            let (head, body) = response.into_parts();
            let body = body.collect().await.unwrap().to_bytes();
            (head.status.as_u16(), String::from_utf8(body.into()).unwrap())
        }
    };
    assert_eq!(ask("/static/hello.txt").await, (200, "hello from a file\n".to_owned()));
    assert_eq!(ask("/static/").await, (200, "<h1>index</h1>".to_owned()));
    assert_eq!(ask("/static/docs").await.0, 307);
    let (status, body) = ask("/static/nothing").await;
    assert_eq!(status, 404);
    assert!(body.contains("not found"), "{body}");
    assert_eq!(ask("/static/..%2f..%2fsecret.txt").await.0, 404);
}

#[tokio::test]
async fn as_a_handler_they_stand_in_the_statistics() {
    let folder = Folder::new();
    let (sender, stats) = mpsc::channel();
    let app = ServiceBuilder::new()
        .layer(StatsLayer::new(move |stat: &RouteStat| {
            let handler = &stat.handlers()[0];
            let error = handler.error().unwrap_or_default().to_owned();
            sender
                .send((stat.response_code().unwrap().as_u16(), stat.response_size(), handler.name(), error))
                .unwrap();
        }))
        .layer(ErrorLayer::new())
        .layer(InjectLayer::new(gongular::Container::builder().build().await.unwrap()))
        .service(gongular::service(folder.served()));
    for path in ["/hello.txt", "/nothing"] {
        let response = app.clone().oneshot(Request::get(path).body(Empty::<Bytes>::new()).unwrap()).await;
        response.unwrap().into_body().collect().await.unwrap();
    }
    let name = "gongular::files::ServeFiles";
    assert_eq!(stats.recv().unwrap(), (200, 18, name, String::new()));
    let (code, _, _, error) = stats.recv().unwrap();
    assert_eq!((code, error.as_str()), (404, "not found"));
}

#[tokio::test]
async fn the_engine_mounts_folders_and_files() {
    let folder = Folder::new();
    let router = Router::new()
        .files("/static", folder.public())
        .file("/one", folder.public().join("hello.txt"))
        .group("/app/{tenant}", Router::new().files("/ui", folder.served().fallback("index.html")));
    let stats = RecordedStats::new();
    let engine = Engine::new().routes(router).stats(stats.clone()).build().await.unwrap();
    let client = TestClient::new(engine).with_stats(&stats);

    client.get("/static/hello.txt").send().await.assert_status(200).assert_text("hello from a file\n");
    let stat = client.last_stat().unwrap();
    assert_eq!(
        (stat.label(), stat.uri(), stat.response_size()),
        ("/static/{*path}", "/static/hello.txt", 18)
    );
    assert_eq!(stat.handlers()[0].name(), "gongular::files::ServeFiles");
    client.head("/static/hello.txt").send().await.assert_status(200).assert_header("content-length", "18");
    assert_eq!(client.last_stat().unwrap().response_size(), 0);
    client.get("/static/sub/b.txt").send().await.assert_text("nested\n");
    client.get("/static/c%20d.txt").send().await.assert_text("!");
    client.get("/static/docs/").send().await.assert_text("<h1>docs</h1>");
    client.get("/static/docs").send().await.assert_status(307).assert_header("location", "./docs/");
    client.get("/static/").send().await.assert_text("<h1>index</h1>");
    for path in
        ["/static/..%2fsecret.txt", "/static/nothing", "/static/sub/", "/static/.env", "/static//hello.txt"]
    {
        client.get(path).send().await.assert_status(404);
        assert_eq!(client.last_stat().unwrap().response_code().unwrap(), 404, "{path}");
    }
    let allow = client.post("/static/hello.txt").send().await;
    let allow = allow.assert_status(405).header("allow").unwrap().to_owned();
    assert!(allow.contains("GET") && allow.contains("HEAD"), "{allow}");

    client.get("/one").send().await.assert_text("hello from a file\n");
    assert_eq!(client.last_stat().unwrap().label(), "/one");
    client.get("/app/t/ui/users/7").header("accept", "text/html").send().await.assert_text("<h1>index</h1>");
    client.get("/app/t/ui/").send().await.assert_text("<h1>index</h1>");
}

#[tokio::test]
async fn the_engine_leads_the_name_of_a_folder_to_its_index() {
    let folder = Folder::new();
    let engine = Engine::new().routes(Router::new().files("/static", folder.public())).build().await.unwrap();
    let client = TestClient::new(engine);
    let answer = client.get("/static").send().await;
    assert!(answer.status().is_redirection(), "{answer}");
    let location = answer.header("location").unwrap();
    assert!(["/static/", "./static/"].contains(&location), "{answer}");
}
