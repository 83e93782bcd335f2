//! What a server does: namespaces, hooks of connections, settings.

use std::fmt;
use std::panic::Location;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderName;

use super::context::moment::AtConnection;
use super::failures::{Failure, OnFailure};
use super::handler::{EventHandler, Hook, erase};
use super::mistakes::{EventsError, Origin, Origins};
use super::namespace::IntoNamespace;
use super::needs::{Need, Role};
use super::settings::Settings;
use crate::neffos::exchange::Exchange;
use crate::neffos::{Hub, Namespace};

/// What a server does: its namespaces, hooks of connections, and settings. [`build`](Self::build) makes the [`Hub`] of it.
///
/// What cannot be as it is written, such as two handlers of one event, is told then, all at once.
///
/// Every setting has a default that is safe to leave. What a websocket itself may cost is set on the
/// [route](Hub::route).
///
/// # Example
///
/// ```
/// use gongular::neffos::{Conn, Events, Namespace};
/// use gongular::{Error, Router};
/// use gongular::http::StatusCode;
///
/// async fn let_in(conn: Conn) -> Result<(), Error> {
///     match conn.headers().contains_key("x-banned") {
///         true => Err(Error::new(StatusCode::FORBIDDEN, "not you")),
///         false => Ok(()),
///     }
/// }
///
/// let hub = Events::new().namespace(Namespace::new("default")).on_connect(let_in).build();
/// let router = Router::new().get("/ws", hub.route());
/// assert_eq!(hub.count(), 0);
/// # let _ = router;
/// ```
#[must_use = "a server is made by `build`"]
pub struct Events {
    pub(super) namespaces: Vec<Namespace>,
    pub(super) hooks: Hooks,
    pub(super) settings: Settings,
    /// The exchange, and where in the program it was given.
    pub(super) exchange: Option<(Arc<dyn Exchange>, &'static Location<'static>)>,
    pub(super) needs: Vec<Need>,
    pub(super) origins: Origins,
}

/// The hooks of connections.
#[derive(Default)]
pub(super) struct Hooks {
    pub(super) connect: Option<Hook>,
    pub(super) connected: Option<Hook>,
    pub(super) disconnect: Option<Hook>,
    pub(super) failure: Option<OnFailure>,
}

