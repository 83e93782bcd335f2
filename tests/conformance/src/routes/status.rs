//! Who may say the status, and failing on purpose.

use gongular::http::StatusCode;
use gongular::{Context, Error, FromRequest, Handle, Router, handle};
use serde_json::json;

use super::say_hi;

pub(super) fn routes() -> Router {
    Router::new()
        .get("/status/first-wins", handle::<FirstWins>())
        .get("/status/must", handle::<MustWins>())
        .get("/log", (handle::<Log>(), say_hi))
        .get("/fail", (handle::<FailFirst>(), say_hi))
        .get("/fail/after-status", (accepted, handle::<FailFirst>()))
}

async fn accepted() -> StatusCode {
    StatusCode::ACCEPTED
}

#[derive(FromRequest)]
struct FirstWins;

impl Handle for FirstWins {
    type Output = ();

    async fn handle(self, cx: &mut Context<'_>) -> Result<(), Error> {
        cx.status(StatusCode::EXPECTATION_FAILED).status(StatusCode::FAILED_DEPENDENCY);
        Ok(())
    }
}

#[derive(FromRequest)]
struct MustWins;

impl Handle for MustWins {
    type Output = ();

    async fn handle(self, cx: &mut Context<'_>) -> Result<(), Error> {
        cx.status(StatusCode::EXPECTATION_FAILED).must_status(StatusCode::IM_A_TEAPOT);
        Ok(())
    }
}

#[derive(FromRequest)]
struct Log;

impl Handle for Log {
    type Output = ();

    async fn handle(self, cx: &mut Context<'_>) -> Result<(), Error> {
        cx.logger().log(format_args!("hello log"));
        cx.status(StatusCode::CREATED).status(StatusCode::ACCEPTED);
        Ok(())
    }
}

#[derive(FromRequest)]
struct FailFirst;

impl Handle for FailFirst {
    type Output = ();

    async fn handle(self, cx: &mut Context<'_>) -> Result<(), Error> {
        cx.fail(StatusCode::FORBIDDEN, &json!({"reason": "nope"}));
        Ok(())
    }
}
