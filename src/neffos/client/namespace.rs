//! What a client does in a namespace.

use std::collections::HashMap;
use std::fmt;

use tokio::sync::mpsc;

use super::events::{Event, Events};
use super::handler::{EventHandler, Hook, erase};

/// A namespace, as a client knows it: its events and hooks, each an async function of [arguments](super::FromEvent).
///
/// A namespace that the client does not know can neither be connected by it nor by the server.
///
/// # Example
///
/// ```
/// use gongular::Error;
/// use gongular::neffos::Message;
/// use gongular::neffos::client::{Namespace, NsConn, Room};
///
/// let chat = Namespace::new("chat")
///     .on("line", async |message: Message| assert!(!message.body().is_empty()))
///     // What is returned answers a server that asks.
///     .on("name?", async || "Ada")
///     .on_connected(async |chat: NsConn| chat.join("lobby").await.map(drop).map_err(Error::from))
///     .on_room_joined(async |room: Room| room.emit("line", "hello").await.map_err(Error::from));
/// assert_eq!(chat.name(), "chat");
/// ```
pub struct Namespace {
    name: Box<str>,
    events: HashMap<Box<str>, Hook>,
    pub(super) hooks: Hooks,
    pub(super) stream: Option<mpsc::Sender<Event>>,
}

/// The hooks of a namespace.
#[derive(Default)]
pub(super) struct Hooks {
    pub(super) any_event: Option<Hook>,
    pub(super) connect: Option<Hook>,
    pub(super) connected: Option<Hook>,
    pub(super) disconnect: Option<Hook>,
    pub(super) error: Option<Hook>,
    pub(super) native: Option<Hook>,
    pub(super) room_join: Option<Hook>,
    pub(super) room_joined: Option<Hook>,
    pub(super) room_left: Option<Hook>,
}

macro_rules! hooks {
    ($($(#[$doc:meta])* $name:ident: $field:ident;)*) => {
        $(
            $(#[$doc])*
            ///
            /// # Panics
            ///
            /// There is one already.
            #[must_use]
            pub fn $name<H, Args>(mut self, hook: H) -> Self
            where
                H: EventHandler<Args>,
            {
                let before = self.hooks.$field.replace(erase(hook));
                assert!(before.is_none(), "namespace {:?} has two of `{}`", self.name, stringify!($name));
                self
            }
        )*
    };
}

impl Namespace {
    /// Makes a namespace without events. The name may be empty.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self { name: name.into(), events: HashMap::new(), hooks: Hooks::default(), stream: None }
    }

    /// Returns the name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Adds the handler of an event.
    ///
    /// What it returns answers the server, see [`IntoReply`](crate::neffos::IntoReply).
    ///
    /// # Panics
    ///
    /// The event has a handler already; or its name is one of the protocol's own, which have hooks: `_On` and what follows.
    #[must_use]
    pub fn on<H, Args>(mut self, event: &str, handler: H) -> Self
    where
        H: EventHandler<Args>,
    {
        assert!(!event.starts_with("_On"), "{event:?} is the protocol's own: it has a hook");
        let before = self.events.insert(event.into(), erase(handler));
        assert!(before.is_none(), "namespace {:?} has two handlers of event {event:?}", self.name);
        self
    }

    hooks! {
        /// Adds the handler of events that have none (`_OnAnyEvent`).
        on_any_event: any_event;
        /// Adds the hook that decides whether the namespace may be connected, at the client's wish or the server's; its
        /// error refuses (`_OnNamespaceConnect`). It does not run when the namespace is connected again after a loss.
        on_connect: connect;
        /// Adds the hook that runs when the namespace was connected, also after a loss (`_OnNamespaceConnected`). Its
        /// error goes nowhere.
        on_connected: connected;
        /// Adds the hook that runs when the namespace was disconnected, by either side or by the loss of the connection, of
        /// which the message says that it [is forced](crate::neffos::Message::is_forced) (`_OnNamespaceDisconnect`).
        on_disconnect: disconnect;
        /// Adds the handler of errors that the server sends as events, since its own handler of an event of this client
        /// failed. Nothing is answered to them.
        on_error: error;
        /// Adds the handler of native messages, frames that are no message of the protocol (`_OnNativeMessage`). It only
        /// counts in the namespace without a name. Where it is all that there is, there is no handshake, and every frame
        /// is a native message. What it returns is sent as a native message.
        on_native_message: native;
        /// Adds the hook that decides whether a room may be joined, at the client's wish or the server's; its error refuses
        /// (`_OnRoomJoin`).
        on_room_join: room_join;
        /// Adds the hook that runs when a room was joined, also after a loss (`_OnRoomJoined`). Its error goes nowhere.
        on_room_joined: room_joined;
        /// Adds the hook that runs when a room was left, by either side or by the loss of the connection (`_OnRoomLeft`).
        /// Its error goes nowhere.
        on_room_left: room_left;
    }

    /// Returns the stream of the events that have no handler, errors included.
    ///
    /// As many as `capacity` of them wait for whoever receives, at least one. When there is no room, no further event of the
    /// connection is handled until there is; and once those that wait are too many, nothing more is read from the server.
    ///
    /// # Panics
    ///
    /// There is a stream already, or a handler of all events.
    #[must_use]
    pub fn events(mut self, capacity: usize) -> (Self, Events) {
        let is_first = self.stream.is_none() && self.hooks.any_event.is_none();
        assert!(is_first, "namespace {:?} gives its events to somebody already", self.name);
        let (sender, receiver) = mpsc::channel(capacity.max(1));
        self.stream = Some(sender);
        (self, Events::new(receiver))
    }

    /// Returns the handler of an event.
    pub(super) fn event(&self, name: &str) -> Option<&Hook> {
        self.events.get(name).or(self.hooks.any_event.as_ref())
    }

    /// Returns whether there is nothing but a handler of native messages.
    pub(super) fn is_native_only(&self) -> bool {
        let Hooks { native, any_event, connect, connected, disconnect, error, .. } = &self.hooks;
        let others = [any_event, connect, connected, disconnect, error];
        self.name.is_empty()
            && native.is_some()
            && self.stream.is_none()
            && self.events.is_empty()
            && others.iter().all(|hook| hook.is_none())
    }
}

impl fmt::Debug for Namespace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let events: Vec<_> = self.events.keys().collect();
        f.debug_struct("Namespace").field("name", &self.name).field("events", &events).finish_non_exhaustive()
    }
}
