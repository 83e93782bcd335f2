//! What a type asks its deserializer for.

use gongular_core::FieldKind;
use serde::de::Expected;
use serde_json::Value;

use super::trouble::{one_of, wanted};
use crate::upload::UPLOADED_FILE;

/// What a type asks for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Ask {
    Any,
    Bool,
    Bytes,
    Char,
    Enum(&'static [&'static str]),
    /// A newtype around anything, by its name.
    Newtype(&'static str),
    Float(Float),
    Ignored,
    Map,
    Option,
    Seq,
    Struct(&'static [&'static str]),
    Text,
    Tuple(usize),
    Unit,
    Whole(Whole),
}

/// Which width a number with a fraction has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Float {
    F32,
    F64,
}

/// A type of whole numbers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Whole {
    pub(super) name: &'static str,
    pub(super) min: i128,
    pub(super) max: u128,
}

impl Whole {
    /// Says which numbers fit.
    pub(super) fn wanted(&self) -> String {
        format!("a whole number from {} to {}", self.min, self.max)
    }

    /// Returns the bounds, where JSON can write them.
    pub(super) fn bounds(&self) -> Option<(Value, Value)> {
        Some((i64::try_from(self.min).ok()?.into(), u64::try_from(self.max).ok()?.into()))
    }
}

impl Ask {
    /// Returns whether it is the question for an uploaded file.
    pub(super) fn is_file(&self) -> bool {
        matches!(self, Self::Newtype(name) if *name == UPLOADED_FILE)
    }

    /// Says what is wanted, in words for the client.
    pub(super) fn wanted(&self, visitor: &dyn Expected) -> String {
        match self {
            Self::Bool => "true or false".to_owned(),
            Self::Char => "a single character".to_owned(),
            Self::Enum(variants) => one_of(variants),
            Self::Float(_) => "a number".to_owned(),
            Self::Map | Self::Struct(_) => "an object".to_owned(),
            Self::Seq => "a list".to_owned(),
            Self::Tuple(length) => format!("a list of {length} values"),
            Self::Unit => "null".to_owned(),
            Self::Whole(whole) => whole.wanted(),
            Self::Newtype(_) if self.is_file() => "a file".to_owned(),
            Self::Any | Self::Bytes | Self::Ignored | Self::Newtype(_) | Self::Option | Self::Text => {
                wanted(visitor)
            }
        }
    }

    /// Returns the kind of field that a contract lists; `None` for what only wraps another.
    pub(super) fn kind(&self) -> Option<FieldKind> {
        Some(match self {
            Self::Any | Self::Ignored | Self::Unit => FieldKind::Any,
            Self::Bool => FieldKind::Boolean,
            Self::Bytes | Self::Char | Self::Text => FieldKind::Text,
            Self::Enum(variants) => FieldKind::Choice(variants),
            Self::Float(_) => FieldKind::Number,
            Self::Map => FieldKind::Map,
            Self::Newtype(_) if self.is_file() => FieldKind::File,
            Self::Newtype(_) | Self::Option => return None,
            Self::Seq | Self::Tuple(_) => FieldKind::List,
            Self::Struct(_) => FieldKind::Object,
            Self::Whole(whole) => FieldKind::Integer(whole.name),
        })
    }
}
