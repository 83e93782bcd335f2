//! Hooks that are not written as hooks are.

#![allow(unused_variables)]

use gongular::mvc::{Activation, Controller, controller};
use gongular::{Context, Error};

#[derive(Controller)]
struct Books;

#[controller]
impl Books {
    fn before_activation(&self, activation: &mut Activation) {}

    async fn after_activation() {}

    async fn begin_request(cx: &mut Context<'_>) {}

    fn end_request(&self) {}

    fn handle_error(error: &Error) -> Option<String> {
        None
    }
}

#[derive(Controller)]
struct Shelf;

#[controller]
impl Shelf {
    unsafe fn begin_request(&self, cx: &mut Context<'_>) {}

    fn end_request(&self, error: &Error) {}
}

fn main() {}
