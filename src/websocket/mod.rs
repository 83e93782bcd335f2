//! Websocket handlers: bound, validated and injected before the upgrade.

mod clock;
mod close;
mod connection;
mod decode;
mod error;
mod function;
mod handler;
mod handshake;
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
pub use self::message::{Message, Text};
pub use self::route::{Served, WebSocketRoute};
pub use self::socket::{Sender, WebSocket};
