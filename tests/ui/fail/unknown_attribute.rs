//! A misspelt attribute.

#[derive(gongular::FromRequest)]
struct Page {
    #[qeury]
    page: u32,
}

fn main() {}
