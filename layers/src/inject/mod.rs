//! Dependencies for everything inside.
//!
//! [`InjectLayer`] takes a [`Container`](gongular_core::inject::Container) to the handlers: it opens a scope for each
//! request, in which per-request values are built once, and ends it when the last byte of the answer was made, the client has
//! gone, or something panicked; what was built is then torn down, the last value first.
//!
//! The end of a request is, whichever comes first: the body of the answer was read to its last frame, the body failed, or the
//! answer was dropped. An answer whose body hosts drop unread (to `HEAD` and `CONNECT`, 204, 304, no bytes) ends as its status
//! says. Teardowns that are `async` are awaited before the last frame leaves (before the head, for an answer
//! without a body), so a slow one delays the end of the answer. When the answer is dropped early nobody is left to await
//! them: they go to [`InjectLayer::spawn_with`]'s function.
//!
//! The scope of a request that becomes a websocket ends with the connection: whoever takes the connection over leaves a
//! [`ScopeKeeper`](gongular_core::inject::ScopeKeeper) in its answer.
//!
//! # Example
//!
//! ```
//! use bytes::Bytes;
//! use gongular_core::inject::Container;
//! use gongular_layers::InjectLayer;
//! use http::{Request, Response};
//! use http_body_util::Empty;
//! use tower_layer::Layer;
//! use tower_service::Service;
//! # use gongular_core::inject::{NoKey, resolve};
//! # use std::{convert::Infallible, future::Future, pin::Pin, task::{Context, Poll}};
//! # #[derive(Clone)]
//! # struct Greet;
//! # impl<B: Send + 'static> Service<Request<B>> for Greet {
//! #     type Response = Response<String>;
//! #     type Error = Infallible;
//! #     type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;
//! #     fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> { Poll::Ready(Ok(())) }
//! #     fn call(&mut self, request: Request<B>) -> Self::Future {
//! #         Box::pin(async move {
//! #             let mut parts = request.into_parts().0;
//! #             let name = resolve::<Name, NoKey>(&mut parts).await.unwrap();
//! #             Ok(Response::new(format!("hello {}", name.0)))
//! #         })
//! #     }
//! # }
//!
//! struct Name(&'static str);
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let container = Container::builder().provide(Name("ada")).build().await.unwrap();
//! // `Greet` takes an `Inject<Name>`.
//! let mut service = InjectLayer::new(container).layer(Greet);
//! let response = service.call(Request::new(Empty::<Bytes>::new())).await.unwrap();
//! let body = http_body_util::BodyExt::collect(response.into_body()).await.unwrap();
//! assert_eq!(body.to_bytes(), "hello ada");
//! # }
//! ```

mod body;
mod end;
mod escort;
mod future;
mod layer;
mod service;

pub use self::body::InjectBody;
#[doc(hidden)]
pub use self::escort::Escort;
pub use self::future::ResponseFuture;
pub use self::layer::InjectLayer;
pub use self::service::Inject;

#[cfg(test)]
mod tests;
