//! Dependencies: what provides them, how long they live, and the check that all of them are there.

/// The key that tells several dependencies of one type apart; none is the usual case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Key {
    name: Option<&'static str>,
}

impl Key {
    /// No key.
    pub const NONE: Self = Self { name: None };

    /// Makes a key of a name.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self { name: Some(name) }
    }

    /// Returns the name.
    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        self.name
    }
}

/// The dependencies of one request.
#[derive(Clone, Debug)]
pub struct Scope {}
