//! Patterns of routes: how they are written, joined and told apart.

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use super::escapes::{Spelling, is_well_formed, position};
use super::ranges::Ranges;
use super::walk::{Values, Walk};

mod fault;

use self::fault::MAX_PARAMETERS;
pub(crate) use self::fault::{PatternError, PatternFault};

/// A path with parameters, as a route is registered with: `/users/{id}/files/{*rest}`.
///
/// A segment is a text, or holds one parameter `{name}`, with text before or behind it (`img-{id}.png`). The last segment may
/// be a catch-all `{*name}`, which takes the rest of the path. gongular's `:name` and `*name` are taken for whole segments and
/// written with braces from then on. `{{` and `}}` stand for braces as text. There is one slash at the start and between
/// segments, and none at the end.
#[derive(Clone)]
pub(crate) struct Pattern {
    text: Arc<str>,
    segments: Arc<[Segment]>,
    names: Arc<[Arc<str>]>,
    walk: Walk,
}

/// Compares a text of a path with one of a pattern.
pub(super) type Same = fn(&str, &str) -> bool;

/// One part of a pattern between slashes; its texts are in canonical spelling, as [`Spelling`] makes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Segment {
    /// `{*name}`, only as the last one.
    CatchAll,
    /// `{name}`, with what stands before and behind it.
    Parameter {
        /// The text before the parameter.
        prefix: Box<str>,
        /// The text behind the parameter.
        suffix: Box<str>,
    },
    /// A text without parameters.
    Static(Box<str>),
}

impl Pattern {
    /// Reads a pattern; slashes that are missing at the start, doubled, or left over at the end are set right.
    ///
    /// # Errors
    ///
    /// [`PatternError`] for anything that no path could match, or not as its author means it.
    pub(crate) fn parse(pattern: &str) -> Result<Self, PatternError> {
        let mut text = String::with_capacity(pattern.len() + 1);
        let mut segments = Vec::new();
        let mut names: Vec<Arc<str>> = Vec::new();
        let written: Vec<String> = parts(pattern).map(with_braces).collect();
        for part in &written {
            text.push('/');
            text.push_str(part);
        }
        if written.is_empty() {
            text.push('/');
        }
        for (index, part) in written.iter().enumerate() {
            let (segment, name) =
                read_segment(part, index + 1 == written.len()).map_err(|fault| fault.of(&text))?;
            segments.push(segment);
            names.extend(name.map(Arc::from));
        }
        check_names(&names).map_err(|fault| fault.of(&text))?;
        let walk = Walk::of(&segments);
        Ok(Self { text: text.into(), segments: segments.into(), names: names.into(), walk })
    }

    /// Returns the pattern as it is written, with braces.
    pub(crate) fn as_str(&self) -> &Arc<str> {
        &self.text
    }

    /// Returns the names of the parameters from left to right.
    pub(crate) fn names(&self) -> &[Arc<str>] {
        &self.names
    }

    /// Returns the segments from left to right; `/` has none.
    pub(crate) fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// Returns the values of the parameters in a path that is known to match, unless a catch-all would begin with an empty
    /// segment, which is no value. Only for patterns that are not [mixed](Self::is_mixed).
    #[inline]
    pub(super) fn values<'p>(&self, path: &'p str) -> Option<Values<'_, 'p>> {
        let values = self.walk.values(path);
        debug_assert!(
            values.as_ref().is_none_or(|values| values.clone().count() == self.names.len()),
            "a path that matches has all values"
        );
        values
    }

    /// Returns where the values of the parameters stand, if the path matches.
    pub(crate) fn matches(&self, path: &str, same: Same) -> Option<Ranges> {
        let ranges = self.take(path, same)?;
        let begins_empty = self.segments.last() == Some(&Segment::CatchAll)
            && ranges.values(path).last().is_some_and(|rest| rest.starts_with('/'));
        (!begins_empty).then_some(ranges)
    }

    /// Tells whether the path matches, or would if a catch-all might begin with an empty segment: then the pattern decides
    /// that nothing is found.
    pub(super) fn takes(&self, path: &str, same: Same) -> bool {
        self.take(path, same).is_some()
    }

    fn take(&self, path: &str, same: Same) -> Option<Ranges> {
        let mut ranges = Ranges::new();
        let mut end = 0;
        for segment in &*self.segments {
            let start = end + 1;
            let rest = path.get(end..)?.strip_prefix('/')?;
            let part = rest.split('/').next()?;
            end = start + part.len();
            match segment {
                Segment::CatchAll => {
                    end = path.len();
                    ranges.push(position(start), position(end));
                }
                Segment::Parameter { prefix, suffix } => {
                    let (value_start, value_end) = (prefix.len(), part.len().checked_sub(suffix.len())?);
                    if value_start >= value_end
                        || !same(part.get(..value_start)?, prefix)
                        || !same(part.get(value_end..)?, suffix)
                    {
                        return None;
                    }
                    ranges.push(position(start + value_start), position(start + value_end));
                }
                Segment::Static(text) if !same(part, text) => return None,
                Segment::Static(_) => {}
            }
        }
        (end == path.len() || path == "/").then_some(ranges)
    }

    /// Tells whether text stands beside a parameter in a segment.
    pub(super) fn is_mixed(&self) -> bool {
        self.segments.iter().any(|segment| match segment {
            Segment::Parameter { prefix, suffix } => !prefix.is_empty() || !suffix.is_empty(),
            Segment::CatchAll | Segment::Static(_) => false,
        })
    }

    /// Returns the pattern with its parameters numbered and its texts in canonical spelling: equal for patterns that match
    /// the same paths, and in matchit's syntax.
    pub(super) fn shape(&self) -> String {
        let mut shape = String::with_capacity(self.text.len() + 1);
        let mut number = 0_u32;
        for segment in &*self.segments {
            shape.push('/');
            match segment {
                Segment::CatchAll => shape.push_str("{*rest}"),
                Segment::Parameter { prefix, suffix } => {
                    for piece in [prefix, "{", &number.to_string(), "}", suffix] {
                        shape.push_str(piece);
                    }
                    number += 1;
                }
                Segment::Static(text) => shape.push_str(text),
            }
        }
        if shape.is_empty() {
            shape.push('/');
        }
        shape
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Pattern").field(&self.text).finish()
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Joins the path of a group and what stands in it with exactly one slash, whatever slashes are missing or doubled.
///
/// An empty path is the group's own. Nothing is resolved and nothing refused: that is for [`Pattern::parse`] to do, so that
/// its message shows the whole.
pub(crate) fn join(group: &str, path: &str) -> String {
    let mut joined = String::with_capacity(group.len() + path.len() + 2);
    for part in parts(group).chain(parts(path)) {
        joined.push('/');
        joined.push_str(part);
    }
    if joined.is_empty() {
        joined.push('/');
    }
    joined
}

/// Returns what stands between the slashes.
fn parts(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|part| !part.is_empty())
}

