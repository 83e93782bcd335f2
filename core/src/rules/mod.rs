//! Rules that a bound value obeys.

mod broken;
mod each;
#[cfg(feature = "garde")]
mod garde;
#[cfg(feature = "validator")]
mod validator;

use serde::{Deserialize, Deserializer};

pub use self::broken::{BrokenRule, BrokenRules, Step};
pub use self::each::Each;
#[cfg(feature = "garde")]
pub use self::garde::Garde;
#[cfg(feature = "validator")]
pub(crate) use self::validator::Found;

/// A type whose values obey rules.
///
/// With the feature `validator`, every type that derives `validator::Validate` has them by that, and so has a list of
/// such values. A type without rules needs one line, `impl Rules for T {}`, or is read as [`Unchecked<T>`]. A list of
/// values whose rules are written by hand is read as [`Each<T>`]. With the feature `garde`, types of that crate are read as
/// `Garde<T>`.
///
/// # Example
///
/// Rules by hand, for a type that needs none of the two crates:
///
/// ```
/// use gongular_core::{BrokenRule, BrokenRules, Rules};
///
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
/// assert!(Span { from: 1, to: 2 }.check().is_ok());
/// assert_eq!(Span { from: 3, to: 2 }.check().unwrap_err().iter().next().unwrap().code(), "order");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say which rules its values obey",
    label = "no rules",
    note = "derive `validator::Validate`, or write `impl gongular::Rules for {Self} {{}}` if it has none",
    note = "a list whose elements have rules by hand is read as `Each<T>`",
    note = "for scalars and types of other crates, read `Unchecked<{Self}>`, which checks nothing, not even rules inside"
)]
pub trait Rules {
    /// Checks all rules.
    ///
    /// # Errors
    ///
    /// Every broken rule, with the path of its field.
    fn check(&self) -> Result<(), BrokenRules> {
        Ok(())
    }
}

/// A value that is bound without rules: a list, a scalar, or a type of another crate.
///
/// Nothing is checked, also no rules that the elements of a list have: read those as [`Each<T>`].
///
/// # Example
///
/// ```
/// use gongular_core::{Rules, Unchecked};
///
/// let numbers: Unchecked<Vec<u8>> = serde_json::from_str("[1, 2]").unwrap();
/// assert_eq!(*numbers, [1, 2]);
/// assert!(numbers.check().is_ok());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(clippy::exhaustive_structs, reason = "the wrapped value is all there is, and callers take it apart")]
pub struct Unchecked<T>(pub T);

impl<T> Rules for Unchecked<T> {}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Unchecked<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Self)
    }
}

impl<T> std::ops::Deref for Unchecked<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> std::ops::DerefMut for Unchecked<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}
