//! Broken rules under the names that clients know.
//!
//! Rules report the names of Rust fields; clients know serde's. A type tells serde's names, so each Rust name is looked
//! for among them: the same, then the same but for case and underscores (which covers every `rename_all`), then, for a
//! field that was renamed by hand, the one whose value decides whether the rule holds.

use std::borrow::Cow;
use std::rc::Rc;

use gongular_core::{BrokenRule, BrokenRules, Error, Place, Problem, Step};
use serde::Deserialize;

use super::doc::{At, Doc};
use super::json::Members;
use super::path::{push_field, push_index};
use super::probe::{Probed, probe};
use super::state::Walk;
use super::{Check, build};
use crate::flat::field_names;

/// Returns the problems of broken rules, in the order of the type's fields, without those that depend on a hole.
pub(super) fn problems<'de, T: Deserialize<'de>>(
    place: Place,
    doc: &Rc<Doc<'de>>,
    check: Check<T>,
    broken: BrokenRules,
    holes: &[String],
) -> Vec<Problem> {
    let probed = probe::<T>();
    let decides = |rule: &BrokenRule, candidate: &Candidate<'_>| -> bool {
        changes::<T>(place, doc, check, rule, candidate)
    };
    let paths: Vec<_> = broken.iter().map(|rule| rule.path().to_vec()).collect();
    let mut named: Vec<_> = broken
        .into_iter()
        .map(|rule| {
            let name = Namer { probed: &probed, doc, decides: &decides, paths: &paths }.name(&rule);
            (name, rule)
        })
        .filter(|(name, rule)| !depends(rule, &name.path, holes))
        .collect();
    named.sort_by(|(a, _), (b, _)| a.order.cmp(&b.order));
    named.into_iter().map(|(name, rule)| rule.into_problem(place, name.path)).collect()
}

/// Makes the error of rules that are all about fields of the outermost struct, and whose names tell enough; else hands
/// them back.
///
/// This is what most refused requests come to, and needs no look at the input.
pub(super) fn plain<'de, T: Deserialize<'de>>(
    place: Place,
    broken: BrokenRules,
) -> Result<Error, BrokenRules> {
    let fields = field_names::<T>().unwrap_or_default();
    let external = |rule: &BrokenRule| match rule.path() {
        [Step::Field(rust)] => fields.get(find(rust, fields)?).copied(),
        _ => None,
    };
    let several = match broken.into_only() {
        Ok(rule) => {
            return match external(&rule) {
                Some(name) => Ok(rule.into_problem(place, name).into()),
                None => Err(rule.into()),
            };
        }
        Err(several) => several,
    };
    if several.iter().any(|rule| external(rule).is_none()) {
        return Err(several);
    }
    let named = several.into_iter().filter_map(|rule| {
        let name = external(&rule)?;
        Some(rule.into_problem(place, name))
    });
    let mut problems: Vec<_> = named.collect();
    problems.sort_by_key(|problem| fields.iter().position(|field| *field == problem.path()));
    Ok(Error::binding(problems))
}

/// A field by its external name.
struct Name {
    path: String,
    /// The numbers of the fields and elements on the way, as they are declared.
    order: Vec<usize>,
}

/// An external field that may be the one of a Rust name.
struct Candidate<'c> {
    name: &'c str,
    path: &'c str,
    /// The object that has the field.
    parent: Option<At>,
    /// The field's value, if it stands in the input.
    at: Option<At>,
}

struct Namer<'n, 'de> {
    probed: &'n [Probed],
    doc: &'n Doc<'de>,
    decides: &'n dyn Fn(&BrokenRule, &Candidate<'_>) -> bool,
    /// The paths of all broken rules.
    paths: &'n [Vec<Step>],
}

impl Namer<'_, '_> {
    fn name(&self, rule: &BrokenRule) -> Name {
        let mut name = Name { path: String::new(), order: Vec::new() };
        let mut general = String::new();
        let mut at = Some(self.doc.root());
        for (depth, step) in rule.path().iter().enumerate() {
            match step {
                Step::Index(index) => {
                    push_index(&mut name.path, *index);
                    general.push_str("[]");
                    name.order.push(*index);
                    at = at.and_then(|at| self.element(at, *index));
                }
                Step::Field(rust) => {
                    let known = self.children(&general);
                    let (number, external) = find(rust, &known)
                        .and_then(|number| Some((number, *known.get(number)?)))
                        .or_else(|| self.guess(rule, depth, &known, &name.path, at))
                        .unwrap_or((known.len(), rust));
                    push_field(&mut name.path, external);
                    push_field(&mut general, external);
                    name.order.push(number);
                    at = at.and_then(|at| self.member(at, external));
                }
            }
        }
        name
    }

