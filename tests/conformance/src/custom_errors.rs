//! The second engine, whose every failure is answered in its own way.

use gongular::http::{Response, StatusCode};
use gongular::layers::ErrorLayer;
use gongular::layers::error::RequestHead;
use gongular::{Engine, Error, IntoResponse, Json, ResponseBody, Router, handle};
use serde_json::json;

use crate::routes::{inject, output, path};
use crate::{providers, routes};

pub(crate) fn engine() -> Engine {
    let routes = Router::new()
        .get("/err", (handle::<output::ErrFirst>(), routes::say_hi))
        .get("/p/int/{UserID}", path::echo::<path::UserId>)
        .get("/i/broken", inject::read_ledger);
    Engine::new().register(providers::ledger()).routes(routes).errors(ErrorLayer::new().handler(answer))
}

/// Tells clients what is meant for the log, which nobody should do.
fn answer(error: &Error, _: &RequestHead) -> Option<Response<ResponseBody>> {
    let status = StatusCode::from_u16(599).ok()?;
    (status, Json(json!({"custom": error.to_string()}))).into_response().ok()
}
