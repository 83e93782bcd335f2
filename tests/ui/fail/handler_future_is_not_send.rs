//! A value that must stay on its thread, held over an `.await`.

use std::rc::Rc;

use bytes::Bytes;
use http_body_util::Full;

async fn count() -> String {
    let count = Rc::new(1);
    std::future::ready(()).await;
    count.to_string()
}

fn main() {
    host(gongular::service(count));
}

fn host(_: impl tower_service::Service<gongular::http::Request<Full<Bytes>>>) {}
