//! The query.

use gongular::{Json, Query, Router};
use serde::{Deserialize, Serialize};
use validator::Validate;

use crate::rules::letters;

pub(super) fn routes() -> Router {
    Router::new()
        .get("/q/basic", echo::<Basic>)
        .get("/q/tag", echo::<Renamed>)
        .get("/q/kinds", echo::<Kinds>)
        .get("/q/slice", echo::<Tagged>)
        .get("/q/valid", echo::<Person>)
        .get("/q/required-int", echo::<Number>)
        .get("/query", echo::<Page>)
}

/// Answers with the query as it was read.
async fn echo<T: Serialize>(Query(value): Query<T>) -> Json<T> {
    Json(value)
}

#[derive(Default, Deserialize, Serialize, Validate)]
#[serde(default, rename_all = "PascalCase")]
struct Basic {
    age: i64,
    name: String,
    favorite: String,
}

#[derive(Default, Deserialize, Serialize, Validate)]
#[serde(default)]
struct Renamed {
    #[serde(rename = "username")]
    name: String,
    #[serde(rename = "page")]
    number: i64,
}

#[derive(Default, Deserialize, Serialize, Validate)]
#[serde(default, rename_all = "UPPERCASE")]
struct Kinds {
    i: i64,
    i8: i8,
    i16: i16,
    i32: i32,
    i64: i64,
    u: u64,
    u8: u8,
    u16: u16,
    u32: u32,
    u64: u64,
    f32: f32,
    f64: f64,
    b: bool,
    s: String,
}

#[derive(Default, Deserialize, Serialize, Validate)]
#[serde(default, rename_all = "PascalCase")]
struct Tagged {
    tags: Vec<String>,
    name: String,
}

#[derive(Deserialize, Serialize, Validate)]
struct Person {
    #[validate(custom(function = "letters"))]
    username: String,
    #[validate(range(min = 1, max = 120))]
    age: Option<i64>,
    #[validate(email(message = "Please give a real e-mail"))]
    email: Option<String>,
}

#[derive(Deserialize, Serialize, Validate)]
struct Number {
    #[serde(rename = "N")]
    number: i64,
}

#[derive(Deserialize, Serialize, Validate)]
struct Page {
    page: u32,
    #[serde(default)]
    name: String,
}
