//! What a walk remembers from one attempt to the next.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gongular_core::{MAX_PROBLEMS, Place, Problem};

use super::doc::{At, Doc};
use super::path::{Path, push_field};
use super::probe::Probe;
use super::trouble::Trouble;
use crate::flat::Item;

/// A walk over one input: the problems found so far, and the holes they left.
pub(super) struct Walk<'de> {
    pub(super) place: Place,
    pub(super) doc: Rc<Doc<'de>>,
    /// Set when the type is only asked what it would read.
    pub(super) probe: Option<RefCell<Probe>>,
    /// The offset of the key that was read last.
    pub(super) last_key: Cell<usize>,
    problems: RefCell<Vec<Problem>>,
    holes: RefCell<Vec<Hole>>,
    /// Keys to pass over, by their offsets.
    skips: RefCell<Vec<usize>>,
    /// Keys of a flat place of which something counts as absent.
    absent: RefCell<Vec<(At, Lack)>>,
    /// The paths of texts where a file is wanted.
    texts: RefCell<Vec<String>>,
    /// Fields that made-up objects need besides those that they ask for.
    extras: RefCell<Vec<Cow<'static, str>>>,
    /// Values that are read after all others of their object, because what is made up in them does not fit.
    late: RefCell<Vec<At>>,
    postpones: Cell<bool>,
    work: Cell<usize>,
    stuck: Cell<bool>,
}

/// What counts as absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lack {
    /// The key.
    Key,
    /// Empty elements of its list.
    EmptyItems,
}

/// A place where a value is made up.
struct Hole {
    at: At,
    /// The field of the object at `at` that is missing.
    missing: Option<Cow<'static, str>>,
    path: String,
    attempt: u8,
}

impl<'de> Walk<'de> {
    pub(super) fn new(place: Place, doc: Rc<Doc<'de>>) -> Self {
        let work = LEAST_WORK + PASSES * doc.size();
        Self {
            place,
            doc,
            probe: None,
            last_key: Cell::new(0),
            problems: RefCell::default(),
            holes: RefCell::default(),
            skips: RefCell::default(),
            absent: RefCell::default(),
            texts: RefCell::default(),
            extras: RefCell::default(),
            late: RefCell::default(),
            postpones: Cell::new(false),
            work: Cell::new(work),
            stuck: Cell::new(false),
        }
    }

    /// Returns whether another attempt may find more.
    pub(super) fn goes_on(&self) -> bool {
        // Nothing is left that could be read before the value that does not fit.
        if self.postpones.get() {
            return false;
        }
        !self.stuck.get() && self.problems.borrow().len() < MAX_PROBLEMS
    }

    /// Pays for work; an error when the walk has done enough.
    pub(super) fn spend(&self, amount: usize) -> Result<(), Trouble> {
        match self.work.get().checked_sub(amount) {
            Some(left) => {
                self.work.set(left);
                Ok(())
            }
            None => Err(self.give_up()),
        }
    }

    /// Ends the walk with what it has found.
    pub(super) fn give_up(&self) -> Trouble {
        self.stuck.set(true);
        Trouble::Noted
    }

    /// Returns in which attempt a value is made up at a place, if one is.
    pub(super) fn hole(&self, at: At) -> Option<u8> {
        let holes = self.holes.borrow();
        holes.iter().find(|hole| hole.at == at && hole.missing.is_none()).map(|hole| hole.attempt)
    }

    /// Returns the missing fields of the object at a place that come after the first `known` ones.
    pub(super) fn missing(&self, at: At, known: usize) -> Option<(Cow<'static, str>, u8)> {
        let holes = self.holes.borrow();
        let mut missing = holes.iter().filter(|hole| hole.at == at);
        missing.by_ref().filter_map(|hole| Some((hole.missing.clone()?, hole.attempt))).nth(known)
    }

