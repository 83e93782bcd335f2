//! The deserializer of the walk: it knows where it is.

use std::borrow::Cow;

use serde::de::{Deserializer, Expected, IntoDeserializer, Visitor};

use super::access::{Choice, List, Object};
use super::ask::{Ask, Float, Whole};
use super::doc::{At, Doc, Seen};
use super::path::Path;
use super::state::Walk;
use super::trouble::{Trouble, quoted};
use super::written::{is_decimal, json_number, text_to, too_large, written_whole};
use crate::flat::{Item, number};

/// A value of the input, and the way to it.
#[derive(Clone, Copy)]
pub(super) struct Tracker<'w, 'de> {
    pub(super) walk: &'w Walk<'de>,
    pub(super) at: At,
    pub(super) path: &'w Path<'w>,
}

impl<'w, 'de> Tracker<'w, 'de> {
    /// Answers a question, and finds out where a complaint belongs: to the innermost value that sees it.
    fn run<V: Visitor<'de>>(self, ask: Ask, visitor: V) -> Result<V::Value, Trouble> {
        self.walk.spend(VALUE_WORK)?;
        if self.path.depth() > MAX_DEPTH {
            return Err(self.walk.give_up());
        }
        if let Some(probe) = &self.walk.probe {
            let attempt = probe.borrow_mut().ask(self.path, &ask);
            let made = Self { at: At::Made { attempt, depth: 0 }, ..self };
            let result = made.make(ask, visitor);
            return result.map_err(|trouble| probe.borrow_mut().complain(self.path, trouble));
        }
        if matches!(self.at, At::Made { .. }) {
            return self.make(ask, visitor);
        }
        if let Some(attempt) = self.walk.hole(self.at) {
            let made = Self { at: At::Made { attempt, depth: 0 }, ..self };
            return made.make(ask, visitor).map_err(|trouble| self.walk.retry(self.at, None, trouble));
        }
        self.read(ask, visitor).map_err(|trouble| self.locate(trouble))
    }

    /// Says that a complaint belongs here, unless it found its place before or the value is made up.
    pub(super) fn locate(&self, trouble: Trouble) -> Trouble {
        if let Some(probe) = &self.walk.probe {
            return probe.borrow_mut().complain(self.path, trouble);
        }
        match self.at {
            At::Made { .. } => trouble,
            at => match self.walk.hole(at) {
                Some(_) => self.walk.retry(at, None, trouble),
                None => self.walk.note(at, self.path, trouble),
            },
        }
    }

    fn read<V: Visitor<'de>>(self, ask: Ask, visitor: V) -> Result<V::Value, Trouble> {
        if let (At::Flat, Doc::Flat(flat)) = (self.at, &*self.walk.doc)
            && !matches!(
                ask,
                Ask::Any
                    | Ask::Map
                    | Ask::Struct(_)
                    | Ask::Option
                    | Ask::Newtype(_)
                    | Ask::Seq
                    | Ask::Tuple(_)
                    | Ask::Unit
                    | Ask::Ignored
            )
            && flat.entries.len() == 1
        {
            return Self { at: At::Entry(0), ..self }.run(ask, visitor);
        }
        match (ask, self.walk.doc.look(self.at)) {
            (Ask::Ignored, _) if self.is_readable() => visitor.visit_unit(),
            (Ask::Ignored, _) => Err(Trouble::Unreadable),
            (Ask::Newtype(_), _) if ask.is_file() && !matches!(self.at, At::Json(_)) => match self.file() {
                Some(file) => visitor.visit_u64(file as u64),
                None => Err(self.no_file()),
            },
            (Ask::Any, Seen::File(file)) => visitor.visit_newtype_struct((file as u64).into_deserializer()),
            (Ask::Newtype(_), _) if !ask.is_file() => visitor.visit_newtype_struct(self),
            (Ask::Option, Seen::Null) => visitor.visit_none(),
            (Ask::Option, _) => visitor.visit_some(self),
            (_, Seen::Broken) => Err(Trouble::Encoding),
            (Ask::Seq | Ask::Tuple(_), Seen::List | Seen::Written(_) | Seen::File(_)) => {
                self.list(ask, visitor)
            }
            (Ask::Seq | Ask::Tuple(_), Seen::Object) if self.at == At::Flat => self.list(ask, visitor),
            (_, Seen::Written(text)) => self.written(ask, text, visitor),
            (Ask::Any, Seen::List) | (Ask::Bytes, Seen::List) => self.list(Ask::Seq, visitor),
            (Ask::Any | Ask::Map, Seen::Object) => visitor.visit_map(Object::new(self, None)),
            (Ask::Struct(fields), Seen::Object) => visitor.visit_map(Object::new(self, Some(fields))),
            (Ask::Enum(_), Seen::Object) => match self.only_member() {
                Some((name, at)) => visitor.visit_enum(Choice::new(self, name, Some(at))),
                None => Err(Trouble::Type { expected: ask.wanted(&visitor), got: "an object".to_owned() }),
            },
            (Ask::Enum(_), Seen::Text(name)) => visitor.visit_enum(Choice::new(self, name, None)),
            (Ask::Any | Ask::Unit, Seen::Null) => visitor.visit_unit(),
            (Ask::Any | Ask::Bool, Seen::Bool(value)) => visitor.visit_bool(value),
            (Ask::Any | Ask::Char | Ask::Text, Seen::Text(text)) => text_to(text, visitor),
            (Ask::Bytes, Seen::Text(Cow::Borrowed(text))) => visitor.visit_borrowed_bytes(text.as_bytes()),
            (Ask::Bytes, Seen::Text(Cow::Owned(text))) => visitor.visit_byte_buf(text.into_bytes()),
            (Ask::Any | Ask::Whole(_) | Ask::Float(_), Seen::Number(number)) => {
                json_number(ask, number, visitor)
            }
            (Ask::Unit, Seen::Object) if self.at == At::Flat => visitor.visit_unit(),
            (_, seen) => Err(Trouble::Type { expected: ask.wanted(&visitor), got: shown(&seen) }),
        }
    }

    fn list<V: Visitor<'de>>(self, ask: Ask, visitor: V) -> Result<V::Value, Trouble> {
        let expected = ask.wanted(&visitor);
        let mut list = List::new(self);
        let value = visitor.visit_seq(&mut list)?;
        let left = list.count_rest();
        if left > 0 { Err(Trouble::Length { expected, got: list.count() + left }) } else { Ok(value) }
    }

    /// Returns the first file of a key.
    fn file(&self) -> Option<usize> {
        let Doc::Flat(flat) = &*self.walk.doc else {
            return None;
        };
        let files = |item: &Item<'_>| match item {
            Item::File(file) => Some(*file),
            Item::Text(_) | Item::Bytes(_) => None,
        };
        match self.at {
            At::Entry(entry) => flat.entries.get(entry)?.items.iter().find_map(files),
            At::Item(entry, item) => flat.item(entry, item).as_ref().and_then(files),
            At::Flat | At::Json(_) | At::Made { .. } => None,
        }
    }

    /// Says what is wrong where no file is: an empty text counts as absent, a list has no place for any other.
    fn no_file(&self) -> Trouble {
        let Doc::Flat(flat) = &*self.walk.doc else {
            return Trouble::Absent;
        };
        let is_text = |item: &Item<'_>| !item.is_empty();
        match self.at {
            At::Entry(entry)
                if flat.entries.get(entry).is_some_and(|entry| entry.items.iter().any(is_text)) =>
            {
                Trouble::NoFile
            }
            At::Item(entry, item) if flat.item(entry, item).as_ref().is_some_and(is_text) => {
                Trouble::no_file()
            }
            _ => Trouble::Absent,
        }
    }

    /// Returns whether a value that nobody asked for can be read as the first pass reads it.
    fn is_readable(&self) -> bool {
        match (&*self.walk.doc, self.at) {
            (Doc::Json(text), At::Json(at)) => {
                text.get(at..super::json::end(text, at)).is_some_and(crate::strict::is_readable)
            }
            _ => true,
        }
    }

    /// Returns the name and the value of an object with one member.
    fn only_member(&self) -> Option<(Cow<'de, str>, At)> {
        let (Doc::Json(text), At::Json(at)) = (&*self.walk.doc, self.at) else {
            return None;
        };
        let mut members = super::json::Members::new(text, at);
        let member = members.next()?;
        if members.next().is_some() {
            return None;
        }
        Some((member.key?, At::Json(member.value_at)))
    }

    /// Reads a text of a flat place as what is asked for.
    fn written<V: Visitor<'de>>(
        self,
        ask: Ask,
        text: Cow<'de, str>,
        visitor: V,
    ) -> Result<V::Value, Trouble> {
        let refuse =
            |visitor: &dyn Expected| Trouble::Type { expected: ask.wanted(visitor), got: quoted(&text) };
        match ask {
            Ask::Whole(_) | Ask::Float(_) | Ask::Bool if text.is_empty() => Err(Trouble::Absent),
            Ask::Whole(whole) => written_whole(whole, &text, visitor),
            Ask::Float(width) => match number::float(&text) {
                Some(value) if width == Float::F64 => visitor.visit_f64(value),
                Some(_) if number::float_narrow(&text).is_some() => {
                    visitor.visit_f32(number::float_narrow(&text).unwrap_or_default())
                }
                Some(_) => Err(too_large(&text)),
                None if is_decimal(&text) => Err(too_large(&text)),
                None => Err(refuse(&visitor)),
            },
            Ask::Bool => match number::boolean(&text) {
                Some(value) => visitor.visit_bool(value),
                None => Err(refuse(&visitor)),
            },
            Ask::Any if self.has_more() => self.list(Ask::Seq, visitor),
            Ask::Any | Ask::Text => text_to(text, visitor),
            Ask::Bytes => match text {
                Cow::Borrowed(text) => visitor.visit_borrowed_bytes(text.as_bytes()),
                Cow::Owned(text) => visitor.visit_byte_buf(text.into_bytes()),
            },
            Ask::Enum(_) | Ask::Char if text.is_empty() => {
                // A variant may take the empty text, by its name or as the one for all others.
                let taken = match ask {
                    Ask::Enum(_) => visitor.visit_enum(Choice::new(self, text, None)),
                    _ => text_to(text, visitor),
                };
                taken.map_err(|_| Trouble::Absent)
            }
            Ask::Enum(_) => visitor.visit_enum(Choice::new(self, text, None)),
            Ask::Char => text_to(text, visitor),
            Ask::Unit if text.is_empty() => visitor.visit_unit(),
            _ => Err(refuse(&visitor)),
        }
    }

    fn has_more(&self) -> bool {
        match (&*self.walk.doc, self.at) {
            (Doc::Flat(flat), At::Entry(entry)) => {
                flat.entries.get(entry).is_some_and(|entry| entry.items.len() > 1)
            }
            _ => false,
        }
    }
}

