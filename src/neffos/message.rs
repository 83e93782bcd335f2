//! Messages as handlers see them, and what is sent.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use serde::Serialize;

use super::codec::{Frame, Header};
#[cfg(feature = "neffos")]
use crate::websocket::Text;
use crate::{Error, Json};

/// A message of the other side. Clones are the same one.
///
/// Hooks get one, too: that of the request that they decide on, or an empty one when it is this side's own doing.
#[derive(Clone, Default)]
pub struct Message {
    pub(super) frame: Arc<Frame>,
    pub(super) is_binary: bool,
    pub(super) is_native: bool,
    pub(super) is_local: bool,
    pub(super) is_forced: bool,
}

impl Message {
    pub(super) fn new(frame: Frame, is_binary: bool) -> Self {
        Self { frame: Arc::new(frame), is_binary, is_native: false, is_local: false, is_forced: false }
    }

    /// Makes the message of something that the server does.
    pub(super) fn local(namespace: &str, room: &str, event: &str) -> Self {
        let frame =
            Frame { namespace: namespace.into(), room: room.into(), event: event.into(), ..Frame::default() };
        Self { is_local: true, ..Self::new(frame, false) }
    }

    /// Makes the message of something that happens in any case.
    pub(super) fn forced(namespace: &str, room: &str, event: &str) -> Self {
        Self { is_forced: true, is_local: false, ..Self::local(namespace, room, event) }
    }

    pub(super) fn native(body: Bytes, is_binary: bool) -> Self {
        Self { is_native: true, ..Self::new(Frame { body, ..Frame::default() }, is_binary) }
    }

    /// Returns the namespace.
    #[must_use]
    pub fn namespace(&self) -> &str {
        &self.frame.namespace
    }

    /// Returns the room; empty for none.
    #[must_use]
    pub fn room(&self) -> &str {
        &self.frame.room
    }

    /// Returns the event.
    #[must_use]
    pub fn event(&self) -> &str {
        &self.frame.event
    }

    /// Returns the body.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.frame.body
    }

    /// Returns the body as a text; none when it is not UTF-8.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        std::str::from_utf8(&self.frame.body).ok()
    }

    /// Returns the text of the other side's error, when the message is one.
    #[must_use]
    pub fn error(&self) -> Option<Cow<'_, str>> {
        self.frame.is_error.then(|| String::from_utf8_lossy(&self.frame.body))
    }

    /// Returns whether an answer is awaited.
    #[must_use]
    pub fn is_ask(&self) -> bool {
        !self.frame.wait.is_empty()
    }

    /// Returns whether it came in a binary frame.
    #[must_use]
    pub const fn is_binary(&self) -> bool {
        self.is_binary
    }

    /// Returns whether it is no message of the protocol, but a frame of one who does not speak it.
    #[must_use]
    pub const fn is_native(&self) -> bool {
        self.is_native
    }

    /// Returns whether this side began it, not the other (`IsLocal`).
    #[must_use]
    pub const fn is_local(&self) -> bool {
        self.is_local
    }

    /// Returns whether it happens whatever a hook says, since the connection or the namespace is gone (`IsForced`).
    #[must_use]
    pub const fn is_forced(&self) -> bool {
        self.is_forced
    }
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message")
            .field("namespace", &self.namespace())
            .field("room", &self.room())
            .field("event", &self.event())
            .field("body", self.body())
            .finish_non_exhaustive()
    }
}

/// The body of a message that is sent: a text, or bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "there are two kinds of frames, for good")]
pub enum Payload {
    /// Bytes, which go in a binary frame.
    Binary(Bytes),
    /// A text.
    Text(Cow<'static, str>),
}

impl Payload {
    pub(super) fn empty() -> Self {
        Self::Text(Cow::Borrowed(""))
    }

    /// Makes the frame of a message.
    pub(super) fn frame<F: Sent>(&self, header: &Header<'_>) -> F {
        match self {
            Self::Binary(bytes) => header.binary(bytes).into(),
            Self::Text(text) => header.text(text).into(),
        }
    }

    /// Makes the frame of an answer, which is of the kind of what it answers. Bytes that are no text go as bytes.
    pub(super) fn answer<F: Sent>(&self, header: &Header<'_>, is_binary: bool) -> F {
        match self {
            Self::Text(text) if is_binary => header.binary(text.as_bytes()).into(),
            Self::Binary(bytes) if !is_binary => match std::str::from_utf8(bytes) {
                Ok(text) => header.text(text).into(),
                Err(_) => self.frame(header),
            },
            Self::Binary(_) | Self::Text(_) => self.frame(header),
        }
    }

