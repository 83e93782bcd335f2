//! A factory that builds nothing.

async fn connect(_: gongular::http::HeaderMap) {}

fn main() {
    let _ = gongular::inject::Container::builder().per_request(connect);
}
