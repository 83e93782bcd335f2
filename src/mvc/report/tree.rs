//! The report as a tree of lines.

use std::ffi::OsStr;
use std::fmt::{self, Formatter};
use std::io::IsTerminal;
use std::panic::Location;

use super::names::Names;
use super::{Report, ReportedAction, ReportedController, ReportedNeed, ReportedPart};
use crate::Input;
use crate::engine::without_path;
use crate::inject::Lifetime;
use crate::mvc::ActivatedRoute;

/// A [`Report`] as a tree, with or without colours; `Display` prints it.
#[derive(Debug)]
pub struct Tree<'r> {
    report: &'r Report,
    is_colored: bool,
}

impl Report {
    /// Returns the tree with colours of ANSI terminals.
    #[must_use]
    pub const fn colored(&self) -> Tree<'_> {
        Tree::new(self, true)
    }

    /// Returns the tree for a stream: with colours when it is a terminal, and the environment has no `NO_COLOR`.
    #[must_use]
    pub fn for_stream(&self, stream: &impl IsTerminal) -> Tree<'_> {
        Tree::new(self, wants_colors(stream.is_terminal(), std::env::var_os("NO_COLOR").as_deref()))
    }
}

/// Decides by <https://no-color.org>: the variable counts when it is not empty.
fn wants_colors(is_terminal: bool, no_color: Option<&OsStr>) -> bool {
    is_terminal && no_color.is_none_or(OsStr::is_empty)
}

impl<'r> Tree<'r> {
    pub(super) const fn new(report: &'r Report, is_colored: bool) -> Self {
        Self { report, is_colored }
    }
}

impl fmt::Display for Tree<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut lines = Lines { names: Names::of(self.report), is_colored: self.is_colored, f };
        self.report.controllers.iter().try_for_each(|controller| lines.controller(controller))
    }
}

#[derive(Clone, Copy)]
enum Color {
    Dim,
    /// Of something of a request.
    Request,
    /// Of names of controllers and methods.
    Name,
    /// Of routes.
    Route,
}

impl Color {
    const fn code(self) -> u8 {
        match self {
            Self::Dim => 2,
            Self::Request => 33,
            Self::Name => 1,
            Self::Route => 32,
        }
    }
}

struct Lines<'a, 'f> {
    names: Names,
    is_colored: bool,
    f: &'a mut Formatter<'f>,
}

impl Lines<'_, '_> {
    fn paint(&mut self, color: Color, text: &str) -> fmt::Result {
        if self.is_colored {
            write!(self.f, "\x1b[{}m{text}\x1b[0m", color.code())
        } else {
            self.f.write_str(text)
        }
    }

    fn controller(&mut self, controller: &ReportedController) -> fmt::Result {
        if controller.lifetime != Lifetime::Singleton {
            self.paint(Color::Request, "⦿ ")?;
        }
        let name = self.names.short(controller.name);
        self.paint(Color::Name, &name)?;
        let namespace = controller.namespace().map(|name| format!("namespace {name:?}"));
        let mut about = vec![life(controller)];
        about.extend(controller.application());
        about.extend(namespace.as_deref());
        about.extend(controller.labels());
        write!(self.f, " ({}) ", about.join(", "))?;
        self.place(controller.place)?;
        self.f.write_str("\n")?;
        controller.websockets().iter().try_for_each(|route| self.route(route))?;
        controller.fields.iter().try_for_each(|field| {
            self.f.write_str("  ")?;
            if field.is_of_request() {
                self.paint(Color::Request, "⦿ ")?
            } else {
                self.f.write_str("╺ ")?
            }
            self.part(field)
        })?;
        controller.actions.iter().try_for_each(|action| self.action(action))
    }