macro_rules! hooks {
    ($($(#[$doc:meta])* $name:ident: $field:ident;)*) => {
        $(
            $(#[$doc])*
            #[track_caller]
            pub fn $name<H, Args>(mut self, hook: H) -> Self
            where
                H: EventHandler<AtConnection, Args>,
            {
                let origin = Origin::of_function(Location::caller());
                self.needs.push(Need::new(Role::Hook(stringify!($name)), origin, H::describe));
                self.hooks.$field.get_or_insert(erase(hook));
                self.origins.note(concat!("`", stringify!($name), "`").to_owned(), "the connections", origin);
                self
            }
        )*
    };
}

impl Events {
    /// Makes a server without namespaces.
    pub fn new() -> Self {
        Self {
            namespaces: Vec::new(),
            hooks: Hooks::default(),
            settings: Settings::new(),
            exchange: None,
            needs: Vec::new(),
            origins: Origins::default(),
        }
    }

    /// Adds a namespace, or a controller, which is one. Clients can connect to no others.
    ///
    /// Those of the same name are joined to one (`JoinConnHandlers`). An event, or a hook, that several of them have is a
    /// mistake.
    #[track_caller]
    pub fn namespace(mut self, namespace: impl IntoNamespace) -> Self {
        let namespace = namespace.into_namespace();
        match self.namespaces.iter_mut().find(|known| known.name() == namespace.name()) {
            Some(known) => known.join(namespace),
            None => self.namespaces.push(namespace),
        }
        self
    }

    hooks! {
        /// Adds the hook that decides whether a client is let in; the text of its error that clients may read is the refusal
        /// (`OnConnect`). Nothing can be sent to the client yet.
        on_connect: connect;
        /// Adds the hook that runs when a client was let in, before its first message is looked at. Here the server connects it
        /// to namespaces of its own accord ([`Conn::connect`](crate::neffos::Conn::connect)). Its error is logged only.
        on_connected: connected;
        /// Adds the hook that runs when a client that was let in is gone: once, whatever the reason, and after those of its rooms
        /// and namespaces (`OnDisconnect`). Its error is logged only.
        on_disconnect: disconnect;
    }

    /// Sets what is told of each handler and hook that fails: by an error of the server's own, by a panic, or by not being done in
    /// time. It is for monitoring; all of these are logged as well.
    ///
    /// An [`AskError`](crate::neffos::AskError) that is handed on is no failure when the client refuses, is late or is gone, or
    /// is not where it was asked; it is one when something of the server failed. What a hook fails with is told once of its
    /// connection, and once more of each other connection whose handler or hook fails with it.
    ///
    /// It runs in the task of the connection, so it has to be quick. Its panics are logged and harm nobody.
    ///
    /// A hook that is dropped with its connection, since no time is left for it, is not told; nor is a handler that goes on for
    /// longer than [`linger`](crate::websocket::WebSocketRoute::linger).
    ///
    /// ```
    /// use std::sync::Arc;
    /// use std::sync::atomic::{AtomicU64, Ordering};
    ///
    /// use gongular::neffos::{Events, Failure, Namespace};
    ///
    /// let failures = Arc::new(AtomicU64::new(0));
    /// let counted = Arc::clone(&failures);
    /// let hub = Events::new()
    ///     .namespace(Namespace::new("default"))
    ///     .on_failure(move |failure: &Failure<'_>| {
    ///         counted.fetch_add(1, Ordering::Relaxed);
    ///         eprintln!("{} in {:?}: {}", failure.event(), failure.namespace(), failure.error());
    ///     })
    ///     .build();
    /// # let _ = hub;
    /// ```
    #[track_caller]
    pub fn on_failure(mut self, told: impl Fn(&Failure<'_>) + Send + Sync + 'static) -> Self {
        let origin = Origin::of_function(Location::caller());
        self.origins.note("`on_failure`".to_owned(), "the connections", origin);
        self.hooks.failure = Some(Box::new(told));
        self
    }

    /// Sets how long a client may take to answer what it is asked. *Defaults to 10 seconds.*
    pub const fn ask_timeout(mut self, time: Duration) -> Self {
        self.settings.ask_timeout = time;
        self
    }

    /// Sets how long a handler or hook may take. It is dropped then where it waits, the client that asked
    /// gets an error, and its next message is handled. `None` lets them take any time: a hook of the end that
    /// never ends then keeps what was built for the connection. *Defaults to 30 seconds.*
    pub fn handler_timeout(mut self, time: impl Into<Option<Duration>>) -> Self {
        self.settings.handler_timeout = time.into();
        self
    }

    /// Sets how long a client may take to begin the protocol, once it has a websocket; it is closed then with 1008.
    /// *Defaults to 10 seconds.*
    pub const fn hello_timeout(mut self, time: Duration) -> Self {
        self.settings.hello_timeout = time;
        self
    }

    /// Sets in how many rooms a connection may be, all namespaces together. *Defaults to 1024.*
    pub const fn max_rooms(mut self, rooms: usize) -> Self {
        self.settings.max_rooms = rooms;
        self
    }

    /// Sets how many bytes the name of a namespace, a room or an event, and a token, may have. *Defaults to 256.*
    pub const fn max_name(mut self, bytes: usize) -> Self {
        self.settings.max_name = bytes;
        self
    }

    /// Sets how many messages of a client, and how many bytes of them, may wait for its handlers.
    ///
    /// Above, nothing more is read from the client until one is done. While a handler or somebody else has asked the client,
    /// sixteen times as much may wait, so that the answer behind it is found. *Defaults to 64 messages and 256 KiB; a single
    /// message may always wait.*
    pub const fn waiting(mut self, messages: usize, bytes: usize) -> Self {
        self.settings.waiting_messages = messages;
        self.settings.waiting_bytes = bytes;
        self
    }

    /// Takes header fields from URL parameters, too, for browsers, which cannot send them: `X-Websocket-Header-X-Token=7` is
    /// added to the request as `X-Token: 7`, before anything of it is read.
    ///
    /// A page may send anything in a URL, and a URL is logged and shared: name no field here by which somebody outside decides,
    /// such as `X-Forwarded-For`. *Defaults to `X-Websocket-Reconnect`, which stays allowed.*
    ///
    /// # Panics
    ///
    /// A text is no name of a header field.
    pub fn allow_headers<'h>(mut self, names: impl IntoIterator<Item = &'h str>) -> Self {
        let parse = |name: &str| {
            HeaderName::try_from(name).unwrap_or_else(|_| panic!("{name:?} is no name of a header field"))
        };
        self.settings.headers.extend(names.into_iter().map(parse));
        self
    }

    /// Joins this server with others by an [`Exchange`]. *Defaults to none: the server is alone.*
    ///
    /// An exchange is of one server, and so is what describes it.
    #[track_caller]
    pub fn exchange(mut self, exchange: impl Exchange) -> Self {
        self.exchange = Some((Arc::new(exchange), Location::caller()));
        self
    }

    /// Makes the handle of the server, which has no connections yet; [`Hub::route`] lets them in.
    ///
    /// # Panics
    ///
    /// - an event or a hook is handled twice, an event has a name of the protocol's own, or a hook of native messages is in a
    ///   namespace that has a name; the text tells all of it, with the lines and what to do
    /// - the exchange cannot work, such as one that is of another server already
    /// - the operating system has no random numbers
    #[must_use]
    #[track_caller]
    pub fn build(self) -> Hub {
        self.try_build().unwrap_or_else(|error| panic!("{error}"))
    }

    /// Makes the handle of the server, unless something is wrong with what was described.
    ///
    /// # Errors
    ///
    /// All mistakes: events and hooks that are handled twice, events with a name of the protocol's own, hooks of native messages
    /// that never run. When there is none of these, an exchange that cannot work, such as one that is of another server already.
    ///
    /// # Panics
    ///
    /// The operating system has no random numbers.
    pub fn try_build(mut self) -> Result<Hub, EventsError> {
        let mut mistakes = std::mem::take(&mut self.origins.mistakes);
        mistakes.extend(self.namespaces.iter_mut().flat_map(Namespace::take_mistakes));
        if !mistakes.is_empty() {
            return Err(EventsError::new(mistakes));
        }
        Hub::new(self).map_err(|mistake| EventsError::new(vec![mistake]))
    }
}

impl Default for Events {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Events")
            .field("namespaces", &self.namespaces)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}
