//! Escaped texts, and pairs of them.

use std::borrow::Cow;

use gongular_core::Limits;

use super::fault::number;
use super::{Fault, Item, Pair, Source};

/// A text as the client wrote it, with what has to be undone before it is read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Text<'de> {
    raw: &'de str,
    escapes: Escapes,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Escapes {
    None,
    /// `%` escapes.
    Percent,
    /// `%` escapes, and `+` for a blank.
    Form,
}

impl<'de> Text<'de> {
    /// Makes a text that stands as it is.
    pub(crate) const fn plain(raw: &'de str) -> Self {
        Self { raw, escapes: Escapes::None }
    }

    /// Makes a text of a path, where only `%` is special.
    pub(crate) fn of_path(raw: &'de str) -> Self {
        let escapes = if raw.bytes().any(|byte| byte == b'%') { Escapes::Percent } else { Escapes::None };
        Self { raw, escapes }
    }

    /// Returns the text as the client wrote it.
    pub(crate) const fn raw(self) -> &'de str {
        self.raw
    }

    /// Returns whether nothing is written.
    pub(crate) const fn is_empty(self) -> bool {
        self.raw.is_empty()
    }

    /// Returns whether the text itself differs from what the client wrote.
    pub(crate) const fn has_escapes(self) -> bool {
        !matches!(self.escapes, Escapes::None)
    }

    /// Returns the text itself.
    #[inline]
    pub(crate) fn decode(self) -> Result<Cow<'de, str>, Fault> {
        match self.escapes {
            Escapes::None => Ok(Cow::Borrowed(self.raw)),
            escapes => unescape(self.raw, escapes == Escapes::Form).map(Cow::Owned).ok_or(Fault::Refused),
        }
    }
}

/// Undoes the escapes once. `None` for an escape that is none, and for a result that is not UTF-8.
pub(crate) fn unescape(raw: &str, form: bool) -> Option<String> {
    let mut text = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = special(rest.as_bytes(), form) {
        text.push_str(rest.get(..at)?);
        let escape = rest.as_bytes().get(at..)?;
        let (byte, length) = match *escape {
            [b'+', ..] => (b' ', 1),
            [_, high, low, ..] => (hex(high)? << 4 | hex(low)?, 3),
            _ => return None,
        };
        if !byte.is_ascii() {
            return unescape_bytes(text, rest.get(at..)?, form);
        }
        text.push(char::from(byte));
        rest = rest.get(at + length..)?;
    }
    text.push_str(rest);
    Some(text)
}

/// Returns where something has to be undone.
#[inline]
fn special(bytes: &[u8], form: bool) -> Option<usize> {
    if form { memchr::memchr2(b'%', b'+', bytes) } else { memchr::memchr(b'%', bytes) }
}

/// Goes on where escapes stand for other bytes than ASCII, which make characters only together.
#[inline(never)]
fn unescape_bytes(before: String, rest: &str, form: bool) -> Option<String> {
    let mut text = before.into_bytes();
    let mut bytes = rest.bytes();
    while let Some(byte) = bytes.next() {
        text.push(match byte {
            b'%' => hex(bytes.next()?)? << 4 | hex(bytes.next()?)?,
            b'+' if form => b' ',
            other => other,
        });
    }
    String::from_utf8(text).ok()
}

const fn hex(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

/// The pairs of `key=value&key=value`, in their order.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pairs<'de> {
    rest: &'de str,
    left: usize,
    pairs: usize,
    key_bytes: usize,
}

impl<'de> Pairs<'de> {
    /// Reads `text` under the limits for pairs and keys.
    pub(crate) const fn new(text: &'de str, limits: &Limits) -> Self {
        Self { rest: text, left: limits.pairs(), pairs: limits.pairs(), key_bytes: limits.key_bytes() }
    }
}

impl<'de> Source<'de> for Pairs<'de> {
    #[inline]
    fn next(&mut self, pair: &mut Pair<'de>) -> Option<Result<(), Fault>> {
        loop {
            if self.rest.is_empty() {
                return None;
            }
            let (key, end) = scan(self.rest, true);
            let (value, end) = match self.rest.get(end..) {
                Some(rest) if rest.starts_with('=') => {
                    let rest = rest.get(1..).unwrap_or_default();
                    let (value, length) = scan(rest, false);
                    (value, end + 1 + length)
                }
                Some(_) | None => (Text::plain(""), end),
            };
            self.rest = self.rest.get(end + 1..).unwrap_or_default();
            if end == 0 {
                continue;
            }
            if key.raw.len() > self.key_bytes {
                return Some(Err(Fault::LongKey(number(self.key_bytes))));
            }
            let Some(left) = self.left.checked_sub(1) else {
                return Some(Err(Fault::TooManyPairs(number(self.pairs))));
            };
            self.left = left;
            *pair = Pair { key, item: Item::Text(value) };
            return Some(Ok(()));
        }
    }
}

