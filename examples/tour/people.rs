//! Who asks: a value made for each request, from its headers.

use gongular::http::StatusCode;
use gongular::inject::ContainerBuilder;
use gongular::{Error, Header, Inject, Json};
use serde::{Deserialize, Serialize};
use validator::Validate;

#[derive(Clone, Serialize)]
pub(crate) struct User {
    name: String,
    is_staff: bool,
}

#[derive(Deserialize, Validate)]
struct Token {
    #[serde(rename = "x-user")]
    user: Option<String>,
}

/// Runs once for each request in which somebody needs a `User`. Its refusal is the answer.
async fn user(token: Header<Token>) -> Result<User, Error> {
    let name =
        token.0.user.ok_or_else(|| Error::new(StatusCode::UNAUTHORIZED, "say who you are in X-User"))?;
    Ok(User { is_staff: name == "boss", name })
}

pub(crate) fn providers(providers: ContainerBuilder) -> ContainerBuilder {
    providers.per_request(user)
}

pub(crate) async fn me(user: Inject<User>) -> Json<User> {
    Json(User::clone(&user))
}

pub(crate) async fn orders(user: Inject<User>) -> String {
    format!("{} has ordered nothing yet", user.name)
}

/// The handler of a group: what it refuses, the handlers after it never see.
pub(crate) async fn staff_only(user: Inject<User>) -> Result<(), Error> {
    if user.is_staff { Ok(()) } else { Err(Error::new(StatusCode::FORBIDDEN, "ask the boss")) }
}

pub(crate) async fn fall() {
    panic!("the chair fell over")
}
