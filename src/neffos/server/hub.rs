//! The handle of all connections.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use tokio::sync::OnceCell;

use super::broadcast::To;
use super::directory::Directory;
use super::mistakes::EventsMistake;
use super::needs::Need;
use super::remote::Remote;
use super::route::Speaks;
use super::settings::Settings;
use super::token::Tokens;
use crate::inject::Key;
use crate::neffos::exchange::{Exchange, Health, Heard, Inbox, channel};
use crate::neffos::random::random;
use crate::neffos::{AskError, Conn, Events, IntoPayload, Message, Namespace};
use crate::websocket::WebSocketRoute;
use crate::{Contract, Error};

/// The handle of all connections of a server: sends, asks and finds from anywhere.
///
/// Clones are the same server. Handlers of events take it as an argument; others get it where the application puts it, such
/// as among the dependencies that are provided. A closure that is a handler or a hook should not hold one: the server holds its
/// handlers, so that neither would ever be dropped.
///
/// # Example
///
/// ```
/// use gongular::neffos::{AskError, Events, Hub, Namespace};
/// use gongular::{Engine, Error, Inject, Router};
///
/// // Pushes from a handler of requests to all clients in a room.
/// async fn publish(hub: Inject<Hub>) -> Result<(), Error> {
///     hub.to("default")?.room("news").emit("news", "something happened")
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let hub = Events::new().namespace(Namespace::new("default")).build();
/// assert!(hub.to("nope").is_err_and(|error| error.is_outside()));
///
/// let router = Router::new().get("/ws", hub.route()).post("/news", publish);
/// let app = Engine::new().provide(hub).routes(router).build().await.unwrap();
/// # let _ = app;
/// # }
/// ```
#[derive(Clone)]
pub struct Hub {
    inner: Arc<Inner>,
}

pub(in crate::neffos) struct Inner {
    pub(super) namespaces: Box<[Namespace]>,
    pub(super) hooks: super::events::Hooks,
    settings: Settings,
    /// What hooks of connections need.
    needs: Vec<Need>,
    directory: Directory,
    tokens: Tokens,
    serials: AtomicU64,
    exchange: Option<Arc<dyn Exchange>>,
    /// The number of this server, by which others answer it.
    server: u64,
    /// Ready when answers of other servers are heard.
    is_heard: OnceCell<()>,
    pub(super) remote: Mutex<HashMap<u64, Remote>>,
}

impl Hub {
    pub(super) fn new(events: Events) -> Result<Self, EventsMistake> {
        let Events { namespaces, hooks, settings, exchange, needs, origins: _ } = events;
        let (exchange, place) = exchange.unzip();
        let inner = Arc::new(Inner {
            directory: Directory::new(namespaces.len()),
            namespaces: namespaces.into(),
            hooks,
            settings,
            needs,
            tokens: Tokens::default(),
            serials: AtomicU64::new(1),
            exchange,
            server: random().expect("the operating system has random numbers"),
            is_heard: OnceCell::new(),
            remote: Mutex::default(),
        });
        if let (Some(exchange), Some(place)) = (&inner.exchange, place) {
            let started = exchange.start(Inbox::new(Arc::downgrade(&inner)));
            started.map_err(|error| {
                EventsMistake::new(format!("the exchange ({place}) cannot work: {error}"), place)
            })?;
        }
        Ok(Self { inner })
    }

