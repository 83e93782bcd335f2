//! A hook that returns what nobody takes.

use gongular::Context;
use gongular::mvc::{Controller, controller};

#[derive(Controller)]
struct Books;

#[controller]
impl Books {
    async fn begin_request(&self, _: &mut Context<'_>) -> u8 {
        7
    }
}

fn main() {}
