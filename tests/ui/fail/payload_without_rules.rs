//! A payload that does not say which rules its values obey.

use bytes::Bytes;
use gongular::{Body, FromRequest};
use http_body_util::Full;
use serde::Deserialize;

#[derive(Deserialize)]
struct NewTodo {
    title: String,
}

async fn create(_: Body<NewTodo>) {}

#[derive(FromRequest)]
struct Create {
    todo: Body<NewTodo>,
}

fn main() {
    host(gongular::service(create));
}

fn host(_: impl tower_service::Service<gongular::http::Request<Full<Bytes>>>) {}
