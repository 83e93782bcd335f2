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
//! A whole application, with its statistics recorded and its database exchanged:
//!
//! ```
//! use gongular::test_client::{RecordedStats, TestClient};
//! use gongular::{Body, Engine, Inject, Router};
//! use http::StatusCode;
//! use serde::{Deserialize, Serialize};
//!
//! struct Database(&'static str);
//!
//! #[derive(Deserialize, Serialize)]
//! # #[derive(validator::Validate)]
//! struct Todo {
//!     title: String,
//! }
//!
//! async fn create(Body(todo): Body<Todo>, database: Inject<Database>) -> (StatusCode, String) {
//!     (StatusCode::CREATED, format!("{} goes to {}", todo.title, database.0))
//! }
//!
//! fn application() -> Engine {
//!     Engine::new().provide(Database("production")).routes(Router::new().post("/todos", create))
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let stats = RecordedStats::new();
//! let engine = application()
//!     .overrides(|providers| providers.provide(Database("memory")))
//!     .stats(stats.clone())
//!     .build()
//!     .await
//!     .unwrap();
//! let client = TestClient::new(engine).with_stats(&stats);
//!
//! let todo = Todo { title: "milk".into() };
//! let answer = client.post("/todos").header("x-user", "ann").json(&todo).send().await;
//! answer.assert_status(201).assert_text("milk goes to memory");
//!
//! let answer = client.post("/todos").json(&1).send().await;
//! assert_eq!(answer.status(), 400);
//! let stat = client.last_stat().unwrap();
//! assert_eq!(stat.label(), "/todos");
//! assert!(stat.error().unwrap().starts_with("Body: "));
//! assert_eq!(client.stats().len(), 2);
//! # }
//! ```
//!
//! A single handler, without an engine:
//!
//! ```
//! use gongular::service;
//! use gongular::test_client::TestClient;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let client = TestClient::new(service(async |uri: http::Uri| uri.path().len().to_string()));
//! assert_eq!(client.get("/four").send().await.json::<u32>(), 5);
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