/// Writes a whole segment of gongular's with braces.
fn with_braces(part: &str) -> String {
    if let Some(name) = part.strip_prefix(':') {
        return format!("{{{name}}}");
    }
    if part.starts_with('*') {
        return format!("{{{part}}}");
    }
    part.to_owned()
}

/// Reads one segment and the name of its parameter.
fn read_segment(part: &str, last: bool) -> Result<(Segment, Option<&str>), PatternFault> {
    let (prefix, behind) = read_text(part)?;
    let Some(behind) = behind else {
        let text = canonical(&prefix)?;
        return if matches!(&*text, "." | "..") {
            Err(PatternFault::DotSegment(part.to_owned()))
        } else {
            Ok((Segment::Static(text), None))
        };
    };
    let (name, behind) = behind.split_once('}').ok_or(PatternFault::Brace)?;
    let (suffix, second) = read_text(behind)?;
    if second.is_some() {
        return Err(PatternFault::SeveralInSegment(part.to_owned()));
    }
    let catch_all = name.strip_prefix('*');
    check_name(catch_all.unwrap_or(name))?;
    match catch_all {
        Some(_) if !prefix.is_empty() || !suffix.is_empty() => Err(PatternFault::CatchAllMixed),
        Some(_) if !last => Err(PatternFault::CatchAllNotLast),
        Some(name) => Ok((Segment::CatchAll, Some(name))),
        None => {
            let segment = Segment::Parameter { prefix: canonical(&prefix)?, suffix: canonical(&suffix)? };
            Ok((segment, Some(name)))
        }
    }
}

/// Reads text up to a parameter; what follows the parameter's opening brace is returned with it.
fn read_text(part: &str) -> Result<(String, Option<&str>), PatternFault> {
    let mut text = String::new();
    let mut rest = part;
    while let Some(at) = rest.find(['{', '}']) {
        let (before, brace) = rest.split_at(at);
        text.push_str(before);
        if let Some(behind) = brace.strip_prefix("{{") {
            text.push('{');
            rest = behind;
        } else if let Some(behind) = brace.strip_prefix("}}") {
            text.push('}');
            rest = behind;
        } else if let Some(behind) = brace.strip_prefix('{') {
            return Ok((text, Some(behind)));
        } else {
            return Err(PatternFault::Brace);
        }
    }
    text.push_str(rest);
    Ok((text, None))
}

fn canonical(text: &str) -> Result<Box<str>, PatternFault> {
    if text.contains(['?', '#']) {
        return Err(PatternFault::Query);
    }
    if !is_well_formed(text) {
        return Err(PatternFault::Escape);
    }
    Ok(Spelling::of(text).as_str().into())
}

fn check_name(name: &str) -> Result<(), PatternFault> {
    if name.is_empty() {
        return Err(PatternFault::EmptyName);
    }
    if name.chars().all(|character| character.is_alphanumeric() || matches!(character, '_' | '-')) {
        return Ok(());
    }
    Err(PatternFault::Name(name.to_owned()))
}

fn check_names(names: &[Arc<str>]) -> Result<(), PatternFault> {
    if names.len() > MAX_PARAMETERS {
        return Err(PatternFault::TooManyParameters);
    }
    let mut seen = HashSet::new();
    match names.iter().find(|name| !seen.insert(&***name)) {
        Some(name) => Err(PatternFault::DuplicateName((**name).to_owned())),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
