//! What a route cannot take.

use gongular::{Chain, Router};

struct Counter;

fn not_async() -> &'static str {
    "hi"
}

async fn reads_a_counter(_: Counter) {}

fn main() {
    let _ = Router::new().get("/", not_async);
    let _ = Router::new().get("/", (not_async, async || "hi"));
    let _ = Chain::new().then(reads_a_counter);
}
