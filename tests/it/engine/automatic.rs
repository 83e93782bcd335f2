//! Answers that come by themselves: to `OPTIONS`, and to methods that no route has.

use std::time::Duration;

use gongular::test_client::TestClient;
use gongular::{Chain, Engine, Inject, Router};
use http::header::ACCESS_CONTROL_ALLOW_METHODS;
use http::{Method, StatusCode};
use tower_http::cors::CorsLayer;
use tower_layer::Layer;

use super::{app, build};

async fn hello() -> &'static str {
    "hello"
}

fn methods(methods: [Method; 1]) -> CorsLayer {
    CorsLayer::new().allow_origin(tower_http::cors::Any).allow_methods(methods)
}

macro_rules! preflight {
    ($app:expr, $path:expr, $method:expr) => {
        $app.options($path)
            .header("origin", "https://page.example")
            .header("access-control-request-method", $method)
            .send()
            .await
    };
}

#[tokio::test]
async fn the_layer_of_a_group_answers_preflights() {
    let group = Router::new().layer(CorsLayer::permissive()).get("", hello).get("/{id}", hello);
    let app = app(Router::new().group("/items", group).get("/", hello)).await;
    for path in ["/items", "/items/7"] {
        let answer = preflight!(app, path, "GET");
        answer.assert_status(200).assert_header("access-control-allow-origin", "*");
        answer.assert_header("access-control-allow-methods", "*");
    }
    let answer = preflight!(app, "/", "GET");
    answer.assert_status(204).assert_header("allow", "GET, HEAD, OPTIONS");
    assert!(answer.headers().get(ACCESS_CONTROL_ALLOW_METHODS).is_none());
}

#[tokio::test]
async fn the_layer_of_a_chain_answers_preflights() {
    let chain = Chain::new().layer(CorsLayer::permissive()).then(hello);
    let app = app(Router::new().put("/", chain)).await;
    preflight!(app, "/", "PUT").assert_header("access-control-allow-methods", "*");
}

#[tokio::test]
async fn a_preflight_goes_through_the_layers_of_the_route_that_it_asks_for() {
    let router = Router::new()
        .get("/", Chain::new().layer(methods([Method::GET])).then(hello))
        .put("/", Chain::new().layer(methods([Method::PUT])).then(hello))
        .delete("/", hello);
    let app = app(router).await;
    for (asked, allowed) in
        [("GET", Some("GET")), ("PUT", Some("PUT")), ("DELETE", None), ("POST", Some("GET"))]
    {
        let answer = preflight!(app, "/", asked);
        let methods = answer.headers().get(ACCESS_CONTROL_ALLOW_METHODS);
        assert_eq!(methods.map(|methods| methods.to_str().unwrap()), allowed, "{asked}");
    }
}

#[tokio::test]
async fn handlers_see_no_automatic_answer_and_stand_in_no_statistic_of_one() {
    async fn guard() -> StatusCode {
        panic!("a guard is not asked")
    }
    let router = Router::new().handler(guard).layer(CorsLayer::permissive()).get("/", hello);
    let app = app(router).await;
    preflight!(app, "/", "GET").assert_status(200);
    assert!(app.last_stat().unwrap().handlers().is_empty());
}

#[tokio::test]
async fn the_answer_to_options_passes_through_the_layers() {
    let app = app(Router::new().layer(CorsLayer::permissive()).get("/", hello).post("/", hello)).await;
    // Without the method that is asked for, the layer for cross-origin requests lets go of it.
    let layer = tower_http::limit::RequestBodyLimitLayer::new(10);
    let answer = app.request(Method::DELETE, "/").send().await;
    answer.assert_status(405).assert_header("allow", "GET, HEAD, POST, OPTIONS");
    answer.assert_header("access-control-allow-origin", "*");
    let app = build(Engine::new().routes(Router::new().layer(layer).get("/", hello))).await;
    app.options("/").send().await.assert_status(204).assert_header("allow", "GET, HEAD, OPTIONS");
}

#[tokio::test]
async fn providers_of_a_group_are_at_hand_in_layers_of_automatic_answers() {
    struct Open(&'static str);
    async fn told(open: Inject<Open>) -> &'static str {
        open.0
    }
    let group = Router::new().provide(Open("group")).layer(CorsLayer::permissive()).get("/", told);
    let app = app(Router::new().group("/g", group)).await;
    app.get("/g").send().await.assert_text("group");
    preflight!(app, "/g", "GET").assert_header("access-control-allow-origin", "*");
}

#[tokio::test]
async fn routes_of_ones_own_for_options_stay_alone() {
    async fn own() -> &'static str {
        "own"
    }
    let router = Router::new().get("/", hello).options("/", own).any("/any", own);
    let service = Engine::new().routes(router).build().await.unwrap();
    assert_eq!(service.routes().len(), 3);
    let app = TestClient::new(service);
    app.options("/").send().await.assert_text("own");
    app.options("/any").send().await.assert_text("own");
}

#[tokio::test]
async fn automatic_answers_are_no_routes() {
    let router = Router::new().layer(CorsLayer::permissive()).get("/", hello);
    let service = Engine::new().routes(router).build().await.unwrap();
    assert_eq!(service.routes().len(), 1);
}

#[tokio::test]
async fn a_layer_for_cross_origin_requests_stands_around_an_engine() {
    let engine = Engine::new().routes(Router::new().get("/", hello)).build().await.unwrap();
    let cors = CorsLayer::permissive().max_age(Duration::from_secs(60));
    let app = TestClient::new(cors.layer(engine));
    preflight!(app, "/", "GET").assert_header("access-control-max-age", "60");
    let answer =
        app.get("/").header("origin", "https://page.example").header("authorization", "x").send().await;
    answer.assert_header("access-control-allow-origin", "*").assert_text("hello");
}
