//! Which rules a value breaks.

use std::borrow::Cow;
use std::fmt;

use serde_json::Value;

use crate::few::Few;
use crate::problem::reflect;
use crate::said::Said;
use crate::{Place, Problem};

/// The rules that a value breaks, in a stable order.
#[derive(Clone, Debug, Default)]
pub struct BrokenRules {
    rules: Few<BrokenRule>,
}

impl BrokenRules {
    /// Makes an empty list.
    #[must_use]
    pub const fn new() -> Self {
        Self { rules: Few::new() }
    }

    /// Adds a broken rule.
    pub fn push(&mut self, rule: BrokenRule) {
        self.rules.push(rule);
    }

    /// Returns whether no rule is broken.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.rules.as_slice().is_empty()
    }

    /// Returns the broken rules.
    pub fn iter(&self) -> std::slice::Iter<'_, BrokenRule> {
        self.rules.as_slice().iter()
    }

    /// Returns the rule where only one is broken, and stands in no list.
    ///
    /// # Errors
    ///
    /// The rules as they are, where they stand in a list.
    #[doc(hidden)]
    pub fn into_only(self) -> Result<BrokenRule, Self> {
        match self.rules {
            Few::One(rule) => Ok(rule),
            rules @ Few::Any(_) => Err(Self { rules }),
        }
    }
}

impl From<BrokenRule> for BrokenRules {
    fn from(rule: BrokenRule) -> Self {
        Self { rules: Few::One(rule) }
    }
}

impl FromIterator<BrokenRule> for BrokenRules {
    fn from_iter<I: IntoIterator<Item = BrokenRule>>(rules: I) -> Self {
        Self { rules: rules.into_iter().collect::<Vec<_>>().into() }
    }
}

impl IntoIterator for BrokenRules {
    type Item = BrokenRule;
    type IntoIter = std::vec::IntoIter<BrokenRule>;

    fn into_iter(self) -> Self::IntoIter {
        self.rules.into_vec().into_iter()
    }
}

impl<'a> IntoIterator for &'a BrokenRules {
    type Item = &'a BrokenRule;
    type IntoIter = std::slice::Iter<'a, BrokenRule>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// One broken rule: of which field, which rule, and what to do.
///
/// The path has the names of the Rust fields, as far as the rules know no other; the extractors put the external names
/// in their place.
#[derive(Clone)]
pub struct BrokenRule {
    /// Most rules are about a field of the outermost struct.
    path: Few<Step>,
    code: Cow<'static, str>,
    said: Said,
    /// The value, where rules by hand said which; those of validator have it in what they said.
    value: Option<Box<Value>>,
}

/// One step of the way from a value to a part of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "JSON has no third way to go down")]
pub enum Step {
    /// To a field.
    Field(Cow<'static, str>),
    /// To an element of a list, counted from zero.
    Index(usize),
}

impl BrokenRule {
    /// Makes a broken rule of the part at `path`; an empty path means the whole value.
    ///
    /// `code` is stable and for programs, `message` is what the client may read.
    #[must_use]
    pub fn new(
        path: Vec<Step>,
        code: impl Into<Cow<'static, str>>,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::of_said(path.into(), code.into(), Said::new(message.into()))
    }

    /// Makes a broken rule of one field.
    #[must_use]
    pub fn of_field(
        name: impl Into<Cow<'static, str>>,
        code: impl Into<Cow<'static, str>>,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::of_said(Few::One(Step::Field(name.into())), code.into(), Said::new(message.into()))
    }

    pub(super) const fn of_said(path: Few<Step>, code: Cow<'static, str>, said: Said) -> Self {
        Self { path, code, said, value: None }
    }

    /// Adds a parameter of the rule, such as `min` or `max`; a text is cut to what an answer may repeat.
    #[must_use]
    pub fn with_param(mut self, name: impl Into<Cow<'static, str>>, value: impl Into<Value>) -> Self {
        self.said.words_mut().params.push((name.into(), reflected(value.into())));
        self
    }

    /// Says which value broke the rule. It is never sent; it helps to find the external name of a renamed field.
    #[must_use]
    pub fn with_value(mut self, value: Value) -> Self {
        self.value = Some(Box::new(value));
        self
    }

    /// Says that the value is a part of another one.
    pub(super) fn inside(mut self, step: Step) -> Self {
        let mut path = self.path.into_vec();
        path.insert(0, step);
        self.path = path.into();
        self
    }

    /// Returns the way to the part that breaks the rule.
    #[must_use]
    pub fn path(&self) -> &[Step] {
        self.path.as_slice()
    }

    /// Returns the stable code for programs, such as `range` or `email`.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// Returns the text for people.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.said.words().message
    }

    /// Returns the parameters of the rule, in a stable order.
    #[must_use]
    pub fn params(&self) -> &[(Cow<'static, str>, Value)] {
        &self.said.words().params
    }

    /// Returns the value that broke the rule, where the rules said so.
    #[must_use]
    pub fn value(&self) -> Option<&Value> {
        self.value.as_deref().or_else(|| self.said.value())
    }

    /// Turns the rule into a problem of a request.
    #[inline]
    #[must_use]
    pub fn into_problem(mut self, place: Place, path: impl Into<Cow<'static, str>>) -> Problem {
        self.said.forget_values();
        Problem::broken(place, path.into(), self.code, self.said)
    }
}

impl PartialEq for BrokenRule {
    fn eq(&self, other: &Self) -> bool {
        self.path == other.path
            && self.code == other.code
            && self.said == other.said
            && self.value() == other.value()
    }
}

impl fmt::Debug for BrokenRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BrokenRule")
            .field("path", &self.path())
            .field("code", &self.code())
            .field("message", &self.message())
            .field("params", &self.params())
            .field("value", &self.value())
            .finish()
    }
}

/// Writes the path as `items[1].qty`, then the message.
impl fmt::Display for BrokenRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, step) in self.path().iter().enumerate() {
            match step {
                Step::Field(name) if index == 0 => f.write_str(name)?,
                Step::Field(name) => write!(f, ".{name}")?,
                Step::Index(at) => write!(f, "[{at}]")?,
            }
        }
        let gap = if self.path().is_empty() { "" } else { ": " };
        write!(f, "{gap}{}", self.message())
    }
}

/// Cuts the text of a parameter to what an answer may repeat.
pub(super) fn reflected(param: Value) -> Value {
    match param {
        Value::String(text) => Value::String(reflect(&text)),
        other => other,
    }
}
