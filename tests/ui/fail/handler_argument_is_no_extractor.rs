//! An argument that cannot be read from a request.

use bytes::Bytes;
use http_body_util::Full;

struct Filter;

async fn list(_: gongular::http::Method, _: Filter) -> &'static str {
    "[]"
}

fn main() {
    host(gongular::service(list));
}

fn host(_: impl tower_service::Service<gongular::http::Request<Full<Bytes>>>) {}
