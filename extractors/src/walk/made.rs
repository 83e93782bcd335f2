//! Made-up values: what is fed to a type where the input has a hole.

use std::borrow::Cow;

use serde::de::{DeserializeSeed, Deserializer, EnumAccess, MapAccess, SeqAccess, VariantAccess, Visitor};

use super::access::Key;
use super::ask::Ask;
use super::doc::At;
use super::tracker::Tracker;
use super::trouble::Trouble;

impl<'de> Tracker<'_, 'de> {
    /// Feeds a value of the kind that is asked for; another one in each attempt.
    pub(super) fn make<V: Visitor<'de>>(self, ask: Ask, visitor: V) -> Result<V::Value, Trouble> {
        let At::Made { attempt, depth } = self.at else {
            return Err(self.walk.give_up());
        };
        match ask {
            Ask::Any => self.make_any(attempt, visitor),
            Ask::Bool => visitor.visit_bool(attempt % 2 == 1),
            Ask::Bytes => visitor.visit_borrowed_bytes(b""),
            Ask::Char => visitor.visit_char('a'),
            Ask::Enum(variants) => {
                let turn = usize::from(attempt) + usize::from(depth);
                let name = variants.get(turn % variants.len().max(1)).copied().unwrap_or_default();
                let inner = Self { at: At::Made { attempt, depth: depth.saturating_add(1) }, ..self };
                visitor.visit_enum(MadeChoice { tracker: inner, name })
            }
            Ask::Float(_) => visitor.visit_f64(f64::from(attempt)),
            Ask::Ignored | Ask::Unit => visitor.visit_unit(),
            Ask::Map => visitor.visit_map(MadeObject::new(self, &[])),
            Ask::Newtype(_) if ask.is_file() => visitor.visit_unit(),
            Ask::Newtype(_) => visitor.visit_newtype_struct(self),
            Ask::Option if self.goes_deep() => visitor.visit_some(self),
            Ask::Option => visitor.visit_none(),
            Ask::Seq => visitor.visit_seq(MadeList { tracker: self, left: usize::from(self.goes_deep()) }),
            Ask::Struct(fields) => visitor.visit_map(MadeObject::new(self, fields)),
            Ask::Text => visitor.visit_borrowed_str(text(attempt)),
            Ask::Tuple(length) => visitor.visit_seq(MadeList { tracker: self, left: length }),
            Ask::Whole(_) => visitor.visit_u64(u64::from(attempt)),
        }
    }

    /// Feeds something to a type that takes what comes.
    fn make_any<V: Visitor<'de>>(self, attempt: u8, visitor: V) -> Result<V::Value, Trouble> {
        match attempt {
            0 => visitor.visit_borrowed_str(""),
            1 => visitor.visit_u64(0),
            2 => visitor.visit_bool(false),
            3 => visitor.visit_unit(),
            4 => visitor.visit_map(MadeObject::new(self, &[])),
            5 => visitor.visit_seq(MadeList { tracker: self, left: 0 }),
            6 => visitor.visit_f64(0.5),
            later => visitor.visit_borrowed_str(text(later - 6)),
        }
    }

    /// Returns whether optional parts are made too: only when the type is asked what it would read.
    fn goes_deep(&self) -> bool {
        self.walk.probe.is_some() && self.path.depth() < PROBED_DEPTH
    }
}

/// The fields of a made-up object, and further ones that it turned out to need.
struct MadeObject<'w, 'de> {
    tracker: Tracker<'w, 'de>,
    fields: &'static [&'static str],
    next: usize,
    current: Option<Cow<'static, str>>,
}

