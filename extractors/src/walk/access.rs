//! Members, elements and variants, with the way to each.

use std::borrow::Cow;

use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, MapAccess, SeqAccess, VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;

use super::doc::{At, Doc, Seen};
use super::json::{Elements, Members, end};
use super::tracker::Tracker;
use super::trouble::Trouble;
use super::written::text_to;
use crate::flat::number;

/// The members of an object, or the keys of a flat place; the fields that are missing come last, made up.
pub(super) struct Object<'w, 'de> {
    tracker: Tracker<'w, 'de>,
    fields: Option<&'static [&'static str]>,
    members: Option<Members<'de>>,
    entry: usize,
    /// Whether the values are read that had to wait.
    late: bool,
    missing: usize,
    current: Option<(Cow<'de, str>, At)>,
}

impl<'w, 'de> Object<'w, 'de> {
    pub(super) fn new(tracker: Tracker<'w, 'de>, fields: Option<&'static [&'static str]>) -> Self {
        let members = match (&*tracker.walk.doc, tracker.at) {
            (Doc::Json(text), At::Json(at)) => Some(Members::new(text, at)),
            _ => None,
        };
        Self { tracker, fields, members, entry: 0, late: false, missing: 0, current: None }
    }

    /// Returns the next key with its number and place: what had to wait comes last.
    fn advance(&mut self) -> Result<Option<(usize, Cow<'de, str>, At)>, Trouble> {
        let next = self.sweep()?;
        if next.is_some() {
            return Ok(next);
        }
        if !self.late && self.tracker.walk.has_late() {
            let tracker = self.tracker;
            *self = Self { late: true, missing: self.missing, ..Self::new(tracker, self.fields) };
            if let Some(next) = self.sweep()? {
                return Ok(Some(next));
            }
        }
        let missing = self.tracker.walk.missing(self.tracker.at, self.missing);
        self.missing += 1;
        Ok(missing.map(|(name, attempt)| (NO_KEY, name, At::Made { attempt, depth: 0 })))
    }

    fn sweep(&mut self) -> Result<Option<(usize, Cow<'de, str>, At)>, Trouble> {
        let walk = self.tracker.walk;
        if let (Some(members), Doc::Json(text)) = (&mut self.members, &*walk.doc) {
            for member in members.by_ref() {
                walk.spend(end(text, member.value_at).saturating_sub(member.key_at))?;
                if walk.is_skipped(member.key_at) || walk.is_late(At::Json(member.value_at)) != self.late {
                    continue;
                }
                let key = member.key.ok_or(Trouble::Encoding)?;
                return Ok(Some((member.key_at, key, At::Json(member.value_at))));
            }
        }
        if let Doc::Flat(flat) = &*walk.doc {
            while let Some(entry) = flat.entries.get(self.entry) {
                let number = self.entry;
                self.entry += 1;
                walk.spend(16)?;
                let at = At::Entry(number);
                if walk.is_skipped(number) || walk.is_absent(at) || walk.is_late(at) != self.late {
                    continue;
                }
                let field = self
                    .fields
                    .and_then(|fields| fields.iter().find(|field| (flat.matches)(&entry.name, field)));
                match field {
                    Some(field) => return Ok(Some((number, Cow::Borrowed(field), at))),
                    None if self.fields.is_some() && !flat.shows_unknown => {}
                    None => return Ok(Some((number, entry.name.clone(), at))),
                }
            }
        }
        Ok(None)
    }
}

