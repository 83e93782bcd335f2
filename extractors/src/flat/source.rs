//! Where flat values come from: path, headers, cookies, and entries that somebody prepared.

use std::borrow::Cow;

use http::{HeaderMap, HeaderName, HeaderValue, header};

use super::{Fault, Text};
use crate::multipart::{Entry, FormData};

/// A place of keys and values, gone through in its order.
pub(crate) trait Source<'de>: Clone {
    /// Whether keys that a struct does not know are shown to it, so that it can refuse them.
    ///
    /// Headers and cookies are not: others send theirs along with every request.
    const SHOWS_UNKNOWN: bool = true;

    /// Goes on to the next pair, which is written into `pair`: as a result it would be moved twice.
    ///
    /// `None` when there are no more, `Some(Err(_))` when a limit is broken; `pair` means nothing then.
    fn next(&mut self, pair: &mut Pair<'de>) -> Option<Result<(), Fault>>;

    /// Returns whether a key is the one of a field.
    #[inline]
    fn matches(key: &str, field: &str) -> bool {
        key == field
    }
}

/// A key with a value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pair<'de> {
    pub(crate) key: Text<'de>,
    pub(crate) item: Item<'de>,
}

impl<'de> Pair<'de> {
    /// Becomes the next one, if there is one.
    #[inline]
    fn become_next(&mut self, next: Option<(&'de str, Item<'de>)>) -> Option<Result<(), Fault>> {
        let (key, item) = next?;
        *self = Self { key: Text::plain(key), item };
        Some(Ok(()))
    }
}

impl Default for Pair<'_> {
    fn default() -> Self {
        Self { key: Text::plain(""), item: Item::Text(Text::plain("")) }
    }
}

/// One value of a flat place.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Item<'de> {
    /// A text that may have escapes.
    Text(Text<'de>),
    /// Bytes that should be UTF-8.
    Bytes(&'de [u8]),
    /// An uploaded file, by its number in the form.
    File(usize),
}

impl<'de> Item<'de> {
    /// Returns the text itself.
    #[inline]
    pub(super) fn text(&self) -> Result<Cow<'de, str>, Fault> {
        match self {
            Self::Text(text) => text.decode(),
            Self::Bytes(bytes) => std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|_| Fault::Refused),
            Self::File(_) => Err(Fault::Refused),
        }
    }

    /// Returns whether it is a text without any character.
    pub(crate) const fn is_empty(&self) -> bool {
        match self {
            Self::Text(text) => text.is_empty(),
            Self::Bytes(bytes) => bytes.is_empty(),
            Self::File(_) => false,
        }
    }
}

/// The parameters of the matched path, as they stand in it.
#[derive(Clone, Debug)]
pub(crate) struct Params<I>(pub(crate) I);

impl<'de, I: Iterator<Item = (&'de str, &'de str)> + Clone> Source<'de> for Params<I> {
    #[inline]
    fn next(&mut self, pair: &mut Pair<'de>) -> Option<Result<(), Fault>> {
        pair.become_next(self.0.next().map(|(name, value)| (name, Item::Text(Text::of_path(value)))))
    }
}

/// The parameters of the path that axum matched and decoded.
#[cfg(feature = "axum")]
#[derive(Clone, Debug)]
pub(crate) struct AxumParams<'de> {
    params: &'de axum::extract::RawPathParams,
    read: usize,
}

#[cfg(feature = "axum")]
impl<'de> AxumParams<'de> {
    pub(crate) const fn new(params: &'de axum::extract::RawPathParams) -> Self {
        Self { params, read: 0 }
    }
}

#[cfg(feature = "axum")]
impl<'de> Source<'de> for AxumParams<'de> {
    fn next(&mut self, pair: &mut Pair<'de>) -> Option<Result<(), Fault>> {
        // The iterator cannot be copied and kept; a path has few parameters.
        let next = self.params.iter().nth(self.read);
        self.read += 1;
        pair.become_next(next.map(|(name, value)| (name, Item::Text(Text::plain(value)))))
    }
}

/// The header fields of a request; names match in any case, `_` for `-`.
#[derive(Debug)]
pub(crate) struct Headers<'de> {
    headers: &'de HeaderMap,
    iter: http::header::Iter<'de, HeaderValue>,
    read: usize,
}

impl<'de> Headers<'de> {
    pub(crate) fn new(headers: &'de HeaderMap) -> Self {
        Self { headers, iter: headers.iter(), read: 0 }
    }
}

/// The map's own iterator cannot be copied, so a copy catches up.
impl Clone for Headers<'_> {
    fn clone(&self) -> Self {
        let mut copy = Self::new(self.headers);
        for _ in 0..self.read {
            copy.iter.next();
        }
        copy.read = self.read;
        copy
    }
}

