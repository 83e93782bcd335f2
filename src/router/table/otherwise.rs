//! What a table answers when the path and method as they stand have no route.

use http::Method;

use super::{Found, Hit, Route, Spot, Table, nth};
use crate::router::escapes::{Spelling, push_as_sent};
use crate::router::methods::{MethodFilter, allow};
use crate::router::pattern::Segment;
use crate::router::ranges::Ranges;

impl<T> Table<T> {
    /// Looks again, with more effort than [`Table::find`].
    #[cold]
    #[inline(never)]
    pub(super) fn find_otherwise(&self, method: &Method, path: &str) -> Found<'_, T> {
        if path == "*" && *method == Method::OPTIONS {
            return Found::Options { allow: self.allow.clone() };
        }
        if let Some(found) = self.find_spelt(method, path) {
            return found;
        }
        let spelling = Spelling::of(path);
        if spelling.as_str() != path
            && let Some(mut found) = self.find_spelt(method, spelling.as_str())
        {
            if let Found::Route(hit) = &mut found {
                hit.params = hit.params.map(|at| spelling.origin(at));
            }
            return found;
        }
        match self.redirect(path, &spelling) {
            Some(location) => Found::Redirect { location },
            None => Found::Nothing,
        }
    }

    /// Finds a route for any spelling of the method, or what the path allows, if a pattern matches the path.
    fn find_spelt(&self, method: &Method, path: &str) -> Option<Found<'_, T>> {
        let (spot, params) = self.spot(&self.tree, path)?;
        if let Some(route) = nth(&self.routes, spot.route(method)) {
            return Some(Found::Route(Hit::new(route, params, method)));
        }
        if let Some((route, params)) = self.less_specific(method, path) {
            return Some(Found::Route(Hit::new(route, params, method)));
        }
        let allow = self.allowed(spot, path);
        Some(if *method == Method::OPTIONS {
            Found::Options { allow }
        } else {
            Found::MethodNotAllowed { allow }
        })
    }

    fn spot<'t>(&'t self, tree: &'t matchit::Router<u32>, path: &str) -> Option<(&'t Spot, Ranges)> {
        let spot = nth(&self.spots, *tree.at(path).ok()?.value)?;
        Some((spot, spot.pattern.read(path)?))
    }

    /// Finds a route with parameters whose place is taken by a text for other methods: `POST /users/{id}` beside
    /// `GET /users/me`.
    fn less_specific(&self, method: &Method, path: &str) -> Option<(&Route<T>, Ranges)> {
        let head_from_get = (*method == Method::HEAD).then_some(MethodFilter::One(Method::GET));
        let wanted = [Some(MethodFilter::One(method.clone())), head_from_get, Some(MethodFilter::Any)];
        wanted.iter().flatten().find_map(|wanted| {
            let (_, tree) = self.by_method.iter().find(|(filter, _)| filter == wanted)?;
            self.route(tree, path)
        })
    }

    fn route(&self, tree: &matchit::Router<u32>, path: &str) -> Option<(&Route<T>, Ranges)> {
        let route = nth(&self.routes, *tree.at(path).ok()?.value)?;
        Some((route, route.pattern.read(path)?))
    }

    fn allowed(&self, spot: &Spot, path: &str) -> http::HeaderValue {
        let matching = self.by_method.iter().filter(|(_, tree)| self.route(tree, path).is_some());
        let more: Vec<&MethodFilter> =
            matching.map(|(filter, _)| filter).filter(|filter| !spot.methods.contains(filter)).collect();
        if more.is_empty() {
            return spot.allow.clone();
        }
        allow(spot.methods.iter().chain(more))
    }

    /// Returns the path of a route that differs from this one only by a slash at its end or by case.
    fn redirect(&self, path: &str, spelling: &Spelling) -> Option<String> {
        if !path.starts_with('/') {
            return None;
        }
        let lower_case = spelling.as_str().to_ascii_lowercase();
        let with_slash = format!("{lower_case}/");
        let candidates = [Some(&*lower_case), lower_case.strip_suffix('/'), Some(&*with_slash)];
        candidates.into_iter().flatten().find_map(|candidate| {
            let (spot, params) = self.spot(&self.lower_case, candidate)?;
            let location = location(spot, &params.map(|at| spelling.origin(at)), path);
            let leads_on = location != path && self.spot(&self.tree, &location).is_some();
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
