//! Websocket handlers: bound, validated and injected before the upgrade.
//!
//! [`websocket`] makes a handler of a struct of extractors, [`websocket_fn`] of a function. It stands wherever handlers do:
//! in a route of the engine, and as `service(websocket::<T>())` on hyper, in axum, or on any host that leaves hyper's
//! upgrade with the request. The server of this crate does; on hyper, connections are served `with_upgrades`. A tokio
//! runtime with time is needed.
//!
//! # What happens
//!
//! 1. A request that asks for no websocket, or for none that is spoken here, is refused: 405, 426 or 400. So is one from a
//!    page of a foreign origin: 403.
//! 2. The extractors read it, as for any other handler. What they refuse is answered as ever, and counted as ever.
//! 3. [`before`](WebSocketHandler::before) may refuse it too, or add header fields to the answer, which is 101.
//! 4. [`handle`](WebSocketHandler::handle) runs beside the connection, in one task with it. Reading, writing, pings and
//!    closing go on while it waits for something else.
//! 5. When it is done, the websocket is closed: 1000, or 1011 after an error or a panic, which end no other connection.
//!    What was injected is torn down then, and hears how it ended; and then there is the statistic, exactly one: status
//!    101, how long the connection lasted, and a [`WebSocketStat`](crate::stats::WebSocketStat).
//!
//! # Limits
//!
//! All are on by default, and each can be set.
//!
//! | what | default | then | set by |
//! |---|---|---|---|
//! | origin of a page | the server's own | 403 | [`allow_origins`](WebSocketRoute::allow_origins), [`allow_any_origin`](WebSocketRoute::allow_any_origin) |
//! | message, all fragments together | 64 KiB | closed with 1009 | [`max_message`](WebSocketRoute::max_message) |
//! | frame | as a message | closed with 1009 | [`max_frame`](WebSocketRoute::max_frame) |
//! | messages that wait for the client | 256, 1 MiB | [`Sender::send`]: dropped; [`WebSocket::send`]: waits | [`queue`](WebSocketRoute::queue) |
//! | silence | 30 s | pinged | [`ping`](WebSocketRoute::ping) |
//! | no answer to a ping, or nothing taken of what is sent | 30 s | dropped | [`pong_timeout`](WebSocketRoute::pong_timeout) |
//! | the client's part in closing | 5 s | dropped | [`close_timeout`](WebSocketRoute::close_timeout) |
//! | a handler whose websocket is closed | 30 s | dropped where it waits | [`linger`](WebSocketRoute::linger) |
//! | hooks of `neffos` behind such a handler, all together | 30 s | dropped where they wait | [`linger`](WebSocketRoute::linger) |
//!
//! Nothing is reserved for what a header declares, and an idle connection has no buffers: see `docs/benchmarks.md` for what
//! it costs.
//!
//! # The end of the server
//!
//! When the server stops, or the [`Shutdown`](crate::Shutdown) of the route is triggered, clients are told 1001 and
//! handlers receive `None`. The server waits for them, and for the hooks that one leaves behind which is dropped, up to its
//! own deadline, `drain_timeout`. That is 30 seconds unless it is set, as [`linger`](WebSocketRoute::linger) is: make it longer
//! than twice that one where such hooks matter.
//!
//! # What is not done
//!
//! Websockets over HTTP/2 (RFC 8441) are refused with 400, and no browser asks for them unless the server offers it.
//! Compression (RFC 7692) is not offered.
//!
//! # Example
//!
//! ```
//! use gongular::websocket::{WebSocket, WebSocketHandler, websocket};
//! use gongular::{Engine, Error, FromRequest, Param, Router, Unchecked};
//!
//! #[derive(FromRequest)]
//! struct Room {
//!     name: Param<Unchecked<String>>,
//! }
//!
//! impl WebSocketHandler for Room {
//!     async fn handle(self, mut socket: WebSocket) -> Result<(), Error> {
//!         socket.send(format!("welcome to {}", self.name.0.0)).await?;
//!         while let Some(message) = socket.recv().await {
//!             socket.send(message?).await?;
//!         }
//!         Ok(())
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let room = websocket::<Room>().allow_origins(["https://app.example.com"]).max_message(16 << 10);
//! let app = Engine::new().routes(Router::new().get("/rooms/{name}", room)).build().await.unwrap();
//! // app.serve("127.0.0.1:3000")
//! # use tower_service::Service;
//! # let request = http::Request::get("/rooms/7").body(http_body_util::Empty::<bytes::Bytes>::new()).unwrap();
//! # assert_eq!({ app }.call(request).await.unwrap().status(), 426);
//! # }
//! ```

mod clock;
mod close;
mod connection;
mod decode;
mod error;
mod function;
mod handler;
mod handshake;
mod last_words;
mod message;
mod origin;
mod outgoing;
mod route;
mod settings;
mod shared;
mod socket;

pub use self::close::CloseCode;
pub use self::error::SocketError;
pub use self::function::{Call, Function, SocketFunction, websocket_fn};
pub use self::handler::{Structure, WebSocketHandler, websocket};
#[cfg(feature = "neffos")]
pub(crate) use self::last_words::LastWords;
pub use self::message::{Message, Text};
pub use self::route::{Served, WebSocketRoute};
pub use self::socket::{Sender, WebSocket};
