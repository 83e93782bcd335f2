//! The handshake.

/// The frame by which a client asks to be let in; nothing else counts.
pub const HELLO: &str = "M";

/// The server's answer to [`HELLO`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "the protocol knows two answers, for good")]
pub enum Ack<'a> {
    /// The client is let in, under this id.
    Accepted(&'a str),
    /// The client is not let in, and this is why.
    Refused(&'a str),
}

impl<'a> Ack<'a> {
    /// Reads an answer; none when it is no frame of the handshake.
    #[must_use]
    pub fn decode(text: &'a str) -> Option<Self> {
        if let Some(id) = text.strip_prefix('A') {
            return Some(Self::Accepted(id));
        }
        text.strip_prefix('H').map(Self::Refused)
    }

    /// Writes the frame.
    #[must_use]
    pub fn encode(self) -> String {
        match self {
            Self::Accepted(id) => ["A", id].concat(),
            Self::Refused(text) => ["H", text].concat(),
        }
    }
}
