//! Messages that came.

use bytes::Bytes;

use super::{Header, Name};

/// A message, taken apart. Its parts share the bytes of the frame it came in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "the protocol has these fields, for good")]
pub struct Frame {
    /// The token by which the sender finds the answer; empty when none is awaited.
    pub wait: Name,
    /// The namespace.
    pub namespace: Name,
    /// The room; empty for none.
    pub room: Name,
    /// The event.
    pub event: Name,
    /// Whether the body is the text of an error.
    pub is_error: bool,
    /// Whether there is nothing to do for it.
    pub is_no_op: bool,
    /// The body.
    pub body: Bytes,
}

impl Frame {
    /// Takes a frame apart; none when it has fewer than seven fields, or names that are not UTF-8.
    ///
    /// The body is not copied. Flags are `1` or anything else, and an error without a text is none, as in the original.
    #[must_use]
    pub fn decode(bytes: &Bytes) -> Option<Self> {
        let mut ends = [0; 6];
        let mut begin = 0;
        for end in &mut ends {
            *end = begin + bytes[begin..].iter().position(|byte| *byte == b';')?;
            begin = *end + 1;
        }
        let range = |index: usize| {
            let begin = if index == 0 { 0 } else { ends[index - 1] + 1 };
            begin..ends[index]
        };
        let field = |index| bytes.slice(range(index));
        let flag = |index| bytes[range(index)] == *b"1";
        let body = bytes.slice(begin..);
        Some(Self {
            wait: Name::plain(field(0))?,
            namespace: Name::unescaped(field(1))?,
            room: Name::unescaped(field(2))?,
            event: Name::unescaped(field(3))?,
            is_error: flag(4) && !body.is_empty(),
            is_no_op: flag(5),
            body,
        })
    }

    /// Returns the wait token of a frame without taking the rest of it apart; none when it is no message or awaits nothing.
    #[must_use]
    pub fn wait_of(bytes: &[u8]) -> Option<&str> {
        let end = bytes.iter().position(|byte| *byte == b';').filter(|end| *end > 0)?;
        std::str::from_utf8(&bytes[..end]).ok()
    }

    /// Returns what stands before the body.
    #[must_use]
    pub fn header(&self) -> Header<'_> {
        Header {
            wait: &self.wait,
            namespace: &self.namespace,
            room: &self.room,
            event: &self.event,
            is_error: self.is_error,
            is_no_op: self.is_no_op,
        }
    }
}
