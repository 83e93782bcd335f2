//! A payload that serde cannot read.

use bytes::Bytes;
use gongular::{FromRequest, Query};
use http_body_util::Full;

struct Options {
    page: u32,
}

impl gongular::Rules for Options {}

async fn list(_: Query<Options>) {}

#[derive(FromRequest)]
struct List {
    options: Query<Options>,
    #[query]
    option: Options,
}

fn main() {
    host(gongular::service(list));
}

fn host(_: impl tower_service::Service<gongular::http::Request<Full<Bytes>>>) {}
