//! How a request ended.

use std::fmt;

/// How a request ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// The body of the answer failed after the head had left.
    BodyError,
    /// The request was dropped before its answer had a head: the client went away, or something outside gave up waiting.
    ClientGoneBeforeHead,
    /// The answer was dropped before its body was complete.
    ClientGoneInBody,
    /// The answer was delivered to its last byte, whatever its status.
    #[default]
    Complete,
    /// The service inside failed instead of answering, and nobody inside made an answer of the failure.
    Failed,
    /// Something panicked while the request was served, whether or not the client got an answer.
    Panic,
    /// The request took too long and was answered without its handler.
    Timeout,
    /// The connection was handed over to another protocol: `101`, or a `CONNECT` that was accepted.
    Upgraded,
}

impl Outcome {
    /// Returns the name that stands in logs and metrics, such as `client_gone_in_body`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BodyError => "body_error",
            Self::ClientGoneBeforeHead => "client_gone_before_head",
            Self::ClientGoneInBody => "client_gone_in_body",
            Self::Complete => "complete",
            Self::Failed => "failed",
            Self::Panic => "panic",
            Self::Timeout => "timeout",
            Self::Upgraded => "upgraded",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
