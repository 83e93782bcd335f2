//! A controller whose derive or attribute was forgotten.

use gongular::Router;
use gongular::mvc::{Application, controller};

struct NoDerive;

#[controller]
impl NoDerive {
    async fn get(&self) {}
}

#[derive(Clone)]
struct NoAttribute;

impl NoAttribute {
    pub async fn get(&self) {}
}

fn main() {
    let app = Application::new(Router::new());
    let app = app.handle(controller::<NoDerive>());
    let _ = app.handle(NoAttribute);
}
