//! Mistakes in the wiring, for people.

use std::fmt;
use std::panic::Location;

use super::Key;
use super::builder::Node;

/// Every mistake that was found in the wiring of a container.
///
/// `Display` prints a numbered list: what is wrong, where it was registered, and how to fix it.
#[derive(Debug)]
pub struct WiringErrors {
    mistakes: Vec<Mistake>,
}

impl WiringErrors {
    pub(super) const fn new(mistakes: Vec<Mistake>) -> Self {
        Self { mistakes }
    }

    /// Returns the mistakes, in the order of registration within each kind.
    #[must_use]
    pub fn mistakes(&self) -> &[Mistake] {
        &self.mistakes
    }
}

impl fmt::Display for WiringErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.mistakes.len();
        let noun = if count == 1 { "mistake" } else { "mistakes" };
        write!(f, "{count} {noun} in the wiring of the dependencies:")?;
        for (index, mistake) in self.mistakes.iter().enumerate() {
            write!(f, "\n{:>3}. {mistake}", index + 1)?;
        }
        Ok(())
    }
}

impl std::error::Error for WiringErrors {}

/// What sort of mistake it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MistakeKind {
    /// A singleton needs something of a request, which it would keep for ever.
    Captive,
    /// Dependencies need each other in a circle.
    Cycle,
    /// The same type is registered twice under the same key.
    Duplicate,
    /// The factory of a singleton failed.
    Failed,
    /// Something is needed that nobody provides.
    Missing,
    /// A teardown or a `before_response` was given for something that is not built per request, so it would never run.
    UnusedHook,
    /// Something that is to stand in the place of a registration stands in the place of none.
    UnusedOverride,
}

/// One mistake in the wiring.
#[derive(Clone, Debug)]
pub struct Mistake {
    kind: MistakeKind,
    type_name: &'static str,
    key: Key,
    place: &'static Location<'static>,
    what: String,
    fix: String,
}

impl Mistake {
    pub(super) fn new(kind: MistakeKind, node: &Node, what: String, fix: impl Into<String>) -> Self {
        Self::about(kind, (node.type_name, node.key()), node.place, what, fix)
    }

    pub(super) fn about(
        kind: MistakeKind,
        (type_name, key): (&'static str, Key),
        place: &'static Location<'static>,
        what: String,
        fix: impl Into<String>,
    ) -> Self {
        Self { kind, type_name, key, place, what, fix: fix.into() }
    }

    /// Returns what sort of mistake it is.
    #[must_use]
    pub const fn kind(&self) -> MistakeKind {
        self.kind
    }

    /// Returns the type it is about.
    #[must_use]
    pub const fn type_name(&self) -> &'static str {
        self.type_name
    }

    /// Returns the key it is about.
    #[must_use]
    pub const fn key(&self) -> Key {
        self.key
    }

    /// Returns the line that has to be looked at: of the registration, or of the one who needs what is missing.
    #[must_use]
    pub const fn place(&self) -> &'static Location<'static> {
        self.place
    }

    /// Returns what is wrong, for people.
    #[must_use]
    pub fn what(&self) -> &str {
        &self.what
    }

    /// Returns how to fix it, for people.
    #[must_use]
    pub fn fix(&self) -> &str {
        &self.fix
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = Named(self.type_name, self.key);
        write!(f, "{named}: {}\n     at {}\n     fix: {}", self.what, self.place, self.fix)
    }
}

/// A type with its key, as in `app::Pool (key "replica")`.
pub(super) struct Named(pub(super) &'static str, pub(super) Key);

impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)?;
        match self.1.name() {
            Some(name) => write!(f, " (key {name:?})"),
            None => Ok(()),
        }
    }
}
