//! A place on a type that knows its place.

use gongular::{Body, FromRequest, Param};

#[derive(FromRequest)]
struct Show {
    #[param]
    id: Param<u64>,
    #[query]
    page: Option<Body<u32>>,
}

fn main() {}
