//! The frames of the neffos protocol: bytes in, bytes out.
//!
//! Nothing here knows of sockets, runtimes or HTTP. A message is one frame of seven fields:
//!
//! ```text
//! <wait>;<namespace>;<room>;<event>;<is error>;<is no-op>;<body, or the text of the error>
//! ```
//!
//! The last field is the rest of the frame, whatever it holds. Besides messages there are the three frames of the handshake,
//! `M`, `A<id>` and `H<text>`, and native ones, which are no message of the protocol at all.
//!
//! # Example
//!
//! ```
//! use bytes::Bytes;
//! use gongular::neffos::codec::{Frame, Header};
//!
//! let header = Header { wait: "$7", namespace: "default", event: "we;ird", ..Header::default() };
//! let text = header.text("x;y");
//! assert_eq!(text, "$7;default;;we@%!semicolon@%!ird;0;0;x;y");
//!
//! let frame = Frame::decode(&Bytes::from(text)).unwrap();
//! assert_eq!((frame.event.as_str(), &frame.body[..]), ("we;ird", &b"x;y"[..]));
//! // What has fewer than seven fields is no message.
//! assert!(Frame::decode(&Bytes::from_static(b"hello; world")).is_none());
//! ```

mod ack;
mod frame;
mod header;
mod name;
#[cfg(test)]
mod tests;

pub use self::ack::{Ack, HELLO};
pub use self::frame::Frame;
pub use self::header::{Header, empty_reply};
pub use self::name::Name;

/// Events that the protocol itself sends.
pub mod system {
    /// A side asks to connect a namespace.
    pub const CONNECT: &str = "_OnNamespaceConnect";
    /// A namespace was connected; never sent.
    pub const CONNECTED: &str = "_OnNamespaceConnected";
    /// A side asks to disconnect a namespace.
    pub const DISCONNECT: &str = "_OnNamespaceDisconnect";
    /// A side asks that the client joins a room.
    pub const JOIN: &str = "_OnRoomJoin";
    /// A room was joined; never sent.
    pub const JOINED: &str = "_OnRoomJoined";
    /// A side asks that the client leaves a room.
    pub const LEAVE: &str = "_OnRoomLeave";
    /// A room was left; `leaveAll` of the original client sends it in the place of [`LEAVE`].
    pub const LEFT: &str = "_OnRoomLeft";

    /// Returns whether a name is kept for the protocol: `_On` and what follows.
    #[must_use]
    pub fn is_own(event: &str) -> bool {
        event.starts_with("_On")
    }
}

/// Texts of errors that both sides know.
pub mod text {
    /// There is no handler for the event.
    pub const BAD_EVENT: &str = "bad event";
    /// The namespace is not there, or not connected.
    pub const BAD_NAMESPACE: &str = "bad namespace";
    /// The room is not joined, or must not be.
    pub const BAD_ROOM: &str = "bad room";
    /// The frame is no message.
    pub const INVALID: &str = "invalid payload";
}
