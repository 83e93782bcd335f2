//! Asking a type what it would read.

use std::borrow::Cow;
use std::cell::RefCell;
use std::rc::Rc;

use gongular_core::{Field, FieldKind, Place};
use serde::Deserialize;

use super::ask::Ask;
use super::doc::{At, Doc};
use super::path::Path;
use super::state::{MAX_ATTEMPTS, Walk};
use super::tracker::Tracker;
use super::trouble::Trouble;

/// What a type was found to ask for.
#[derive(Debug, Default)]
pub(super) struct Probe {
    fields: Vec<Probed>,
    /// How often the made-up value at a path was refused.
    attempts: Vec<(String, u8)>,
    /// Paths that are left out, because nothing that is made up there fits.
    omitted: Vec<String>,
    extras: Vec<Cow<'static, str>>,
    /// The field that is left out to see whether it is required.
    question: Option<String>,
    required: bool,
    stuck: bool,
}

/// One thing that a type asks for.
#[derive(Clone, Debug)]
pub(super) struct Probed {
    pub(super) path: String,
    pub(super) kind: FieldKind,
}

impl Probe {
    /// Learns of a question; returns in which attempt a value is made up.
    pub(super) fn ask(&mut self, path: &Path<'_>, ask: &Ask) -> u8 {
        let path = path.write();
        if let Some(kind) = ask.kind()
            && self.question.is_none()
            && self.fields.len() < MAX_FIELDS
            && !self.fields.iter().any(|field| field.path == path)
        {
            self.fields.push(Probed { path: path.clone(), kind });
        }
        self.attempts.iter().find(|(known, _)| *known == path).map_or(0, |(_, attempt)| *attempt)
    }

    /// Learns of a complaint.
    pub(super) fn complain(&mut self, path: &Path<'_>, trouble: Trouble) -> Trouble {
        if trouble == Trouble::Noted {
            return trouble;
        }
        let here = path.write();
        if let Trouble::Missing(name) = &trouble {
            let missing = path.field(name).write();
            if self.question.as_ref() == Some(&missing) {
                self.required = true;
            } else if self.extras.contains(name) {
                self.stuck = true;
            } else {
                self.extras.push(name.clone());
            }
            return Trouble::Noted;
        }
        match self.attempts.iter_mut().find(|(known, _)| *known == here) {
            Some((_, attempt)) if *attempt < MAX_ATTEMPTS => *attempt += 1,
            Some(_) if here.is_empty() || self.omitted.contains(&here) => self.stuck = true,
            Some(_) => self.omitted.push(here),
            None => self.attempts.push((here, 1)),
        }
        Trouble::Noted
    }

    /// Returns whether the value at a path is left out.
    pub(super) fn omits(&self, path: &Path<'_>) -> bool {
        if self.question.is_none() && self.omitted.is_empty() {
            return false;
        }
        let path = path.write();
        self.question.as_ref() == Some(&path) || self.omitted.contains(&path)
    }

    pub(super) fn extra(&self, known: usize) -> Option<Cow<'static, str>> {
        self.extras.get(known).cloned()
    }
}

/// Returns what a type asks for, in its order, as far as made-up values lead.
#[cold]
pub(super) fn probe<'de, T: Deserialize<'de>>() -> Vec<Probed> {
    run::<T>(Probe::default()).fields
}

/// Returns the fields of a type for a contract: their paths, kinds, and whether they must be there.
#[cold]
pub(crate) fn fields<'de, T: Deserialize<'de>>() -> Vec<Field> {
    let mut known = run::<T>(Probe::default());
    let probed = std::mem::take(&mut known.fields);
    let mut fields = Vec::new();
    for Probed { path, kind } in probed.into_iter().filter(|field| !field.path.is_empty()) {
        known.question = Some(path.clone());
        known.required = false;
        known = run::<T>(known);
        let required = known.required || path.ends_with("[]");
        fields.push(Field::new(Cow::Owned(path), kind, required));
    }
    fields
}

fn run<'de, T: Deserialize<'de>>(probe: Probe) -> Probe {
    let mut walk = Walk::new(Place::Body, Rc::new(Doc::Nothing));
    walk.probe = Some(RefCell::new(probe));
    for _ in 0..MAX_ROUNDS {
        let root = Tracker { walk: &walk, at: At::Made { attempt: 0, depth: 0 }, path: &Path::ROOT };
        let Err(trouble) = T::deserialize(root) else {
            break;
        };
        root.locate(trouble);
        let ends = walk.probe.as_ref().is_none_or(|probe| {
            let probe = probe.borrow();
            probe.stuck || probe.required
        });
        if ends || !walk.goes_on() {
            break;
        }
    }
    walk.probe.map(RefCell::into_inner).unwrap_or_default()
}

/// So many fields a contract lists at most.
const MAX_FIELDS: usize = 256;

/// So often a type is asked.
const MAX_ROUNDS: usize = 512;
