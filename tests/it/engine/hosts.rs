//! The engine in other hosts, and on plain hyper.

use axum::routing::get;
use bytes::Bytes;
use gongular::layers::LimitsLayer;
use gongular::test_client::{RecordedStats, TestClient};
use gongular::{Engine, Limits, Param, Router, Unchecked, handle};
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use tower::ServiceExt;
use tower_layer::Layer;

says!(SayHi, |cx| cx.set_body("hi"));

async fn echo(id: Param<Unchecked<i64>>, body: String) -> String {
    format!("{} {body}", id.0.0)
}

async fn panics() {
    panic!("chair fell over")
}

fn engine(stats: &RecordedStats) -> Engine {
    let router = Router::new().get("/hi", handle::<SayHi>()).post("/p/{id}", echo).get("/panic", panics);
    Engine::new().stats(stats.clone()).routes(router)
}

#[tokio::test]
async fn axum_nests_an_engine_and_falls_back_to_one() {
    let stats = RecordedStats::new();
    let service = engine(&stats).build().await.unwrap();
    let nested = axum::Router::<()>::new()
        .route("/own", get(async || "axum's own"))
        .nest_service("/api", service.clone())
        .fallback_service(service);
    let app = TestClient::<_, axum::body::Body>::typed(nested).with_stats(&stats);
    app.get("/own").send().await.assert_text("axum's own");
    assert!(app.stats().is_empty());
    for (path, label) in [("/api/p/7?a=b", "/p/{id}"), ("/p/7?a=b", "/p/{id}")] {
        app.post(path).body("text").send().await.assert_status(200).assert_text("7 text");
        let stat = app.last_stat().unwrap();
        assert_eq!((stat.label(), stat.request_size(), stat.response_size()), (label, 4, 6), "{path}");
    }
    app.get("/api/nowhere").send().await.assert_status(404).assert_text("{\"error\":\"not found\"}");
    app.get("/nowhere").send().await.assert_status(404).assert_text("{\"error\":\"not found\"}");
    app.get("/api/panic").send().await.assert_status(500);
    assert_eq!(app.stats().len(), 5);
}

#[tokio::test]
async fn axum_stands_in_an_engine_as_a_service() {
    let stats = RecordedStats::new();
    let inside = axum::Router::<()>::new().route("/old/{id}", get(async || "axum's"));
    let inside = inside.layer(axum::extract::DefaultBodyLimit::disable());
    let service = tower::service_fn(move |request: Request<gongular::AnyBody>| {
        inside.clone().oneshot(request.map(axum::body::Body::new))
    });
    let router = Router::new().get("/new", handle::<SayHi>()).service("/old/{*rest}", service);
    let app = Engine::new().stats(stats.clone()).routes(router).build().await.unwrap();
    let app = TestClient::new(app).with_stats(&stats);
    app.get("/old/7").send().await.assert_status(200).assert_text("axum's");
    assert_eq!((app.stats().len(), app.last_stat().unwrap().response_size()), (1, 6));
    app.get("/old/7/8").send().await.assert_status(404);
}

#[tokio::test]
async fn limits_around_an_engine_hold_unless_it_has_its_own() {
    let limits = LimitsLayer::new(Limits::DEFAULT.with_body_bytes(3));
    for (own, status) in [(None, 413), (Some(Limits::DEFAULT), 200)] {
        let engine = engine(&RecordedStats::new());
        let engine = match own {
            Some(own) => engine.limits(own),
            None => engine,
        };
        let app = TestClient::new(limits.layer(engine.build().await.unwrap()));
        app.post("/p/7").body("four").send().await.assert_status(status);
        app.post("/p/7").body("one").send().await.assert_status(200);
    }
}

#[tokio::test]
async fn hyper_serves_an_engine_over_http1_and_http2() {
    let stats = RecordedStats::new();
    let service = engine(&stats).build().await.unwrap();
    for version in [http::Version::HTTP_11, http::Version::HTTP_2] {
        let (client, server) = tokio::io::duplex(64 << 10);
        let hosted = TowerToHyperService::new(service.clone());
        tokio::spawn(async move {
            let builder = auto::Builder::new(TokioExecutor::new());
            builder.serve_connection(TokioIo::new(server), hosted).await
        });
        let ask = async |request: Request<Full<Bytes>>| -> Response<Bytes> {
            let response = if version == http::Version::HTTP_2 {
                let io = TokioIo::new(client);
                let made = hyper::client::conn::http2::handshake(TokioExecutor::new(), io).await;
                let (mut sender, connection) = made.unwrap();
                tokio::spawn(connection);
                sender.send_request(request).await.unwrap()
            } else {
                let made = hyper::client::conn::http1::handshake(TokioIo::new(client)).await;
                let (mut sender, connection) = made.unwrap();
                tokio::spawn(connection);
                sender.send_request(request).await.unwrap()
            };
            let (head, body) = response.into_parts();
            Response::from_parts(head, body.collect().await.unwrap().to_bytes())
        };
        let request = Request::post("http://localhost/p/7?a=b").header("host", "localhost");
        let response = ask(request.body(Full::from("text")).unwrap()).await;
        assert_eq!((response.status().as_u16(), &response.body()[..]), (200, &b"7 text"[..]), "{version:?}");
        assert_eq!(response.version(), version);
        let stat = stats.last().unwrap();
        assert_eq!((stat.version(), stat.label(), stat.request_size()), (version, "/p/{id}", 4));
    }
    assert_eq!(stats.all().len(), 2);
}
