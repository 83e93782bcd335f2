//! Arguments of methods that cannot be read.

use gongular::Body;
use gongular::mvc::{Controller, controller};

struct Book;

#[derive(Controller)]
struct Books;

#[controller]
impl Books {
    async fn put(&self, book: Book) {}

    async fn post_by(&self, id: u64, count: Body<u8>) {}
}

fn main() {}
