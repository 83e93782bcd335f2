//! Answers and bodies in the notations that clients ask for and send, and answers that look at the request.

mod answers;
mod bodies;
mod on_axum;
mod views;

use gongular::engine::EngineService;
use gongular::test_client::TestClient;
use gongular::{Engine, Router};
use serde::{Deserialize, Serialize};
use validator::Validate;

#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, Validate)]
struct Order {
    #[validate(length(max = 9))]
    city: String,
    qty: u8,
}

fn order() -> Order {
    Order { city: "Oslo".to_owned(), qty: 2 }
}

async fn app(router: Router) -> TestClient<EngineService> {
    TestClient::new(Engine::new().routes(router).build().await.unwrap())
}
