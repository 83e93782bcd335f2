//! Statistics of every request, exactly once, at its true end.
//!
//! [`StatsLayer`] hands a [`RouteStat`] to a [`RouteCallback`] when the last byte of the answer was handed out, the client
//! has gone, the body failed, something panicked, or the connection was upgraded; [`Outcome`] says which. Bytes are counted
//! as they pass, not taken from headers, and no body is buffered.
//!
//! What runs inside adds to the statistic: handlers and their times, factories of dependencies, [named](crate::named)
//! layers, the error the request failed with, log lines, and which route matched. The layer may stand outside a
//! framework's router: whatever of ours runs inside a route tells it the route's pattern.
//!
//! Put it outside of everything whose time should count, and outside of layers that turn failures into answers, or a
//! failure counts as [`Outcome::Failed`] without a status.
//!
//! # Example
//!
//! ```
//! use std::convert::Infallible;
//! use std::sync::{Arc, Mutex};
//!
//! use bytes::Bytes;
//! use gongular_layers::stats::{Outcome, RouteStat, StatsLayer};
//! use http::{Request, Response};
//! use http_body_util::{BodyExt, Empty, Full};
//! use tower_layer::Layer;
//! use tower_service::Service;
//! # use std::{future::{Ready, ready}, task::{Context, Poll}};
//! # #[derive(Clone)]
//! # struct Hello;
//! # impl<B> Service<Request<B>> for Hello {
//! #     type Response = Response<Full<Bytes>>;
//! #     type Error = Infallible;
//! #     type Future = Ready<Result<Self::Response, Infallible>>;
//! #     fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> { Poll::Ready(Ok(())) }
//! #     fn call(&mut self, _: Request<B>) -> Self::Future { ready(Ok(Response::new(Full::from("hello")))) }
//! # }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let seen = Arc::new(Mutex::new(Vec::new()));
//! let stats = StatsLayer::new({
//!     let seen = Arc::clone(&seen);
//!     move |stat: &RouteStat| seen.lock().unwrap().push((stat.outcome(), stat.response_size()))
//! });
//!
//! let mut service = stats.layer(Hello);
//! let response = service.call(Request::new(Empty::<Bytes>::new())).await.unwrap();
//! assert!(seen.lock().unwrap().is_empty(), "the body is still to come");
//! response.into_body().collect().await.unwrap();
//! assert_eq!(*seen.lock().unwrap(), [(Outcome::Complete, 5)]);
//! # }
//! ```

mod body;
mod callback;
#[cfg(feature = "tracing")]
mod capture;
mod future;
mod layer;
#[cfg(feature = "metrics")]
mod metrics;
mod service;
mod sink;
#[cfg(feature = "tracing")]
mod telemetry;
mod tracker;

pub use gongular_core::stats::{
    DependencyStat, HandlerStat, LayerStat, Level, LogLine, Logger, Logs, Outcome, RouteStat, StepStat,
    WebSocketStat,
};

pub use self::body::{CountedBody, StatsBody};
pub use self::callback::RouteCallback;
#[cfg(feature = "tracing")]
pub use self::capture::RequestEvents;
pub use self::future::ResponseFuture;
pub use self::layer::StatsLayer;
#[cfg(feature = "metrics")]
pub use self::metrics::MetricsCallback;
pub use self::service::Stats;
pub use self::sink::{DefaultRouteCallback, JsonLines};
#[cfg(feature = "tracing")]
pub use self::telemetry::TracingCallback;
#[doc(hidden)]
pub use self::tracker::Tracker;

#[cfg(test)]
mod tests;
