//! Two arguments that both read the body.

use bytes::Bytes;
use http_body_util::Full;

async fn create(_: Bytes, _: String) {}

fn main() {
    host(gongular::service(create));
}

fn host(mut service: impl tower_service::Service<gongular::http::Request<Full<Bytes>>>) {
    drop(service.call(gongular::http::Request::default()));
}
