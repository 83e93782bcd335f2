//! Statuses that are none to end with.

use gongular::{Chain, Context, Engine, Error, FromRequest, Handle, Router, handle};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde_json::json;

use super::build;

#[derive(FromRequest)]
struct Early;

impl Handle for Early {
    type Output = ();

    async fn handle(self, cx: &mut Context<'_>) -> Result<(), Error> {
        cx.status(StatusCode::EARLY_HINTS);
        Ok(())
    }
}

async fn go_on() -> StatusCode {
    StatusCode::CONTINUE
}

async fn switching() -> (StatusCode, HeaderMap, ()) {
    let raw = HeaderValue::from_static("raw");
    (StatusCode::SWITCHING_PROTOCOLS, HeaderMap::from_iter([(header::UPGRADE, raw)]), ())
}

async fn halfway() -> StatusCode {
    StatusCode::SWITCHING_PROTOCOLS
}

#[tokio::test]
async fn an_interim_status_is_a_failure_of_the_handler() {
    let layered = Chain::new().layer(tower_layer::Identity::new()).then(go_on);
    let router = Router::new()
        .get("/103", handle::<Early>())
        .get("/100", go_on)
        .get("/101", halfway)
        .get("/layer", layered);
    let app = build(Engine::new().routes(router)).await;
    for (path, status) in [
        ("/103", "103 Early Hints"),
        ("/100", "100 Continue"),
        ("/101", "101 Switching Protocols"),
        ("/layer", "100 Continue"),
    ] {
        let answer = app.get(path).send().await;
        answer.assert_status(500).assert_json(&json!({"error": "internal server error"}));
        let text = format!("the answer has the status {status}, which is none to end with");
        assert_eq!(app.last_stat().unwrap().error(), Some(&*text), "{path}");
    }
}

#[tokio::test]
async fn an_upgrade_is_let_through() {
    let app = build(Engine::new().routes(Router::new().get("/", switching))).await;
    app.get("/").send().await.assert_status(101).assert_header("upgrade", "raw");
}
