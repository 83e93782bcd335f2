//! Answers in the notation that the client asks for.

use gongular::error::render::Format;
use gongular::handler::Stop;
use gongular::layers::ErrorLayer;
use gongular::test_client::TestClient;
use gongular::{
    Context, Engine, Error, FromRequest, Handle, Html, Json, Msgpack, Negotiate, NegotiateMessage, Preflight,
    Preflighted, Protobuf, ResponseContext, Router, Xml, Yaml, handle, service,
};
use http::StatusCode;
use http::response::Parts;
use serde::Serialize;

use super::{app, order};

const XML: &str = "<Order><city>Oslo</city><qty>2</qty></Order>";

#[derive(FromRequest)]
struct ByStruct;

impl Handle for ByStruct {
    type Output = (StatusCode, Negotiate<super::Order>);

    async fn handle(self, _: &mut Context<'_>) -> Result<Self::Output, Error> {
        Ok((StatusCode::CREATED, Negotiate(order())))
    }
}

#[tokio::test]
async fn functions_structs_and_services_answer_in_what_the_client_accepts() {
    let router = Router::new()
        .get("/fn", async || Negotiate(order()))
        .get("/result", async || Ok::<_, Error>(Some(Negotiate(order()))))
        .get("/struct", handle::<ByStruct>())
        .get(
            "/chain",
            (async || Json("first"), async || Stop(Negotiate(order())), async || Html("not reached")),
        );
    let app = app(router).await;
    for (path, status) in [("/fn", 200), ("/result", 200), ("/struct", 201), ("/chain", 200)] {
        let answer = app.get(path).send().await;
        answer.assert_status(status).assert_header("content-type", "application/json").assert_json(&order());
        answer.assert_header("vary", "accept");
        let answer = app.get(path).header("accept", "text/xml, application/json;q=0.9").send().await;
        answer
            .assert_status(status)
            .assert_header("content-type", "text/xml; charset=utf-8")
            .assert_text(XML);
        let answer = app.get(path).header("accept", "application/msgpack").send().await;
        let read: super::Order = rmp_serde::from_slice(answer.bytes()).unwrap();
        assert_eq!(read, order(), "{path}");
    }
    let alone =
        TestClient::new(tower_layer::Layer::layer(&ErrorLayer::new(), service(async || Negotiate(order()))));
    alone.get("/").header("accept", "application/xml").send().await.assert_text(XML);
}

#[tokio::test]
async fn a_client_that_accepts_nothing_of_it_gets_a_406_in_the_shape_of_errors() {
    let app = app(Router::new().get("/", async || Negotiate(order()))).await;
    for (accept, shape) in [
        ("image/png", "application/json"),
        ("application/problem+json", "application/problem+json"),
        ("text/html", "text/html; charset=utf-8"),
    ] {
        let answer = app.get("/").header("accept", accept).send().await;
        answer.assert_status(406).assert_header("content-type", shape).assert_header("vary", "Accept");
        assert!(answer.text().contains("application/yaml"), "{}", answer.text());
    }
    let problem = Engine::new()
        .errors(ErrorLayer::new().format(Format::Problem))
        .routes(Router::new().get("/", async || Negotiate(order())));
    let app = TestClient::new(problem.build().await.unwrap());
    let answer = app.get("/").header("accept", "image/png").send().await;
    answer.assert_status(406).assert_header("content-type", "application/problem+json");
}

#[tokio::test]
async fn what_answers_vary_by_adds_up_along_a_chain() {
    let router = Router::new().get("/", (async || ([("vary", "origin")], ()), async || Negotiate(order())));
    let answer = app(router).await.get("/").send().await;
    let lines: Vec<_> = answer.headers().get_all("vary").iter().collect();
    assert_eq!(lines, ["origin", "accept"]);
}

#[derive(Clone, PartialEq, prost::Message, Serialize)]
struct Point {
    #[prost(uint32, tag = 1)]
    x: u32,
}

#[tokio::test]
async fn answers_of_one_notation_do_not_look_at_accept() {
    let router = Router::new()
        .get("/msgpack", async || Msgpack(order()))
        .get("/xml", async || Xml(order()))
        .get("/yaml", async || (StatusCode::CREATED, Yaml(order())))
        .get("/protobuf", async || Protobuf(Point { x: 7 }))
        .get("/any", async || NegotiateMessage(Point { x: 7 }));
    let app = app(router).await;
    let get = async |path: &str| app.get(path).header("accept", "image/png").send().await;
    get("/msgpack").await.assert_header("content-type", "application/msgpack");
    get("/xml").await.assert_header("content-type", "application/xml").assert_text(XML);
    get("/yaml")
        .await
        .assert_status(201)
        .assert_header("content-type", "application/yaml")
        .assert_text("city: Oslo\nqty: 2\n");
    assert_eq!(
        get("/protobuf").await.assert_header("content-type", "application/protobuf").bytes(),
        &b"\x08\x07"[..]
    );
    let any = app.get("/any").header("accept", "application/x-protobuf").send().await;
    assert_eq!(any.assert_header("content-type", "application/x-protobuf").bytes(), &b"\x08\x07"[..]);
}

#[tokio::test]
async fn nothing_is_a_404_on_the_road_of_all_errors() {
    let router = Router::new()
        .get("/none", async || None::<Json<u8>>)
        .get("/some", async || Some(Json(7)))
        .get("/created", async || (StatusCode::CREATED, None::<Negotiate<u8>>));
    let app = app(router).await;
    for path in ["/none", "/created"] {
        app.get(path).send().await.assert_status(404).assert_text("{\"error\":\"not found\"}");
    }
    app.get("/some").send().await.assert_status(200).assert_text("7");
}

#[derive(Serialize)]
struct Job {
    is_done: bool,
}

impl Preflight for Job {
    fn preflight(&self, cx: ResponseContext<'_>, head: &mut Parts) -> Result<(), Error> {
        if cx.request().headers.contains_key("x-refuse") {
            return Err(Error::new(StatusCode::CONFLICT, "not now"));
        }
        head.status = if self.is_done { StatusCode::OK } else { StatusCode::ACCEPTED };
        Ok(())
    }
}

#[tokio::test]
async fn a_value_has_the_last_word_on_its_answer() {
    let router = Router::new()
        .get("/open", async || Preflighted(Negotiate(Job { is_done: false })))
        .get("/done", async || Preflighted(Negotiate(Job { is_done: true })));
    let app = app(router).await;
    let open = app.get("/open").header("accept", "application/xml").send().await;
    open.assert_status(202).assert_text("<Job><is_done>false</is_done></Job>");
    app.get("/done").send().await.assert_status(200).assert_text("{\"is_done\":true}");
    let refused = app.get("/done").header("x-refuse", "1").send().await;
    refused.assert_status(409).assert_text("{\"error\":\"not now\"}");
}