impl<'de> MapAccess<'de> for Object<'_, 'de> {
    type Error = Trouble;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Trouble> {
        let Some((number, key, at)) = self.advance()? else {
            return Ok(None);
        };
        self.current = Some((key.clone(), at));
        self.tracker.walk.last_key.set(number);
        match seed.deserialize(Key(key.clone())) {
            Ok(value) => Ok(Some(value)),
            Err(trouble) => {
                let path = self.tracker.path.field(&key);
                Err(self.tracker.walk.note_key(number, &path, trouble))
            }
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Trouble> {
        let Some((key, at)) = self.current.take() else {
            return Err(Trouble::Noted);
        };
        let path = self.tracker.path.field(&key);
        let child = Tracker { walk: self.tracker.walk, at, path: &path };
        match seed.deserialize(child) {
            Ok(value) => Ok(value),
            Err(trouble) if matches!(at, At::Made { .. }) => {
                Err(self.tracker.walk.retry(self.tracker.at, Some(&key), trouble))
            }
            Err(trouble) => {
                let trouble = child.locate(trouble);
                self.tracker.walk.postpone(at);
                Err(trouble)
            }
        }
    }
}

/// The elements of a list, or the values of a key.
pub(super) struct List<'w, 'de> {
    tracker: Tracker<'w, 'de>,
    elements: Option<Elements<'de>>,
    item: usize,
    count: usize,
}

impl<'w, 'de> List<'w, 'de> {
    pub(super) fn new(tracker: Tracker<'w, 'de>) -> Self {
        let elements = match (&*tracker.walk.doc, tracker.at) {
            (Doc::Json(text), At::Json(at)) => Some(Elements::new(text, at)),
            _ => None,
        };
        Self { tracker, elements, item: 0, count: 0 }
    }

    /// Returns how many elements were read.
    pub(super) const fn count(&self) -> usize {
        self.count
    }

    /// Returns how many elements were not read.
    pub(super) fn count_rest(&mut self) -> usize {
        let mut count = 0;
        while self.advance().is_some() {
            count += 1;
        }
        count
    }

    fn advance(&mut self) -> Option<At> {
        if let Some(elements) = &mut self.elements {
            return elements.next().map(At::Json);
        }
        let Doc::Flat(flat) = &*self.tracker.walk.doc else {
            return None;
        };
        loop {
            let number = self.item;
            self.item += 1;
            match self.tracker.at {
                At::Flat => return flat.entries.get(number).map(|_| At::Entry(number)),
                At::Entry(entry) => {
                    let item = flat.item(entry, number)?;
                    if !self.tracker.walk.is_absent_item(At::Entry(entry), &item) {
                        return Some(At::Item(entry, number));
                    }
                }
                At::Item(..) | At::Json(_) | At::Made { .. } => {
                    return (number == 0).then_some(self.tracker.at);
                }
            }
        }
    }

    fn cost(&self, at: At) -> usize {
        match (&*self.tracker.walk.doc, at) {
            (Doc::Json(text), At::Json(offset)) => end(text, offset).saturating_sub(offset),
            _ => 0,
        }
    }
}

impl<'de> SeqAccess<'de> for List<'_, 'de> {
    type Error = Trouble;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Trouble> {
        let Some(at) = self.advance() else {
            return Ok(None);
        };
        let walk = self.tracker.walk;
        walk.spend(self.cost(at))?;
        let name = match (&*walk.doc, self.tracker.at, at) {
            (Doc::Flat(flat), At::Flat, At::Entry(entry)) => flat.entries.get(entry).map(|entry| &entry.name),
            _ => None,
        };
        let path = match name {
            Some(name) => self.tracker.path.field(name),
            None => self.tracker.path.index(self.count),
        };
        self.count += 1;
        let child = Tracker { walk, at, path: &path };
        seed.deserialize(child).map(Some).map_err(|trouble| child.locate(trouble))
    }
}

/// A variant by its name, with what belongs to it.
pub(super) struct Choice<'w, 'de> {
    tracker: Tracker<'w, 'de>,
    name: Cow<'de, str>,
    content: Option<At>,
}

impl<'w, 'de> Choice<'w, 'de> {
    pub(super) const fn new(tracker: Tracker<'w, 'de>, name: Cow<'de, str>, content: Option<At>) -> Self {
        Self { tracker, name, content }
    }

    /// Goes on with the content of the variant.
    fn inside<T>(self, read: impl FnOnce(Tracker<'_, 'de>) -> Result<T, Trouble>) -> Result<T, Trouble> {
        let Some(at) = self.content else {
            let expected = format!("an object with the member `{}`", gongular_core::reflect(&self.name));
            return Err(Trouble::Type { expected, got: "a text".to_owned() });
        };
        let path = self.tracker.path.field(&self.name);
        let child = Tracker { walk: self.tracker.walk, at, path: &path };
        read(child).map_err(|trouble| child.locate(trouble))
    }
}

impl<'de> EnumAccess<'de> for Choice<'_, 'de> {
    type Error = Trouble;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Trouble> {
        let value = seed.deserialize(Key(self.name.clone()))?;
        Ok((value, self))
    }
}

impl<'de> VariantAccess<'de> for Choice<'_, 'de> {
    type Error = Trouble;

    fn unit_variant(self) -> Result<(), Trouble> {
        match self.content.map(|at| self.tracker.walk.doc.look(at)) {
            None | Some(Seen::Null) => Ok(()),
            Some(_) => self.inside(|child| Err(child.locate(not_null()))),
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Trouble> {
        self.inside(|child| seed.deserialize(child))
    }

    fn tuple_variant<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, Trouble> {
        self.inside(|child| child.deserialize_tuple(length, visitor))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Trouble> {
        self.inside(|child| child.deserialize_struct("", fields, visitor))
    }
}

fn not_null() -> Trouble {
    Trouble::Type { expected: "null".to_owned(), got: "another value".to_owned() }
}

/// A key: a text that may stand for a number, since JSON's keys are texts.
pub(super) struct Key<'de>(pub(super) Cow<'de, str>);

macro_rules! parsed {
    ($($name:ident $visit:ident $read:path;)*) => {$(
        fn $name<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Trouble> {
            match $read(self.0.as_bytes()).and_then(|value| value.try_into().ok()) {
                Some(value) => visitor.$visit(value),
                None => text_to(self.0, visitor),
            }
        }
    )*};
}

impl<'de> Deserializer<'de> for Key<'de> {
    type Error = Trouble;

    parsed! {
        deserialize_i8 visit_i8 number::signed;
        deserialize_i16 visit_i16 number::signed;
        deserialize_i32 visit_i32 number::signed;
        deserialize_i64 visit_i64 number::signed;
        deserialize_i128 visit_i128 number::signed_wide;
        deserialize_u8 visit_u8 number::unsigned;
        deserialize_u16 visit_u16 number::unsigned;
        deserialize_u32 visit_u32 number::unsigned;
        deserialize_u64 visit_u64 number::unsigned;
        deserialize_u128 visit_u128 number::unsigned_wide;
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Trouble> {
        text_to(self.0, visitor)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Trouble> {
        match &*self.0 {
            "true" => visitor.visit_bool(true),
            "false" => visitor.visit_bool(false),
            _ => text_to(self.0, visitor),
        }
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Trouble> {
        match number::float(&self.0) {
            Some(value) => visitor.visit_f64(value),
            None => text_to(self.0, visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Trouble> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Trouble> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Trouble> {
        let text: Cow<'de, str> = self.0;
        IntoDeserializer::<Trouble>::into_deserializer(text).deserialize_enum(name, variants, visitor)
    }

    forward_to_deserialize_any! {
        f32 char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

/// The number of a key that does not stand in the input.
const NO_KEY: usize = usize::MAX;
