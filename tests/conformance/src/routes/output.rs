//! What handlers answer, and how the answers of several become one.

use gongular::http::{HeaderName, HeaderValue, StatusCode, header};
use gongular::{Context, Error, FromRequest, Handle, Json, Router, Stop, handle};
use serde::ser::Error as _;
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use super::say_hi;

pub(super) fn routes() -> Router {
    Router::new()
        .get("/out/string", say_hi)
        .get("/out/bytes", plain_bytes)
        .get("/out/csv", handle::<Csv>())
        .get("/out/none", does_nothing)
        .get("/out/map", map)
        .get("/out/user-ct", handle::<OwnType>())
        .get("/out/nan", not_a_number)
        .get("/out/no-content", no_content)
        .get("/headers", handle::<Headers>())
        .get("/chain/stop", (stop_here, say_hi))
        .get("/chain/override", (handle::<FirstBody>(), say_hi))
        .get("/chain/keep", (handle::<FirstBody>(), does_nothing))
        .get("/chain/empty", ())
        .get("/err", (handle::<ErrFirst>(), say_hi))
        .get("/panic", fall)
}

async fn plain_bytes() -> &'static [u8] {
    b"plain bytes"
}

async fn does_nothing() {}

async fn map() -> Json<Value> {
    Json(json!({"b": 1, "a": [1, 2], "z": null, "html": "<a&b>"}))
}

async fn no_content() -> (StatusCode, Json<&'static str>) {
    (StatusCode::NO_CONTENT, Json("x"))
}

async fn not_a_number() -> (StatusCode, Json<NotANumber>) {
    (StatusCode::CREATED, Json(NotANumber))
}

/// A value that JSON has no form for.
struct NotANumber;

impl Serialize for NotANumber {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(S::Error::custom("NaN is no JSON number"))
    }
}

async fn stop_here() -> Stop<Json<&'static str>> {
    Stop(Json("stopped"))
}

async fn fall() {
    panic!("chair fell over")
}

#[derive(FromRequest)]
struct Csv;

impl Handle for Csv {
    type Output = ();

    async fn handle(self, cx: &mut Context<'_>) -> Result<(), Error> {
        cx.header(header::CONTENT_TYPE, HeaderValue::from_static("text/csv")).set_bytes("a,b\n1,2\n");
        Ok(())
    }
}

#[derive(FromRequest)]
struct OwnType;

impl Handle for OwnType {
    type Output = ();

    async fn handle(self, cx: &mut Context<'_>) -> Result<(), Error> {
        cx.header(header::CONTENT_TYPE, HeaderValue::from_static("text/plain")).set_body("hi");
        Ok(())
    }
}

#[derive(FromRequest)]
struct Headers;

impl Handle for Headers {
    type Output = ();

    async fn handle(self, cx: &mut Context<'_>) -> Result<(), Error> {
        let api_key = HeaderName::from_static("x-api-key");
        cx.header(api_key.clone(), HeaderValue::from_static("first"))
            .header(api_key, HeaderValue::from_static("second"))
            .header(header::DNT, HeaderValue::from_static("1"))
            .append_header(header::SET_COOKIE, HeaderValue::from_static("a=1"))
            .append_header(header::SET_COOKIE, HeaderValue::from_static("b=2"));
        Ok(())
    }
}

/// Says something that a later handler may replace.
#[derive(FromRequest)]
pub(super) struct FirstBody;

impl Handle for FirstBody {
    type Output = Json<&'static str>;

    async fn handle(self, cx: &mut Context<'_>) -> Result<Json<&'static str>, Error> {
        cx.header(HeaderName::from_static("x-first"), HeaderValue::from_static("1"));
        Ok(Json("from first"))
    }
}

/// Says something, and fails.
#[derive(FromRequest)]
pub(crate) struct ErrFirst;

impl Handle for ErrFirst {
    type Output = ();

    async fn handle(self, cx: &mut Context<'_>) -> Result<(), Error> {
        cx.status(StatusCode::IM_A_TEAPOT).set_body("WOW");
        Err(Error::app("db is down"))
    }
}
