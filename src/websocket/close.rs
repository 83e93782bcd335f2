//! Why a websocket is closed.

use std::fmt;

use bytes::Bytes;

/// The code of a close frame: why a websocket is closed (RFC 6455, section 7.4).
///
/// # Example
///
/// ```
/// use gongular::websocket::CloseCode;
///
/// assert_eq!(CloseCode::new(4001).map(CloseCode::as_u16), Some(4001));
/// // 1006 says that there was no close frame: it stands in none.
/// assert_eq!(CloseCode::new(1006), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CloseCode(u16);

impl CloseCode {
    /// 1013: try again later.
    pub const AGAIN: Self = Self(1013);
    /// 1001: the server stops, or the page was left.
    pub const GOING_AWAY: Self = Self(1001);
    /// 1011: the handler failed.
    pub const INTERNAL: Self = Self(1011);
    /// 1007: a text that is not UTF-8, or a message that does not make sense.
    pub const INVALID: Self = Self(1007);
    /// 1000: what the connection was for is done.
    pub const NORMAL: Self = Self(1000);
    /// 1008: the message breaks a rule of the application.
    pub const POLICY: Self = Self(1008);
    /// 1002: the protocol was broken.
    pub const PROTOCOL: Self = Self(1002);
    /// 1009: a message or a frame above its limit.
    pub const TOO_LARGE: Self = Self(1009);
    /// 1003: a kind of message that is not taken.
    pub const UNSUPPORTED: Self = Self(1003);

    /// Makes a code that may stand in a close frame: 1000 to 1003, 1007 to 1014, and 3000 to 4999, of which the
    /// application's own begin at 4000.
    #[must_use]
    pub const fn new(code: u16) -> Option<Self> {
        match code {
            1000..=1003 | 1007..=1014 | 3000..=4999 => Some(Self(code)),
            _ => None,
        }
    }

    /// Returns the number.
    #[must_use]
    pub const fn as_u16(self) -> u16 {
        self.0
    }
}

impl fmt::Display for CloseCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// Makes the payload of a close frame; the reason is cut to the 123 bytes that fit.
pub(super) fn payload(code: Option<CloseCode>, reason: &str) -> Bytes {
    let Some(code) = code else { return Bytes::new() };
    let reason = &reason.as_bytes()[..reason.floor_char_boundary(MAX_REASON_BYTES)];
    [&code.as_u16().to_be_bytes(), reason].concat().into()
}

const MAX_REASON_BYTES: usize = 123;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_reason_is_cut_between_characters() {
        let payload = payload(Some(CloseCode::NORMAL), &"ü".repeat(100));
        assert_eq!(payload.len(), 124);
        assert_eq!(payload[..2], [0x03, 0xe8]);
        assert_eq!(std::str::from_utf8(&payload[2..]).unwrap().chars().count(), 61);
        assert!(super::payload(None, "unsaid").is_empty());
    }
}
