//! What a namespace does.

use std::collections::BTreeMap;
use std::fmt;
use std::panic::Location;

use super::context::moment::{AtMessage, AtNamespace, AtRoom};
use super::handler::{EventHandler, Hook, erase};
use super::instances::Maker;
use super::mistakes::{EventsMistake, Origin, Origins};
use super::needs::{Need, Role};
use crate::neffos::codec::system::is_own;

/// A namespace: its events and hooks, each an async function of [arguments](crate::neffos::FromEvent).
///
/// An event, or a hook, that is added twice is a mistake that is told when the [server is made](crate::neffos::Events::build).
///
/// # Example
///
/// ```
/// use gongular::neffos::{Message, Namespace, NsConn, Room};
/// use gongular::{Body, Error};
/// use gongular::http::StatusCode;
/// use serde::Deserialize;
/// use validator::Validate;
///
/// #[derive(Deserialize, Validate)]
/// struct Line {
///     #[validate(length(min = 1, max = 500))]
///     text: String,
/// }
///
/// async fn chat(client: NsConn, line: Body<Line>) -> Result<(), Error> {
///     client.others().emit("chat", line.text.as_str())
/// }
///
/// async fn may_join(room: Room) -> Result<(), Error> {
///     match room.name() {
///         "staff" => Err(Error::new(StatusCode::FORBIDDEN, "staff only")),
///         _ => Ok(()),
///     }
/// }
///
/// let namespace = Namespace::new("default")
///     .on("chat", chat)
///     .on("echo", async |message: Message| message.body().clone())
///     .on_room_join(may_join);
/// assert_eq!(namespace.name(), "default");
/// ```
#[derive(Clone)]
pub struct Namespace {
    name: Box<str>,
    /// Few enough that comparing names is faster than hashing one.
    events: BTreeMap<Box<str>, Hook>,
    pub(super) hooks: Hooks,
    pub(super) needs: Vec<Need>,
    makers: Vec<Maker>,
    origins: Origins,
    /// Who adds what is added now, when it is a controller.
    controller: Option<Origin>,
}

/// The hooks of a namespace.
#[derive(Clone, Default)]
pub(super) struct Hooks {
    pub(super) any_event: Option<Hook>,
    pub(super) connect: Option<Hook>,
    pub(super) connected: Option<Hook>,
    pub(super) disconnect: Option<Hook>,
    pub(super) error: Option<Hook>,
    pub(super) native: Option<Hook>,
    pub(super) room_join: Option<Hook>,
    pub(super) room_joined: Option<Hook>,
    pub(super) room_leave: Option<Hook>,
    pub(super) room_left: Option<Hook>,
}

