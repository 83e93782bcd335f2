//! Websockets as handlers of a route.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use http::request::Parts;
use http::{HeaderValue, StatusCode, header};
use hyper::upgrade::OnUpgrade;

use super::connection::{self, Task};
use super::settings::Settings;
use super::{WebSocketHandler, handshake};
use crate::handler::{Answer, Handler};
use crate::inject::ScopeKeeper;
use crate::{Context, Contract, Error, RequestContext, RequestState, Shutdown};

/// What serves a websocket: a struct, or a function and its arguments.
///
/// Implemented for what [`websocket`](super::websocket) and [`websocket_fn`](super::websocket_fn) hold. `Args` only tells the
/// shapes of functions apart.
pub trait Served<B, Args>: Clone + Send + Sync + 'static {
    /// What was read from one request.
    type Handler: WebSocketHandler + Send + 'static;

    /// Returns the name that stands in statistics and reports.
    fn name(&self) -> &'static str;

    /// Adds what is read and needed to `contract`.
    fn describe(contract: &mut Contract);

    /// Adds what only the value knows to `contract`.
    fn describe_value(&self, contract: &mut Contract) {
        let _ = contract;
    }

    /// Returns the status by which a request is answered that asks for no websocket, before anything is looked at; none
    /// refuses it as usual.
    fn answers(&self, parts: &Parts) -> Option<StatusCode> {
        let _ = parts;
        None
    }

    /// Reads a request.
    ///
    /// # Errors
    ///
    /// Something cannot be read or built.
    fn read(
        &self,
        cx: &mut RequestContext<'_, B>,
    ) -> impl Future<Output = Result<Self::Handler, Error>> + Send;
}

/// A websocket as a handler, with what it may cost and who may open it; made by [`websocket`](super::websocket) and
/// [`websocket_fn`](super::websocket_fn).
///
/// Every setting has a default that is safe to leave.
#[derive(Clone)]
pub struct WebSocketRoute<S> {
    settings: Arc<Settings>,
    served: S,
}

impl<S> WebSocketRoute<S> {
    pub(crate) fn new(served: S) -> Self {
        Self { settings: Arc::new(Settings::new()), served }
    }

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
    /// Above, [`Sender::send`](super::Sender::send) drops the client, and [`WebSocket::send`](super::WebSocket::send) waits. A single message may
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
    /// What was built for the request ends behind it, as cancelled, and so does the statistic. *Defaults to
    /// 30 seconds.*
    ///
    /// Hooks of `neffos` that it leaves behind have this time once more, all together; then they are dropped
    /// where they wait, and those that have not begun do not run. A server that stops waits for all of that
    /// within its `drain_timeout` only: that has to be longer than this time for a hook to run behind a handler
    /// that is dropped, and longer than twice this time for all of them. It defaults to 30 seconds, too.
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

impl<S, B, Args> Handler<B, (Args,)> for WebSocketRoute<S>
where
    S: Served<B, Args>,
    B: Send,
{
    fn name(&self) -> &'static str {
        self.served.name()
    }

    fn describe(contract: &mut Contract) {
        S::describe(contract);
    }

    fn contract(&self) -> Contract {
        let mut contract = Contract::default();
        S::describe(&mut contract);
        self.served.describe_value(&mut contract);
        contract
    }

    async fn call(&self, cx: &mut RequestContext<'_, B>, answer: &mut Answer) -> Result<(), Error> {
        if let Some(status) = self.served.answers(cx.parts) {
            answer.set_status(status);
            return Ok(());
        }
        let accept = handshake::check(cx.parts, &self.settings)?;
        let mut handler = self.served.read(cx).await?;
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
            scopes,
            hold: cx.state().and_then(RequestState::recorder).map(|recorder| recorder.hold()),
        };
        runtime.spawn(connection::run(task, Box::new(|socket| Box::pin(handler.handle(socket)))));
        answer.respond(response)
    }
}

impl<S: fmt::Debug> fmt::Debug for WebSocketRoute<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebSocketRoute")
            .field("served", &self.served)
            .field("settings", &self.settings)
            .finish()
    }
}
