//! A misspelt rule, in a payload and on a single value.

use gongular::FromRequest;
use serde::Deserialize;
use validator::Validate;

#[derive(Deserialize, Validate)]
struct NewTodo {
    #[validate(lenght(min = 1))]
    title: String,
}

#[derive(FromRequest)]
struct List {
    #[query]
    #[validate(rnge(min = 1))]
    page: u32,
}

fn main() {}
