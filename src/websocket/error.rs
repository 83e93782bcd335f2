//! Why a websocket is over.

use std::fmt;
use std::io;
use std::sync::Arc;

use super::CloseCode;

/// Why nothing more can be received or sent.
///
/// A handler may hand it on with `?`; the connection has then ended already.
#[derive(Clone, Debug)]
pub struct SocketError {
    repr: Repr,
}

#[derive(Clone, Debug)]
enum Repr {
    Closed,
    Invalid(&'static str),
    Lost(Option<Arc<io::Error>>),
    Overflow,
    Protocol(&'static str),
    Silent,
    TooLarge { limit: usize, what: &'static str },
}

impl SocketError {
    pub(super) const fn closed() -> Self {
        Self { repr: Repr::Closed }
    }

    pub(super) const fn invalid(text: &'static str) -> Self {
        Self { repr: Repr::Invalid(text) }
    }

    pub(super) fn lost(error: Option<io::Error>) -> Self {
        Self { repr: Repr::Lost(error.map(Arc::new)) }
    }

    pub(super) const fn overflow() -> Self {
        Self { repr: Repr::Overflow }
    }

    pub(super) const fn protocol(text: &'static str) -> Self {
        Self { repr: Repr::Protocol(text) }
    }

    pub(super) const fn silent() -> Self {
        Self { repr: Repr::Silent }
    }

    pub(super) const fn too_large(what: &'static str, limit: usize) -> Self {
        Self { repr: Repr::TooLarge { limit, what } }
    }

    /// Returns the code that the client was told; none when it could not be told anything.
    #[must_use]
    pub const fn close_code(&self) -> Option<CloseCode> {
        match self.repr {
            Repr::Closed | Repr::Lost(_) | Repr::Overflow | Repr::Silent => None,
            Repr::Invalid(_) => Some(CloseCode::INVALID),
            Repr::Protocol(_) => Some(CloseCode::PROTOCOL),
            Repr::TooLarge { .. } => Some(CloseCode::TOO_LARGE),
        }
    }

    /// Returns whether the websocket was closed in good order, by either side.
    #[must_use]
    pub const fn is_closed(&self) -> bool {
        matches!(self.repr, Repr::Closed)
    }

    /// Returns whether the client went away without a word, or did not answer for too long.
    #[must_use]
    pub const fn is_lost(&self) -> bool {
        matches!(self.repr, Repr::Lost(_) | Repr::Silent)
    }

    /// Returns whether the client did not read, so that the queue of messages to it was full.
    #[must_use]
    pub const fn is_overflow(&self) -> bool {
        matches!(self.repr, Repr::Overflow)
    }
}

impl fmt::Display for SocketError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.repr {
            Repr::Closed => f.write_str("the websocket is closed"),
            Repr::Invalid(text) | Repr::Protocol(text) => write!(f, "the client broke the protocol: {text}"),
            Repr::Lost(_) => f.write_str("the connection was lost"),
            Repr::Overflow => f.write_str("the client does not read: the queue of messages to it is full"),
            Repr::Silent => f.write_str("the client does not answer"),
            Repr::TooLarge { limit, what } => write!(f, "the client sent a {what} above {limit} bytes"),
        }
    }
}

impl std::error::Error for SocketError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.repr {
            Repr::Lost(Some(error)) => Some(&**error),
            _ => None,
        }
    }
}
