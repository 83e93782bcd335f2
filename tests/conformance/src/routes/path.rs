//! Parameters of the path.

use gongular::{Json, Param, Router};
use serde::{Deserialize, Serialize};
use validator::Validate;

use crate::rules::letters_and_digits;

pub(super) fn routes() -> Router {
    Router::new()
        .get("/p/int/{UserID}", echo::<UserId>)
        .get("/p/str/{Name}", echo::<Name>)
        .get("/p/multi/{UserID}/page/{Page}", echo::<UserPage>)
        .get("/p/catch/{*Path}", echo::<Rest>)
        .get("/p/alnum/{UserID}", echo::<PlainUserId>)
        .get("/param/{id}", echo::<Id>)
}

/// Answers with the parameters as they were read.
pub(crate) async fn echo<T: Serialize>(Param(value): Param<T>) -> Json<T> {
    Json(value)
}

#[derive(Deserialize, Serialize, Validate)]
pub(crate) struct UserId {
    #[serde(rename = "UserID")]
    pub(crate) user_id: i64,
}

#[derive(Deserialize, Serialize, Validate)]
struct Name {
    #[serde(rename = "Name")]
    name: String,
}

#[derive(Deserialize, Serialize, Validate)]
struct UserPage {
    #[serde(rename = "UserID")]
    user_id: String,
    #[serde(rename = "Page")]
    page: u8,
}

#[derive(Deserialize, Serialize, Validate)]
struct Rest {
    #[serde(rename = "Path")]
    path: String,
}

#[derive(Deserialize, Serialize, Validate)]
struct PlainUserId {
    #[serde(rename = "UserID")]
    #[validate(custom(function = "letters_and_digits"))]
    user_id: String,
}

#[derive(Deserialize, Serialize, Validate)]
struct Id {
    id: i64,
}
