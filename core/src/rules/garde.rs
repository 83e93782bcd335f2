//! Rules of garde.

use std::ops::{Deref, DerefMut};

use serde::{Deserialize, Deserializer};

use super::{BrokenRule, BrokenRules, Rules, Step};

/// A value whose rules are garde's.
///
/// garde's errors have a path and a text, and no code: the [`code`](BrokenRule::code) of every broken rule is `garde`, and
/// there are no parameters. Clients that tell rules apart by code need rules of validator, or by hand.
///
/// # Example
///
/// ```
/// use gongular_core::{Garde, Rules};
///
/// struct Even(u32);
///
/// impl garde::Validate for Even {
///     type Context = ();
///     fn validate_into(&self, _: &(), path: &mut dyn FnMut() -> garde::Path, report: &mut garde::Report) {
///         if self.0 % 2 == 1 {
///             report.append(path().join("number"), garde::Error::new("must be even"));
///         }
///     }
/// }
///
/// assert!(Garde(Even(2)).check().is_ok());
/// assert_eq!(Garde(Even(3)).check().unwrap_err().iter().next().unwrap().to_string(), "number: must be even");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(clippy::exhaustive_structs, reason = "the wrapped value is all there is, and callers take it apart")]
pub struct Garde<T>(pub T);

impl<T> Rules for Garde<T>
where
    T: ::garde::Validate<Context: Default>,
{
    fn check(&self) -> Result<(), BrokenRules> {
        self.0.validate().map_err(|report| convert(&report))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Garde<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Self)
    }
}

impl<T> Deref for Garde<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for Garde<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

#[cold]
fn convert(report: &::garde::Report) -> BrokenRules {
    report
        .iter()
        .map(|(path, error)| BrokenRule::new(steps(&path.to_string()), "garde", error.message().to_owned()))
        .collect()
}

/// Takes garde's written path apart, `items[1].qty`: the way there is only in writing.
fn steps(path: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    for part in path.split(['.', '[']).filter(|part| !part.is_empty()) {
        steps.push(match part.strip_suffix(']').map(str::parse) {
            Some(Ok(index)) => Step::Index(index),
            Some(Err(_)) | None => Step::Field(part.trim_end_matches(']').to_owned().into()),
        });
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_written_path_is_taken_apart() {
        let field = |name: &'static str| Step::Field(name.into());
        assert_eq!(steps("items[1].qty"), [field("items"), Step::Index(1), field("qty")]);
        assert_eq!(steps("[2]"), [Step::Index(2)]);
        assert_eq!(steps(""), []);
    }
}
