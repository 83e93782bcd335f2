//! The outermost element, which not every value has a name for.

use std::fmt;

use quick_xml::SeError;
use quick_xml::se::{to_string, to_string_with_root};
use serde::ser::{Error as _, Impossible, Serialize, SerializeStruct, Serializer};

/// Writes a value as one element.
pub(super) fn write<T: Serialize>(value: &T) -> Result<String, SeError> {
    match value.serialize(Probe) {
        Err(Kind::List) => to_string_with_root("list", &List(value)),
        Err(Kind::Map) => to_string_with_root("map", value),
        Err(Kind::Named) => to_string(value),
        Err(Kind::Failed) => Err(SeError::custom("the value fails to say what it is")),
        Err(Kind::Scalar) | Ok(_) => to_string_with_root("value", value),
    }
}

/// A list as the items of an element.
struct List<'v, T>(&'v T);

impl<T: Serialize> Serialize for List<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_struct("list", 1)?;
        list.serialize_field("item", self.0)?;
        list.end()
    }
}

/// What a value is, from outside.
#[derive(Debug)]
enum Kind {
    /// It failed.
    Failed,
    List,
    Map,
    /// A struct or an enum, whose name is its element's.
    Named,
    Scalar,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

impl std::error::Error for Kind {}

impl serde::ser::Error for Kind {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self::Failed
    }
}

/// Asks a value what it is, and ends with the answer as its error.
struct Probe;

macro_rules! kinds {
    ($($name:ident($($type:ty),*) $(-> $compound:ident)? = $kind:ident;)*) => {$(
        fn $name(self, $(_: $type),*) -> Result<kinds!(@ $($compound)?), Kind> {
            Err(Kind::$kind)
        }
    )*};
    (@) => { Self::Ok };
    (@ $compound:ident) => { Self::$compound };
}

impl Serializer for Probe {
    type Ok = Impossible<(), Kind>;
    type Error = Kind;
    type SerializeSeq = Impossible<Self::Ok, Kind>;
    type SerializeTuple = Impossible<Self::Ok, Kind>;
    type SerializeTupleStruct = Impossible<Self::Ok, Kind>;
    type SerializeTupleVariant = Impossible<Self::Ok, Kind>;
    type SerializeMap = Impossible<Self::Ok, Kind>;
    type SerializeStruct = Impossible<Self::Ok, Kind>;
    type SerializeStructVariant = Impossible<Self::Ok, Kind>;

    kinds! {
        serialize_bool(bool) = Scalar;
        serialize_i8(i8) = Scalar;
        serialize_i16(i16) = Scalar;
        serialize_i32(i32) = Scalar;
        serialize_i64(i64) = Scalar;
        serialize_i128(i128) = Scalar;
        serialize_u8(u8) = Scalar;
        serialize_u16(u16) = Scalar;
        serialize_u32(u32) = Scalar;
        serialize_u64(u64) = Scalar;
        serialize_u128(u128) = Scalar;
        serialize_f32(f32) = Scalar;
        serialize_f64(f64) = Scalar;
        serialize_char(char) = Scalar;
        serialize_str(&str) = Scalar;
        serialize_bytes(&[u8]) = Scalar;
        serialize_none() = Scalar;
        serialize_unit() = Scalar;
        serialize_unit_struct(&'static str) = Named;
        serialize_unit_variant(&'static str, u32, &'static str) = Named;
        serialize_seq(Option<usize>) -> SerializeSeq = List;
        serialize_tuple(usize) -> SerializeTuple = List;
        serialize_tuple_struct(&'static str, usize) -> SerializeTupleStruct = List;
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> SerializeTupleVariant = Named;
        serialize_map(Option<usize>) -> SerializeMap = Map;
        serialize_struct(&'static str, usize) -> SerializeStruct = Named;
        serialize_struct_variant(&'static str, u32, &'static str, usize) -> SerializeStructVariant = Named;
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Self::Ok, Kind> {
        value.serialize(self)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<Self::Ok, Kind> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<Self::Ok, Kind> {
        Err(Kind::Named)
    }
}