    /// Returns the handler that lets clients in, for a `GET` route of the engine, or as `service(hub.route())` on hyper and in
    /// axum.
    ///
    /// It answers `HEAD` with 302, by which clients look whether the server is up again. Messages may have 64 KiB and 8192 of
    /// them may wait for a client, up to 1 MiB; all the settings of a websocket can be changed.
    ///
    /// A hub may have several routes, or the same one on several hosts: it is one server whichever way a client came, and a handler
    /// gets its dependencies from the container of that way. A hub without a route has no connections of its own; with an
    /// [`Exchange`] it still sends to those of other servers.
    ///
    /// Without our engine, what refuses a request is answered by an [`ErrorLayer`](crate::layers::ErrorLayer) around the service, and
    /// what handlers inject comes from an [`InjectLayer`](crate::layers::InjectLayer):
    ///
    /// ```
    /// use gongular::inject::Container;
    /// use gongular::layers::{ErrorLayer, InjectLayer};
    /// use gongular::neffos::{Events, Namespace};
    /// use gongular::service;
    /// use tower::ServiceBuilder;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let hub = Events::new().namespace(Namespace::new("default")).build();
    /// let container = Container::builder().provide(hub.clone()).build().await.unwrap();
    /// let stack = ServiceBuilder::new().layer(ErrorLayer::new()).layer(InjectLayer::new(container));
    /// let router: axum::Router = axum::Router::new().route_service("/ws", stack.service(service(hub.route())));
    /// # let _ = router;
    /// # }
    /// ```
    #[must_use]
    pub fn route(&self) -> WebSocketRoute<Speaks<()>> {
        self.route_reading()
    }

    /// Returns the same, for clients whose request has a `T`: an extractor, or a tuple or struct of extractors.
    ///
    /// It is read before the upgrade, and whatever keeps it from being read refuses the request. Hooks and handlers find it by
    /// [`Conn::get`], or take a [`Kept<T>`](crate::neffos::Kept).
    #[must_use]
    pub fn route_reading<T>(&self) -> WebSocketRoute<Speaks<T>> {
        WebSocketRoute::new(Speaks::new(self.clone())).queue(QUEUED_MESSAGES, QUEUED_BYTES)
    }

    /// Returns everybody in a namespace, to send to.
    ///
    /// # Errors
    ///
    /// There is no such namespace: [`AskError::is_outside`].
    pub fn to(&self, namespace: &str) -> Result<To, AskError> {
        let index = self.find_namespace(namespace).ok_or_else(|| AskError::no_namespace(namespace))?;
        Ok(To::new(self.clone(), index))
    }

    /// Asks one client, by the id of its connection, wherever in the [`Exchange`] it is, and waits at most for the
    /// [time](Events::ask_timeout) that an answer may take.
    ///
    /// # Errors
    ///
    /// As [`NsConn::ask`](crate::neffos::NsConn::ask). A server that is alone knows that an id is not: [`AskError::is_closed`]; with others, nobody
    /// answers: [`AskError::is_timeout`].
    pub async fn ask(
        &self,
        id: &str,
        namespace: &str,
        event: &str,
        body: impl IntoPayload + Send,
    ) -> Result<Message, AskError> {
        match self.find(id) {
            Some(conn) => {
                let space = conn.namespace(namespace).ok_or_else(AskError::bad_namespace)?;
                space.ask(event, body).await
            }
            None if self.has_exchange() => {
                super::ns_conn::check_event(event).map_err(AskError::failed)?;
                let payload = body.into_payload().map_err(AskError::failed)?;
                super::remote::ask(self, id, namespace, event, &payload).await
            }
            None => Err(AskError::unknown()),
        }
    }

    /// Returns how the [`Exchange`] with other servers is; none when the server is alone.
    #[must_use]
    pub fn exchange_health(&self) -> Option<Health> {
        self.inner.exchange.as_ref().map(|exchange| exchange.health())
    }

    /// Returns the connection of an id, if it is on this server.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<Conn> {
        self.inner.directory.find(id)
    }

    /// Returns all connections of this server, in no order (`GetConnections`).
    #[must_use]
    pub fn conns(&self) -> Vec<Conn> {
        self.inner.directory.all()
    }

    /// Returns how many connections this server has (`GetTotalConnections`).
    #[must_use]
    pub fn count(&self) -> usize {
        self.inner.directory.count()
    }
}

impl Hub {
    pub(super) const fn of(inner: Arc<Inner>) -> Self {
        Self { inner }
    }

    pub(super) fn inner(&self) -> &Inner {
        &self.inner
    }

    pub(super) fn settings(&self) -> &Settings {
        &self.inner.settings
    }

