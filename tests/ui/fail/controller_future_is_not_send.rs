//! A method that keeps something of its thread while it waits.

use std::rc::Rc;

use gongular::mvc::{Controller, controller};

#[derive(Controller)]
struct Books;

#[controller]
impl Books {
    async fn get(&self) -> String {
        let shelf = Rc::new(7);
        std::future::ready(()).await;
        shelf.to_string()
    }
}

fn main() {}
