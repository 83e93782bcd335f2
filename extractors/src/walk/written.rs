//! Values that stand in the input as text: words, and numbers as they are written.

use std::borrow::Cow;

use serde::de::Visitor;

use super::ask::{Ask, Whole};
use super::trouble::{Trouble, quoted};
use crate::flat::number;

pub(super) fn text_to<'de, V: Visitor<'de>>(text: Cow<'de, str>, visitor: V) -> Result<V::Value, Trouble> {
    match text {
        Cow::Borrowed(text) => visitor.visit_borrowed_str(text),
        Cow::Owned(text) => visitor.visit_string(text),
    }
}

pub(super) fn written_whole<'de, V: Visitor<'de>>(
    whole: Whole,
    text: &str,
    visitor: V,
) -> Result<V::Value, Trouble> {
    let range = || Trouble::Range {
        expected: whole.wanted(),
        got: gongular_core::reflect(text),
        bounds: whole.bounds(),
    };
    if !number::is_whole(text) {
        return Err(Trouble::Type { expected: whole.wanted(), got: quoted(text) });
    }
    let bytes = text.as_bytes();
    // An unsigned type takes no minus at all, not even before a zero.
    if whole.min == 0 {
        let value = number::unsigned_wide(bytes).filter(|value| *value <= whole.max).ok_or_else(range)?;
        return match u64::try_from(value) {
            Ok(value) => visitor.visit_u64(value),
            Err(_) => visitor.visit_u128(value),
        };
    }
    let fits = |value: &i128| *value >= whole.min && u128::try_from(*value).unwrap_or(0) <= whole.max;
    let value = number::signed_wide(bytes).filter(fits).ok_or_else(range)?;
    match i64::try_from(value) {
        Ok(value) => visitor.visit_i64(value),
        Err(_) => visitor.visit_i128(value),
    }
}

pub(super) fn json_number<'de, V: Visitor<'de>>(
    ask: Ask,
    text: &str,
    visitor: V,
) -> Result<V::Value, Trouble> {
    let whole = !text.contains(['.', 'e', 'E']);
    match ask {
        Ask::Whole(whole_type) if whole => {
            // What JSON writes as -0 is a zero for every type.
            let text = if text == "-0" { "0" } else { text };
            written_whole(whole_type, text, visitor)
        }
        Ask::Whole(whole) => {
            Err(Trouble::Type { expected: whole.wanted(), got: gongular_core::reflect(text) })
        }
        _ => {
            if whole && text != "-0" {
                if let Some(value) = number::unsigned(text.as_bytes()) {
                    return visitor.visit_u64(value);
                }
                if let Some(value) = number::signed(text.as_bytes()) {
                    return visitor.visit_i64(value);
                }
            }
            match number::float(text) {
                Some(value) => visitor.visit_f64(value),
                None => Err(too_large(text)),
            }
        }
    }
}

pub(super) fn too_large(text: &str) -> Trouble {
    let expected = "a number that can be represented".to_owned();
    Trouble::Range { expected, got: gongular_core::reflect(text), bounds: None }
}

/// Returns whether a text is a number that is only too large.
pub(super) fn is_decimal(text: &str) -> bool {
    let digits = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E'));
    digits && text.parse::<f64>().is_ok_and(f64::is_infinite)
}
