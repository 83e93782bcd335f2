//! A factory sees the request without its body.

struct Session;

async fn session(_: bytes::Bytes) -> Session {
    Session
}

fn main() {
    let _ = gongular::inject::Container::builder().per_request(session);
}
