//! Two readers of the body in one method.

use gongular::mvc::{Controller, controller};
use gongular::{Body, Form, Unchecked};

#[derive(Controller)]
struct Books;

#[controller]
impl Books {
    async fn post(&self, first: Body<Unchecked<u8>>, second: Form<Unchecked<u8>>) {
        let _ = (first, second);
    }
}

fn main() {}
