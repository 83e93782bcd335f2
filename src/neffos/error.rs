//! Why something could not be sent, or was not answered.

use std::borrow::Cow;
use std::fmt;

use super::codec::text;
use crate::Error;
#[cfg(feature = "neffos")]
use crate::websocket::SocketError;

/// Why a message could not be sent, or an ask was not answered.
///
/// A handler may hand it on with `?`. Its asker then reads the text of who refused, or that the answer took too
/// long; of other failures only that there was one. In a handler of requests it is a `500`: what it means to that client, such
/// as that a user is not there, the handler says itself.
#[derive(Clone, Debug)]
pub struct AskError {
    repr: Repr,
}

#[derive(Clone, Debug)]
#[cfg_attr(
    not(all(feature = "neffos", feature = "neffos-client")),
    allow(dead_code, reason = "either side has errors of its own")
)]
enum Repr {
    BadNamespace,
    BadRoom,
    Closed,
    Failed(Error),
    Full,
    Lost,
    /// A namespace that this side was not told of.
    NoNamespace(Box<str>),
    Refused(Box<str>),
    Timeout,
    /// What a hook failed with, which was told of the connection of this number.
    Told(Error, u64),
    Unknown,
}

impl AskError {
    pub(super) const fn bad_namespace() -> Self {
        Self { repr: Repr::BadNamespace }
    }

    /// Makes the error of a namespace that this side was not told of: a slip of the pen, most often.
    pub(super) fn no_namespace(name: &str) -> Self {
        Self { repr: Repr::NoNamespace(name.into()) }
    }

    pub(super) const fn bad_room() -> Self {
        Self { repr: Repr::BadRoom }
    }

    pub(super) const fn closed() -> Self {
        Self { repr: Repr::Closed }
    }

    pub(super) fn refused(text: &str) -> Self {
        match text {
            text::BAD_NAMESPACE => Self::bad_namespace(),
            text::BAD_ROOM => Self::bad_room(),
            _ => Self { repr: Repr::Refused(text.into()) },
        }
    }

    pub(super) const fn timeout() -> Self {
        Self { repr: Repr::Timeout }
    }

    #[cfg(feature = "neffos-client")]
    pub(super) const fn full() -> Self {
        Self { repr: Repr::Full }
    }

    #[cfg(feature = "neffos-client")]
    pub(super) const fn lost() -> Self {
        Self { repr: Repr::Lost }
    }

    #[cfg(feature = "neffos")]
    pub(super) const fn unknown() -> Self {
        Self { repr: Repr::Unknown }
    }

    pub(super) const fn failed(error: Error) -> Self {
        Self { repr: Repr::Failed(error) }
    }

    #[cfg(feature = "neffos")]
    pub(super) const fn told(error: Error, conn: u64) -> Self {
        Self { repr: Repr::Told(error, conn) }
    }

    #[cfg(feature = "neffos")]
    pub(super) const fn is_told_of(&self, conn: u64) -> bool {
        matches!(self.repr, Repr::Told(_, of) if of == conn)
    }

    /// Returns what something of the application failed with.
    #[cfg(feature = "neffos")]
    pub(super) const fn failure(&self) -> Option<&Error> {
        match &self.repr {
            Repr::Failed(error) | Repr::Told(error, _) => Some(error),
            _ => None,
        }
    }

    /// Returns whether the namespace is not there or not connected, or the room not joined.
    #[must_use]
    pub const fn is_outside(&self) -> bool {
        matches!(self.repr, Repr::BadNamespace | Repr::BadRoom | Repr::NoNamespace(_))
    }

    /// Returns whether whoever asked named a namespace that nobody has described.
    #[cfg(feature = "neffos")]
    pub(super) const fn is_misnamed(&self) -> bool {
        matches!(self.repr, Repr::NoNamespace(_))
    }

    /// Returns whether the connection is closed, was not accepted yet, or is not known.
    #[must_use]
    pub const fn is_closed(&self) -> bool {
        matches!(self.repr, Repr::Closed | Repr::Unknown)
    }

    /// Returns whether too much waits to be sent; only of a client's own.
    #[must_use]
    pub const fn is_full(&self) -> bool {
        matches!(self.repr, Repr::Full)
    }

    /// Returns whether a client's connection is lost, or was before the answer came; it may be there again later.
    #[must_use]
    pub const fn is_lost(&self) -> bool {
        matches!(self.repr, Repr::Lost)
    }

    /// Returns whether the other side did not answer in time.
    #[must_use]
    pub const fn is_timeout(&self) -> bool {
        matches!(self.repr, Repr::Timeout)
    }

    /// Returns the text by which the other side refused.
    #[must_use]
    pub fn refusal(&self) -> Option<&str> {
        match &self.repr {
            Repr::BadNamespace | Repr::NoNamespace(_) => Some(text::BAD_NAMESPACE),
            Repr::BadRoom => Some(text::BAD_ROOM),
            Repr::Refused(text) => Some(text),
            Repr::Closed
            | Repr::Failed(_)
            | Repr::Full
            | Repr::Lost
            | Repr::Timeout
            | Repr::Told(..)
            | Repr::Unknown => None,
        }
    }
}

#[cfg(feature = "neffos")]
impl From<SocketError> for AskError {
    fn from(_: SocketError) -> Self {
        Self::closed()
    }
}

impl fmt::Display for AskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.repr {
            Repr::BadNamespace => f.write_str(text::BAD_NAMESPACE),
            Repr::BadRoom => f.write_str(text::BAD_ROOM),
            Repr::Closed => f.write_str("the connection is closed"),
            Repr::Failed(error) | Repr::Told(error, _) => fmt::Display::fmt(error, f),
            Repr::Full => f.write_str("too much waits to be sent"),
            Repr::Lost => f.write_str("the connection is lost"),
            Repr::NoNamespace(name) => write!(f, "no namespace {name:?} was described on this side"),
            Repr::Refused(text) => f.write_str(text),
            Repr::Timeout => f.write_str("no answer in time"),
            Repr::Unknown => f.write_str("no connection has this id"),
        }
    }
}

impl std::error::Error for AskError {}

/// Returns the text of an error that a client may read.
///
/// What is wrong with a body is told field by field; the text of an error that nobody meant for clients is not.
pub(super) fn public(error: &Error) -> Cow<'_, str> {
    // What a handler says for clients comes before what the error says by itself.
    if let Some(asked) = error.downcast_ref::<AskError>().filter(|_| error.public() == UNSAID) {
        match &asked.repr {
            Repr::Failed(error) | Repr::Told(error, _) => return Cow::Owned(public(error).into_owned()),
            Repr::NoNamespace(_) => return Cow::Borrowed(text::BAD_NAMESPACE),
            Repr::BadNamespace | Repr::BadRoom | Repr::Refused(_) | Repr::Timeout => {
                return Cow::Owned(asked.to_string());
            }
            Repr::Closed | Repr::Full | Repr::Lost | Repr::Unknown => {}
        }
    }
    if error.problems().is_empty() {
        return Cow::Borrowed(error.public());
    }
    let problems: Vec<_> = error.problems().iter().map(ToString::to_string).collect();
    let mut text = problems.join("; ");
    text.truncate(text.floor_char_boundary(MAX_TEXT_BYTES));
    Cow::Owned(text)
}

/// What clients read of an error of which nothing is said for them.
const UNSAID: &str = "internal server error";

/// How long the text of an error may be.
const MAX_TEXT_BYTES: usize = 4 << 10;
