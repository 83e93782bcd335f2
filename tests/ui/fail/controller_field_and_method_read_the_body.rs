//! A field of a controller and an argument of its method that both read the body; it is found when code is generated.

use gongular::mvc::{Application, Controller, controller};
use gongular::{Body, Router, Unchecked};

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

fn main() {
    let _ = Application::new(Router::new()).handle(controller::<Books>());
}
