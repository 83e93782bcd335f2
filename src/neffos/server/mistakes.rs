//! What is wrong with the description of a server, collected until it is made.

use std::collections::HashMap;
use std::fmt;
use std::panic::Location;

use gongular_core::PartOwner;

/// What is wrong with the description of a server: everything, not the first of it.
pub struct EventsError {
    mistakes: Vec<EventsMistake>,
}

/// One mistake: what is wrong, where it was written, and how to mend it.
#[derive(Clone, Debug)]
pub struct EventsMistake {
    text: String,
    place: &'static Location<'static>,
}

impl EventsError {
    pub(super) const fn new(mistakes: Vec<EventsMistake>) -> Self {
        Self { mistakes }
    }

    /// Returns the mistakes, in the order in which they were written.
    #[must_use]
    pub fn mistakes(&self) -> &[EventsMistake] {
        &self.mistakes
    }
}

impl fmt::Display for EventsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.mistakes.len();
        let noun = if count == 1 { "mistake" } else { "mistakes" };
        write!(f, "{count} {noun} in the events:")?;
        for (index, mistake) in self.mistakes.iter().enumerate() {
            write!(f, "\n{:>3}. {mistake}", index + 1)?;
        }
        Ok(())
    }
}

/// The same text as `Display`, since it is what a `main` that returns this error prints.
impl fmt::Debug for EventsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for EventsError {}

impl EventsMistake {
    pub(super) const fn new(text: String, place: &'static Location<'static>) -> Self {
        Self { text, place }
    }

    /// Returns where in the program it was written.
    #[must_use]
    pub const fn place(&self) -> &'static Location<'static> {
        self.place
    }
}

impl fmt::Display for EventsMistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Who handles something: a function, by where it was added, or a controller, by where its method stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Origin {
    pub(super) owner: Option<PartOwner>,
    /// The name of the controller, as its `impl` block writes it.
    pub(super) controller: &'static str,
    pub(super) place: &'static Location<'static>,
}

impl Origin {
    /// Makes the origin of something that was added as a function.
    pub(super) const fn of_function(place: &'static Location<'static>) -> Self {
        Self { owner: None, controller: "", place }
    }

    /// Names the controller, or its method.
    pub(super) fn who(self) -> String {
        match self.owner.and_then(|owner| owner.method_name()) {
            Some(method) => format!("`{}::{method}`", self.controller),
            None => format!("`{}`", self.controller),
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.owner {
            Some(_) => write!(f, "{} ({})", self.who(), self.place),
            None => fmt::Display::fmt(self.place, f),
        }
    }
}

/// Who handles what, until the server is made.
#[derive(Clone, Debug, Default)]
pub(super) struct Origins {
    all: HashMap<String, Origin>,
    pub(super) mistakes: Vec<EventsMistake>,
}

impl Origins {
    /// Notes who handles something `of` a namespace, say; it is a mistake when somebody does already.
    pub(super) fn note(&mut self, what: String, of: &str, origin: Origin) {
        if let Some(first) = self.all.get(&what) {
            if let (Some(first), Some(second)) = (first.owner, origin.owner)
                && (first.name(), first.method_name()) == (second.name(), second.method_name())
            {
                // Said once, and not of each of its methods.
                let controller = origin.controller;
                let (one, other) = (first.place(), second.place());
                let text =
                    format!("`{controller}` is added to {of} twice, at {one} and at {other}; keep one");
                if !self.mistakes.iter().any(|known| known.text == text) {
                    self.mistakes.push(EventsMistake::new(text, other));
                }
                return;
            }
            let text = format!("{what} of {of} is handled twice, by {first} and by {origin}; keep one");
            self.mistake(text, origin);
        } else {
            self.all.insert(what, origin);
        }
    }

    /// Returns who handles something.
    pub(super) fn of(&self, what: &str) -> Option<Origin> {
        self.all.get(what).copied()
    }

    pub(super) fn mistake(&mut self, text: String, origin: Origin) {
        self.mistakes.push(EventsMistake::new(text, origin.place));
    }

    /// Notes everything that another one noted.
    pub(super) fn join(&mut self, other: Self, of: &str) {
        self.mistakes.extend(other.mistakes);
        let mut all: Vec<_> = other.all.into_iter().collect();
        all.sort_by(|(one, _), (other, _)| one.cmp(other));
        all.into_iter().for_each(|(what, origin)| self.note(what, of, origin));
    }
}
