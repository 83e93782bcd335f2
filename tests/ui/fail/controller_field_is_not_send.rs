//! A field that stays in its thread, while requests are answered in all of them.

use std::rc::Rc;

use gongular::mvc::{Controller, controller};

#[derive(Controller)]
struct Books {
    #[given]
    shelf: Rc<u8>,
}

#[controller]
impl Books {
    async fn get(&self) {}
}

fn main() {}
