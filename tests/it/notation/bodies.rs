//! Bodies in the notation that the client sent.

use gongular::test_client::TestClient;
use gongular::{Engine, Json, Limits, Payload, Router, Xml, Yaml};
use serde_json::json;

use super::{Order, app, order};

async fn echo(Payload(order): Payload<Order>) -> Json<Order> {
    Json(order)
}

#[tokio::test]
async fn one_handler_reads_every_notation() {
    let app = app(Router::new().post("/", echo)).await;
    let msgpack = rmp_serde::to_vec_named(&order()).unwrap();
    for (content_type, body) in [
        ("application/json", br#"{"city": "Oslo", "qty": 2}"#.to_vec()),
        ("application/x-www-form-urlencoded", b"city=Oslo&qty=2".to_vec()),
        ("application/msgpack", msgpack),
        ("application/xml", b"<o><city>Oslo</city><qty>2</qty></o>".to_vec()),
        ("application/yaml", b"city: Oslo\nqty: 2\n".to_vec()),
    ] {
        let answer = app.post("/").header("content-type", content_type).body(body).send().await;
        answer.assert_status(200).assert_json(&order());
    }
    let form = gongular::test_client::MultipartForm::new().text("city", "Oslo").text("qty", "2");
    app.post("/").multipart(form).send().await.assert_status(200).assert_json(&order());
}

#[tokio::test]
async fn every_notation_is_refused_in_the_same_shape() {
    let app = app(Router::new().post("/", echo)).await;
    let broken = json!({"city": "a name that is too long", "qty": 1});
    let mut answers = Vec::new();
    for (content_type, body) in [
        ("application/json", broken.to_string().into_bytes()),
        ("application/msgpack", rmp_serde::to_vec_named(&broken).unwrap()),
        ("application/xml", b"<o><city>a name that is too long</city><qty>1</qty></o>".to_vec()),
        ("application/yaml", broken.to_string().into_bytes()),
    ] {
        let request =
            app.post("/").header("content-type", content_type).header("accept", "application/problem+json");
        let answer = request.body(body).send().await;
        answer.assert_status(400);
        assert!(answer.text().contains("\"city\""), "{content_type}: {}", answer.text());
        answers.push(answer.text().to_owned());
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
    let answer = app.post("/").header("content-type", "text/plain").body("x").send().await;
    answer.assert_status(415);
    assert!(answer.text().contains("application/msgpack"), "{}", answer.text());
}

#[tokio::test]
async fn the_limit_of_bodies_holds_for_all_of_them() {
    let router = Router::new()
        .post("/any", echo)
        .post("/xml", async |Xml(order): Xml<Order>| Json(order))
        .post("/yaml", async |Yaml(order): Yaml<Order>| Json(order));
    let engine = Engine::new().routes(router).limits(Limits::default().with_body_bytes(10));
    let app = TestClient::new(engine.build().await.unwrap());
    for (path, content_type) in [
        ("/any", "application/json"),
        ("/any", "application/msgpack"),
        ("/any", "application/xml"),
        ("/any", "application/yaml"),
        ("/xml", "text/xml"),
        ("/yaml", "text/yaml"),
    ] {
        let answer = app.post(path).header("content-type", content_type).body(" ".repeat(11)).send().await;
        answer.assert_status(413);
        let answer = app.post(path).header("content-type", content_type).header("content-encoding", "gzip");
        answer.body("x").send().await.assert_status(415);
    }
}
