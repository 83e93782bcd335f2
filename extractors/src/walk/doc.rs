//! What the walk goes through: a JSON text, a flat place, or nothing at all.

use std::borrow::Cow;

use super::json::{self, Token};
use crate::flat::{Fault, Group, Item, Source, group};

/// The input of a walk.
pub(super) enum Doc<'de> {
    Json(&'de str),
    Flat(Flat<'de>),
    /// Nothing: the type is only asked what it would read.
    Nothing,
}

/// A flat place, the values of each key gathered.
pub(super) struct Flat<'de> {
    pub(super) entries: Vec<Group<'de>>,
    pub(super) matches: fn(&str, &str) -> bool,
    pub(super) shows_unknown: bool,
}

/// A place in the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum At {
    /// A value of the JSON text, by its offset.
    Json(usize),
    /// The whole of the flat place.
    Flat,
    /// All values of a key.
    Entry(usize),
    /// One value of a key.
    Item(usize, usize),
    /// Nowhere: a value is made up, in this attempt, so many enums deep.
    Made { attempt: u8, depth: u8 },
}

/// What stands at a place.
pub(super) enum Seen<'de> {
    Null,
    Bool(bool),
    Number(&'de str),
    Text(Cow<'de, str>),
    List,
    Object,
    /// A text of a flat place, which may stand for a number too.
    Written(Cow<'de, str>),
    File(usize),
    Broken,
}

impl<'de> Flat<'de> {
    /// Gathers the pairs of a source.
    pub(super) fn new<S: Source<'de>>(source: S) -> Result<Self, Fault> {
        Ok(Self { entries: group(source)?, matches: S::matches, shows_unknown: S::SHOWS_UNKNOWN })
    }

    /// Returns a value by its key and number.
    pub(super) fn item(&self, entry: usize, item: usize) -> Option<Item<'de>> {
        self.entries.get(entry)?.items.get(item).copied()
    }
}

impl<'de> Doc<'de> {
    /// Returns where the whole input stands.
    pub(super) fn root(&self) -> At {
        match self {
            Self::Json(text) => At::Json(json::skip_blank(text, 0)),
            Self::Flat(_) => At::Flat,
            Self::Nothing => At::Made { attempt: 0, depth: 0 },
        }
    }

    /// Returns how much work it is to go through the input once.
    pub(super) fn size(&self) -> usize {
        match self {
            Self::Json(text) => text.len(),
            Self::Flat(flat) => flat.entries.iter().map(|entry| 16 + 16 * entry.items.len()).sum(),
            Self::Nothing => 0,
        }
    }

    /// Returns what stands at a place.
    pub(super) fn look(&self, at: At) -> Seen<'de> {
        match (self, at) {
            (Self::Json(text), At::Json(offset)) => match json::token(text, offset) {
                Token::Null => Seen::Null,
                Token::Bool(value) => Seen::Bool(value),
                Token::Number(number) => Seen::Number(number),
                Token::Text(text) => Seen::Text(text),
                Token::List => Seen::List,
                Token::Object => Seen::Object,
                Token::Broken => Seen::Broken,
            },
            (Self::Flat(flat), At::Entry(entry)) => seen(flat.item(entry, 0)),
            (Self::Flat(flat), At::Item(entry, item)) => seen(flat.item(entry, item)),
            (Self::Flat(_), At::Flat) => Seen::Object,
            _ => Seen::Null,
        }
    }
}

fn seen(item: Option<Item<'_>>) -> Seen<'_> {
    match item {
        Some(Item::Text(text)) => text.decode().map_or(Seen::Broken, Seen::Written),
        Some(Item::Bytes(bytes)) => match std::str::from_utf8(bytes) {
            Ok(text) => Seen::Written(Cow::Borrowed(text)),
            Err(_) => Seen::Broken,
        },
        Some(Item::File(file)) => Seen::File(file),
        None => Seen::Null,
    }
}
