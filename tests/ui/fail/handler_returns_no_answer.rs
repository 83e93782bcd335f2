//! A type that cannot be sent as an answer.

use bytes::Bytes;
use http_body_util::Full;

struct Todo;

async fn show() -> Todo {
    Todo
}

fn main() {
    host(gongular::service(show));
}

fn host(_: impl tower_service::Service<gongular::http::Request<Full<Bytes>>>) {}
