//! What the handlers read and answer, as users write it: owned texts, `validator` rules.
//!
//! Answers are generic over their texts, so that hyper by hand can lend them.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use validator::{Validate, ValidationErrors, ValidationErrorsKind};

use crate::wiring::UserId;

#[derive(Debug, Deserialize, Validate)]
pub(crate) struct PostsPath {
    pub(crate) id: u64,
}

#[derive(Debug, Deserialize, Validate)]
pub(crate) struct PostsQuery {
    #[validate(range(min = 1))]
    pub(crate) page: u32,
    #[validate(range(min = 1, max = 100))]
    pub(crate) per_page: u32,
    #[validate(length(min = 1, max = 32))]
    pub(crate) sort: String,
    pub(crate) desc: bool,
}

#[derive(Debug, Serialize)]
pub(crate) struct Posts<T> {
    pub(crate) id: u64,
    pub(crate) page: u32,
    pub(crate) per_page: u32,
    pub(crate) sort: T,
    pub(crate) desc: bool,
}

#[derive(Debug, Serialize)]
pub(crate) struct UserPosts<T> {
    pub(crate) id: u64,
    pub(crate) page: u32,
    pub(crate) per_page: u32,
    pub(crate) sort: T,
    pub(crate) desc: bool,
    pub(crate) sum: u64,
    pub(crate) user: u64,
}

impl UserPosts<String> {
    pub(crate) fn new(id: u64, query: PostsQuery, sum: u64, user: UserId) -> Self {
        let PostsQuery { page, per_page, sort, desc } = query;
        Self { id, page, per_page, sort, desc, sum, user: user.0 }
    }
}

#[derive(Debug, Serialize)]
pub(crate) struct Sum {
    pub(crate) sum: u64,
}

#[derive(Debug, Deserialize, Validate)]
pub(crate) struct NewUser {
    #[validate(length(min = 1, max = 64))]
    pub(crate) name: String,
    #[validate(email)]
    pub(crate) email: String,
    #[validate(range(min = 18, max = 120))]
    pub(crate) age: u8,
    #[validate(nested)]
    pub(crate) address: Address,
    #[validate(length(min = 1, max = 100), nested)]
    pub(crate) comments: Vec<Comment>,
}

#[derive(Debug, Deserialize, Validate)]
pub(crate) struct Address {
    #[validate(length(min = 1, max = 128))]
    pub(crate) street: String,
    #[validate(length(min = 1, max = 64))]
    pub(crate) city: String,
    #[validate(length(min = 3, max = 10))]
    pub(crate) zip: String,
    #[validate(length(equal = 2))]
    pub(crate) country: String,
}

#[derive(Debug, Deserialize, Serialize, Validate)]
pub(crate) struct Comment {
    #[validate(range(min = 1))]
    pub(crate) id: u64,
    #[validate(length(min = 1, max = 64))]
    pub(crate) author: String,
    #[validate(length(min = 1, max = 500))]
    pub(crate) text: String,
}

#[derive(Debug, Serialize)]
pub(crate) struct User<T> {
    pub(crate) name: T,
    pub(crate) city: T,
    pub(crate) comments: usize,
}

#[derive(Debug, Deserialize, Validate)]
pub(crate) struct Signup {
    #[validate(length(min = 1, max = 64))]
    pub(crate) name: String,
    #[validate(email)]
    pub(crate) email: String,
    #[validate(range(min = 18, max = 120))]
    pub(crate) age: u8,
    #[validate(length(equal = 2))]
    pub(crate) country: String,
    pub(crate) newsletter: bool,
    #[validate(range(min = 0.0, max = 100.0))]
    pub(crate) score: f64,
}

#[derive(Debug, Serialize)]
pub(crate) struct SignedUp<T> {
    pub(crate) name: T,
    pub(crate) age: u8,
    pub(crate) newsletter: bool,
    pub(crate) score: f64,
}

#[derive(Debug, Serialize)]
pub(crate) struct Uploaded {
    pub(crate) sum: u64,
    pub(crate) file_len: usize,
}

/// The one error answer: place, field, code.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Invalid<'a> {
    error: &'static str,
    r#in: &'a str,
    field: Cow<'a, str>,
    code: Cow<'a, str>,
}

impl<'a> Invalid<'a> {
    pub(crate) fn new(place: &'a str, field: impl Into<Cow<'a, str>>, code: impl Into<Cow<'a, str>>) -> Self {
        Self { error: "invalid", r#in: place, field: field.into(), code: code.into() }
    }
}

/// Returns the first field of a `validator` error, dotted when nested, and its code.
pub(crate) fn first_broken(errors: &ValidationErrors) -> (String, String) {
    let below = |before: String, errors| {
        let (field, code) = first_broken(errors);
        (format!("{before}.{field}"), code)
    };
    match errors.errors().iter().next() {
        Some((field, ValidationErrorsKind::Field(found))) => {
            (field.to_string(), found.first().map(|error| error.code.to_string()).unwrap_or_default())
        }
        Some((field, ValidationErrorsKind::Struct(inner))) => below(field.to_string(), inner),
        Some((field, ValidationErrorsKind::List(items))) => match items.iter().next() {
            Some((index, inner)) => below(format!("{field}[{index}]"), inner),
            None => (field.to_string(), String::new()),
        },
        None => Default::default(),
    }
}
