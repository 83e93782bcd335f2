//! Namespaces, events and rooms over websockets, in the neffos protocol.
//!
//! Clients are the original's, such as the npm package `neffos.js`, unchanged, and our own with the feature `neffos-client`; the
//! [`codec`] is there for others. A server is
//! described by [`Events`], which [builds](Events::build) a [`Hub`]: it lets clients in by its [route](Hub::route), and sends to
//! them, asks and finds them from anywhere.
//!
//! # Words
//!
//! | the original | here |
//! |---|---|
//! | `Server` | [`Events`] to describe it, [`Hub`] to use it |
//! | `Conn`, `NSConn`, `Room`, `Message` | [`Conn`], [`NsConn`], [`Room`], [`Message`] |
//! | `OnConnect`, `OnDisconnect` | [`Events::on_connect`], [`Events::on_connected`], [`Events::on_disconnect`] |
//! | `Namespaces`, `Events` | [`Namespace`], [`Namespace::on`] |
//! | `OnNamespaceConnect`, `…Connected`, `…Disconnect` | [`Namespace::on_connect`], [`on_connected`](Namespace::on_connected), [`on_disconnect`](Namespace::on_disconnect) |
//! | `OnRoomJoin`, `…Joined`, `…Leave`, `…Left` | [`on_room_join`](Namespace::on_room_join), [`on_room_joined`](Namespace::on_room_joined), [`on_room_leave`](Namespace::on_room_leave), [`on_room_left`](Namespace::on_room_left) |
//! | `OnAnyEvent`, `OnNativeMessage` | [`on_any_event`](Namespace::on_any_event), [`on_native_message`](Namespace::on_native_message) |
//! | `Reply(body)`, an error | what a handler returns, see [`IntoReply`] |
//! | `Broadcast` | [`To`]: [`NsConn::others`], [`NsConn::everyone`], [`Room::everyone`], [`Hub::to`] |
//! | `Struct`, a controller | [`websocket_controller`](macro@websocket_controller), with the feature `mvc` |
//! | `Ask` | [`NsConn::ask`], [`Room::ask`], [`Hub::ask`] |
//! | `Conn.Set`, `Get` | [`Conn::insert`], [`Conn::get`], [`Kept`] |
//! | `StackExchange` | [`Exchange`] |
//!
//! # Arguments
//!
//! Handlers and hooks are async functions of up to 8 arguments, each [`FromEvent`]. When one cannot be made, the handler does
//! not run, and a client that asked is told why, as far as clients may read it.
//!
//! | argument | where | what |
//! |---|---|---|
//! | [`Conn`], [`Hub`] | everywhere | the connection; the handle of all |
//! | [`Inject<T>`](crate::Inject) | everywhere | a dependency, from the container of the route |
//! | [`Kept<T>`], `Option<Kept<T>>` | everywhere | a value that was put into the connection |
//! | [`NsConn`], [`Message`] | all but hooks of connections | the connection in the namespace; the message as it came |
//! | [`Room`] | hooks of rooms, handlers of events | the room; of an event, the one that it was sent in |
//! | `Option<Room>` | handlers of events | the same; none for what was sent to the namespace |
//! | [`Body<T>`](crate::Body) | handlers of events | the body as JSON, with its rules |
//! | `String`, [`Bytes`](bytes::Bytes) | handlers of events | the body as it came |
//!
//! # What happens
//!
//! 1. The request is read and upgraded as for any [websocket](crate::websocket): origin, extractors, refusals.
//! 2. The client says `M`, and nothing else counts. [`Events::on_connect`] decides; `A` and the id go out before anything else,
//!    or `H` and the text of the refusal. What came before `M` is handled after `A`.
//! 3. Messages of one connection are handled in order, one at a time; those of different ones beside each other. Answers to
//!    what the server asked are found at once, also while a handler waits for them.
//! 4. A handler that is slow slows down its own client: more than the [bound](Events::waiting) is not read. One that takes
//!    too long is dropped where it waits; one that panics is an error to its asker. Both harm nobody else.
//! 5. When the connection ends, it is in no room and no namespace at once, and whoever waits for its answer is told. Messages
//!    that came before are handled, all of them in the time of one handler, then hooks run: those of its rooms and namespaces, and [`Events::on_disconnect`], once.
//!
//! Hooks of a connection run in its own task, also where the server has it enter or leave from elsewhere:
//! whoever wanted that may give up, and the hooks run all the same. For one stay in a room or namespace each
//! of them runs once, those of the entry before those of the leaving; one that decides on leaving is asked
//! again only when it has refused. So what a connection injects, which ends behind its last hook, is there
//! for all of them. Only a hook that runs when its time is over, see
//! [`handler_timeout`](Events::handler_timeout) and [`linger`](crate::websocket::WebSocketRoute::linger), is
//! dropped where it waits; and when hooks behind a dropped handler have used up their time, those that have
//! not begun do not run.
//!
//! What a hook fails with "is logged": it is a line of the connection's [`Logger`](crate::stats::Logger), and so stands in its
//! statistic, which ends with the connection. So do errors of handlers that are the server's own. The first 1024 lines of a
//! connection are kept. Where that is too late or too little, [`Events::on_failure`] is told of each error of the server, each panic
//! and each time that was over, when it happens.
//!
//! # What is kept from clients
//!
//! - Ids are the server's, tokens cannot be guessed, and an answer counts only on the connection that was asked.
//! - Asks to a namespace that is not connected, a room that is not joined, or an event without handler get the errors `bad
//!   namespace`, `bad room` and `bad event`, and what is no message gets `invalid payload`. Errors of clients are never answered.
//! - Header fields come by URL only if they are [allowed](Events::allow_headers).
//! - The text of an error that was not meant for clients is not sent: they read `internal server error`.
//!
//! # Limits
//!
//! | what | default | then | set by |
//! |---|---|---|---|
//! | rooms of a connection | 1024 | `bad room` | [`Events::max_rooms`] |
//! | names and tokens | 256 bytes | `invalid payload` | [`Events::max_name`] |
//! | namespaces | those that are described | `bad namespace` | [`Events::namespace`] |
//! | messages that wait for a handler | 64, 256 KiB | not read | [`Events::waiting`] |
//! | the same before the handshake | as many | closed with 1008 | |
//! | the handshake | 10 s | closed with 1008 | [`Events::hello_timeout`] |
//! | an answer of the client | 10 s | an error | [`Events::ask_timeout`] |
//! | a handler or hook | 30 s | dropped where it waits | [`Events::handler_timeout`] |
//! | messages that wait for the client | 8192, 1 MiB | cut off | [`queue`](crate::websocket::WebSocketRoute::queue) |
//!
//! Those of the websocket itself (message size, pings) are set on the [route](Hub::route).
//!
//! # What differs from the original
//!
//! An ask whose handler returns nothing gets an empty answer, where it would wait for ever. A hook of a connection cannot send
//! before the client was let in: what the server does of its own accord then belongs into [`Events::on_connected`]. `_OnRoomLeft`
//! from a client leaves the room. Errors are always texts.
//!
//! # Example
//!
//! ```
//! use gongular::neffos::{Conn, Events, Namespace, NsConn, Room};
//! use gongular::{Body, Engine, Error, Inject, Router};
//! use serde::Deserialize;
//! use validator::Validate;
//!
//! #[derive(Deserialize, Validate)]
//! struct Line {
//!     #[validate(length(min = 1, max = 500))]
//!     text: String,
//! }
//!
//! struct Greeting(&'static str);
//!
//! async fn chat(room: Option<Room>, client: NsConn, line: Body<Line>) -> Result<(), Error> {
//!     let to = room.map_or_else(|| client.others(), |room| room.others());
//!     to.emit("chat", line.text.as_str())
//! }
//!
//! async fn greet(greeting: Inject<Greeting>, conn: Conn) -> String {
//!     format!("{}, {}", greeting.0, conn.id())
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let namespace = Namespace::new("default").on("chat", chat).on("greet", greet);
//! let hub = Events::new().namespace(namespace).build();
//! let routes = || Router::new().get("/ws", hub.route().max_message(16 << 10));
//!
//! // What handlers of events need is checked when the engine is built, as for any other handler.
//! let errors = Engine::new().routes(routes()).build().await.unwrap_err();
//! assert!(errors.to_string().contains("Greeting"));
//!
//! let engine = Engine::new().provide(Greeting("hello")).provide(hub.clone());
//! let app = engine.routes(routes()).build().await;
//! assert!(app.is_ok());
//! # }
//! ```

#[cfg(feature = "neffos-client")]
pub mod client;
pub mod codec;
mod error;
#[cfg(feature = "neffos")]
pub mod exchange;
mod lock;
mod message;
mod random;
mod running;
#[cfg(feature = "neffos")]
mod server;

#[cfg(all(feature = "mvc", feature = "neffos"))]
#[doc = include_str!("../../docs/websocket_controller.md")]
pub use gongular_macros::websocket_controller;

pub use self::error::AskError;
#[cfg(feature = "neffos")]
pub use self::exchange::{Exchange, InProcess};
pub use self::message::{IntoPayload, IntoReply, Message, Payload};
#[cfg(all(feature = "mvc", feature = "neffos"))]
#[doc(hidden)]
pub use self::server::reply;
#[cfg(feature = "neffos")]
pub use self::server::{
    Conn, EventContext, EventHandler, Events, EventsError, EventsMistake, Failure, FromEvent, Hub,
    InNamespace, IntoNamespace, Kept, Namespace, NsConn, Opened, Room, Speaks, To, moment,
};
#[cfg(all(feature = "mvc", feature = "neffos"))]
pub use self::server::{ControllerEvents, Declaration, EventMethod};
