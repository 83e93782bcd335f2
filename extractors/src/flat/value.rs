//! One value of a flat place.

use std::borrow::Cow;

use serde::de::value::BorrowedStrDeserializer;
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, SeqAccess, VariantAccess, Visitor,
};

use super::fields::Fields;
use super::masks::{Masks, WHOLE_MAP};
use super::{Fault, Item, Pair, Source, number};
use crate::upload::UPLOADED_FILE;

/// One value, with a way to those of the same key behind it.
pub(super) struct Value<'s, 'de, S> {
    first: &'s Item<'de>,
    rest: Rest<'s, 'de, S>,
}

/// Where further values of the same key are.
pub(super) enum Rest<'s, 'de, S> {
    /// There are none.
    None,
    /// Further on in the source.
    Field(&'s Fields<'s, 'de, S>),
    /// Gathered before.
    Group { items: &'s [Item<'de>], masks: Option<&'s Masks> },
}

impl<'s, 'de, S: Source<'de>> Value<'s, 'de, S> {
    #[inline]
    pub(super) const fn new(first: &'s Item<'de>, rest: Rest<'s, 'de, S>) -> Self {
        Self { first, rest }
    }

    /// Reads a number or a bool, where an empty text counts as absent.
    #[inline]
    fn scalar<T>(&self, read: impl FnOnce(&str) -> Option<T>) -> Result<T, Fault> {
        match self.first {
            // Nearly all of them.
            Item::Text(text) if !text.has_escapes() && !text.is_empty() => {
                read(text.raw()).ok_or(Fault::Refused)
            }
            other => scalar_of_any(other, read),
        }
    }

    /// Returns why a text that is no such value is refused.
    const fn fault(&self) -> Fault {
        if self.first.is_empty() { Fault::Empty } else { Fault::Refused }
    }

    fn visit_text<V: Visitor<'de>>(&self, visitor: V) -> Result<V::Value, Fault> {
        match self.first.text()? {
            Cow::Borrowed(text) => visitor.visit_borrowed_str(text),
            Cow::Owned(text) => visitor.visit_string(text),
        }
    }

    /// Returns all values of the key, those left out that count as absent.
    fn all(self) -> Items<'s, 'de, S> {
        let (source, group, field, masks, index) = match self.rest {
            Rest::None => (None, &[][..], "", None, WHOLE_MAP),
            Rest::Field(fields) => {
                (Some(fields.source.clone()), &[][..], fields.name(), fields.masks, fields.index)
            }
            Rest::Group { items, masks } => (None, items, "", masks, WHOLE_MAP),
        };
        Items { first: Some(*self.first), source, group, field, masks, index }
    }
}

/// As [`Value::scalar`], for items of any kind.
#[inline(never)]
fn scalar_of_any<T>(item: &Item<'_>, read: impl FnOnce(&str) -> Option<T>) -> Result<T, Fault> {
    if item.is_empty() {
        return Err(Fault::Empty);
    }
    read(&item.text()?).ok_or(Fault::Refused)
}

macro_rules! whole {
    ($($name:ident $visit:ident $read:path;)*) => {$(
        #[inline]
        fn $name<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
            visitor.$visit(self.scalar(|text| $read(text.as_bytes())?.try_into().ok())?)
        }
    )*};
}

