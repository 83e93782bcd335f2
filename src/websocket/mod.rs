//! Websocket handlers: bound, validated and injected before the upgrade.

mod clock;
mod close;
mod connection;
mod decode;
mod error;
mod handler;
mod handshake;
mod message;
mod origin;
mod outgoing;
mod settings;
mod shared;
mod socket;

pub use self::close::CloseCode;
pub use self::error::SocketError;
pub use self::handler::{WebSocketHandler, WebSocketRoute, websocket};
pub use self::message::{Message, Text};
pub use self::socket::{Sender, WebSocket};
