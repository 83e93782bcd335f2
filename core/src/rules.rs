//! Rules that a bound value obeys.

/// A type whose values obey rules.
///
/// With the feature `validator`, every type that derives `validator::Validate` has them by that. A type without rules
/// needs one line, `impl Rules for T {}`, or is read as [`Unchecked<T>`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say which rules its values obey",
    label = "no rules",
    note = "derive `validator::Validate`, or write `impl gongular::Rules for {Self} {{}}` if it has none",
    note = "for lists, scalars and types of other crates, read `Unchecked<{Self}>` instead"
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

/// The rules that a value breaks.
#[derive(Clone, Debug, Default)]
pub struct BrokenRules {}

/// A value that is bound without rules.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(clippy::exhaustive_structs, reason = "the wrapped value is all there is, and callers take it apart")]
pub struct Unchecked<T>(pub T);

impl<T> Rules for Unchecked<T> {}
