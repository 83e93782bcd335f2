//! Why a body in a notation with the values of JSON could not be bound.

use std::fmt;

use gongular_core::{BrokenRules, Error, Place, Problem, Rules};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::cut::cut;
use crate::walk;

/// Why a text is none of its notation.
pub(super) enum Unreadable {
    /// It nests deeper than so many levels.
    Depth(usize),
    /// It is something else, for this reason.
    Syntax(String),
}

/// A body that was read once, and did not bind.
pub(super) struct Unbound<'a> {
    /// What the notation is called.
    pub(super) notation: &'static str,
    pub(super) text: &'a [u8],
    /// The values of the body, as far as JSON has such.
    pub(super) value: Option<Value>,
}

impl Unbound<'_> {
    /// Explains why the body could not be read: everything at once where its values are those of JSON, else by the first
    /// reason.
    #[cold]
    pub(super) fn explain<T>(self, readable: Result<(), Unreadable>, reason: impl fmt::Display) -> Error
    where
        T: DeserializeOwned + Rules,
    {
        let refuse = |code: &'static str, message: String| Error::parse(Place::Body, "", code, message);
        if self.text.trim_ascii().is_empty() {
            return refuse("missing", format!("the body is empty, expected {}", self.notation));
        }
        match readable {
            Ok(()) => {}
            Err(Unreadable::Depth(most)) => {
                return refuse("depth", format!("the body nests deeper than {most} levels"));
            }
            Err(Unreadable::Syntax(reason)) => {
                return refuse("syntax", format!("the body is not {}: {}", self.notation, cut(&reason)));
            }
        }
        let first = || Problem::parse(Place::Body, "", "invalid", cut(&reason.to_string()));
        match self.json() {
            Some(text) => walk::json_value::<T>(Place::Body, &text, T::check, first),
            None => Error::binding(vec![first()]),
        }
    }

    /// Names the fields of broken rules as the client knows them.
    #[cold]
    pub(super) fn broken<T>(self, broken: BrokenRules) -> Error
    where
        T: DeserializeOwned + Rules,
    {
        let text = self.json().unwrap_or_else(|| "null".to_owned());
        walk::broken_json_rules::<T>(Place::Body, text.as_bytes(), T::check, broken)
    }

    fn json(&self) -> Option<String> {
        serde_json::to_string(self.value.as_ref()?).ok()
    }
}
