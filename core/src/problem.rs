//! One thing that is wrong with a request, precisely enough to mend it.

use std::borrow::Cow;
use std::fmt;

use serde_json::Value;

use crate::Place;
use crate::said::Said;

/// One thing that is wrong with a request: where, what, and how to mend it.
///
/// A refused request carries all of its problems, at most [`MAX_PROBLEMS`].
#[derive(Clone, PartialEq)]
pub struct Problem {
    kind: ProblemKind,
    place: Place,
    path: Cow<'static, str>,
    code: Cow<'static, str>,
    said: Said,
}

/// Whether a value could not be read, or was read and breaks a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ProblemKind {
    /// The value is missing, of another type, out of its type's range, or cannot be decoded.
    Parse,
    /// The value was read and breaks a rule.
    Rule,
}

impl Problem {
    /// Makes a problem of a value that could not be read.
    ///
    /// `path` names the field by its external name (`items[1].qty`); it is empty when the whole place is meant.
    /// `code` is stable and for programs (`missing`, `type`, `range`, ...), `message` is for people.
    #[must_use]
    pub fn parse(
        place: Place,
        path: impl Into<Cow<'static, str>>,
        code: impl Into<Cow<'static, str>>,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::new(ProblemKind::Parse, place, path.into(), code.into(), Said::new(message.into()))
    }

    /// Makes a problem of a value that breaks a rule.
    #[must_use]
    pub fn rule(
        place: Place,
        path: impl Into<Cow<'static, str>>,
        code: impl Into<Cow<'static, str>>,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::broken(place, path.into(), code.into(), Said::new(message.into()))
    }

    /// Makes a problem of a broken rule.
    pub(crate) const fn broken(
        place: Place,
        path: Cow<'static, str>,
        code: Cow<'static, str>,
        said: Said,
    ) -> Self {
        Self::new(ProblemKind::Rule, place, path, code, said)
    }

    const fn new(
        kind: ProblemKind,
        place: Place,
        path: Cow<'static, str>,
        code: Cow<'static, str>,
        said: Said,
    ) -> Self {
        Self { kind, place, path, code, said }
    }

    /// Adds a parameter of the rule, such as `min` or `max`.
    #[must_use]
    pub fn with_param(mut self, name: impl Into<Cow<'static, str>>, value: impl Into<Value>) -> Self {
        self.said.words_mut().params.push((name.into(), value.into()));
        self
    }

    /// Returns whether the value could not be read or breaks a rule.
    #[must_use]
    pub const fn kind(&self) -> ProblemKind {
        self.kind
    }

    /// Returns the part of the request the value stands in.
    #[must_use]
    pub const fn place(&self) -> Place {
        self.place
    }

    /// Returns the external path of the field, such as `items[1].qty`; empty when the whole place is meant.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns the stable code for programs, such as `missing`, `type`, `range` or `email`.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// Returns the text for people.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.said.words().message
    }

    /// Returns the parameters of the broken rule, in a stable order.
    #[must_use]
    pub fn params(&self) -> &[(Cow<'static, str>, Value)] {
        &self.said.words().params
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.place.name())?;
        if !self.path.is_empty() {
            write!(f, " {}", self.path)?;
        }
        write!(f, ": {}", self.message())
    }
}

impl fmt::Debug for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not what the words are made of: that holds values of the client's.
        f.debug_struct("Problem")
            .field("kind", &self.kind)
            .field("place", &self.place)
            .field("path", &self.path)
            .field("code", &self.code)
            .field("message", &self.message())
            .field("params", &self.params())
            .finish()
    }
}

/// Cuts a value that came from the client to what an answer may repeat: [`MAX_REFLECTED_CHARS`] characters, control
/// characters replaced.
#[must_use]
pub fn reflect(value: &str) -> String {
    let mut cut: String = value
        .chars()
        .take(MAX_REFLECTED_CHARS)
        .map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c })
        .collect();
    if value.chars().nth(MAX_REFLECTED_CHARS).is_some() {
        cut.push('…');
    }
    cut
}

/// The most problems that one answer lists.
pub const MAX_PROBLEMS: usize = 32;

/// The most characters of a client's value that an answer repeats.
pub const MAX_REFLECTED_CHARS: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reflected_value_is_cut_and_has_no_control_characters() {
        assert_eq!(reflect("a\r\nb"), "a\u{fffd}\u{fffd}b");
        assert_eq!(reflect(&"é".repeat(64)), "é".repeat(64));
        assert_eq!(reflect(&"é".repeat(65)), format!("{}…", "é".repeat(64)));
    }

    #[test]
    fn a_problem_reads_as_place_field_and_reason() {
        let problem = Problem::parse(Place::Query, "page", "type", "expected a whole number");
        assert_eq!(problem.to_string(), "Query Parameter page: expected a whole number");
    }
}
