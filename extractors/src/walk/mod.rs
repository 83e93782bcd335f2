//! Finding everything that is wrong with an input that could not be bound.
//!
//! The first pass stops at the first thing that does not fit and keeps nothing of it. The walk then runs
//! `T::deserialize` again, over the same input, with a deserializer that knows where it is and an error type that keeps
//! what serde says as data. Where something is wrong it notes the problem, leaves a hole, and begins again: at a hole it
//! feeds a made-up value of the kind that is asked for, until the type builds. Then the rules are checked as well, and
//! those that do not depend on a hole are reported together with the rest.
//!
//! It costs one pass for each problem. The number of problems and the amount of work are bounded.
//!
//! A type that reads itself by trial (untagged enums), through a buffer (flattened fields, internally tagged enums) or by
//! code of its own reports one problem for the whole of it: serde says no more.

mod access;
mod ask;
mod doc;
mod json;
mod made;
mod names;
mod path;
mod probe;
mod state;
#[cfg(test)]
mod tests;
mod tracker;
mod trouble;
mod written;

use std::borrow::Cow;
use std::rc::Rc;

use gongular_core::{BrokenRules, Error, MAX_PROBLEMS, Place, Problem, ProblemKind};
use serde::Deserialize;
use serde::de::IgnoredAny;

use self::doc::{Doc, Flat};
use self::path::Path;
pub(crate) use self::probe::fields;
use self::state::Walk;
use self::tracker::Tracker;
use crate::flat::{Fault, Source, refuse};
use crate::strict;

/// Checks the rules of a value.
pub(crate) type Check<T> = fn(&T) -> Result<(), BrokenRules>;

/// Explains why a flat place could not be bound.
#[cold]
#[inline(never)]
pub(crate) fn flat<'de, T, S>(place: Place, source: &S, check: Check<T>) -> Error
where
    T: Deserialize<'de>,
    S: Source<'de>,
{
    let doc = match Flat::new(source.clone()) {
        Ok(flat) => Rc::new(Doc::Flat(flat)),
        Err(fault) => return no_keys(place, fault),
    };
    let problems = walk::<T>(place, &doc, check);
    explained(problems, || Problem::parse(place, "", "invalid", "the values do not fit"))
}

/// Explains why a JSON text could not be bound.
#[cold]
#[inline(never)]
pub(crate) fn json<'de, T>(place: Place, text: &'de [u8], error: &serde_json::Error, check: Check<T>) -> Error
where
    T: Deserialize<'de>,
{
    let refuse = |code: &'static str, message: String| Error::parse(place, "", code, message);
    if text.trim_ascii().is_empty() {
        return refuse("missing", "the body is empty, expected JSON".to_owned());
    }
    let Ok(text) = std::str::from_utf8(text) else {
        return refuse("encoding", "the body is not UTF-8".to_owned());
    };
    if let Err(error) = serde_json::from_str::<IgnoredAny>(text) {
        return refuse("syntax", format!("the body is not JSON: {error}"));
    }
    if strict::depth(text.as_bytes()) > strict::MAX_DEPTH {
        return refuse("depth", format!("the body nests deeper than {} levels", strict::MAX_DEPTH));
    }
    json_value::<T>(place, text, check, || {
        let message = format!("the value does not fit at line {} column {}", error.line(), error.column());
        Problem::parse(place, "", "invalid", message)
    })
}

/// Explains why a text that is JSON could not be bound, or the values of another notation that it stands for; `nothing` is
/// said when all of it fits.
#[cold]
#[inline(never)]
pub(crate) fn json_value<'de, T>(
    place: Place,
    text: &'de str,
    check: Check<T>,
    nothing: impl FnOnce() -> Problem,
) -> Error
where
    T: Deserialize<'de>,
{
    let doc = Rc::new(Doc::Json(text));
    explained(walk::<T>(place, &doc, check), nothing)
}

/// Names the fields of broken rules of a flat place as the client knows them.
#[cold]
#[inline(never)]
pub(crate) fn broken_rules<'de, T, S>(place: Place, source: &S, check: Check<T>, broken: BrokenRules) -> Error
where
    T: Deserialize<'de>,
    S: Source<'de>,
{
    let broken = match names::plain::<T>(place, broken) {
        Ok(error) => return error,
        Err(broken) => broken,
    };
    let doc = match Flat::new(source.clone()) {
        Ok(flat) => Rc::new(Doc::Flat(flat)),
        Err(_) => Rc::new(Doc::Nothing),
    };
    Error::binding(names::problems::<T>(place, &doc, check, broken, &[]))
}

/// Names the fields of broken rules of a JSON text as the client knows them.
#[cold]
#[inline(never)]
pub(crate) fn broken_json_rules<'de, T>(
    place: Place,
    text: &'de [u8],
    check: Check<T>,
    broken: BrokenRules,
) -> Error
where
    T: Deserialize<'de>,
{
    let broken = match names::plain::<T>(place, broken) {
        Ok(error) => return error,
        Err(broken) => broken,
    };
    let doc = Rc::new(Doc::Json(std::str::from_utf8(text).unwrap_or_default()));
    Error::binding(names::problems::<T>(place, &doc, check, broken, &[]))
}

/// Names the fields of broken rules by their type alone, for an input that cannot be walked.
#[cfg(feature = "xml")]
#[cold]
#[inline(never)]
pub(crate) fn broken_rules_of<'de, T>(place: Place, check: Check<T>, broken: BrokenRules) -> Error
where
    T: Deserialize<'de>,
{
    Error::binding(names::problems::<T>(place, &Rc::new(Doc::Nothing), check, broken, &[]))
}

fn walk<'de, T: Deserialize<'de>>(place: Place, doc: &Rc<Doc<'de>>, check: Check<T>) -> Vec<Problem> {
    let walk = Walk::new(place, Rc::clone(doc));
    let built = build::<T>(&walk);
    let (mut problems, holes) = walk.finish();
    if problems.is_empty() || problems.len() >= MAX_PROBLEMS {
        return problems;
    }
    if let Some(Err(broken)) = built.as_ref().map(check) {
        problems.extend(names::problems::<T>(place, doc, check, broken, &holes));
    }
    problems
}

/// Goes through the input until the type builds, noting the problems on the way.
fn build<'de, T: Deserialize<'de>>(walk: &Walk<'de>) -> Option<T> {
    for _ in 0..MAX_ROUNDS {
        let root = Tracker { walk, at: walk.doc.root(), path: &Path::ROOT };
        match T::deserialize(root) {
            Ok(value) => return Some(value),
            Err(trouble) => {
                root.locate(trouble);
            }
        }
        if !walk.goes_on() {
            break;
        }
    }
    None
}

/// Makes the error of a walk; a walk that found nothing leaves what the first pass knew.
fn explained(mut problems: Vec<Problem>, nothing: impl FnOnce() -> Problem) -> Error {
    if !problems.iter().any(|problem| problem.kind() == ProblemKind::Parse) {
        problems.push(nothing());
    }
    Error::binding(problems)
}

fn no_keys(place: Place, fault: Fault) -> Error {
    refuse(place, fault).unwrap_or_else(|| {
        Error::parse(place, "", "encoding", Cow::Borrowed("a key is not correctly encoded"))
    })
}

/// So many passes a walk makes: one for each problem, and some to find values that fit.
const MAX_ROUNDS: usize = 256;