    fn action(&mut self, action: &ReportedAction) -> fmt::Result {
        self.f.write_str("  ╺ ")?;
        self.paint(Color::Name, action.name)?;
        // As a call, when there is nothing to be passed.
        self.f.write_str(if action.arguments.is_empty() { "()\n" } else { "\n" })?;
        action.routes.iter().try_for_each(|route| self.route(route))?;
        action.events.iter().try_for_each(|event| {
            self.f.write_str("      ")?;
            self.paint(Color::Route, &format!("event {event:?}\n"))
        })?;
        action.arguments.iter().try_for_each(|argument| {
            self.f.write_str("    • ")?;
            self.part(argument)
        })
    }

    fn route(&mut self, route: &ActivatedRoute) -> fmt::Result {
        let text = route_text(route);
        self.f.write_str("      ")?;
        self.paint(Color::Route, &text)?;
        if let Some(name) = route.name() {
            write!(self.f, " {name:?}")?;
        }
        if !route.before().is_empty() {
            let before: Vec<&str> = route.before().iter().map(|name| without_path(name)).collect();
            self.paint(Color::Dim, &format!(" after {}", before.join(", ")))?;
        }
        self.f.write_str("\n")
    }

    /// Ends a line with a field or an argument; one of several needs has a line for each of these.
    fn part(&mut self, part: &ReportedPart) -> fmt::Result {
        match part.name {
            Some(name) => write!(self.f, "{name}: {}", part.type_text)?,
            None => {
                let name = self.names.short(part.type_text);
                self.f.write_str(&name)?;
            }
        }
        if part.is_given {
            self.paint(Color::Dim, " (given)")?;
        }
        match part.needs.as_slice() {
            [one] => {
                self.f.write_str(" ")?;
                self.need(one)?;
            }
            several => {
                for need in several {
                    self.f.write_str("\n        ")?;
                    if let ReportedNeed::Dependency { type_name, .. } = need {
                        let name = self.names.short(type_name);
                        write!(self.f, "{name} ")?;
                    }
                    self.need(need)?;
                }
            }
        }
        self.f.write_str("\n")
    }

    fn need(&mut self, need: &ReportedNeed) -> fmt::Result {
        match need {
            ReportedNeed::Dependency { key, provider, .. } => {
                if let Some(key) = key.name() {
                    write!(self.f, "(key {key:?}) ")?;
                }
                self.paint(Color::Dim, "→ ")?;
                match provider {
                    Some((_, place)) => self.place(place),
                    None => self.f.write_str("nobody"),
                }
            }
            ReportedNeed::Input(input) => {
                self.paint(Color::Dim, "← ")?;
                self.f.write_str(&input_text(input))
            }
        }
    }

    fn place(&mut self, place: &Location<'_>) -> fmt::Result {
        self.paint(Color::Dim, &format!("{}:{}", place.file(), place.line()))
    }
}

/// Returns for how long an instance of a controller is there.
pub(super) fn life(controller: &ReportedController) -> &'static str {
    match controller.lifetime {
        Lifetime::Singleton => "one instance",
        _ if controller.namespace().is_some() => "per connection",
        _ => "per request",
    }
}

/// Returns a route as `GET /users/{id}`.
pub(super) fn route_text(route: &ActivatedRoute) -> String {
    format!("{} {}", route.method().map_or("ANY", http::Method::as_str), route.path())
}

/// Returns where an input comes from, with its fields, but for those inside of others.
fn input_text(input: &Input) -> String {
    let mut text = input.place().short_name().to_owned();
    let fields = input.fields().iter().filter(|field| !field.path().contains(['.', '[']));
    for (index, field) in fields.enumerate() {
        text.push_str(if index == 0 { " " } else { ", " });
        text.push_str(field.path());
        if !(field.is_required() && input.is_required()) {
            text.push('?');
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_for_terminals_whose_users_want_them() {
        assert!(wants_colors(true, None));
        assert!(wants_colors(true, Some(OsStr::new(""))));
        assert!(!wants_colors(true, Some(OsStr::new("1"))));
        assert!(!wants_colors(false, None));
    }
}
