//! Structs and blocks that are no controllers.

use gongular::mvc::{Controller, controller};

#[derive(Controller)]
enum Choice {
    One,
}

#[derive(Controller)]
struct Generic<T>(T);

#[controller]
impl<T> Generic<T> {
    async fn get(&self) {}
}

trait Shelf {
    fn get(&self);
}

struct Books;

#[controller]
impl Shelf for Books {
    fn get(&self) {}
}

fn main() {}
