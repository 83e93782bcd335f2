//! Two arguments that both read the body, in a route of the engine.

use gongular::{Body, Form, Router, Unchecked};

async fn create(_: Body<Unchecked<u8>>, _: Form<Unchecked<(u8,)>>) {}

fn main() {
    let _ = Router::new().post("/", create);
}
