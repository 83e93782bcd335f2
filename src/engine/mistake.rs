//! What is wrong with an application, for people.

use std::fmt;
use std::panic::Location;

use gongular_core::inject;

/// All mistakes that were found when an engine was built.
pub struct BuildError {
    mistakes: Vec<Mistake>,
}

impl BuildError {
    pub(super) const fn new(mistakes: Vec<Mistake>) -> Self {
        Self { mistakes }
    }

    /// Returns the mistakes: those of routes first, in the order of their registration.
    #[must_use]
    pub fn mistakes(&self) -> &[Mistake] {
        &self.mistakes
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.mistakes.len();
        let noun = if count == 1 { "mistake" } else { "mistakes" };
        write!(f, "{count} {noun} in the application:")?;
        for (index, mistake) in self.mistakes.iter().enumerate() {
            write!(f, "\n{:>3}. {mistake}", index + 1)?;
        }
        Ok(())
    }
}

/// The same text as `Display`, since it is what a `main` that returns this error prints.
impl fmt::Debug for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for BuildError {}

/// One mistake: what is wrong, where it was written, and how to mend it.
#[derive(Clone, Debug)]
pub struct Mistake {
    kind: MistakeKind,
    text: String,
    place: &'static Location<'static>,
}

/// The kinds of mistakes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MistakeKind {
    /// A handler of a `GET` or `HEAD` route reads the body, which such requests do not have.
    BodyInGet,
    /// Two routes answer the same requests.
    Conflict,
    /// A controller cannot be what it is to be: one instance for all, say, when it holds something of a request.
    Controller,
    /// An event or a hook of websockets is handled twice, or by nobody whom clients can reach.
    Event,
    /// Something was registered after the controller that it was meant for.
    LateRegistration,
    /// A field is bound to a path parameter that the pattern does not have.
    Parameter,
    /// A pattern cannot be read.
    Pattern,
    /// Two routes have one name.
    RouteName,
    /// A mistake in the wiring of the dependencies.
    Wiring(inject::MistakeKind),
}

impl Mistake {
    pub(crate) const fn new(kind: MistakeKind, text: String, place: &'static Location<'static>) -> Self {
        Self { kind, text, place }
    }

    pub(super) fn wiring(mistake: &inject::Mistake) -> Self {
        Self::new(MistakeKind::Wiring(mistake.kind()), mistake.to_string(), mistake.place())
    }

    /// Returns the kind.
    #[must_use]
    pub const fn kind(&self) -> MistakeKind {
        self.kind
    }

    /// Returns where in the program the mistake was registered.
    #[must_use]
    pub const fn place(&self) -> &'static Location<'static> {
        self.place
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)?;
        match self.kind {
            // Their texts say where.
            MistakeKind::Conflict | MistakeKind::Event | MistakeKind::Wiring(_) => Ok(()),
            _ => write!(f, " ({})", self.place),
        }
    }
}
