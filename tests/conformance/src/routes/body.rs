//! JSON bodies.

use gongular::http::{HeaderName, HeaderValue};
use gongular::{Body, Context, Error, FromRequest, Handle, Json, Router, Unchecked, handle};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use validator::Validate;

use crate::rules::{letters, letters_and_digits};

pub(super) fn routes() -> Router {
    Router::new()
        .post("/b/basic", echo::<Basic>)
        .delete("/b/basic", echo::<Basic>)
        .post("/b/twice", (handle::<NoteUser>(), echo::<Basic>))
        .post("/b/slice", echo_unchecked::<Vec<i64>>)
        .post("/b/valid", echo::<Person>)
        .post("/json", echo::<Named>)
        .post("/json-any", echo_unchecked::<Value>)
}

/// Answers with the body as it was read.
async fn echo<T: Serialize>(Body(value): Body<T>) -> Json<T> {
    Json(value)
}

/// The same for a type that has no rules of its own.
async fn echo_unchecked<T: Serialize>(Body(value): Body<Unchecked<T>>) -> Json<T> {
    Json(value.0)
}

#[derive(Default, Deserialize, Serialize, Validate)]
#[serde(default)]
struct Basic {
    #[serde(rename = "UserID")]
    user_id: i64,
    #[serde(rename = "Name")]
    name: String,
    #[serde(rename = "Positions")]
    positions: Vec<Position>,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "UPPERCASE")]
struct Position {
    x: i64,
    y: i64,
}

/// Reads the body that the next handler reads too.
#[derive(FromRequest)]
struct NoteUser {
    body: Body<Basic>,
}

impl Handle for NoteUser {
    type Output = ();

    async fn handle(self, cx: &mut Context<'_>) -> Result<(), Error> {
        let user_id = HeaderValue::from(self.body.user_id);
        cx.header(HeaderName::from_static("x-first-userid"), user_id);
        Ok(())
    }
}

#[derive(Deserialize, Serialize, Validate)]
struct Person {
    #[validate(custom(function = "letters_and_digits"))]
    username: String,
    #[validate(range(min = 0, max = 150))]
    age: Option<i64>,
    #[validate(email)]
    email: Option<String>,
    #[validate(nested)]
    address: Address,
    #[validate(nested)]
    tags: Vec<Tag>,
    #[serde(default)]
    #[validate(nested)]
    items: Vec<Item>,
}

#[derive(Deserialize, Serialize, Validate)]
struct Address {
    #[validate(length(min = 2, max = 40))]
    city: String,
    country: String,
}

/// A text with a rule, so that each of a list obeys it.
#[derive(Deserialize, Serialize, Validate)]
#[serde(transparent)]
#[validate(schema(function = "tag_rule"))]
struct Tag {
    text: String,
}

fn tag_rule(tag: &Tag) -> Result<(), validator::ValidationError> {
    letters(&tag.text)
}

#[derive(Deserialize, Serialize, Validate)]
struct Item {
    #[validate(range(min = 1, max = 3))]
    qty: i64,
}

#[derive(Deserialize, Serialize, Validate)]
struct Named {
    name: String,
    age: u32,
    #[serde(default)]
    tags: Vec<String>,
}
