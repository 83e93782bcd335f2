//! A field of a controller and an argument of its method that both read the body.

use gongular::mvc::{Controller, controller};
use gongular::{Body, Unchecked};

#[derive(Controller)]
struct Books {
    first: Body<Unchecked<u8>>,
}

#[controller]
impl Books {
    async fn post(&self, second: Body<Unchecked<u8>>) {
        let _ = (&self.first, second);
    }
}

fn main() {}
