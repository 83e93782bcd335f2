//! Escaped texts, and pairs of them.

use std::borrow::Cow;

use gongular_core::Limits;

use super::fault::narrow;
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
        let escapes = if special(raw, false).is_some() { Escapes::Percent } else { Escapes::None };
        Self { raw, escapes }
    }

    /// Makes a text of a form.
    fn of_form(raw: &'de str) -> Self {
        let escapes = if special(raw, true).is_some() { Escapes::Form } else { Escapes::None };
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
    while let Some(at) = special(rest, form) {
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
fn special(text: &str, form: bool) -> Option<usize> {
    if form {
        find(b'+', text.as_bytes(), |byte| matches!(byte, b'%' | b'+'))
    } else {
        find(b'%', text.as_bytes(), |byte| byte == b'%')
    }
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

    /// Hands out a pair under the limits.
    #[inline]
    fn put(&mut self, pair: &mut Pair<'de>, key: Text<'de>, value: Text<'de>) -> Result<(), Fault> {
        if key.raw.len() > self.key_bytes {
            return Err(Fault::LongKey(narrow(self.key_bytes)));
        }
        let Some(left) = self.left.checked_sub(1) else {
            return Err(Fault::TooManyPairs(narrow(self.pairs)));
        };
        self.left = left;
        *pair = Pair { key, item: Item::Text(value) };
        Ok(())
    }

    /// Goes on to a pair whose key may be anything.
    #[inline(never)]
    fn next_of_any(&mut self, pair: &mut Pair<'de>) -> Option<Result<(), Fault>> {
        while !self.rest.is_empty() {
            let (text, rest) = parts(self.rest, b'&');
            self.rest = rest;
            if !text.is_empty() {
                let (key, value) = parts(text, b'=');
                return Some(self.put(pair, Text::of_form(key), Text::of_form(value)));
            }
        }
        None
    }

    /// Goes on to the pair of a key and a value that may be anything, with which `text` begins.
    #[inline(never)]
    fn next_of_any_value(
        &mut self,
        pair: &mut Pair<'de>,
        key: &'de str,
        text: &'de str,
    ) -> Option<Result<(), Fault>> {
        let (value, rest) = parts(text, b'&');
        self.rest = rest;
        Some(self.put(pair, Text::plain(key), Text::of_form(value)))
    }
}

impl<'de> Source<'de> for Pairs<'de> {
    /// Most pairs have no escapes: they are read at once, and all others by calls that end this one.
    fn next(&mut self, pair: &mut Pair<'de>) -> Option<Result<(), Fault>> {
        if self.rest.is_empty() {
            return None;
        }
        let Some((key, text)) = plain_key(self.rest) else {
            return self.next_of_any(pair);
        };
        let (value, rest) = match up_to(b'+', text.as_bytes()) {
            Some(end) => match cut(text, end, b'&') {
                Some(parts) => parts,
                None => return self.next_of_any_value(pair, key, text),
            },
            None => (text, ""),
        };
        self.rest = rest;
        Some(self.put(pair, Text::plain(key), Text::plain(value)))
    }
}

/// Splits off a key without escapes, and its `=`.
#[inline]
fn plain_key(text: &str) -> Option<(&str, &str)> {
    let end = find(b'=', text.as_bytes(), |byte| matches!(byte, b'%' | b'&' | b'+' | b'='))?;
    cut(text, end, b'=')
}

/// Returns what stands before and behind an ASCII byte, or the whole text.
fn parts(text: &str, by: u8) -> (&str, &str) {
    memchr::memchr(by, text.as_bytes()).and_then(|at| cut(text, at, by)).unwrap_or((text, ""))
}

/// Cuts out the ASCII byte at `at`, if it is this one.
#[inline]
fn cut(text: &str, at: usize, by: u8) -> Option<(&str, &str)> {
    if text.as_bytes().get(at) != Some(&by) {
        return None;
    }
    let (before, rest) = text.split_at_checked(at)?;
    Some((before, rest.strip_prefix(char::from(by))?))
}

/// Returns where the first wanted byte is; all of them sort up to `last`, which is ASCII, and little else does.
#[inline]
fn find(last: u8, bytes: &[u8], wanted: impl Fn(u8) -> bool) -> Option<usize> {
    let mut at = 0;
    loop {
        at += up_to(last, bytes.get(at..)?)?;
        if wanted(*bytes.get(at)?) {
            return Some(at);
        }
        at += 1;
    }
}

/// Returns where the first byte is that sorts up to `last`, which is ASCII.
///
/// Eight bytes are looked at in one go: most texts are too short for a search by the block to pay.
#[inline]
fn up_to(last: u8, bytes: &[u8]) -> Option<usize> {
    let mut left = bytes;
    while let Some((eight, behind)) = left.split_first_chunk() {
        let word = u64::from_le_bytes(*eight);
        // A byte that is less than what is taken from it borrows from its highest bit, and then perhaps from the byte behind.
        let found = word.wrapping_sub(ONES * u64::from(last + 1)) & !word & (ONES << 7);
        if found != 0 {
            return Some(bytes.len() - left.len() + found.trailing_zeros() as usize / 8);
        }
        left = behind;
    }
    left.iter().position(|&byte| byte <= last).map(|at| bytes.len() - left.len() + at)
}

/// A one in each of eight bytes.
const ONES: u64 = u64::MAX / 255;

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
    fn a_byte_is_found_wherever_it_stands() {
        for last in [b'%', b'+', b'='] {
            // Bytes that are nearly found, and such as have the highest bit.
            let others = [last + 1, 0x7f, 0x80, 0xff, last + 2, b'z'];
            for length in 0..40 {
                let bytes = others.iter().copied().cycle().take(length).collect::<Vec<_>>();
                assert_eq!(up_to(last, &bytes), None, "{length}");
                for at in 0..length {
                    let mut bytes = bytes.clone();
                    bytes[at] = [last, b'\0', last - 1][at % 3];
                    assert_eq!(up_to(last, &bytes), Some(at), "{length}");
                    bytes[length - 1] = last;
                    assert_eq!(up_to(last, &bytes), Some(at), "{length}");
                }
            }
        }
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
