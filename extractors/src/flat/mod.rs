//! Flat places: keys and texts, bound to a type in one pass over borrowed input.
//!
//! Query, urlencoded and multipart forms, path parameters, headers and cookies are all decoded here. The first pass knows
//! no paths and keeps no texts of errors. When it fails, two things can follow, both off the good path: an empty text
//! where no text is wanted counts as absent, so the pass is repeated without it; anything else goes to the
//! [walk](crate::walk), which finds all problems.

mod fault;
mod fields;
mod masks;
pub(crate) mod number;
mod source;
mod text;
mod value;

#[cfg(test)]
mod tests;

use gongular_core::{BrokenRules, Error, Place, Rules};
use serde::Deserialize;

pub(crate) use self::fault::Fault;
pub(crate) use self::fields::{Group, group};
#[cfg(feature = "axum")]
pub(crate) use self::source::AxumParams;
pub(crate) use self::source::{Cookies, Entries, Headers, Item, Pair, Params, Source};
pub(crate) use self::text::{Pairs, Text, unescape};

use self::fields::Root;
use self::masks::Masks;
use self::value::{Rest, Value};
use crate::walk;

/// Binds a flat place to `T` and checks its rules.
///
/// # Errors
///
/// Everything that is wrong with the place: [`ErrorKind::Parse`](gongular_core::ErrorKind::Parse) or
/// [`ErrorKind::Validation`](gongular_core::ErrorKind::Validation), `400`.
#[inline]
pub(crate) fn bind<'de, T, S>(place: Place, source: &S) -> Result<T, Error>
where
    T: Deserialize<'de> + Rules,
    S: Source<'de>,
{
    let value = match T::deserialize(Root::new(source.clone(), None)) {
        Ok(value) => value,
        Err(fault) => again(place, source, fault, T::check)?,
    };
    match value.check() {
        Ok(()) => Ok(value),
        Err(broken) => Err(walk::broken_rules::<T, S>(place, source, T::check, broken)),
    }
}

/// Returns the external names of a struct's fields; `None` for other types.
pub(crate) fn field_names<'de, T: Deserialize<'de>>() -> Option<&'static [&'static str]> {
    let mut fields = None;
    let _ = T::deserialize(fields::Names(&mut fields));
    fields
}

/// Returns whether a source has a key that a struct knows; any key will do for other types.
pub(crate) fn knows_any<'de, T: Deserialize<'de>, S: Source<'de>>(mut source: S) -> bool {
    let fields = field_names::<T>();
    let mut pair = Pair::default();
    while let Some(Ok(())) = source.next(&mut pair) {
        let key = pair.key.raw();
        let known = |fields: &'static [&'static str]| fields.iter().any(|field| S::matches(key, field));
        if fields.is_none_or(known) {
            return true;
        }
    }
    false
}

/// Goes on after the first pass failed.
#[cold]
#[inline(never)]
fn again<'de, T, S>(
    place: Place,
    source: &S,
    first: Fault,
    check: fn(&T) -> Result<(), BrokenRules>,
) -> Result<T, Error>
where
    T: Deserialize<'de>,
    S: Source<'de>,
{
    let mut masks = Masks::default();
    let mut fault = first;
    loop {
        if let Some(error) = refuse(place, fault) {
            return Err(error);
        }
        if !masks.add(fault) {
            return Err(walk::flat::<T, S>(place, source, check));
        }
        match T::deserialize(Root::new(source.clone(), Some(&masks))) {
            Ok(value) => return Ok(value),
            Err(next) => fault = next,
        }
    }
}

/// Returns the error of a fault that needs no walk.
#[cold]
pub(crate) fn refuse(place: Place, fault: Fault) -> Option<Error> {
    let (code, text) = match fault {
        Fault::TooManyPairs(limit) => ("too_many", format!("there are more than {limit} values")),
        Fault::LongKey(limit) => ("length", format!("a key is longer than {limit} bytes")),
        _ => return None,
    };
    Some(Error::parse(place, "", code, text))
}
