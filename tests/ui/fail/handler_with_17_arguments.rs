//! More arguments than there are implementations.

use bytes::Bytes;
use gongular::http::Method as M;
use http_body_util::Full;

#[rustfmt::skip]
async fn many(
    _: M, _: M, _: M, _: M, _: M, _: M, _: M, _: M, _: M, _: M, _: M, _: M, _: M, _: M, _: M, _: M, _: M,
) {}

fn main() {
    host(gongular::service(many));
}

fn host(_: impl tower_service::Service<gongular::http::Request<Full<Bytes>>>) {}
