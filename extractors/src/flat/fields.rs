//! The whole of a flat place as a struct or a map.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::marker::PhantomData;

use serde::de::value::BorrowedStrDeserializer;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

use super::masks::{Bits, Masks, WHOLE_MAP};
use super::{Fault, Item, Pair, Rest, Source, Text, Value};

/// The whole of a flat place.
pub(super) struct Root<'m, S> {
    source: S,
    masks: Option<&'m Masks>,
}

impl<'m, S> Root<'m, S> {
    #[inline]
    pub(super) const fn new(source: S, masks: Option<&'m Masks>) -> Self {
        Self { source, masks }
    }

    /// Returns the only value there is, for a type that is no struct: a path of one parameter.
    fn only<'de>(mut self) -> Result<Item<'de>, Fault>
    where
        S: Source<'de>,
    {
        let mut only = Pair::default();
        self.source.next(&mut only).ok_or(Fault::Refused)??;
        match self.source.next(&mut Pair::default()) {
            Some(Ok(())) => Err(Fault::Refused),
            Some(Err(fault)) => Err(fault),
            None => Ok(only.item),
        }
    }
}

macro_rules! only {
    ($($name:ident)*) => {$(
        fn $name<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
            Value::<S>::new(&self.only()?, Rest::None).$name(visitor)
        }
    )*};
}

impl<'de, S: Source<'de>> Deserializer<'de> for Root<'_, S> {
    type Error = Fault;

    #[inline]
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        visitor.visit_map(Fields {
            source: self.source,
            fields,
            next: 0,
            seen: Bits::default(),
            masks: self.masks,
            pair: Pair::default(),
            index: UNKNOWN,
        })
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let groups = group(self.source)?;
        visitor.visit_map(Groups::<S> {
            groups: groups.iter(),
            masks: self.masks,
            current: None,
            source: PhantomData,
        })
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_map(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        visitor.visit_unit()
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_seq(InOrder(self.source))
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, Fault> {
        let mut rest = self.source.clone();
        let mut count = 0usize;
        while let Some(next) = rest.next(&mut Pair::default()) {
            next?;
            count += 1;
        }
        if count == length { self.deserialize_seq(visitor) } else { Err(Fault::Refused) }
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
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        Value::<S>::new(&self.only()?, Rest::None).deserialize_enum(name, variants, visitor)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_unit()
    }

    only! {
        deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128 deserialize_u8
        deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128 deserialize_f32 deserialize_f64
        deserialize_char deserialize_str deserialize_string deserialize_bytes deserialize_byte_buf
        deserialize_identifier
    }
}

/// The fields of a struct, in the order of the place: the first value of each counts, unless the field is a list.
pub(super) struct Fields<'m, 'de, S> {
    /// Stands behind the pair.
    pub(super) source: S,
    pair: Pair<'de>,
    /// Which field the pair is of.
    pub(super) index: usize,
    fields: &'static [&'static str],
    /// The field behind the one that was read last.
    next: usize,
    seen: Bits,
    pub(super) masks: Option<&'m Masks>,
}

impl<'de, S: Source<'de>> Fields<'_, 'de, S> {
    /// Returns the name of the field that the pair is of.
    pub(super) fn name(&self) -> &'static str {
        self.fields.get(self.index).copied().unwrap_or_default()
    }

    /// Returns which field the pair is of. Most clients write them in their order.
    #[inline]
    fn find(&self) -> Result<usize, Fault> {
        let key = self.pair.key;
        match self.fields.get(self.next) {
            Some(field) if !key.has_escapes() && S::matches(key.raw(), field) => Ok(self.next),
            _ => search::<S>(self.fields, key),
        }
    }
}

/// Looks for a key among all fields.
#[inline(never)]
fn search<'de, S: Source<'de>>(fields: &[&str], key: Text<'de>) -> Result<usize, Fault> {
    let name = key.decode()?;
    Ok(fields.iter().position(|field| S::matches(&name, field)).unwrap_or(UNKNOWN))
}

