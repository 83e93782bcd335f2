//! Fields that cannot be read.

use gongular::Inject;
use gongular::mvc::{Controller, controller};

#[derive(Controller)]
struct Books {
    shelf: Inject<u8>,
    limits: Limits,
    headers: gongular::http::HeaderMap,
    #[header("x-user")]
    user: String,
}

#[controller]
impl Books {
    async fn get(&self) {}
}

struct Limits;

#[derive(Controller)]
struct Plain {
    limit: usize,
    names: Vec<String>,
    greeting: &'static str,
    shelf: Inject<u8>,
}

#[controller]
impl Plain {
    async fn get(&self) {}
}

#[derive(Controller)]
struct Generic {
    page: gongular::Query<u8>,
}

#[controller]
impl Generic {
    async fn get(&self) {}
}

fn main() {}
