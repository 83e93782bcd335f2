//! A factory sees the request without its body.

use gongular::Error;

struct Session;

async fn session(_: bytes::Bytes) -> Result<Session, Error> {
    Ok(Session)
}

fn main() {
    let _ = gongular::inject::Container::builder().per_request(session);
}
