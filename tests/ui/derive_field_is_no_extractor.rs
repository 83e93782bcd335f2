//! A field that cannot be read from a request.

#[derive(gongular::FromRequest)]
struct Create {
    id: Option<http::Method>,
    page: u32,
}

fn main() {}