    /// Makes the frame of the answer to a native message, which is of the kind of what it answers, as [`answer`](Self::answer).
    pub(super) fn native_answer<F: Sent>(self, is_binary: bool) -> F {
        match self {
            Self::Text(text) if is_binary => Bytes::from(text.into_owned()).into(),
            Self::Binary(bytes) if !is_binary => match str::from_utf8(&bytes) {
                Ok(text) => text.to_owned().into(),
                Err(_) => bytes.into(),
            },
            Self::Binary(_) | Self::Text(_) => self.native(),
        }
    }

    /// Makes the frame of a native message.
    pub(super) fn native<F: Sent>(self) -> F {
        match self {
            Self::Binary(bytes) => bytes.into(),
            Self::Text(text) => text.into_owned().into(),
        }
    }
}

/// A frame of a websocket, whoever's it is: a text of a `String`, a binary one of bytes.
pub(super) trait Sent: From<Bytes> + From<String> + From<Vec<u8>> {}

impl<T: From<Bytes> + From<String> + From<Vec<u8>>> Sent for T {}

/// What can be sent as the body of a message: a text, bytes, or [`Json`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the body of a message",
    label = "cannot be sent as it is",
    note = "a text, bytes or a `Payload` is sent as it is, and anything that serialises as `Json(value)`"
)]
pub trait IntoPayload {
    /// Makes the body.
    ///
    /// # Errors
    ///
    /// The value cannot be serialised: [`ErrorKind::Serialize`](crate::ErrorKind::Serialize).
    fn into_payload(self) -> Result<Payload, Error>;
}

impl IntoPayload for Payload {
    fn into_payload(self) -> Result<Payload, Error> {
        Ok(self)
    }
}

impl IntoPayload for &str {
    fn into_payload(self) -> Result<Payload, Error> {
        self.to_owned().into_payload()
    }
}

impl IntoPayload for String {
    fn into_payload(self) -> Result<Payload, Error> {
        Ok(Payload::Text(self.into()))
    }
}

#[cfg(feature = "neffos")]
impl IntoPayload for Text {
    fn into_payload(self) -> Result<Payload, Error> {
        (&*self).into_payload()
    }
}

impl IntoPayload for Bytes {
    fn into_payload(self) -> Result<Payload, Error> {
        Ok(Payload::Binary(self))
    }
}

impl IntoPayload for Vec<u8> {
    fn into_payload(self) -> Result<Payload, Error> {
        Ok(Payload::Binary(self.into()))
    }
}

impl<T: Serialize> IntoPayload for Json<T> {
    fn into_payload(self) -> Result<Payload, Error> {
        let text = serde_json::to_string(&self.0).map_err(Error::serialize)?;
        text.into_payload()
    }
}

/// What a handler of an event may return.
///
/// | returned | a client that asked gets |
/// |---|---|
/// | `()`, `None` | an empty answer |
/// | a text, bytes, [`Json`], a [`Payload`] | it as the body, as text or binary as it asked |
/// | an error | the text that clients may read |
///
/// A client that did not ask gets an answer, too, as an event of the same name, unless it is empty. Answers of hooks are not
/// sent.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the answer to a message",
    label = "no answer",
    note = "return nothing, a text, bytes, a `Payload`, `Json(value)` for anything that serialises, or an `Option` or a `Result` of these",
    note = "a function that returns a future is written as `async fn`"
)]
pub trait IntoReply {
    /// Makes the answer.
    ///
    /// # Errors
    ///
    /// The handler failed, or the value cannot be serialised.
    fn into_reply(self) -> Result<Option<Payload>, Error>;
}

impl IntoReply for () {
    fn into_reply(self) -> Result<Option<Payload>, Error> {
        Ok(None)
    }
}

#[diagnostic::do_not_recommend]
impl<T: IntoPayload> IntoReply for T {
    fn into_reply(self) -> Result<Option<Payload>, Error> {
        self.into_payload().map(Some)
    }
}

impl<T: IntoReply> IntoReply for Option<T> {
    fn into_reply(self) -> Result<Option<Payload>, Error> {
        self.map_or(Ok(None), T::into_reply)
    }
}

impl<T: IntoReply, E: Into<Error>> IntoReply for Result<T, E> {
    fn into_reply(self) -> Result<Option<Payload>, Error> {
        self.map_err(E::into).and_then(T::into_reply)
    }
}