/// Returns the text up to the next `&` (for keys also `=`) and where it ends.
#[inline]
fn scan(text: &str, key: bool) -> (Text<'_>, usize) {
    let bytes = text.as_bytes();
    let mut escapes = Escapes::None;
    // What means anything sorts before most of a text.
    let last = if key { b'=' } else { b'+' };
    let near = bytes.get(..NEAR).unwrap_or(bytes);
    let mut end = 0;
    while let Some(skip) = near.get(end..).and_then(|rest| rest.iter().position(|&byte| byte <= last)) {
        end += skip;
        match near.get(end) {
            Some(b'&') => return (Text { raw: text.get(..end).unwrap_or_default(), escapes }, end),
            Some(b'=') if key => return (Text { raw: text.get(..end).unwrap_or_default(), escapes }, end),
            Some(b'%' | b'+') => escapes = Escapes::Form,
            _ => {}
        }
        end += 1;
    }
    if bytes.len() > NEAR {
        return scan_far(text, key);
    }
    (Text { raw: text, escapes }, bytes.len())
}

/// As [`scan`], for texts that are long enough to be searched by the block.
#[inline(never)]
fn scan_far(text: &str, key: bool) -> (Text<'_>, usize) {
    let bytes = text.as_bytes();
    let end = if key { memchr::memchr2(b'&', b'=', bytes) } else { memchr::memchr(b'&', bytes) };
    let end = end.unwrap_or(bytes.len());
    let raw = text.get(..end).unwrap_or_default();
    let escaped = memchr::memchr2(b'%', b'+', raw.as_bytes()).is_some();
    (Text { raw, escapes: if escaped { Escapes::Form } else { Escapes::None } }, end)
}

/// So many bytes are looked at one by one before a search by the block pays.
const NEAR: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(text: &str) -> Vec<(String, String)> {
        let mut source = Pairs::new(text, &Limits::DEFAULT);
        let (mut pair, mut pairs) = (Pair::default(), Vec::new());
        while let Some(Ok(())) = source.next(&mut pair) {
            let text = |text: Text<'_>| text.decode().unwrap().into_owned();
            pairs.push((text(pair.key), pair.item.text().unwrap().into_owned()));
        }
        pairs
    }

    #[test]
    fn pairs_are_split_at_the_first_equals_sign() {
        let long = "x".repeat(100);
        let text = format!("a=1&&b=2=3&c&=d&{long}={long}&e=");
        let expected = [("a", "1"), ("b", "2=3"), ("c", ""), ("", "d"), (&long, &long), ("e", "")];
        assert_eq!(pairs(&text), expected.map(|(key, value)| (key.to_owned(), value.to_owned())));
        assert!(pairs("").is_empty());
        assert!(pairs("&&&").is_empty());
    }

    #[test]
    fn escapes_are_undone_once_wherever_they_stand() {
        let long = "x".repeat(100);
        assert_eq!(pairs("a%3D=b+c%2525;d"), [("a=".to_owned(), "b c%25;d".to_owned())]);
        assert_eq!(pairs(&format!("{long}%41={long}+")), [(format!("{long}A"), format!("{long} "))]);
        assert_eq!(unescape("a+b%2Fc", false).unwrap(), "a+b/c");
    }

    #[test]
    fn a_broken_escape_and_broken_utf8_are_refused() {
        for raw in ["%", "%2", "%zz", "%2g", "%ff", "%c0%af", "%ed%a0%80", "é%e9", "%+1"] {
            assert_eq!(unescape(raw, true), None, "{raw}");
        }
        assert_eq!(unescape("%C3%A9%f0%9f%98%80", true).unwrap(), "é😀");
    }

    #[test]
    fn limits_hold_for_pairs_and_keys() {
        let limits = Limits::DEFAULT.with_pairs(2).with_key_bytes(3);
        let read = |text: &'static str| {
            let mut source = Pairs::new(text, &limits);
            while let Some(next) = source.next(&mut Pair::default()) {
                next?;
            }
            Ok(())
        };
        assert_eq!(read("a=1&b=2&&"), Ok(()));
        assert_eq!(read("a=1&b=2&c"), Err(Fault::TooManyPairs(2)));
        assert_eq!(read("abc=1"), Ok(()));
        assert_eq!(read("abcd=1"), Err(Fault::LongKey(3)));
    }
}
