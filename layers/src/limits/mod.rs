//! How much of a request extractors read before they refuse it.
//!
//! [`LimitsLayer`] sets the [`Limits`](gongular_core::Limits) for everything inside. It counts nothing itself: extractors
//! hold the request to them while they read. Under another limits layer, the inner one wins.
//!
//! # Example
//!
//! ```
//! use gongular_core::{service, FromRequest, Error, Limits, RequestContext};
//! use gongular_layers::LimitsLayer;
//! use bytes::Bytes;
//! use http::Request;
//! use http_body_util::Full;
//! use tower_layer::Layer;
//! use tower_service::Service;
//!
//! struct Text;
//!
//! impl FromRequest<Full<Bytes>> for Text {
//!     const CONSUMES_BODY: bool = true;
//!
//!     async fn from_request(cx: &mut RequestContext<'_, Full<Bytes>>) -> Result<Self, Error> {
//!         cx.bytes().await.map(|_| Self)
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let limits = LimitsLayer::new(Limits::default().with_body_bytes(3));
//! let mut service = limits.layer(service(async |_: Text| "read"));
//! assert!(service.call(Request::new(Full::from("abc"))).await.is_ok());
//! let error = service.call(Request::new(Full::from("abcd"))).await.unwrap_err();
//! assert_eq!(error.status(), 413);
//! # }
//! ```

mod layer;
mod service;

pub use self::layer::LimitsLayer;
pub use self::service::WithLimits;