impl<'de, S: Source<'de>> MapAccess<'de> for Fields<'_, 'de, S> {
    type Error = Fault;

    #[inline]
    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Fault> {
        while let Some(next) = self.source.next(&mut self.pair) {
            next?;
            self.index = self.find()?;
            let Some(field) = self.fields.get(self.index) else {
                if !S::SHOWS_UNKNOWN {
                    continue;
                }
                let key = Item::Text(self.pair.key);
                return seed.deserialize(Value::<S>::new(&key, Rest::None)).map(Some);
            };
            self.next = self.index + 1;
            let is_first = self.seen.insert(self.index);
            if is_first && !self.masks.is_some_and(|masks| masks.has_field(self.index)) {
                return seed.deserialize(BorrowedStrDeserializer::new(field)).map(Some);
            }
        }
        Ok(None)
    }

    #[inline]
    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Fault> {
        let rest = if self.index == UNKNOWN { Rest::None } else { Rest::Field(self) };
        match seed.deserialize(Value::new(&self.pair.item, rest)) {
            Ok(value) => Ok(value),
            // What is no field has no place among what is left out.
            Err(fault) if self.index == UNKNOWN => Err(fault),
            Err(fault) => Err(fault.in_field(self.index)),
        }
    }
}

/// The entries of a map: each key once, with all of its values.
struct Groups<'g, 'm, 'de, S> {
    groups: std::slice::Iter<'g, Group<'de>>,
    masks: Option<&'m Masks>,
    current: Option<&'g [Item<'de>]>,
    source: PhantomData<fn() -> S>,
}

impl<'de, S: Source<'de>> MapAccess<'de> for Groups<'_, '_, 'de, S> {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Fault> {
        let masked = self.masks.is_some_and(Masks::has_map);
        for Group { key, items, .. } in self.groups.by_ref() {
            if masked && items.iter().all(Item::is_empty) {
                continue;
            }
            self.current = Some(items);
            return seed.deserialize(Value::<S>::new(&Item::Text(*key), Rest::None)).map(Some);
        }
        Ok(None)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Fault> {
        let Some((first, rest)) = self.current.take().and_then(<[_]>::split_first) else {
            return Err(Fault::Refused);
        };
        let rest = Rest::Group { items: rest, masks: self.masks };
        seed.deserialize(Value::<S>::new(first, rest)).map_err(|fault| fault.in_field(WHOLE_MAP))
    }
}

/// All values in their order, whatever their keys: the parameters of a path as a tuple.
struct InOrder<S>(S);

impl<'de, S: Source<'de>> SeqAccess<'de> for InOrder<S> {
    type Error = Fault;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Fault> {
        let mut pair = Pair::default();
        let Some(next) = self.0.next(&mut pair) else {
            return Ok(None);
        };
        next?;
        seed.deserialize(Value::<S>::new(&pair.item, Rest::None)).map(Some)
    }
}

/// Takes the names of a struct's fields, and reads nothing.
pub(super) struct Names<'n>(pub(super) &'n mut Option<&'static [&'static str]>);

impl<'de> Deserializer<'de> for Names<'_> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Fault> {
        Err(Fault::Refused)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Fault> {
        *self.0 = Some(fields);
        Err(Fault::Refused)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct seq
        tuple tuple_struct map enum identifier ignored_any
    }
}

/// The values of one key.
#[derive(Debug)]
pub(crate) struct Group<'de> {
    key: Text<'de>,
    pub(crate) name: Cow<'de, str>,
    pub(crate) items: Vec<Item<'de>>,
}

/// Gathers the values of each key, keys in the order in which they first appear, in linear time.
pub(crate) fn group<'de, S: Source<'de>>(mut source: S) -> Result<Vec<Group<'de>>, Fault> {
    let mut groups: Vec<Group<'de>> = Vec::new();
    let mut index: HashMap<Cow<'de, str>, usize> = HashMap::new();
    let mut pair = Pair::default();
    while let Some(next) = source.next(&mut pair) {
        next?;
        let Pair { key, item } = pair;
        let name = key.decode()?;
        // A few keys are found sooner by looking at each.
        let known = if groups.len() <= FEW_KEYS {
            groups.iter().position(|group| group.name == name)
        } else {
            if index.is_empty() {
                index.extend(groups.iter().enumerate().map(|(number, group)| (group.name.clone(), number)));
            }
            match index.entry(name.clone()) {
                Entry::Vacant(entry) => {
                    entry.insert(groups.len());
                    None
                }
                Entry::Occupied(entry) => Some(*entry.get()),
            }
        };
        match known.and_then(|known| groups.get_mut(known)) {
            Some(group) => group.items.push(item),
            None => groups.push(Group { key, name, items: vec![item] }),
        }
    }
    Ok(groups)
}

/// So many keys are compared one by one.
const FEW_KEYS: usize = 16;

/// The number of a key that no field has.
const UNKNOWN: usize = WHOLE_MAP - 1;
