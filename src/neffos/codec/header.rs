//! Messages on their way out.

use super::name;

/// What stands before the body of a message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "the protocol has these fields, for good")]
pub struct Header<'h> {
    /// The token by which an answer is found; empty when none is awaited. It must hold no semicolon.
    pub wait: &'h str,
    /// The namespace.
    pub namespace: &'h str,
    /// The room; empty for none.
    pub room: &'h str,
    /// The event.
    pub event: &'h str,
    /// Whether the body is the text of an error.
    pub is_error: bool,
    /// Whether the receiver has nothing to do for it.
    pub is_no_op: bool,
}

impl Header<'_> {
    /// Makes a text frame.
    ///
    /// An error without a text would be read as none, so that its text becomes `error`.
    #[must_use]
    pub fn text(&self, body: &str) -> String {
        let body = if self.is_error && body.is_empty() { "error" } else { body };
        let mut out = self.head(body.len());
        out.push_str(body);
        out
    }

    /// Makes a binary frame.
    #[must_use]
    pub fn binary(&self, body: &[u8]) -> Vec<u8> {
        let mut out = self.head(body.len()).into_bytes();
        out.extend_from_slice(body);
        out
    }

    /// Makes what stands before a body, with room for it.
    fn head(&self, body_bytes: usize) -> String {
        let names = self.wait.len() + self.namespace.len() + self.room.len() + self.event.len();
        let mut out = String::with_capacity(names + SEPARATORS_AND_FLAGS + body_bytes);
        out.push_str(self.wait);
        for name in [self.namespace, self.room, self.event] {
            out.push(';');
            name::escape(name, &mut out);
        }
        out.push_str(match (self.is_error, self.is_no_op) {
            (false, false) => ";0;0;",
            (false, true) => ";0;1;",
            (true, false) => ";1;0;",
            (true, true) => ";1;1;",
        });
        out
    }
}

/// Makes the answer that says no more than that the request was heard.
#[must_use]
pub fn empty_reply(wait: &str) -> String {
    [wait, ";;;;;;"].concat()
}

const SEPARATORS_AND_FLAGS: usize = 8;
