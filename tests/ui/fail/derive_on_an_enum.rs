//! A request brings all fields, not one of several variants.

#[derive(gongular::FromRequest)]
enum Create {
    Draft(String),
    Post(String),
}

#[derive(gongular::FromRequest)]
union Bits {
    whole: u64,
}

fn main() {}