/// Says what stands at a place, in words for the client.
fn shown(seen: &Seen<'_>) -> String {
    match seen {
        Seen::Null => "null".to_owned(),
        Seen::Bool(value) => value.to_string(),
        Seen::Number(number) => gongular_core::reflect(number),
        Seen::Text(text) | Seen::Written(text) => quoted(text),
        Seen::List => "a list".to_owned(),
        Seen::Object => "an object".to_owned(),
        Seen::File(_) => "a file".to_owned(),
        Seen::Broken => "a text that is not correctly encoded".to_owned(),
    }
}

macro_rules! ask {
    ($($name:ident $ask:expr;)*) => {$(
        fn $name<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Trouble> {
            self.run($ask, visitor)
        }
    )*};
}

macro_rules! whole {
    ($($name:ident $type:ident;)*) => {$(
        fn $name<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Trouble> {
            #[allow(clippy::cast_lossless, clippy::cast_sign_loss, reason = "the bounds of a type fit the widest ones")]
            let whole = Whole { name: stringify!($type), min: $type::MIN as i128, max: $type::MAX as u128 };
            self.run(Ask::Whole(whole), visitor)
        }
    )*};
}

impl<'de> Deserializer<'de> for Tracker<'_, 'de> {
    type Error = Trouble;

    ask! {
        deserialize_any Ask::Any;
        deserialize_bool Ask::Bool;
        deserialize_f32 Ask::Float(Float::F32);
        deserialize_f64 Ask::Float(Float::F64);
        deserialize_char Ask::Char;
        deserialize_str Ask::Text;
        deserialize_string Ask::Text;
        deserialize_identifier Ask::Text;
        deserialize_bytes Ask::Bytes;
        deserialize_byte_buf Ask::Bytes;
        deserialize_option Ask::Option;
        deserialize_unit Ask::Unit;
        deserialize_seq Ask::Seq;
        deserialize_map Ask::Map;
        deserialize_ignored_any Ask::Ignored;
    }

    whole! {
        deserialize_i8 i8;
        deserialize_i16 i16;
        deserialize_i32 i32;
        deserialize_i64 i64;
        deserialize_i128 i128;
        deserialize_u8 u8;
        deserialize_u16 u16;
        deserialize_u32 u32;
        deserialize_u64 u64;
        deserialize_u128 u128;
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Trouble> {
        self.run(Ask::Unit, visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Trouble> {
        self.run(Ask::Newtype(name), visitor)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, Trouble> {
        self.run(Ask::Tuple(length), visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, Trouble> {
        self.run(Ask::Tuple(length), visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Trouble> {
        self.run(Ask::Struct(fields), visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Trouble> {
        self.run(Ask::Enum(variants), visitor)
    }
}

/// What it costs to look at one value.
const VALUE_WORK: usize = 16;

/// Deeper than JSON may nest, and than made-up values have to.
const MAX_DEPTH: usize = 160;
