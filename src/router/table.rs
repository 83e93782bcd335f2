//! The table of all routes: from a method and a path to a route.
//!
//! The texts of patterns are compared with the path as it was sent. Only when that finds nothing, escapes that were not
//! needed are decoded and the path is looked up again: `/ou%74` finds `/out`, for both name the same thing (RFC 3986, 6.2.2).
//! `%2F` never separates segments.

use std::panic::Location;

use http::{HeaderValue, Method};

use super::methods::{MethodFilter, slot};
use super::pattern::Pattern;
use super::ranges::Ranges;
use super::walk::Values;

mod build;
mod conflict;
mod otherwise;

pub(crate) use self::build::TableBuilder;
pub(crate) use self::conflict::RouteConflict;

/// All routes of an application, ready to be looked up.
///
/// A lookup that finds its route is one walk through matchit's tree and one index by method.
///
/// matchit does not take or does not find all sets of patterns: not `{id}` beside `{*rest}`, and not every pattern with text
/// beside a parameter (`img-{id}.png`). Such patterns stand aside: they are tried one by one, where nothing more specific
/// matches.
#[derive(Debug)]
pub(crate) struct Table<T> {
    /// From a path to a spot.
    tree: matchit::Router<u32>,
    /// The more specific ones first.
    spots: Vec<Spot>,
    routes: Vec<Route<T>>,
    /// The spots that are in no tree.
    aside: Box<[u32]>,
    /// The first of them, or [`NONE`].
    first_aside: u32,
    /// For each method, from a path to a spot with parameters: where a text wins over a parameter but has no route for the
    /// method, the parameter's route is found there.
    by_method: Vec<(MethodFilter, matchit::Router<u32>)>,
    /// From a path in lower case to a spot.
    lower_case: matchit::Router<u32>,
    redirect: bool,
    /// The methods of all routes.
    allow: HeaderValue,
}

impl<T> Table<T> {
    /// Finds the route of a request whose path is spelt as in the pattern, with the values of its parameters; the path is the
    /// raw one, without query, and not decoded.
    ///
    /// Nearly all requests are found so. Only for the others it takes [`find`](Self::find).
    #[inline]
    pub(crate) fn find_at_once<'p>(
        &self,
        method: &Method,
        path: &'p str,
    ) -> Option<(&Route<T>, Values<'_, 'p>)> {
        let number = *self.tree.at(path).ok()?.value;
        if number >= self.first_aside {
            return None;
        }
        let route = nth(&self.routes, nth(&self.spots, number)?.route(method))?;
        Some((route, route.pattern.values(path)?))
    }

    /// Returns all routes in the order of their registration.
    pub(crate) fn list(&self) -> impl ExactSizeIterator<Item = &Route<T>> {
        self.routes.iter()
    }
}

/// A route and what was registered with it.
#[derive(Debug)]
pub(crate) struct Route<T> {
    method: MethodFilter,
    pattern: Pattern,
    value: T,
    place: &'static Location<'static>,
}

impl<T> Route<T> {
    /// Returns which methods it answers.
    pub(crate) fn method(&self) -> &MethodFilter {
        &self.method
    }

    /// Returns its pattern.
    pub(crate) fn pattern(&self) -> &Pattern {
        &self.pattern
    }

    /// Returns what was registered.
    pub(crate) fn value(&self) -> &T {
        &self.value
    }

    /// Returns where in the program it was registered.
    #[cfg(test)]
    pub(crate) fn place(&self) -> &'static Location<'static> {
        self.place
    }
}

/// What a table knows about a request.
#[derive(Debug)]
pub(crate) enum Found<'t, T> {
    /// The path is known, this method is not.
    MethodNotAllowed {
        /// The value of the header `Allow`.
        allow: HeaderValue,
        /// The first route of the path.
        hit: Hit<'t, T>,
    },
    /// Neither the path nor a similar one is known.
    Nothing,
    /// The table itself answers `OPTIONS`, because no route does.
    Options {
        /// The value of the header `Allow`.
        allow: HeaderValue,
        /// The first route of the path; none is that of `*`, which stands for the whole application.
        hit: Option<Hit<'t, T>>,
    },
    /// Another spelling of the path is known: without or with a slash at its end, or in other upper and lower case.
    Redirect {
        /// The path to go to: visible ASCII, and never with the start of another host's address. The query is not in it.
        location: String,
    },
    /// A route answers.
    Route(Hit<'t, T>),
}

impl<'t, T> Found<'t, T> {
    /// Returns the route whose pattern matched, if there is one.
    fn hit_mut(&mut self) -> Option<&mut Hit<'t, T>> {
        match self {
            Self::MethodNotAllowed { hit, .. } | Self::Route(hit) => Some(hit),
            Self::Options { hit, .. } => hit.as_mut(),
            Self::Nothing | Self::Redirect { .. } => None,
        }
    }
}

/// A route that was found, and its parameters.
#[derive(Debug)]
pub(crate) struct Hit<'t, T> {
    /// The route.
    pub(crate) route: &'t Route<T>,
    /// Where the parameters stand in the path that was looked up, one for each name of the route's pattern.
    pub(crate) params: Ranges,
}

/// All routes that match the same paths.
#[derive(Clone, Debug)]
struct Spot {
    /// The routes for the standard methods, those for any method and `HEAD` from `GET` included.
    standard: [u32; 9],
    others: Box<[(Method, u32)]>,
    any: u32,
    /// The pattern of one of its routes; the others differ in names only.
    pattern: Pattern,
    /// The routes as they were registered.
    methods: Box<[(MethodFilter, u32)]>,
    /// The methods as a header.
    allow: HeaderValue,
}

impl Spot {
    /// Returns the number of the route for a method, or [`NONE`].
    #[inline]
    fn route(&self, method: &Method) -> u32 {
        match slot(method) {
            Some(slot) => self.standard.get(slot).copied().unwrap_or(NONE),
            None => {
                self.others.iter().find(|(other, _)| other == method).map_or(self.any, |(_, route)| *route)
            }
        }
    }
}

/// Returns the number of the route that was registered for a method.
fn number_for(methods: &[(MethodFilter, u32)], wanted: &MethodFilter) -> Option<u32> {
    methods.iter().find(|(method, _)| method == wanted).map(|(_, number)| *number)
}

#[inline]
fn nth<X>(items: &[X], index: u32) -> Option<&X> {
    usize::try_from(index).ok().and_then(|index| items.get(index))
}

/// The number of no route.
const NONE: u32 = u32::MAX;

#[cfg(test)]
mod tests;
