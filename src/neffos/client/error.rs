//! Why there is no connection.

use std::fmt;
use std::io;
use std::sync::Arc;

use bytes::Bytes;
use http::StatusCode;
use tokio_tungstenite::tungstenite;

/// Why a server could not be reached, or did not let the client in.
#[derive(Clone)]
pub struct DialError {
    repr: Repr,
}

#[derive(Clone, Debug)]
enum Repr {
    Flood,
    Header(Box<str>),
    Io(Arc<io::Error>),
    Left,
    Protocol(Arc<tungstenite::Error>),
    Refused(Box<str>),
    Status(StatusCode, Bytes),
    Timeout,
    #[cfg(feature = "neffos-client-tls")]
    Tls(Arc<io::Error>),
    Url(&'static str),
}

impl DialError {
    /// Makes the error of an answer that opens no websocket.
    pub(super) const fn answer(status: StatusCode, body: Bytes) -> Self {
        Self { repr: Repr::Status(status, body) }
    }

    pub(super) const fn flood() -> Self {
        Self { repr: Repr::Flood }
    }

    pub(super) fn header(name: &str) -> Self {
        Self { repr: Repr::Header(name.into()) }
    }

    pub(super) fn io(error: io::Error) -> Self {
        Self { repr: Repr::Io(Arc::new(error)) }
    }

    pub(super) const fn left() -> Self {
        Self { repr: Repr::Left }
    }

    pub(super) fn refused(text: &str) -> Self {
        Self { repr: Repr::Refused(text.into()) }
    }

    /// Makes the error of a websocket. It is no `From`, which would show everybody whose websockets these are.
    pub(super) fn socket(error: tungstenite::Error) -> Self {
        let repr = match error {
            tungstenite::Error::Io(error) => Repr::Io(Arc::new(error)),
            error => Repr::Protocol(Arc::new(error)),
        };
        Self { repr }
    }

    pub(super) const fn timeout() -> Self {
        Self { repr: Repr::Timeout }
    }

    #[cfg(feature = "neffos-client-tls")]
    pub(super) fn tls(error: io::Error) -> Self {
        Self { repr: Repr::Tls(Arc::new(error)) }
    }

    pub(super) const fn url(text: &'static str) -> Self {
        Self { repr: Repr::Url(text) }
    }

    /// Returns the text by which the server's application did not let the client in.
    #[must_use]
    pub fn refusal(&self) -> Option<&str> {
        match &self.repr {
            Repr::Refused(text) => Some(text),
            _ => None,
        }
    }

    /// Returns the status by which the server answered instead of opening a websocket.
    #[must_use]
    pub const fn status(&self) -> Option<StatusCode> {
        match self.repr {
            Repr::Status(status, _) => Some(status),
            _ => None,
        }
    }

    /// Returns the body of that answer, such as the JSON of an error: the first 8 KiB, as far as they came in the time that
    /// opening may take. Empty when the answer does not announce a length.
    #[must_use]
    pub const fn body(&self) -> Option<&Bytes> {
        match &self.repr {
            Repr::Status(_, body) => Some(body),
            _ => None,
        }
    }

    /// Returns whether the server did not answer in time.
    #[must_use]
    pub const fn is_timeout(&self) -> bool {
        matches!(self.repr, Repr::Timeout)
    }

    /// Returns whether trying again would not help: the URL or a header field is wrong, the application refused, or the
    /// answer was 401 or 403.
    #[must_use]
    pub const fn is_final(&self) -> bool {
        match self.repr {
            Repr::Header(_) | Repr::Refused(_) | Repr::Url(_) => true,
            Repr::Status(status, _) => matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN),
            Repr::Flood | Repr::Io(_) | Repr::Left | Repr::Protocol(_) | Repr::Timeout => false,
            #[cfg(feature = "neffos-client-tls")]
            Repr::Tls(_) => false,
        }
    }
}

/// Shows how long the [`body`](Self::body) is, not what stands in it: that is the server's, and would stand in logs.
impl fmt::Debug for DialError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.repr {
            Repr::Status(status, body) => {
                f.debug_struct("DialError").field("status", status).field("body_bytes", &body.len()).finish()
            }
            other => f.debug_tuple("DialError").field(other).finish(),
        }
    }
}

impl fmt::Display for DialError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.repr {
            Repr::Flood => f.write_str("the server sends much and does not let the client in"),
            Repr::Header(name) => write!(f, "the header field {name:?} cannot be sent"),
            Repr::Io(_) => f.write_str("the server cannot be reached"),
            Repr::Left => f.write_str("the server left before it let the client in"),
            Repr::Protocol(_) => f.write_str("the server does not speak the protocol"),
            Repr::Refused(text) => write!(f, "the server refused: {text}"),
            Repr::Status(status, _) => write!(f, "the server answered {status}"),
            Repr::Timeout => f.write_str("the server did not answer in time"),
            #[cfg(feature = "neffos-client-tls")]
            Repr::Tls(_) => f.write_str("TLS with the server failed"),
            Repr::Url(text) => write!(f, "the URL cannot be dialled: {text}"),
        }
    }
}

impl std::error::Error for DialError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.repr {
            Repr::Io(error) => Some(&**error),
            Repr::Protocol(error) => Some(&**error),
            #[cfg(feature = "neffos-client-tls")]
            Repr::Tls(error) => Some(&**error),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_server_answers_is_counted_and_not_shown() {
        let error = DialError::answer(StatusCode::FORBIDDEN, Bytes::from_static(b"the secret"));
        for text in [format!("{error:?}"), format!("{error:#?}"), error.to_string()] {
            assert!(text.contains("403") && !text.contains("secret"), "{text}");
        }
        assert_eq!(format!("{error:?}"), "DialError { status: 403, body_bytes: 10 }");
    }
}
