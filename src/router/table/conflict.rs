//! Routes that cannot be told apart.

use std::fmt;
use std::panic::Location;

use super::build::Shape;
use super::{Route, nth};
use crate::router::methods::MethodFilter;
use crate::router::pattern::Pattern;

/// Two routes that cannot be told apart.
#[derive(Clone, Debug)]
pub(crate) struct RouteConflict {
    first: Registered,
    second: Registered,
}

impl RouteConflict {
    fn new<T>(first: &Route<T>, second: &Route<T>) -> Self {
        Self { first: Registered::new(first), second: Registered::new(second) }
    }

    /// Returns where the second of the two was registered.
    pub(crate) fn place(&self) -> &'static Location<'static> {
        self.second.place
    }
}

impl fmt::Display for RouteConflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { first, second } = self;
        if first.pattern.as_str() == second.pattern.as_str() {
            let (one, other) = (Place(first.place), Place(second.place));
            write!(f, "`{} {}` is registered twice, at {one} and at {other}; ", first.method, first.pattern)?;
            f.write_str("remove one, or give it another method")
        } else {
            write!(f, "{first} and {second} cannot be told apart, they match the same paths; ")?;
            f.write_str("remove one, or give it another method or path")
        }
    }
}

#[derive(Clone, Debug)]
struct Registered {
    method: MethodFilter,
    pattern: Pattern,
    place: &'static Location<'static>,
}

impl Registered {
    fn new<T>(route: &Route<T>) -> Self {
        Self { method: route.method.clone(), pattern: route.pattern.clone(), place: route.place }
    }
}

impl fmt::Display for Registered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{} {}` at {}", self.method, self.pattern, Place(self.place))
    }
}

struct Place(&'static Location<'static>);

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.0.file(), self.0.line())
    }
}

/// Lists routes of the same shape and method, each with the first one.
pub(super) fn duplicates<T>(shapes: &[Shape], routes: &[Route<T>]) -> Vec<RouteConflict> {
    let mut conflicts = Vec::new();
    for Shape { routes: numbers, .. } in shapes {
        let mut firsts: Vec<&Route<T>> = Vec::new();
        for route in numbers.iter().filter_map(|number| nth(routes, *number)) {
            match firsts.iter().find(|first| first.method == route.method) {
                Some(first) => conflicts.push(RouteConflict::new(first, route)),
                None => firsts.push(route),
            }
        }
    }
    conflicts
}
