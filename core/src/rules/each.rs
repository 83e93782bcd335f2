//! Lists of values with rules.

use std::ops::{Deref, DerefMut};

use serde::{Deserialize, Deserializer};

use super::{BrokenRules, Rules, Step};

/// A list of which every element obeys its rules.
///
/// It is for types that implement [`Rules`] by hand; a `Vec<T>` of a type that derives `validator::Validate` has its rules
/// without it. A broken rule is told with the index of its element, as `[1].to`.
///
/// # Example
///
/// ```
/// use gongular_core::{BrokenRule, BrokenRules, Each, Rules};
/// use serde::Deserialize;
///
/// #[derive(Deserialize)]
/// struct Span {
///     from: u32,
///     to: u32,
/// }
///
/// impl Rules for Span {
///     fn check(&self) -> Result<(), BrokenRules> {
///         if self.from <= self.to {
///             return Ok(());
///         }
///         Err(BrokenRule::of_field("to", "order", "must not be before `from`").into())
///     }
/// }
///
/// let spans: Each<Span> = serde_json::from_str(r#"[{"from": 1, "to": 2}, {"from": 4, "to": 3}]"#).unwrap();
/// assert_eq!(spans.len(), 2);
/// let broken = spans.check().unwrap_err();
/// assert_eq!(broken.iter().next().unwrap().to_string(), "[1].to: must not be before `from`");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(clippy::exhaustive_structs, reason = "the wrapped list is all there is, and callers take it apart")]
pub struct Each<T>(pub Vec<T>);

impl<T: Rules> Rules for Each<T> {
    #[inline]
    fn check(&self) -> Result<(), BrokenRules> {
        let mut all = BrokenRules::new();
        for (index, value) in self.0.iter().enumerate() {
            if let Err(broken) = value.check() {
                broken.into_iter().for_each(|rule| all.push(rule.inside(Step::Index(index))));
            }
        }
        if all.is_empty() { Ok(()) } else { Err(all) }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Each<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::deserialize(deserializer).map(Self)
    }
}

impl<T> Default for Each<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Deref for Each<T> {
    type Target = Vec<T>;

    fn deref(&self) -> &Vec<T> {
        &self.0
    }
}

impl<T> DerefMut for Each<T> {
    fn deref_mut(&mut self) -> &mut Vec<T> {
        &mut self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::BrokenRule;

    struct Even(u32);

    impl Rules for Even {
        fn check(&self) -> Result<(), BrokenRules> {
            match self.0 % 2 {
                0 => Ok(()),
                _ => Err(BrokenRule::new(Vec::new(), "even", "must be even").into()),
            }
        }
    }

    #[test]
    fn broken_rules_are_told_with_the_index_of_their_element() {
        let told = |numbers: &[u32]| match Each(numbers.iter().copied().map(Even).collect()).check() {
            Ok(()) => Vec::new(),
            Err(broken) => broken.iter().map(ToString::to_string).collect(),
        };
        assert!(told(&[]).is_empty());
        assert!(told(&[2, 4]).is_empty());
        assert_eq!(told(&[1, 2, 3]), ["[0]: must be even", "[2]: must be even"]);
    }

    #[test]
    fn lists_in_lists_have_both_indexes() {
        let broken = Each(vec![Each(vec![]), Each(vec![Even(2), Even(3)])]).check().unwrap_err();
        assert_eq!(broken.iter().next().unwrap().path(), [Step::Index(1), Step::Index(1)]);
    }
}
