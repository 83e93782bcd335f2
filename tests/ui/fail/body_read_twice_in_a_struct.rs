//! Two fields that both read the body: told by their names, by the compiler for others, and behind a nested struct.

use bytes::Bytes;
use gongular::FromRequest;

#[derive(FromRequest)]
struct Named {
    raw: Bytes,
    text: Option<String>,
}

type Payload = Bytes;

#[derive(FromRequest)]
struct Aliased {
    raw: Bytes,
    payload: Payload,
}

#[derive(FromRequest)]
struct Upload {
    raw: Bytes,
}

#[derive(FromRequest)]
struct Nested {
    upload: Upload,
}

#[derive(FromRequest)]
#[from_request(body)]
struct Never {
    method: gongular::http::Method,
}

#[derive(FromRequest)]
#[from_request(parts)]
struct Parts {
    raw: Bytes,
}

fn main() {}
