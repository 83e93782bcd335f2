//! Why the first pass gave up: one word, since the walk finds out what to tell the client.

use std::fmt;

use serde::de;

/// What stopped the first pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Something does not fit; the walk knows what.
    Refused,
    /// An empty text where something else than a text is wanted, which counts as absent.
    Empty,
    /// The same, as an element of a list.
    EmptyItem,
    /// The same, in the field with this index.
    EmptyField(usize),
    /// The same, in a list in the field with this index.
    EmptyItems(usize),
    /// More pairs than this limit.
    TooManyPairs(usize),
    /// A key of more bytes than this limit.
    LongKey(usize),
}

impl Fault {
    /// Says that it happened in an element of a list.
    #[cold]
    pub(super) const fn in_list(self) -> Self {
        match self {
            Self::Empty => Self::EmptyItem,
            other => other,
        }
    }

    /// Says in which field it happened.
    #[cold]
    pub(super) const fn in_field(self, index: usize) -> Self {
        match self {
            Self::Empty => Self::EmptyField(index),
            Self::EmptyItem => Self::EmptyItems(index),
            other => other,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the value cannot be read")
    }
}

impl std::error::Error for Fault {}

/// Texts are dropped before they are written: nothing of a refused value is kept.
impl de::Error for Fault {
    #[cold]
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self::Refused
    }

    #[cold]
    fn invalid_type(_: de::Unexpected<'_>, _: &dyn de::Expected) -> Self {
        Self::Refused
    }

    #[cold]
    fn invalid_value(_: de::Unexpected<'_>, _: &dyn de::Expected) -> Self {
        Self::Refused
    }

    #[cold]
    fn invalid_length(_: usize, _: &dyn de::Expected) -> Self {
        Self::Refused
    }

    #[cold]
    fn unknown_variant(_: &str, _: &'static [&'static str]) -> Self {
        Self::Refused
    }

    #[cold]
    fn unknown_field(_: &str, _: &'static [&'static str]) -> Self {
        Self::Refused
    }

    #[cold]
    fn missing_field(_: &'static str) -> Self {
        Self::Refused
    }

    #[cold]
    fn duplicate_field(_: &'static str) -> Self {
        Self::Refused
    }
}