impl<'de> Source<'de> for Headers<'de> {
    const SHOWS_UNKNOWN: bool = false;

    fn next(&mut self, pair: &mut Pair<'de>) -> Option<Result<(), Fault>> {
        let next: Option<(&'de HeaderName, &'de HeaderValue)> = self.iter.next();
        self.read += 1;
        pair.become_next(next.map(|(name, value)| (name.as_str(), Item::Bytes(value.as_bytes()))))
    }

    fn matches(key: &str, field: &str) -> bool {
        let fold = |byte: u8| if byte == b'_' { b'-' } else { byte.to_ascii_lowercase() };
        key.len() == field.len() && key.bytes().zip(field.bytes()).all(|(a, b)| fold(a) == fold(b))
    }
}

/// The cookies of a request: `name=value; name=value`, over all `Cookie` lines.
///
/// Names and values stand as they are, without percent-decoding, for cookies have no escapes of their own; the quotes
/// around a quoted value are dropped. What has no `=` is no cookie and is passed over.
#[derive(Debug)]
pub(crate) struct Cookies<'de> {
    headers: &'de HeaderMap,
    lines: http::header::ValueIter<'de, HeaderValue>,
    read: usize,
    rest: &'de [u8],
}

impl<'de> Cookies<'de> {
    pub(crate) fn new(headers: &'de HeaderMap) -> Self {
        Self { headers, lines: headers.get_all(header::COOKIE).iter(), read: 0, rest: b"" }
    }
}

/// The map's own iterator cannot be copied, so a copy catches up.
impl Clone for Cookies<'_> {
    fn clone(&self) -> Self {
        let mut copy = Self::new(self.headers);
        for _ in 0..self.read {
            copy.lines.next();
        }
        Self { read: self.read, rest: self.rest, ..copy }
    }
}

impl<'de> Source<'de> for Cookies<'de> {
    const SHOWS_UNKNOWN: bool = false;

    fn next(&mut self, pair: &mut Pair<'de>) -> Option<Result<(), Fault>> {
        loop {
            while self.rest.is_empty() {
                let line = self.lines.next()?;
                self.read += 1;
                self.rest = line.as_bytes();
            }
            let (cookie, rest) = split(self.rest, b';').unwrap_or((self.rest, b""));
            self.rest = rest;
            let Some((name, value)) = split(cookie, b'=') else {
                continue;
            };
            // A name that is no text is no field's name.
            let Ok(name) = std::str::from_utf8(name.trim_ascii()) else {
                continue;
            };
            let value = value.trim_ascii();
            let unquoted = value.strip_prefix(b"\"").and_then(|value| value.strip_suffix(b"\""));
            return pair.become_next(Some((name, Item::Bytes(unquoted.unwrap_or(value)))));
        }
    }
}

fn split(bytes: &[u8], at: u8) -> Option<(&[u8], &[u8])> {
    let at = bytes.iter().position(|&byte| byte == at)?;
    Some((bytes.get(..at)?, bytes.get(at + 1..)?))
}

/// The fields of a multipart form.
#[derive(Clone, Debug)]
pub(crate) struct Entries<'de>(std::slice::Iter<'de, (String, Entry)>);

impl<'de> Entries<'de> {
    pub(crate) fn new(form: &'de FormData) -> Self {
        Self(form.entries.iter())
    }
}

impl<'de> Source<'de> for Entries<'de> {
    fn next(&mut self, pair: &mut Pair<'de>) -> Option<Result<(), Fault>> {
        pair.become_next(self.0.next().map(|(key, value)| {
            let item = match value {
                Entry::Text(text) => Item::Text(Text::plain(text)),
                Entry::File(number) => Item::File(*number),
            };
            (key.as_str(), item)
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cookies(lines: &[&str]) -> Vec<(String, String)> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(header::COOKIE, HeaderValue::from_str(line).unwrap());
        }
        let mut source = Cookies::new(&headers);
        let (mut pair, mut pairs) = (Pair::default(), Vec::new());
        while let Some(Ok(())) = source.next(&mut pair) {
            pairs.push((pair.key.raw().to_owned(), pair.item.text().unwrap().into_owned()));
        }
        pairs
    }

    #[test]
    fn cookies_are_split_trimmed_and_unquoted() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(
            cookies(&["a=1; b=x=y;c=\"q r\" ; junk; d=", "e=%20"]),
            [pair("a", "1"), pair("b", "x=y"), pair("c", "q r"), pair("d", ""), pair("e", "%20")]
        );
        assert!(cookies(&["", ";;", "junk"]).is_empty());
        assert_eq!(cookies(&["a=\""]), [pair("a", "\"")]);
    }

    #[test]
    fn header_names_match_in_any_case_and_with_either_dash() {
        assert!(Headers::matches("x-request-id", "x_request_id"));
        assert!(Headers::matches("x-request-id", "X-Request-Id"));
        assert!(!Headers::matches("x-request-id", "xrequestid"));
    }
}