    /// Returns one of the fields that made-up objects need besides those that they ask for.
    pub(super) fn extra(&self, known: usize) -> Option<Cow<'static, str>> {
        if let Some(probe) = &self.probe {
            return probe.borrow().extra(known);
        }
        self.extras.borrow().get(known).cloned()
    }

    pub(super) fn is_skipped(&self, key_at: usize) -> bool {
        self.skips.borrow().contains(&key_at)
    }

    /// Returns whether a key counts as absent.
    pub(super) fn is_absent(&self, at: At) -> bool {
        self.absent.borrow().contains(&(at, Lack::Key))
    }

    /// Returns whether an element of a list counts as absent, by its key.
    pub(super) fn is_absent_item(&self, at: At, item: &Item<'_>) -> bool {
        item.is_empty() && self.absent.borrow().contains(&(at, Lack::EmptyItems))
    }

    /// Notes what is wrong at a place, and leaves a hole there.
    pub(super) fn note(&self, at: At, path: &Path<'_>, trouble: Trouble) -> Trouble {
        let mut written = path.write();
        match &trouble {
            Trouble::Noted => return trouble,
            Trouble::Absent | Trouble::NoFile => {
                let (at, lack) = match at {
                    At::Item(entry, _) => (At::Entry(entry), Lack::EmptyItems),
                    other => (other, Lack::Key),
                };
                let mut absent = self.absent.borrow_mut();
                if !absent.contains(&(at, lack)) {
                    absent.push((at, lack));
                    if trouble == Trouble::NoFile {
                        self.texts.borrow_mut().push(written);
                    }
                    return Trouble::Noted;
                }
                drop(absent);
                self.dig(at, None, written.clone());
            }
            Trouble::Missing(name) => {
                push_field(&mut written, name);
                self.dig(at, Some(name.clone()), written.clone());
            }
            Trouble::Duplicate(name) => {
                push_field(&mut written, name);
                let key = self.last_key.get();
                if self.is_skipped(key) {
                    self.give_up();
                }
                self.skips.borrow_mut().push(key);
            }
            _ => self.dig(at, None, written.clone()),
        }
        self.push(trouble, written);
        Trouble::Noted
    }

    /// Notes what is wrong with a key, and passes it over from now on.
    pub(super) fn note_key(&self, key_at: usize, path: &Path<'_>, trouble: Trouble) -> Trouble {
        if trouble != Trouble::Noted {
            if self.is_skipped(key_at) {
                return self.give_up();
            }
            self.skips.borrow_mut().push(key_at);
            self.push(trouble, path.write());
        }
        Trouble::Noted
    }

    /// Notes that a made-up value does not fit, so that the next attempt makes up another.
    pub(super) fn retry(&self, at: At, missing: Option<&str>, trouble: Trouble) -> Trouble {
        if trouble == Trouble::Noted {
            return trouble;
        }
        if let Trouble::Missing(name) = &trouble
            && !self.extras.borrow().contains(name)
        {
            self.extras.borrow_mut().push(name.clone());
            return Trouble::Noted;
        }
        let mut holes = self.holes.borrow_mut();
        match holes.iter_mut().find(|hole| hole.at == at && hole.missing.as_deref() == missing) {
            Some(hole) if hole.attempt < MAX_ATTEMPTS => hole.attempt += 1,
            Some(_) | None => self.postpones.set(true),
        }
        Trouble::Noted
    }

    /// Lets the other values of an object go first, so that their problems are found too.
    pub(super) fn postpone(&self, at: At) {
        if self.postpones.get() && !self.is_late(at) {
            self.late.borrow_mut().push(at);
            self.postpones.set(false);
        }
    }

    /// Returns whether a value is read after all others of its object.
    pub(super) fn is_late(&self, at: At) -> bool {
        self.late.borrow().contains(&at)
    }

    /// Returns whether any value is.
    pub(super) fn has_late(&self) -> bool {
        !self.late.borrow().is_empty()
    }

    /// Ends the walk: the problems, and the paths of the holes.
    pub(super) fn finish(self) -> (Vec<Problem>, Vec<String>) {
        let holes = self.holes.into_inner().into_iter().map(|hole| hole.path).collect();
        let mut problems = self.problems.into_inner();
        for path in self.texts.into_inner() {
            // Where the file has to be there, it was noted as missing.
            if !problems.iter().any(|problem| problem.path() == path) {
                problems.push(Trouble::no_file().problem(self.place, path));
            }
        }
        (problems, holes)
    }

    /// Makes up the value at a place from now on, although nothing is wrong with it.
    pub(super) fn dig(&self, at: At, missing: Option<Cow<'static, str>>, path: String) {
        let known = self.holes.borrow().iter().any(|hole| hole.at == at && hole.missing == missing);
        if known {
            self.stuck.set(true);
        } else {
            self.holes.borrow_mut().push(Hole { at, missing, path, attempt: 0 });
        }
    }

    /// Sets which value is made up at all holes.
    pub(super) fn set_attempt(&self, attempt: u8) {
        for hole in self.holes.borrow_mut().iter_mut() {
            hole.attempt = attempt;
        }
    }

    fn push(&self, trouble: Trouble, path: String) {
        self.problems.borrow_mut().push(trouble.problem(self.place, path));
    }
}

/// So many made-up values are tried for one hole.
pub(super) const MAX_ATTEMPTS: u8 = 20;

/// So much work a walk may do in any case; one unit is about one byte or a sixteenth of a value.
const LEAST_WORK: usize = 1 << 20;

/// So many times the size of the input it may do besides.
const PASSES: usize = 8;
