//! Methods of a controller that answer no request as they are written.

#![allow(unused_variables)]

use gongular::mvc::{Controller, controller};

#[derive(Controller)]
struct Books;

#[controller]
impl Books {
    async fn list(&self) {}

    async fn get_by(&self) {}

    async fn get_page(&self, number: u8) {}

    #[get("/items/{id}")]
    async fn item(&self, name: String) {}

    #[put("/items/{id}/{part}")]
    async fn part(&self, id: u8) {}

    async fn post(&mut self) {}

    async fn patch<T>(&self, value: T) {}

    async fn delete_all(&self, filter: impl Send) {}

    async fn get_named_by(&self, name: &str) {}

    async fn get_context(&self, cx: &gongular::Context<'_>) {}

    async fn put_context(&self, cx: gongular::Context<'_>) {}

    async fn put_contexts(&self, one: &mut gongular::Context<'_>, other: &mut gongular::Context<'_>) {}

    async fn put_by(&self, id: Option<u32>) {}

    async fn put_slug_by(&self, slug: Slug, body: gongular::Bytes) {}

    async fn put_sorted(&self, #[query] #[serde(rename = "Sort-By")] sort: Option<String>) {}

    async unsafe fn put_raw(&self) {}

    #[skip]
    #[get("/skipped")]
    async fn skipped(&self) {}

    #[action]
    #[skip]
    async fn skipped_action(&self) {}

    async fn get_headers(&self, headers: &gongular::http::HeaderMap) {}
}

struct Slug;

fn main() {}
