//! A field that cannot be read from a request.

#[derive(gongular::FromRequest)]
struct Create {
    id: Option<Vec<u8>>,
    page: u32,
}

fn main() {}
