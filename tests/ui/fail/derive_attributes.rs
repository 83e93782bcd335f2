//! All slips in attributes are told in one run, each at its place.

use gongular::FromRequest;
use gongular::http::Method as M;

#[derive(FromRequest)]
#[from_request(bdy)]
struct Page {
    #[query(defualt)]
    page: u32,
    #[query = "per-page"]
    per_page: u32,
    #[param]
    #[query]
    id: u64,
    #[header(name = "x-token")]
    token: String,
    #[cookie(session)]
    session: String,
    #[body("todo")]
    todo: String,
    #[query("sort")]
    sort: String,
    #[query("sort")]
    order: String,
    #[from_request(crate = gongular)]
    #[query(default, default = 1)]
    twice: u32,
    #[header]
    #[serde(rename = "X-Tenant", alias = "tenant")]
    tenant: String,
    #[serde(rename = "q")]
    text: gongular::Unchecked<String>,
}

#[derive(FromRequest)]
struct Unnamed(#[param] u64);

#[derive(FromRequest)]
struct Many(M, M, M, M, M, M, M, M, M, M, M, M, M, M, M, M, M);

#[derive(FromRequest)]
struct Borrowed<'a> {
    #[query]
    text: &'a str,
}

fn main() {}
