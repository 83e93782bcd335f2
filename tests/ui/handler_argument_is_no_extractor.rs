//! An argument that cannot be read from a request.

use bytes::Bytes;
use http_body_util::Full;

struct Filter;

async fn list(_: http::Method, _: Filter) -> &'static str {
    "[]"
}

fn main() {
    host(gongular::service(list));
}

fn host(_: impl tower_service::Service<http::Request<Full<Bytes>>>) {}