impl<'de, S: Source<'de>> Deserializer<'de> for Value<'_, 'de, S> {
    type Error = Fault;

    whole! {
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

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_f32(self.scalar(number::float_narrow)?)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_f64(self.scalar(number::float)?)
    }

    #[inline]
    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_bool(self.scalar(number::boolean)?)
    }

    #[inline]
    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.visit_text(visitor)
    }

    #[inline]
    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.visit_text(visitor)
    }

    /// A key without a type of its own: a text, or all of its texts. A file is wrapped, so that what buffers it, as serde
    /// does for a flattened struct, cannot take it for a number.
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match (&self.rest, self.first) {
            (Rest::Group { items, .. }, _) if !items.is_empty() => self.deserialize_seq(visitor),
            (_, Item::File(file)) => visitor.visit_newtype_struct((*file as u64).into_deserializer()),
            (_, Item::Bytes(_) | Item::Text(_)) => self.visit_text(visitor),
        }
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.first.text()? {
            Cow::Borrowed(text) => visitor.visit_borrowed_bytes(text.as_bytes()),
            Cow::Owned(text) => visitor.visit_byte_buf(text.into_bytes()),
        }
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_bytes(visitor)
    }

    #[inline]
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_some(self)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        if self.first.is_empty() { visitor.visit_unit() } else { Err(Fault::Refused) }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        if name != UPLOADED_FILE {
            return visitor.visit_newtype_struct(self);
        }
        let mut fault = Fault::Empty;
        for item in self.all() {
            match item? {
                Item::File(index) => return visitor.visit_u64(index as u64),
                text if text.is_empty() => {}
                Item::Text(_) | Item::Bytes(_) => fault = Fault::Refused,
            }
        }
        Err(fault)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_seq(self.all())
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Fault> {
        let mut items = self.all();
        let value = visitor.visit_seq(&mut items)?;
        // A list that is longer than the tuple does not fit, as one that is shorter.
        if items.next().is_none() { Ok(value) } else { Err(Fault::Refused) }
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.deserialize_tuple(length, visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        // A variant may take the empty text, by its name or as the one for all others.
        let fault = self.fault();
        visitor.visit_enum(Variant(self)).map_err(|_| fault)
    }

    #[inline]
    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_unit()
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Fault> {
        Err(Fault::Refused)
    }

    fn deserialize_map<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Fault> {
        Err(Fault::Refused)
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.visit_text(visitor).map_err(|_| self.fault())
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.visit_text(visitor)
    }
}

/// All values of one key.
struct Items<'s, 'de, S> {
    first: Option<Item<'de>>,
    source: Option<S>,
    group: &'s [Item<'de>],
    field: &'static str,
    masks: Option<&'s Masks>,
    index: usize,
}

impl<'de, S: Source<'de>> Items<'_, 'de, S> {
    fn any(&mut self) -> Option<Result<Item<'de>, Fault>> {
        if let Some(first) = self.first.take() {
            return Some(Ok(first));
        }
        if let Some((next, rest)) = self.group.split_first() {
            self.group = rest;
            return Some(Ok(*next));
        }
        let source = self.source.as_mut()?;
        let mut pair = Pair::default();
        loop {
            if let Err(fault) = source.next(&mut pair)? {
                return Some(Err(fault));
            }
            match pair.key.decode() {
                Ok(name) if S::matches(&name, self.field) => return Some(Ok(pair.item)),
                Ok(_) => {}
                Err(fault) => return Some(Err(fault)),
            }
        }
    }
}

impl<'de, S: Source<'de>> Iterator for Items<'_, 'de, S> {
    type Item = Result<Item<'de>, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let item = self.any()?;
            if let (Some(masks), Ok(item)) = (self.masks, &item)
                && item.is_empty()
                && masks.has_empty_items(self.index)
            {
                continue;
            }
            return Some(item);
        }
    }
}

impl<'de, S: Source<'de>> SeqAccess<'de> for Items<'_, 'de, S> {
    type Error = Fault;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Fault> {
        let Some(item) = self.next() else {
            return Ok(None);
        };
        match seed.deserialize(Value::<S>::new(&item?, Rest::None)) {
            Ok(value) => Ok(Some(value)),
            Err(fault) => Err(fault.in_list()),
        }
    }
}

/// A text as the name of a variant.
struct Variant<'s, 'de, S>(Value<'s, 'de, S>);

impl<'de, S: Source<'de>> EnumAccess<'de> for Variant<'_, 'de, S> {
    type Error = Fault;
    type Variant = Bare;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Bare), Fault> {
        let value = match self.0.first.text()? {
            Cow::Borrowed(name) => seed.deserialize(BorrowedStrDeserializer::new(name)),
            Cow::Owned(name) => seed.deserialize(serde::de::value::StringDeserializer::new(name)),
        };
        value.map(|value| (value, Bare))
    }
}

/// What follows a variant's name in a flat place: nothing.
struct Bare;

impl<'de> VariantAccess<'de> for Bare {
    type Error = Fault;

    fn unit_variant(self) -> Result<(), Fault> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, _: T) -> Result<T::Value, Fault> {
        Err(Fault::Refused)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, Fault> {
        Err(Fault::Refused)
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], _: V) -> Result<V::Value, Fault> {
        Err(Fault::Refused)
    }
}