    /// Adds what handlers and hooks need to the contract of a route.
    pub(super) fn describe(&self, contract: &mut Contract) {
        self.inner.needs.iter().for_each(|need| need.describe("the connections", "", contract));
        for namespace in &self.inner.namespaces {
            let of = format!("namespace {:?}", namespace.name());
            namespace.needs.iter().for_each(|need| need.describe(&of, namespace.name(), contract));
        }
        // Who provides the handle to push from elsewhere need not do so yet.
        contract.optional(|contract| contract.needs::<Self>(Key::NONE));
    }

    pub(super) fn directory(&self) -> &Directory {
        &self.inner.directory
    }

    pub(super) fn tokens(&self) -> &Tokens {
        &self.inner.tokens
    }

    pub(super) fn next_serial(&self) -> u64 {
        self.inner.serials.fetch_add(1, Ordering::Relaxed)
    }

    pub(super) fn server(&self) -> u64 {
        self.inner.server
    }

    pub(super) fn find_namespace(&self, name: &str) -> Option<usize> {
        self.inner.namespaces.iter().position(|namespace| namespace.name() == name)
    }

    pub(super) fn namespace_at(&self, index: usize) -> &Namespace {
        &self.inner.namespaces[index]
    }

    pub(super) fn is_native_only(&self) -> bool {
        matches!(&*self.inner.namespaces, [namespace] if namespace.is_native_only())
    }
}

/// What is heard of other servers.
impl Hub {
    pub(super) fn has_exchange(&self) -> bool {
        self.inner.exchange.is_some()
    }

    pub(super) fn publish(&self, channel: &str, packet: Bytes) -> Result<(), Error> {
        match &self.inner.exchange {
            Some(exchange) => exchange.publish(channel, packet).map_err(Error::from_box),
            None => Ok(()),
        }
    }

    /// Waits until answers of other servers are heard.
    pub(super) async fn hear_answers(&self) -> Result<(), AskError> {
        if self.has_exchange() {
            self.inner.is_heard.get_or_try_init(|| self.hear_server()).await?;
        }
        Ok(())
    }

    async fn hear_server(&self) -> Result<(), AskError> {
        let heard = self.hear(|| channel::server(self.server())).await?;
        heard.keep();
        Ok(())
    }

    pub(super) async fn hear_conn(&self, id: &str) -> Result<Heard, AskError> {
        self.hear_answers().await?;
        self.hear(|| channel::conn(id)).await
    }

    pub(super) async fn hear_namespace(&self, index: usize) -> Result<Heard, AskError> {
        self.hear(|| channel::namespace(self.namespace_at(index).name())).await
    }

    pub(super) async fn hear_room(&self, index: usize, room: &str) -> Result<Heard, AskError> {
        self.hear(|| channel::room(self.namespace_at(index).name(), room)).await
    }

    async fn hear(&self, channel: impl FnOnce() -> String) -> Result<Heard, AskError> {
        let Some(exchange) = &self.inner.exchange else { return Ok(Heard::nothing()) };
        let heard = Heard::subscribe(exchange, channel()).await;
        heard.map_err(|error| {
            let error = Error::from_box(error);
            AskError::failed(error.with_public("other servers are out of reach, try again later"))
        })
    }

    pub(super) fn unsubscribe_namespace(&self, index: usize) {
        if let Some(exchange) = &self.inner.exchange {
            exchange.unsubscribe(&channel::namespace(self.namespace_at(index).name()));
        }
    }

    pub(super) fn unsubscribe_conn(&self, id: &str) {
        if let Some(exchange) = &self.inner.exchange {
            exchange.unsubscribe(&channel::conn(id));
        }
    }

    pub(super) fn unsubscribe_room(&self, index: usize, room: &str) {
        if let Some(exchange) = &self.inner.exchange {
            exchange.unsubscribe(&channel::room(self.namespace_at(index).name(), room));
        }
    }
}

impl fmt::Debug for Hub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hub")
            .field("namespaces", &self.inner.namespaces)
            .field("count", &self.count())
            .finish_non_exhaustive()
    }
}

/// How many messages may wait for a client; handlers send many in one go.
const QUEUED_MESSAGES: usize = 8192;

const QUEUED_BYTES: usize = 1 << 20;
