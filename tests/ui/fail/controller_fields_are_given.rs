//! A controller whose fields are given, but nothing is.

use gongular::Router;
use gongular::mvc::{Application, Controller, controller};

#[derive(Controller)]
struct Books {
    #[given]
    limit: usize,
}

#[controller]
impl Books {
    async fn get(&self) -> String {
        self.limit.to_string()
    }
}

fn main() {
    let _ = Application::new(Router::new()).handle(controller::<Books>());
}
