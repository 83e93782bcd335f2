//! Answers for errors: whatever fails inside becomes one response in one shape.
//!
//! The layer makes a service that cannot fail of one that can. These all take the same road:
//!
//! - an error that the service inside returns, from `call` or from `poll_ready`,
//! - an [`Error`](gongular_core::Error) that a framework such as axum has made a response of already, which carries the
//!   error in its extensions,
//! - a panic in the service, in its future, or in a streaming response body,
//! - with [`host_errors`](ErrorLayer::host_errors), the host's own answers: 404, 405, 413, 415, timeouts.
//!
//! Which answer it becomes:
//!
//! 1. [`map`](ErrorLayer::map) turns the application's own errors into what a client may know of them,
//! 2. the [`ErrorHandler`], if there is one, may answer with any response,
//! 3. a gRPC client gets a [`grpc-status`](gongular_core::error::render::grpc_code), always by HTTP 200,
//! 4. an error that [brings its body](gongular_core::Error::with_body) is sent as it is, and
//! 5. anything else is rendered in the [`Format`](gongular_core::error::render::Format) that the client accepts, by
//!    default gongular's.
//!
//! The text of an error of unknown origin, of a panic, and the names of types and keys are never sent. The answer
//! carries its error as a settled [`Carried`](gongular_core::error::Carried), from which a statistics layer outside takes what
//! to log; it also keeps a second error layer outside from reshaping it.
//!
//! # Timeouts
//!
//! A timeout has the kind [`Timeout`](gongular_core::ErrorKind::Timeout), wherever it comes from: with the feature
//! `tower`, the error of tower's `Timeout` (503); with `host_errors`, any bare 408 or 504, such as those of tower-http's
//! `TimeoutLayer`. A bare 503 is no timeout. Other errors that mean one are mapped:
//! `ErrorLayer::new().map(|_: &MyTimeout| Error::timeout())`.
//!
//! # Cost
//!
//! A request that succeeds pays for catching panics, for one look at `Accept` and for counting a reference; nothing is
//! allocated. Without [`negotiation`](ErrorLayer::negotiation) the look is saved as well.
//!
//! # Example
//!
//! ```
//! use gongular_core::error::render::Format;
//! use gongular_core::{Error, service};
//! use gongular_layers::ErrorLayer;
//! use http::{Request, StatusCode};
//! use http_body_util::{BodyExt, Empty};
//! use tower_layer::Layer;
//! use tower_service::Service;
//!
//! #[derive(Debug)]
//! struct OutOfStock;
//!
//! impl std::fmt::Display for OutOfStock {
//!     fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
//!         f.write_str("shelf 7 is empty")
//!     }
//! }
//!
//! impl std::error::Error for OutOfStock {}
//!
//! async fn buy() -> Result<&'static str, Error> {
//!     Err(OutOfStock)?
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let layer = ErrorLayer::new()
//!     .format(Format::Problem)
//!     .map(|_: &OutOfStock| Error::new(StatusCode::CONFLICT, "out of stock"));
//! let mut shop = layer.layer(service(buy));
//!
//! let request = Request::new(Empty::<bytes::Bytes>::new());
//! let response = shop.call(request).await.unwrap();
//! assert_eq!(response.status(), StatusCode::CONFLICT);
//! assert_eq!(response.headers()["content-type"], "application/problem+json");
//! let body = response.into_body().collect().await.unwrap().to_bytes();
//! assert_eq!(body, r#"{"type":"about:blank","title":"Conflict","status":409,"detail":"out of stock"}"#);
//! # }
//! ```

mod answer;
mod body;
mod future;
mod handler;
mod head;
mod layer;
mod outright;
mod service;

#[cfg(test)]
mod tests;

#[doc(hidden)]
pub use self::answer::keep;
pub use self::body::ErrorBody;
pub use self::future::ResponseFuture;
pub use self::handler::ErrorHandler;
pub use self::head::RequestHead;
pub use self::layer::ErrorLayer;
#[doc(hidden)]
pub use self::outright::{Answers, Handle};
pub use self::service::AnswerErrors;

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs something of the service inside, and returns what it panicked with.
///
/// What a panic leaves half done stays behind in the service, which is true of any service that is called again after
/// its task was dropped.
#[inline]
fn catch<T>(run: impl FnOnce() -> T) -> Result<T, Box<dyn Any + Send>> {
    catch_unwind(AssertUnwindSafe(run))
}
