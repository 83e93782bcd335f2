//! A name and a time for any tower layer or service, in the statistics of the request.
//!
//! [`NamedLayer`] wraps a layer, and [`Named`] a service. The time is the one from the call to the head of the answer, all
//! that is inside it included; waiting for readiness does not count, since it belongs to no request. Without a
//! [`StatsLayer`](crate::StatsLayer) outside, or with a request whose extensions were thrown away on the way, nothing is
//! measured.
//!
//! # Example
//!
//! ```
//! use bytes::Bytes;
//! use gongular_core::service;
//! use gongular_layers::stats::{RouteStat, StatsLayer};
//! use gongular_layers::NamedLayer;
//! use http::Request;
//! use http_body_util::Empty;
//! use tower_layer::{Identity, Layer};
//! use tower_service::Service;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! # let auth = Identity::new();
//! let (sender, names) = std::sync::mpsc::channel();
//! let stats = StatsLayer::new(move |stat: &RouteStat| sender.send(stat.layers()[0].name()).unwrap());
//! let mut service = stats.layer(NamedLayer::new("auth", auth).layer(service(async || "hi")));
//! let response = service.call(Request::new(Empty::<Bytes>::new())).await.unwrap();
//! drop(response);
//! assert_eq!(names.try_recv(), Ok("auth"));
//! # }
//! ```

mod future;
mod layer;
mod service;

pub use self::future::ResponseFuture;
pub use self::layer::NamedLayer;
pub use self::service::Named;

#[cfg(test)]
mod tests;
