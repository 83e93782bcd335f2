//! A client of servers that speak the protocol.
//!
//! [`Client::dial`] describes a connection and [`open`](Dial::open) opens it. Then there are the same things as at the server,
//! under the same names: a [`Namespace`] with handlers of events and hooks, an [`NsConn`] and a [`Room`] to emit to and to ask,
//! [`Message`](super::Message)s, whatever is [`IntoPayload`](super::IntoPayload) or [`IntoReply`](super::IntoReply), and
//! [`AskError`](super::AskError). A tokio runtime with time and IO is needed; one task serves a connection.
//!
//! # Events
//!
//! A handler is an async function or closure of [arguments](FromEvent). What it returns answers a server that asks. Handlers and
//! hooks of a connection run one after the other, in the order of what happened; answers to asks are taken beside them, so that
//! a handler may ask. What the server asks while one does waits for its turn. Whoever prefers to receive takes the
//! [stream](Namespace::events) of a namespace. A handler that panics or takes too long is an error, and nothing else suffers.
//!
//! The server may connect and disconnect namespaces, and have rooms joined and left. This is followed, and hooks run as for
//! what the client began.
//!
//! # When the connection is lost
//!
//! Asks that wait fail with [`AskError::is_lost`](super::AskError::is_lost), the hooks of rooms and namespaces run as for those
//! that are left, and then [`on_lost`](Dial::on_lost). With a [`Backoff`], the server is dialled again, told by
//! `X-Websocket-Reconnect` how often that was tried, and the namespaces and rooms are entered again; hooks run for each, and
//! [`on_reconnect`](Dial::on_reconnect) at last. Handles stay good all the time.
//!
//! Nothing is sent twice: what was handed to the network is not sent again, and whether it arrived only an answer says. What was
//! emitted and not yet written is lost, and emitting fails until the connection is there again; with
//! [`keep_while_away`](Dial::keep_while_away) it waits instead. An answer of a handler goes to the connection that asked, or
//! nowhere.
//!
//! # Limits
//!
//! | what | default | then | set by |
//! |---|---|---|---|
//! | opening, and being let in | 10 s | [`DialError::is_timeout`] | [`handshake_timeout`](Dial::handshake_timeout) |
//! | an answer | 10 s | [`AskError::is_timeout`](super::AskError::is_timeout) | [`ask_timeout`](Dial::ask_timeout) |
//! | a handler | 30 s | dropped where it waits | [`handler_timeout`](Dial::handler_timeout) |
//! | message of the server | 1 MiB | lost | [`max_message`](Dial::max_message) |
//! | messages that wait for the server | 256, 1 MiB | [`emit`](NsConn::emit) waits, [`try_emit`](NsConn::try_emit) fails | [`queue`](Dial::queue) |
//! | messages that wait for handlers | 64, 1 MiB; 16 times as much while an answer is awaited | nothing is read | [`waiting`](Dial::waiting) |
//! | silence | 30 s | pinged | [`ping`](Dial::ping) |
//! | no answer to a ping, or nothing taken of what is sent | 30 s | lost | [`pong_timeout`](Dial::pong_timeout) |
//! | the server's part in closing | 5 s | closed | [`close_timeout`](Dial::close_timeout) |
//!
//! # Example
//!
//! ```
//! use gongular::neffos::client::{Backoff, Client, Namespace};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # use gongular::neffos::{AskError, Events, NsConn, Namespace as Served, Room};
//! # let served = Served::new("chat")
//! #     .on("time", async || "noon")
//! #     .on("greet me", async |client: NsConn| -> Result<String, AskError> {
//! #         Ok(format!("hello, {}", client.ask("name?", "").await?.text().unwrap_or_default()))
//! #     })
//! #     .on("line", async |room: Option<Room>, line: String| room.map(|room| room.everyone().emit("line", line)));
//! # let hub = Events::new().namespace(served).build();
//! # let engine = gongular::Engine::new().routes(gongular::Router::new().get("/", hub.route())).build().await?;
//! # let server = gongular::server::Server::new(engine).bind("127.0.0.1:0")?;
//! # let url = format!("ws://{}/", server.local_addr().unwrap());
//! # tokio::spawn(server.run());
//! let (chat, mut events) = Namespace::new("chat").on("name?", async || "Ada").events(16);
//! let client = Client::dial(&url)
//!     .header("Authorization", "Bearer 7f3a")
//!     .namespace(chat)
//!     .reconnect(Backoff::new())
//!     .open()
//!     .await?;
//!
//! let chat = client.connect("chat").await?;
//! assert_eq!(chat.ask("time", "").await?.text(), Some("noon"));
//! // The server asks for the name before it answers.
//! assert_eq!(chat.ask("greet me", "").await?.text(), Some("hello, Ada"));
//!
//! let lobby = chat.join("lobby").await?;
//! lobby.emit("line", "is anybody here?").await?;
//! let event = events.recv().await.ok_or("closed")?;
//! assert_eq!((event.message().room(), event.message().text()), ("lobby", Some("is anybody here?")));
//!
//! client.close().await;
//! assert!(client.closed().await.is_local());
//! # Ok(())
//! # }
//! ```

mod answer;
mod asks;
mod backoff;
mod connection;
mod context;
mod dial;
mod error;
mod events;
mod handle;
mod handler;
mod handling;
mod handshake;
mod namespace;
mod ns_conn;
mod reason;
mod session;
mod settings;
mod shared;
mod state;
#[cfg(test)]
mod tests;
#[cfg(feature = "neffos-client-tls")]
mod tls;
mod transport;
mod waiting;

pub use self::backoff::Backoff;
pub use self::context::{EventContext, FromEvent};
pub use self::dial::Dial;
pub use self::error::DialError;
pub use self::events::{Event, Events};
pub use self::handle::Client;
pub use self::handler::EventHandler;
pub use self::namespace::Namespace;
pub use self::ns_conn::{NsConn, Room};
pub use self::reason::CloseReason;
pub use self::session::{Missing, Reconnected};
