//! A client for tests: requests to a service without sockets.
//!
//! [`TestClient`] takes any tower service, an assembled engine, a single handler in a few layers or another framework's router,
//! and asks it as a browser would: JSON, forms, uploads, cookies. An answer is read to its last byte, so that the statistic of
//! its request has been handed out when the test goes on; [`RecordedStats`] keeps it.
//!
//! What goes wrong in the client itself, such as a header name that is none, panics with what it was: that is what a test
//! wants to see.
//!
//! # Example
//!
//! ```
//! use gongular::layers::stats::StatsLayer;
//! use gongular::test_client::{RecordedStats, TestClient};
//! use gongular::{Body, Json, service};
//! use http::StatusCode;
//! use serde::{Deserialize, Serialize};
//! use tower_layer::Layer;
//!
//! #[derive(Deserialize, Serialize)]
//! # #[derive(validator::Validate)]
//! struct Todo {
//!     title: String,
//! }
//!
//! async fn create(Body(todo): Body<Todo>) -> (StatusCode, Json<Todo>) {
//!     (StatusCode::CREATED, Json(todo))
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let stats = RecordedStats::new();
//! let app = StatsLayer::new(stats.clone()).layer(service(create));
//! let client = TestClient::new(app).with_stats(&stats);
//!
//! let answer = client.post("/todos").header("x-user", "ann").json(&Todo { title: "milk".into() }).send().await;
//! assert_eq!(answer.status(), 201);
//! assert_eq!(answer.json::<Todo>().title, "milk");
//!
//! let answer = client.post("/todos").json(&1).send().await;
//! answer.assert_status(400);
//! assert_eq!(client.stats().len(), 2);
//! assert!(client.last_stat().unwrap().error().unwrap().starts_with("Body: "));
//! # }
//! ```

mod client;
mod cookies;
mod encode;
mod multipart;
mod request;
mod response;
mod stats;

pub use self::client::TestClient;
pub use self::multipart::MultipartForm;
pub use self::request::TestRequest;
pub use self::response::TestResponse;
pub use self::stats::RecordedStats;