impl<'w, 'de> MadeObject<'w, 'de> {
    const fn new(tracker: Tracker<'w, 'de>, fields: &'static [&'static str]) -> Self {
        Self { tracker, fields, next: 0, current: None }
    }

    fn advance(&mut self) -> Option<Cow<'static, str>> {
        loop {
            let number = self.next;
            self.next += 1;
            let name = match self.fields.get(number) {
                Some(field) => Cow::Borrowed(*field),
                None => {
                    let extra = self.tracker.walk.extra(number - self.fields.len())?;
                    if self.fields.contains(&&*extra) {
                        continue;
                    }
                    extra
                }
            };
            let omitted = self.tracker.walk.probe.as_ref();
            if omitted.is_some_and(|probe| probe.borrow().omits(&self.tracker.path.field(&name))) {
                continue;
            }
            return Some(name);
        }
    }
}

impl<'de> MapAccess<'de> for MadeObject<'_, 'de> {
    type Error = Trouble;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Trouble> {
        let Some(name) = self.advance() else {
            return Ok(None);
        };
        self.current = Some(name.clone());
        seed.deserialize(Key(name)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Trouble> {
        let Some(name) = self.current.take() else {
            return Err(Trouble::Noted);
        };
        let path = self.tracker.path.field(&name);
        let child = Tracker { path: &path, walk: self.tracker.walk, at: self.tracker.at };
        seed.deserialize(child).map_err(|trouble| child.locate(trouble))
    }
}

/// The elements of a made-up list.
struct MadeList<'w, 'de> {
    tracker: Tracker<'w, 'de>,
    left: usize,
}

impl<'de> SeqAccess<'de> for MadeList<'_, 'de> {
    type Error = Trouble;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Trouble> {
        let Some(left) = self.left.checked_sub(1) else {
            return Ok(None);
        };
        self.left = left;
        let path = self.tracker.path.element();
        if self.tracker.walk.probe.as_ref().is_some_and(|probe| probe.borrow().omits(&path)) {
            return Ok(None);
        }
        let child = Tracker { path: &path, walk: self.tracker.walk, at: self.tracker.at };
        seed.deserialize(child).map(Some).map_err(|trouble| child.locate(trouble))
    }
}

/// A made-up variant.
struct MadeChoice<'w, 'de> {
    tracker: Tracker<'w, 'de>,
    name: &'static str,
}

impl<'de> EnumAccess<'de> for MadeChoice<'_, 'de> {
    type Error = Trouble;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Trouble> {
        let value = seed.deserialize(Key(Cow::Borrowed(self.name)))?;
        Ok((value, self))
    }
}

impl<'de> VariantAccess<'de> for MadeChoice<'_, 'de> {
    type Error = Trouble;

    fn unit_variant(self) -> Result<(), Trouble> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Trouble> {
        let path = self.tracker.path.field(self.name);
        seed.deserialize(Tracker { path: &path, walk: self.tracker.walk, at: self.tracker.at })
    }

    fn tuple_variant<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, Trouble> {
        let path = self.tracker.path.field(self.name);
        let child = Tracker { path: &path, walk: self.tracker.walk, at: self.tracker.at };
        child.deserialize_tuple(length, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Trouble> {
        let path = self.tracker.path.field(self.name);
        let child = Tracker { path: &path, walk: self.tracker.walk, at: self.tracker.at };
        child.deserialize_struct("", fields, visitor)
    }
}

/// Returns the text of an attempt: types that read themselves from a text often take one of these.
fn text(attempt: u8) -> &'static str {
    TEXTS.get(usize::from(attempt)).copied().unwrap_or_default()
}

const TEXTS: [&str; 18] = [
    "",
    "0",
    "a",
    "2000-01-01",
    "2000-01-01T00:00:00Z",
    "2000-01-01T00:00:00",
    "2000-01-01 00:00:00",
    "00:00:00",
    "00000000-0000-0000-0000-000000000000",
    "127.0.0.1",
    "::1",
    "127.0.0.1:80",
    "http://localhost/",
    "a@example.com",
    "UTC",
    "en",
    "0.0.0",
    "true",
];

/// So deep a contract lists the fields of a type.
const PROBED_DEPTH: usize = 8;
