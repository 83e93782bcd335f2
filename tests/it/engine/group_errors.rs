//! Error layers of groups inside of that of the engine.

use gongular::error::render::Format;
use gongular::layers::ErrorLayer;
use gongular::{Engine, Error, Router};
use http::StatusCode;

use super::build;

#[derive(Debug)]
struct OutOfStock;

impl std::fmt::Display for OutOfStock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("shelf 7 is empty")
    }
}

impl std::error::Error for OutOfStock {}

async fn buy() -> Result<(), Error> {
    Err(Error::app(OutOfStock))
}

fn conflict(_: &OutOfStock) -> Error {
    Error::new(StatusCode::CONFLICT, "out of stock")
}

#[tokio::test]
async fn an_error_that_a_group_does_not_know_is_mapped_as_outside() {
    let inner = Router::new().errors(ErrorLayer::new()).get("/buy", buy);
    let group =
        Router::new().errors(ErrorLayer::new().format(Format::Problem)).get("/buy", buy).group("/in", inner);
    let engine =
        Engine::new().errors(ErrorLayer::new().map(conflict)).routes(Router::new().group("/g", group));
    let app = build(engine).await;
    let answer = app.get("/g/buy").send().await;
    answer.assert_status(409).assert_header("content-type", "application/problem+json");
    assert_eq!(app.last_stat().unwrap().error(), Some("shelf 7 is empty"));
    app.get("/g/in/buy").send().await.assert_status(409).assert_text(r#"{"error":"out of stock"}"#);
}

#[tokio::test]
async fn an_error_that_a_group_knows_is_mapped_there() {
    let own = ErrorLayer::new().map(|_: &OutOfStock| Error::new(StatusCode::GONE, "gone"));
    let group = Router::new().errors(own).get("/buy", buy);
    let engine =
        Engine::new().errors(ErrorLayer::new().map(conflict)).routes(Router::new().group("/g", group));
    build(engine).await.get("/g/buy").send().await.assert_status(410);
}