    /// Returns the fields of the struct at a path, in their order.
    fn children(&self, parent: &str) -> Vec<&str> {
        let inside = |path: &'_ str| -> Option<usize> {
            let rest = path.strip_prefix(parent)?;
            let name = if parent.is_empty() { rest } else { rest.strip_prefix('.')? };
            (!name.is_empty() && !name.contains(['.', '['])).then(|| path.len() - name.len())
        };
        self.probed.iter().filter_map(|field| field.path.get(inside(&field.path)?..)).collect()
    }

    /// Finds a field that was renamed by hand.
    fn guess<'k>(
        &self,
        rule: &BrokenRule,
        depth: usize,
        known: &[&'k str],
        parent_path: &str,
        parent: Option<At>,
    ) -> Option<(usize, &'k str)> {
        // Names that another broken rule has for certain are not this one's.
        let before = rule.path().get(..depth)?;
        let taken = |name: &str| {
            self.paths.iter().filter(|path| path.get(..depth) == Some(before)).any(|path| {
                match path.get(depth) {
                    Some(Step::Field(other)) => name == other || alike(name, other),
                    Some(Step::Index(_)) | None => false,
                }
            })
        };
        let free: Vec<_> = known.iter().enumerate().filter(|(_, name)| !taken(name)).collect();
        if let [(number, only)] = free.as_slice() {
            return Some((*number, only));
        }
        let (number, name) = free.into_iter().find(|(_, name)| {
            let mut path = parent_path.to_owned();
            push_field(&mut path, name);
            let at = parent.and_then(|parent| self.member(parent, name));
            (self.decides)(rule, &Candidate { name, path: &path, parent, at })
        })?;
        Some((number, name))
    }

    fn member(&self, at: At, name: &str) -> Option<At> {
        match (self.doc, at) {
            (Doc::Json(text), At::Json(at)) if text.as_bytes().get(at) == Some(&b'{') => {
                let mut members = Members::new(text, at);
                members
                    .find(|member| member.key.as_deref() == Some(name))
                    .map(|member| At::Json(member.value_at))
            }
            (Doc::Flat(flat), At::Flat) => {
                flat.entries.iter().position(|entry| (flat.matches)(&entry.name, name)).map(At::Entry)
            }
            _ => None,
        }
    }

    fn element(&self, at: At, index: usize) -> Option<At> {
        match (self.doc, at) {
            (Doc::Json(text), At::Json(at)) if text.as_bytes().get(at) == Some(&b'[') => {
                super::json::Elements::new(text, at).nth(index).map(At::Json)
            }
            (Doc::Flat(_), At::Entry(entry)) => Some(At::Item(entry, index)),
            _ => None,
        }
    }
}

/// Returns whether another value of a field changes what a rule says: then the rule is about that field.
fn changes<'de, T: Deserialize<'de>>(
    place: Place,
    doc: &Rc<Doc<'de>>,
    check: Check<T>,
    rule: &BrokenRule,
    candidate: &Candidate<'_>,
) -> bool {
    let Some(parent) = candidate.parent else {
        return false;
    };
    let (at, missing) = match candidate.at {
        Some(at) => (at, None),
        None => (parent, Some(Cow::Owned(candidate.name.to_owned()))),
    };
    for attempt in 0..TRIED_VALUES {
        let walk = Walk::new(place, Rc::clone(doc));
        walk.dig(at, missing.clone(), candidate.path.to_owned());
        walk.set_attempt(attempt);
        let Some(value) = build::<T>(&walk) else {
            continue;
        };
        let same = match check(&value) {
            Ok(()) => false,
            Err(broken) => broken.iter().any(|other| {
                other.path() == rule.path() && other.code() == rule.code() && other.value() == rule.value()
            }),
        };
        if !same {
            return true;
        }
    }
    false
}

/// Returns whether a broken rule may be the fault of a made-up value.
fn depends(rule: &BrokenRule, path: &str, holes: &[String]) -> bool {
    let compares = rule.code() == "must_match";
    let parent = match path.rfind(['.', '[']) {
        Some(end) => path.get(..end).unwrap_or_default(),
        None => "",
    };
    holes.iter().any(|hole| {
        let own = is_within(path, hole);
        // A rule of a whole object sees the hole in it; the length of a list stays what it is.
        let sees = is_within(hole, path) && rule.code() != "length";
        own || sees || compares && is_within(hole, parent)
    })
}

/// Returns whether a path is `outer` or leads further.
fn is_within(path: &str, outer: &str) -> bool {
    match path.strip_prefix(outer) {
        Some(rest) => rest.is_empty() || outer.is_empty() || rest.starts_with(['.', '[']),
        None => false,
    }
}

/// Returns the number of the field that has a Rust name.
fn find(rust: &str, known: &[&str]) -> Option<usize> {
    let same = known.iter().position(|name| *name == rust);
    same.or_else(|| known.iter().position(|name| alike(name, rust)))
}

/// Returns whether two names are the same but for case, underscores and dashes.
fn alike(a: &str, b: &str) -> bool {
    fn letters(name: &str) -> impl Iterator<Item = u8> {
        name.bytes().filter(|byte| !matches!(byte, b'_' | b'-')).map(|byte| byte.to_ascii_lowercase())
    }
    letters(a).eq(letters(b))
}

/// So many values are tried to see whether a rule is about a field.
const TRIED_VALUES: u8 = 3;
