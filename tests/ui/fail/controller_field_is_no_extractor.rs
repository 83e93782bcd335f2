//! A field that cannot be read.

use gongular::Inject;
use gongular::mvc::{Controller, controller};

#[derive(Controller)]
struct Books {
    shelf: Inject<u8>,
    id: u32,
    #[header("x-user")]
    user: String,
}

#[controller]
impl Books {
    async fn get(&self) {}
}

fn main() {}
