//! What a table answers, whatever the path and the method: where [`Table::find_at_once`] finds nothing, and where patterns stand aside.

use http::Method;

use super::{Found, Hit, Route, Spot, Table, nth, number_for};
use crate::router::escapes::{Spelling, push_as_sent};
use crate::router::methods::{MethodFilter, allow};
use crate::router::pattern::{Same, Segment};
use crate::router::ranges::Ranges;

impl<T> Table<T> {
    /// Finds what answers a request; the path is the raw one, without query, and not decoded.
    #[cold]
    #[inline(never)]
    pub(crate) fn find(&self, method: &Method, path: &str) -> Found<'_, T> {
        if path == "*" && *method == Method::OPTIONS {
            return Found::Options { allow: self.allow.clone(), hit: None };
        }
        if let Some(found) = self.find_spelt(method, path) {
            return found;
        }
        let spelling = Spelling::of(path);
        if spelling.as_str() != path
            && let Some(mut found) = self.find_spelt(method, spelling.as_str())
        {
            if let Some(hit) = found.hit_mut() {
                hit.params = hit.params.map(|at| spelling.origin(at));
            }
            return found;
        }
        match self.redirect(path, &spelling) {
            Some(location) => Found::Redirect { location },
            None => Found::Nothing,
        }
    }

    /// Finds a route for a path in this very spelling, or what the path allows, if a pattern matches it.
    fn find_spelt(&self, method: &Method, path: &str) -> Option<Found<'_, T>> {
        let (spot, params) = self.spot(&self.tree, path, str::eq)?;
        if let Some(route) = nth(&self.routes, spot.route(method)) {
            return Some(Found::Route(Hit { route, params }));
        }
        if let Some((route, params)) = self.less_specific(method, path) {
            return Some(Found::Route(Hit { route, params }));
        }
        let allow = self.allowed(spot, path);
        let hit = Hit { route: nth(&self.routes, spot.methods.first()?.1)?, params };
        Some(if *method == Method::OPTIONS {
            Found::Options { allow, hit: Some(hit) }
        } else {
            Found::MethodNotAllowed { allow, hit }
        })
    }

    /// Finds the most specific spot whose pattern matches a path.
    fn spot<'t>(
        &'t self,
        tree: &'t matchit::Router<u32>,
        path: &str,
        same: Same,
    ) -> Option<(&'t Spot, Ranges)> {
        let in_tree = tree.at(path).ok().map(|hit| *hit.value);
        let number = in_tree.into_iter().chain(self.aside(path, same)).min()?;
        let spot = nth(&self.spots, number)?;
        Some((spot, spot.pattern.matches(path, same)?))
    }

    /// Returns the numbers of the spots in no tree whose patterns match a path.
    fn aside(&self, path: &str, same: Same) -> impl Iterator<Item = u32> {
        let matches =
            move |number: &u32| nth(&self.spots, *number).is_some_and(|spot| spot.pattern.takes(path, same));
        self.aside.iter().copied().filter(matches)
    }

    /// Finds a route of a pattern that is not the most specific one: `POST /users/{id}` beside `GET /users/me`.
    fn less_specific(&self, method: &Method, path: &str) -> Option<(&Route<T>, Ranges)> {
        let head_from_get = (*method == Method::HEAD).then_some(MethodFilter::One(Method::GET));
        let wanted = [Some(MethodFilter::One(method.clone())), head_from_get, Some(MethodFilter::Any)];
        wanted.iter().flatten().find_map(|wanted| {
            let trees = self.by_method.iter().filter(|(filter, _)| filter == wanted);
            let in_tree = trees.filter_map(|(_, tree)| tree.at(path).ok().map(|hit| *hit.value));
            let mut numbers: Vec<u32> = in_tree.chain(self.aside(path, str::eq)).collect();
            numbers.sort_unstable();
            numbers.into_iter().find_map(|number| {
                let spot = nth(&self.spots, number)?;
                let route = nth(&self.routes, number_for(&spot.methods, wanted)?)?;
                Some((route, spot.pattern.matches(path, str::eq)?))
            })
        })
    }

    /// Returns what a path allows by all patterns that match it.
    fn allowed(&self, spot: &Spot, path: &str) -> http::HeaderValue {
        let in_tree = self.by_method.iter().filter_map(|(_, tree)| tree.at(path).ok().map(|hit| *hit.value));
        let spots = in_tree.chain(self.aside(path, str::eq)).filter_map(|number| nth(&self.spots, number));
        let matching = spots.filter(|other| other.pattern.matches(path, str::eq).is_some());
        let all = matching.flat_map(|other| other.methods.iter().map(|(filter, _)| filter));
        let more: Vec<&MethodFilter> =
            all.filter(|filter| number_for(&spot.methods, filter).is_none()).collect();
        if more.is_empty() {
            return spot.allow.clone();
        }
        allow(spot.methods.iter().map(|(filter, _)| filter).chain(more))
    }

    /// Returns the path of a route that differs from this one only by a slash at its end or by case.
    fn redirect(&self, path: &str, spelling: &Spelling) -> Option<String> {
        if !self.redirect || !path.starts_with('/') {
            return None;
        }
        let lower_case = spelling.as_str().to_ascii_lowercase();
        let with_slash = format!("{lower_case}/");
        let candidates = [Some(&*lower_case), lower_case.strip_suffix('/'), Some(&*with_slash)];
        candidates.into_iter().flatten().find_map(|candidate| {
            let (spot, params) = self.spot(&self.lower_case, candidate, str::eq_ignore_ascii_case)?;
            let location = location(spot, &params.map(|at| spelling.origin(at)), path);
            let leads_on = location != path && self.spot(&self.tree, &location, str::eq).is_some();
            (leads_on && !names_a_host(&location)).then_some(location)
        })
    }
}

/// Writes the path of a spot with the values of its parameters as they were sent.
fn location(spot: &Spot, params: &Ranges, path: &str) -> String {
    let mut values = params.values(path);
    let mut location = String::with_capacity(path.len() + 1);
    for segment in spot.pattern.segments() {
        location.push('/');
        match segment {
            Segment::CatchAll => push_as_sent(&mut location, values.next().unwrap_or_default()),
            Segment::Parameter { prefix, suffix } => {
                location.push_str(prefix);
                push_as_sent(&mut location, values.next().unwrap_or_default());
                location.push_str(suffix);
            }
            Segment::Static(text) => location.push_str(text),
        }
    }
    if location.is_empty() {
        location.push('/');
    }
    location
}

/// Tells whether a browser would read the start of a path as the name of a host.
fn names_a_host(location: &str) -> bool {
    location.starts_with("//") || location.starts_with("/\\")
}
