//! Structs that serve websockets.

use std::fmt;
use std::future::Future;
use std::marker::PhantomData;

use super::WebSocket;
use super::route::{Served, WebSocketRoute};
use crate::{Context, Contract, Error, FromRequest, RequestContext};

/// A struct that holds what a websocket's request must bring, and serves the connection.
///
/// The struct is read by [`FromRequest`], which `#[derive(FromRequest)]` writes, before the upgrade; the handler is passed on as
/// [`websocket::<T>()`](websocket).
///
/// # Example
///
/// ```
/// use gongular::websocket::{WebSocket, WebSocketHandler, websocket};
/// use gongular::{Context, Error, FromRequest, Query, Unchecked, service};
/// use http::{HeaderName, HeaderValue, StatusCode};
///
/// #[derive(FromRequest)]
/// struct Echo {
///     name: Query<Unchecked<(String,)>>,
/// }
///
/// impl WebSocketHandler for Echo {
///     async fn before(&mut self, cx: &mut Context<'_>) -> Result<(), Error> {
///         if cx.request().headers.contains_key("x-banned") {
///             return Err(Error::new(StatusCode::FORBIDDEN, "not you"));
///         }
///         cx.header(HeaderName::from_static("x-room"), HeaderValue::from_static("7"));
///         Ok(())
///     }
///
///     async fn handle(self, mut socket: WebSocket) -> Result<(), Error> {
///         while let Some(message) = socket.recv().await {
///             socket.send(message?).await?;
///         }
///         Ok(())
///     }
/// }
///
/// let service = service(websocket::<Echo>().max_message(1 << 10));
/// # fn check<S: tower_service::Service<http::Request<http_body_util::Empty<bytes::Bytes>>>>(_: S) {}
/// # check(service);
/// ```
pub trait WebSocketHandler: Sized {
    /// Looks at the request before the connection is upgraded: an error refuses it, with the usual answer; header fields go
    /// into the answer that begins the websocket.
    ///
    /// Does nothing unless it is written. [`Context::fail`] and [`Context::stop_chain`] refuse it too, with what was said as
    /// the answer. A `Sec-WebSocket-Protocol` that is set here is the subprotocol, whatever was chosen.
    ///
    /// # Errors
    ///
    /// Whatever keeps the client from having a websocket.
    fn before(&mut self, cx: &mut Context<'_>) -> impl Future<Output = Result<(), Error>> + Send {
        let _ = cx;
        std::future::ready(Ok(()))
    }

    /// Serves the connection.
    ///
    /// When it returns, the websocket is closed: with 1000, or 1011 after an error or a panic.
    ///
    /// # Errors
    ///
    /// Whatever the statistics and the teardowns of dependencies should know; the client learns nothing of it.
    fn handle(self, socket: WebSocket) -> impl Future<Output = Result<(), Error>> + Send;
}

/// Makes a handler of a websocket's struct.
#[must_use]
pub fn websocket<T: WebSocketHandler>() -> WebSocketRoute<Structure<T>> {
    WebSocketRoute::new(Structure(PhantomData))
}

/// A struct as what serves a websocket, made by [`websocket`].
pub struct Structure<T>(PhantomData<fn() -> T>);

impl<T, B> Served<B, ()> for Structure<T>
where
    T: WebSocketHandler + FromRequest<B> + Send + 'static,
    B: Send,
{
    type Handler = T;

    fn name(&self) -> &'static str {
        std::any::type_name::<T>()
    }

    fn describe(contract: &mut Contract) {
        T::describe(contract);
    }

    async fn read(&self, cx: &mut RequestContext<'_, B>) -> Result<T, Error> {
        T::from_request(cx).await
    }
}

impl<T> Clone for Structure<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Structure<T> {}

impl<T> fmt::Debug for Structure<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Structure").field(&std::any::type_name::<T>()).finish()
    }
}
