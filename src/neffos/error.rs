//! Why something could not be sent, or was not answered.

use std::borrow::Cow;
use std::fmt;

use super::codec::text;
use crate::Error;
use crate::websocket::SocketError;

/// Why a message could not be sent, or an ask was not answered.
///
/// A handler may hand it on with `?`. Its asker then reads the text of a client that refused, or that the answer took too
/// long; of other failures only that there was one.
#[derive(Clone, Debug)]
pub struct AskError {
    repr: Repr,
}

#[derive(Clone, Debug)]
enum Repr {
    BadNamespace,
    BadRoom,
    Closed,
    Failed(Error),
    Refused(Box<str>),
    Timeout,
    Unknown,
}

impl AskError {
    pub(super) const fn bad_namespace() -> Self {
        Self { repr: Repr::BadNamespace }
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

    pub(super) const fn unknown() -> Self {
        Self { repr: Repr::Unknown }
    }

    pub(super) const fn failed(error: Error) -> Self {
        Self { repr: Repr::Failed(error) }
    }

    /// Returns whether the namespace is not connected, or the room not joined.
    #[must_use]
    pub const fn is_outside(&self) -> bool {
        matches!(self.repr, Repr::BadNamespace | Repr::BadRoom)
    }

    /// Returns whether the connection is closed, was not accepted yet, or is not known.
    #[must_use]
    pub const fn is_closed(&self) -> bool {
        matches!(self.repr, Repr::Closed | Repr::Unknown)
    }

    /// Returns whether the client did not answer in time.
    #[must_use]
    pub const fn is_timeout(&self) -> bool {
        matches!(self.repr, Repr::Timeout)
    }

    /// Returns the text by which the client refused.
    #[must_use]
    pub fn refusal(&self) -> Option<&str> {
        match &self.repr {
            Repr::BadNamespace => Some(text::BAD_NAMESPACE),
            Repr::BadRoom => Some(text::BAD_ROOM),
            Repr::Refused(text) => Some(text),
            Repr::Closed | Repr::Failed(_) | Repr::Timeout | Repr::Unknown => None,
        }
    }
}

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
            Repr::Failed(error) => fmt::Display::fmt(error, f),
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
    if let Some(asked) = error.downcast_ref::<AskError>() {
        match &asked.repr {
            Repr::Failed(error) => return Cow::Owned(public(error).into_owned()),
            Repr::BadNamespace | Repr::BadRoom | Repr::Refused(_) | Repr::Timeout => {
                return Cow::Owned(asked.to_string());
            }
            Repr::Closed | Repr::Unknown => {}
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

/// How long the text of an error may be.
const MAX_TEXT_BYTES: usize = 4 << 10;
