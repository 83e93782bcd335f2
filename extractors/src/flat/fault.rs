//! Why the first pass gave up: one word, since the walk finds out what to tell the client.

use std::fmt;

use serde::de;

/// What stopped the first pass.
///
/// Its numbers have 32 bits: so it fits into a register, as does a result with it, and each step of the pass returns one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Something does not fit; the walk knows what.
    Refused,
    /// An empty text where something else than a text is wanted, which counts as absent.
    Empty,
    /// The same, as an element of a list.
    EmptyItem,
    /// The same, in the field with this index.
    EmptyField(u32),
    /// The same, in a list in the field with this index.
    EmptyItems(u32),
    /// More pairs than this limit.
    TooManyPairs(u32),
    /// A key of more bytes than this limit.
    LongKey(u32),
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
            Self::Empty => Self::EmptyField(narrow(index)),
            Self::EmptyItem => Self::EmptyItems(narrow(index)),
            other => other,
        }
    }
}

/// Returns the number of a field or a limit in 32 bits. A larger one becomes the largest of them, so that a text which says
/// that there is more of something stays true.
#[cold]
pub(super) const fn narrow(number: usize) -> u32 {
    if number > u32::MAX as usize { u32::MAX } else { number as u32 }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_and_a_result_with_it_fit_into_a_register() {
        assert_eq!(size_of::<Fault>(), 8);
        assert_eq!(size_of::<Option<Result<(), Fault>>>(), 8);
        assert_eq!(size_of::<Result<u32, Fault>>(), 8);
    }

    #[test]
    fn a_number_of_more_than_32_bits_is_the_largest_of_them() {
        assert_eq!(narrow(7), 7);
        assert_eq!(narrow(u32::MAX as usize), u32::MAX);
        assert_eq!(narrow(usize::MAX), u32::MAX);
    }
}
