//! The same in axum's handlers, where answers do not see the request.

use axum::Router;
use axum::routing::{get, post};
use gongular::inject::Provider;
use gongular::layers::{ErrorLayer, InjectLayer};
use gongular::test_client::TestClient;
use gongular::view::{MiniJinja, View, ViewEngine};
use gongular::{Container, Error, Msgpack, Negotiate, Payload, Responder, ResponseBody, Unchecked, Yaml};
use http::Response;

use super::{Order, order};

type Answer = Result<Response<ResponseBody>, Error>;

async fn show(responder: Responder) -> Answer {
    responder.respond(Negotiate(order()))
}

async fn page(responder: Responder) -> Answer {
    responder.respond(View::new("page").data(order()))
}

async fn echo(responder: Responder, Payload(order): Payload<Order>) -> Answer {
    responder.respond(Negotiate(order))
}

#[tokio::test]
async fn a_responder_shows_the_request_and_the_container_to_answers() {
    let templates = MiniJinja::from_texts([("page", "{{ city }}: {{ qty }}")]).unwrap();
    let templates = Provider::value(templates).as_dyn::<dyn ViewEngine>(|engine| engine);
    let container = Container::builder().register(templates).build().await.unwrap();
    let router: Router = Router::new()
        .route("/", get(show).post(echo))
        .route("/page", get(page))
        .route("/yaml", get(async || Yaml(order())))
        .route("/msgpack", post(async |Msgpack(list): Msgpack<Unchecked<Vec<u8>>>| Yaml(list.0)))
        .layer(InjectLayer::new(container))
        .layer(ErrorLayer::new());
    let app = TestClient::new(router);
    app.get("/").send().await.assert_header("content-type", "application/json").assert_json(&order());
    let yaml = app.get("/").header("accept", "application/yaml").send().await;
    yaml.assert_header("content-type", "application/yaml")
        .assert_header("vary", "accept")
        .assert_text("city: Oslo\nqty: 2\n");
    let refused = app.get("/").header("accept", "image/png").send().await;
    refused.assert_status(406).assert_header("content-type", "application/json");
    let body = "<o><city>Oslo</city><qty>2</qty></o>";
    let echoed =
        app.post("/").header("content-type", "text/xml").header("accept", "application/yaml").body(body);
    echoed.send().await.assert_status(200).assert_text("city: Oslo\nqty: 2\n");
    app.get("/page").send().await.assert_text("Oslo: 2");
    app.get("/yaml").send().await.assert_text("city: Oslo\nqty: 2\n");
    let list = app.post("/msgpack").header("content-type", "application/msgpack").body(&b"\x91\x07"[..]);
    list.send().await.assert_status(200).assert_text("- 7\n");
}
