//! Why a connection is over.

use std::fmt;
use std::sync::Arc;

use tokio_tungstenite::tungstenite;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;

use super::DialError;

/// Why a connection is over: lost for now, or closed for good.
#[derive(Clone, Debug)]
pub struct CloseReason {
    repr: Repr,
}

#[derive(Clone, Debug)]
enum Repr {
    Dial(DialError),
    GaveUp { tries: u32, last: Option<DialError> },
    Local,
    Lost(Option<Arc<tungstenite::Error>>),
    Server { code: Option<u16>, text: Box<str> },
    Silent,
}

impl CloseReason {
    pub(super) const fn dial(error: DialError) -> Self {
        Self { repr: Repr::Dial(error) }
    }

    pub(super) const fn gave_up(tries: u32, last: Option<DialError>) -> Self {
        Self { repr: Repr::GaveUp { tries, last } }
    }

    pub(super) const fn local() -> Self {
        Self { repr: Repr::Local }
    }

    pub(super) fn lost(error: Option<tungstenite::Error>) -> Self {
        Self { repr: Repr::Lost(error.map(Arc::new)) }
    }

    pub(super) fn server(frame: Option<&CloseFrame>) -> Self {
        let code = frame.map(|frame| frame.code.into());
        let text = frame.map(|frame| frame.reason.as_str()).unwrap_or_default();
        Self { repr: Repr::Server { code, text: text.into() } }
    }

    pub(super) const fn silent() -> Self {
        Self { repr: Repr::Silent }
    }

    /// Returns whether this side closed it: by [`Client::close`](super::Client::close), or since no client was left.
    #[must_use]
    pub const fn is_local(&self) -> bool {
        matches!(self.repr, Repr::Local)
    }

    /// Returns whether the server closed it in good order.
    #[must_use]
    pub const fn is_server(&self) -> bool {
        matches!(self.repr, Repr::Server { .. })
    }

    /// Returns whether it broke off without a word, or the server was silent for too long.
    #[must_use]
    pub const fn is_lost(&self) -> bool {
        matches!(self.repr, Repr::Lost(_) | Repr::Silent)
    }

    /// Returns the code of the server's close frame.
    #[must_use]
    pub const fn close_code(&self) -> Option<u16> {
        match self.repr {
            Repr::Server { code, .. } => code,
            _ => None,
        }
    }

    /// Returns why the server could not be reached again, or did not let the client in again.
    #[must_use]
    pub const fn dial_error(&self) -> Option<&DialError> {
        match &self.repr {
            Repr::Dial(error) => Some(error),
            Repr::GaveUp { last, .. } => last.as_ref(),
            _ => None,
        }
    }
}

impl fmt::Display for CloseReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.repr {
            Repr::Dial(error) => fmt::Display::fmt(error, f),
            Repr::GaveUp { tries, .. } => write!(f, "the server could not be reached again in {tries} tries"),
            Repr::Local => f.write_str("closed by this side"),
            Repr::Lost(_) => f.write_str("the connection was lost"),
            Repr::Server { code: None, .. } => f.write_str("closed by the server"),
            Repr::Server { code: Some(code), text } if text.is_empty() => {
                write!(f, "closed by the server: {code}")
            }
            Repr::Server { code: Some(code), text } => write!(f, "closed by the server: {code}, {text}"),
            Repr::Silent => f.write_str("the server does not answer"),
        }
    }
}

impl std::error::Error for CloseReason {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.repr {
            Repr::Dial(error) => std::error::Error::source(error),
            Repr::GaveUp { last: Some(error), .. } => Some(error),
            Repr::Lost(Some(error)) => Some(&**error),
            _ => None,
        }
    }
}
