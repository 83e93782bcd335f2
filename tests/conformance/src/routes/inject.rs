//! Dependencies.

use gongular::http::{HeaderName, HeaderValue};
use gongular::{Context, Error, FromRequest, Handle, Inject, Json, Param, Query, Router, handle};
use serde::{Deserialize, Serialize};
use validator::Validate;

use super::output::FirstBody;
use crate::providers::{Admin, Books, Db, Iface, Ledger, Named, User, Val1, Val2};

pub(super) fn routes() -> Router {
    Router::new()
        .get("/i/direct/{UserID}", direct)
        .get("/i/keyed", keyed)
        .get("/i/user", echo_user)
        .get("/i/user-twice", (handle::<NoteSeq>(), echo_user))
        .get("/i/admin", admin)
        .get("/i/unsafe/{UserID}", named_by_key)
        .get("/i/iface", named)
        .get("/i/order", ordered)
        .get("/i/broken", read_ledger)
        .get("/i/broken-after-body", (handle::<FirstBody>(), read_ledger))
}

#[derive(Deserialize, Validate)]
struct UserId {
    #[serde(rename = "UserID")]
    user_id: u64,
}

#[derive(Deserialize, Serialize, Validate)]
struct Number {
    #[serde(rename = "N", default)]
    number: i64,
}

async fn direct(param: Param<UserId>, db: Inject<Db>) -> Json<String> {
    Json(format!("{}:{}", db.name(), param.user_id))
}

async fn keyed(first: Inject<i64, Val1>, second: Inject<i64, Val2>) -> Json<i64> {
    Json(*first * *second)
}

async fn echo_user(user: Inject<User>) -> Json<User> {
    Json(User::clone(&user))
}

async fn admin(user: Inject<User, Admin>) -> Json<User> {
    Json(User::clone(&user))
}

async fn named_by_key(param: Param<UserId>, named: Inject<dyn Named, Iface>) -> Json<String> {
    Json(format!("{}:{}", named.name(), param.user_id))
}

async fn named(named: Inject<dyn Named>) -> Json<String> {
    Json(named.name().to_owned())
}

async fn ordered(query: Query<Number>, _: Inject<User>) -> Json<Number> {
    Json(query.0)
}

/// Needs what can never be built.
pub(crate) async fn read_ledger(_: Inject<Ledger, Books>) -> Json<&'static str> {
    Json("balanced")
}

/// Asks for the user that the next handler asks for too.
#[derive(FromRequest)]
struct NoteSeq {
    user: Inject<User>,
}

impl Handle for NoteSeq {
    type Output = ();

    async fn handle(self, cx: &mut Context<'_>) -> Result<(), Error> {
        cx.header(HeaderName::from_static("x-mw-seq"), HeaderValue::from(self.user.seq));
        Ok(())
    }
}
