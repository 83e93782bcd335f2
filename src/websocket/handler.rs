//! Websockets as handlers.

use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderValue, header};
use hyper::upgrade::OnUpgrade;

use super::connection::{self, Task};
use super::settings::Settings;
use super::{WebSocket, handshake};
use crate::handler::{Answer, Handler};
use crate::inject::ScopeKeeper;
use crate::{Context, Contract, Error, FromRequest, RequestContext, RequestState, Shutdown};

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
///         if cx.request().headers().contains_key("x-banned") {
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
/// let service = service::<_, ()>(websocket::<Echo>());
/// # let _ = service;
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
pub fn websocket<T>() -> WebSocketRoute<T> {
    WebSocketRoute { settings: Arc::new(Settings::new()), handler: PhantomData }
}

/// A websocket as a handler, made by [`websocket`], with what it may cost and who may open it.
pub struct WebSocketRoute<T> {
    settings: Arc<Settings>,
    handler: PhantomData<fn() -> T>,
}

impl<T> WebSocketRoute<T> {
    /// Sets the subprotocols that the server speaks, the preferred one first.
    ///
    /// The first that the client offers is agreed on; without one there is none, and the client may go. *Defaults to none.*
    ///
    /// # Panics
    ///
    /// A name is no token of HTTP.
    #[must_use]
    pub fn protocols<'p>(self, protocols: impl IntoIterator<Item = &'p str>) -> Self {
        let protocols: Vec<_> = protocols.into_iter().map(token).collect();
        self.with(|settings| settings.protocols = protocols)
    }

    /// Lets pages of other origins in, such as `https://app.example.com`, besides those of the server's own.
    ///
    /// An origin is compared whole: scheme, host and port. *Defaults to none.*
    ///
    /// # Panics
    ///
    /// A text is no origin.
    #[must_use]
    pub fn allow_origins<'o>(self, origins: impl IntoIterator<Item = &'o str>) -> Self {
        self.with(|settings| origins.into_iter().for_each(|origin| settings.origins.allow(origin)))
    }

    /// Lets pages of all origins in.
    ///
    /// Any page can then open this websocket in the name of its visitor, cookies included: for what needs no cookies only.
    #[must_use]
    pub fn allow_any_origin(self) -> Self {
        self.with(|settings| settings.origins.allow_any())
    }

    /// Sets how many bytes a message may have, all its fragments together; above, the websocket is closed with 1009.
    /// *Defaults to 64 KiB.*
    #[must_use]
    pub fn max_message(self, bytes: usize) -> Self {
        self.with(|settings| settings.limits.message_bytes = bytes)
    }

    /// Sets how many bytes a frame may have; above, the websocket is closed with 1009. *Defaults to those of a message.*
    #[must_use]
    pub fn max_frame(self, bytes: usize) -> Self {
        self.with(|settings| settings.limits.frame_bytes = Some(bytes))
    }

    /// Sets how much may wait for a client that does not read.
    ///
    /// Above, [`Sender::send`](super::Sender::send) drops the client, and [`WebSocket::send`] waits. A single message may
    /// always wait, whatever its size. *Defaults to 256 messages and 1 MiB.*
    #[must_use]
    pub fn queue(self, messages: usize, bytes: usize) -> Self {
        self.with(|settings| {
            settings.limits.queue_messages = messages;
            settings.limits.queue_bytes = bytes;
        })
    }

    /// Sets after how long a silence the client is pinged; `None` never pings. *Defaults to 30 seconds.*
    #[must_use]
    pub fn ping(self, every: impl Into<Option<Duration>>) -> Self {
        let every = every.into();
        self.with(|settings| settings.limits.ping = every)
    }

    /// Sets how long a client may stay silent after a ping, or take nothing of what is sent to it, before it is dropped.
    /// *Defaults to 30 seconds.*
    #[must_use]
    pub fn pong_timeout(self, timeout: Duration) -> Self {
        self.with(|settings| settings.limits.pong_timeout = timeout)
    }

    /// Sets how long the client may take to take part in closing. *Defaults to 5 seconds.*
    #[must_use]
    pub fn close_timeout(self, timeout: Duration) -> Self {
        self.with(|settings| settings.limits.close_timeout = timeout)
    }

    /// Sets how long a handler may go on when the websocket is closed; then it is dropped where it waits.
    /// *Defaults to 30 seconds.*
    #[must_use]
    pub fn linger(self, time: Duration) -> Self {
        self.with(|settings| settings.limits.linger = time)
    }

    /// Sets the word on which connections are closed, with 1001. *Defaults to the one that the server leaves with the
    /// request, if any.*
    #[must_use]
    pub fn shutdown(self, shutdown: Shutdown) -> Self {
        self.with(|settings| settings.shutdown = Some(shutdown))
    }

    fn with(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        change(Arc::make_mut(&mut self.settings));
        self
    }
}

fn token(text: &str) -> HeaderValue {
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    let value = HeaderValue::from_str(text).ok();
    let value = value.filter(|value| !value.is_empty() && value.as_bytes().iter().copied().all(is_token));
    value.unwrap_or_else(|| panic!("{text:?} is no name of a protocol: it must be a token"))
}

impl<T, B> Handler<B, ()> for WebSocketRoute<T>
where
    T: WebSocketHandler + FromRequest<B> + Send + 'static,
    B: Send,
{
    fn name(&self) -> &'static str {
        std::any::type_name::<T>()
    }

    fn describe(contract: &mut Contract) {
        T::describe(contract);
    }

    async fn call(&self, cx: &mut RequestContext<'_, B>, answer: &mut Answer) -> Result<(), Error> {
        let accept = handshake::check(cx.parts, &self.settings)?;
        let mut handler = T::from_request(cx).await?;
        let upgrade = cx.parts.extensions.get::<OnUpgrade>().cloned();
        let upgrade = upgrade.ok_or_else(|| Error::app("the host cannot upgrade connections"))?;
        let runtime = tokio::runtime::Handle::try_current().map_err(Error::app)?;
        handler.before(&mut Context::new(cx, answer)).await?;
        if answer.is_stopped() {
            return Ok(());
        }
        let said = answer.headers().get(header::SEC_WEBSOCKET_PROTOCOL).cloned();
        let protocol =
            said.or_else(|| handshake::choose_protocol(&cx.parts.headers, &self.settings.protocols));
        let scopes = ScopeKeeper::new();
        let mut response = handshake::switching(accept);
        response.extensions_mut().insert(scopes.clone());
        if let Some(protocol) = &protocol {
            response.headers_mut().insert(header::SEC_WEBSOCKET_PROTOCOL, protocol.clone());
        }
        let task = Task {
            upgrade,
            settings: Arc::clone(&self.settings),
            shutdown: self.settings.shutdown.as_ref().or_else(|| Shutdown::of(&cx.parts.extensions)).cloned(),
            protocol,
            hold: cx.state().and_then(RequestState::recorder).map(|recorder| recorder.hold()),
            scopes,
        };
        runtime.spawn(connection::run(task, Box::new(|socket| Box::pin(handler.handle(socket)))));
        answer.respond(response)
    }
}

impl<T> Clone for WebSocketRoute<T> {
    fn clone(&self) -> Self {
        Self { settings: Arc::clone(&self.settings), handler: PhantomData }
    }
}

impl<T> fmt::Debug for WebSocketRoute<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebSocketRoute")
            .field("handler", &std::any::type_name::<T>())
            .field("settings", &self.settings)
            .finish()
    }
}
