//! Attributes of controllers, of their methods and of their fields that say nothing.

use gongular::mvc::{Controller, controller};

#[derive(Controller)]
struct Books {
    #[given(3)]
    pages: u8,
}

#[controller(singelton)]
impl Books {
    #[get]
    async fn one(&self) {}

    #[get(path)]
    async fn two(&self) {}

    #[get("/three", nmae = "three")]
    async fn three(&self) {}

    #[method("P URGE", "/four")]
    async fn four(&self) {}

    #[method("/five")]
    async fn five(&self) {}

    #[action("/six")]
    async fn six(&self) {}

    #[get("/seven", name = "a", name = "b")]
    async fn seven(&self) {}
}

#[derive(Controller)]
struct Both;

#[controller(singleton, per_request)]
impl Both {}

fn main() {}