macro_rules! hooks {
    ($($(#[$doc:meta])* $name:ident: $field:ident, $moment:ty;)*) => {
        $(
            $(#[$doc])*
            #[must_use]
            #[track_caller]
            pub fn $name<H, Args>(mut self, hook: H) -> Self
            where
                H: EventHandler<$moment, Args>,
            {
                let origin = self.origin(Location::caller());
                self.needs.push(Need::new(Role::Hook(stringify!($name)), origin, H::describe));
                self.hooks.$field.get_or_insert(erase(hook));
                self.note(concat!("`", stringify!($name), "`").to_owned(), origin);
                self
            }
        )*
    };
}

impl Namespace {
    /// Makes a namespace without events: clients may connect to it, and are sent to. The name may be empty.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self {
            name: name.into(),
            events: BTreeMap::new(),
            hooks: Hooks::default(),
            needs: Vec::new(),
            makers: Vec::new(),
            origins: Origins::default(),
            controller: None,
        }
    }

    /// Returns the name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Adds the handler of an event.
    ///
    /// What it returns answers the client, see [`IntoReply`](crate::neffos::IntoReply). A name that begins with `_On` is a mistake:
    /// those are the protocol's own, and have hooks.
    #[must_use]
    #[track_caller]
    pub fn on<H, Args>(mut self, event: &str, handler: H) -> Self
    where
        H: EventHandler<AtMessage, Args>,
    {
        let origin = self.origin(Location::caller());
        self.needs.push(Need::new(Role::Event(event.into()), origin, H::describe));
        if is_own(event) {
            let text = format!(
                "event {event:?} of namespace {:?} ({origin}) has a name that begins with `_On`, as only those of the protocol do: give it \
                 another one, or add the hook, such as `on_room_join`",
                self.name
            );
            self.origins.mistake(text, origin);
        }
        self.note(format!("event {event:?}"), origin);
        self.events.entry(event.into()).or_insert_with(|| erase(handler));
        self
    }

    hooks! {
        /// Adds the handler of events that have none (`_OnAnyEvent`).
        on_any_event: any_event, AtMessage;
        /// Adds the hook that decides whether a client may connect; its error refuses (`_OnNamespaceConnect`). A client may be
        /// gone before it is in: only [`on_connected`](Self::on_connected) is followed by `on_disconnect` in any case.
        on_connect: connect, AtNamespace;
        /// Adds the hook that runs when a client was connected (`_OnNamespaceConnected`), 5 ms after it was
        /// told so: what comes together with that word is passed over by the original client in Node. It runs
        /// once, and before any hook of the leaving. Its error is logged only.
        on_connected: connected, AtNamespace;
        /// Adds the hook that runs when a client disconnects (`_OnNamespaceDisconnect`). Its error keeps the
        /// client connected, unless the message [is forced](crate::neffos::Message::is_forced) or the
        /// server's own doing. It is not asked again by others who have the client leave, unless it has
        /// refused.
        on_disconnect: disconnect, AtNamespace;
        /// Adds the handler of errors that the client sends as events, since its own handler of an event of the server failed.
        /// Nothing is answered to them, so that two sides cannot answer each other's errors for ever.
        on_error: error, AtMessage;
        /// Adds the handler of native messages, those of clients that do not speak the protocol (`_OnNativeMessage`). It only
        /// counts in the namespace without a name; in another one it is a mistake. Where it is all that there is, there is no
        /// handshake, and every frame is a native message. What it returns is sent as a native message.
        on_native_message: native, AtMessage;
        /// Adds the hook that decides whether a client may join a room; its error refuses (`_OnRoomJoin`).
        on_room_join: room_join, AtRoom;
        /// Adds the hook that runs when a client has joined a room (`_OnRoomJoined`): once, and before any
        /// hook of the leaving. Its error is logged only.
        on_room_joined: room_joined, AtRoom;
        /// Adds the hook that runs when a client leaves a room (`_OnRoomLeave`). Its error keeps the client
        /// in the room, unless the message [is forced](crate::neffos::Message::is_forced). It is not asked
        /// again by others who have the client leave, unless it has refused.
        on_room_leave: room_leave, AtRoom;
        /// Adds the hook that runs when a client has left a room (`_OnRoomLeft`): once, whoever had it leave.
        /// Its error is logged only.
        on_room_left: room_left, AtRoom;
    }

    /// Adds the handlers of another namespace of the same name. What both have is a mistake.
    pub(super) fn join(&mut self, other: Self) {
        let of = format!("namespace {:?}", self.name);
        self.origins.join(other.origins, &of);
        for (event, hook) in other.events {
            self.events.entry(event).or_insert(hook);
        }
        self.hooks.join(other.hooks);
        self.needs.extend(other.needs);
        self.makers.extend(other.makers);
    }

    fn note(&mut self, what: String, origin: Origin) {
        self.origins.note(what, &format!("namespace {:?}", self.name), origin);
    }

    fn origin(&self, place: &'static Location<'static>) -> Origin {
        self.controller.unwrap_or(Origin::of_function(place))
    }

    pub(super) fn take_mistakes(&mut self) -> Vec<EventsMistake> {
        let mut origins = std::mem::take(&mut self.origins);
        if let Some(origin) = origins.of(NATIVE).filter(|_| !self.name.is_empty()) {
            let text = format!(
                "{NATIVE} of namespace {:?} never runs ({origin}): native messages are of no namespace; add it to the one without a name, \
                 `Namespace::new(\"\")` or `#[websocket_controller]`",
                self.name
            );
            origins.mistake(text, origin);
        }
        origins.mistakes
    }

    /// Returns what makes the controllers of a connection that enters.
    pub(super) fn makers(&self) -> &[Maker] {
        &self.makers
    }

    /// Returns the handler of an event.
    pub(super) fn event(&self, name: &str) -> Option<&Hook> {
        if is_own(name) {
            return None;
        }
        self.events.get(name).or(self.hooks.any_event.as_ref())
    }

    /// Returns whether there is nothing but a handler of native messages.
    pub(super) fn is_native_only(&self) -> bool {
        let Hooks { native, any_event, connect, connected, disconnect, error, .. } = &self.hooks;
        let others = [any_event, connect, connected, disconnect, error];
        self.name.is_empty()
            && native.is_some()
            && self.events.is_empty()
            && others.iter().all(|hook| hook.is_none())
    }
}

/// What only controllers do.
#[cfg(feature = "mvc")]
impl Namespace {
    /// Says that a controller adds what is added from here on, or that it has done so.
    pub(super) const fn added_by(&mut self, controller: Option<Origin>) {
        self.controller = controller;
    }

    pub(super) fn make(&mut self, maker: Maker) {
        self.makers.push(maker);
    }
}

/// What [`Events::namespace`](crate::neffos::Events::namespace) takes: a [`Namespace`], or a controller, `controller::<TheStruct>()`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no namespace",
    label = "neither a `Namespace` nor a controller",
    note = "a struct with `#[websocket_controller(namespace = \"..\")]` above its methods is passed by its type, since each connection has an instance of \
            its own: `controller::<TheStruct>()`, or \
            `controller_with::<TheStruct>(value)` when fields are `#[given]`",
    note = "functions are added to a namespace: `Namespace::new(\"name\").on(\"event\", function)`"
)]
pub trait IntoNamespace {
    /// Makes the namespace.
    fn into_namespace(self) -> Namespace;
}

impl IntoNamespace for Namespace {
    fn into_namespace(self) -> Namespace {
        self
    }
}

impl Hooks {
    fn join(&mut self, other: Self) {
        let Self {
            any_event,
            connect,
            connected,
            disconnect,
            error,
            native,
            room_join,
            room_joined,
            room_leave,
            room_left,
        } = other;
        for (own, other) in [
            (&mut self.any_event, any_event),
            (&mut self.connect, connect),
            (&mut self.connected, connected),
            (&mut self.disconnect, disconnect),
            (&mut self.error, error),
            (&mut self.native, native),
            (&mut self.room_join, room_join),
            (&mut self.room_joined, room_joined),
            (&mut self.room_leave, room_leave),
            (&mut self.room_left, room_left),
        ] {
            *own = own.take().or(other);
        }
    }
}

/// What the hook of native messages is noted as.
const NATIVE: &str = "`on_native_message`";

impl fmt::Debug for Namespace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let events: Vec<_> = self.events.keys().collect();
        f.debug_struct("Namespace").field("name", &self.name).field("events", &events).finish_non_exhaustive()
    }
}
