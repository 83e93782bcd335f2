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
    fn new<T>((first, one): (u32, &Route<T>), (second, other): (u32, &Route<T>)) -> Self {
        Self { first: Registered::new(first, one), second: Registered::new(second, other) }
    }

    /// Sets what the methods of controllers are called that the two lead to, given the number of a route in the order of registration.
    #[cfg(feature = "mvc")]
    pub(crate) fn with_actions(mut self, name: impl Fn(usize) -> Option<&'static str>) -> Self {
        for route in [&mut self.first, &mut self.second] {
            route.action = usize::try_from(route.number).ok().and_then(&name);
        }
        self
    }

    /// Returns where the second of the two was registered.
    pub(crate) fn place(&self) -> &'static Location<'static> {
        self.second.place
    }

    /// Returns the names of the methods, when both routes lead to methods of controllers.
    fn actions(&self) -> Option<(&'static str, &'static str)> {
        self.first.action.zip(self.second.action)
    }

    /// Returns whether one line has registered both, as it does with all methods of a controller.
    fn is_of_one_line(&self) -> bool {
        self.first.place == self.second.place
    }

    fn registered_twice(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { first: Registered { method, pattern, place, .. }, second } = self;
        write!(f, "`{method} {pattern}` is registered twice, ")?;
        match self.actions() {
            Some((one, other)) if self.is_of_one_line() => {
                write!(f, "by `{one}` and by `{other}`, at {place}")
            }
            Some((one, other)) => write!(f, "by `{one}` at {place} and by `{other}` at {}", second.place),
            None => write!(f, "at {place} and at {}", second.place),
        }?;
        f.write_str("; ")?;
        if self.actions().is_some() && !self.is_of_one_line() {
            f.write_str("let one application or party handle both controllers to have the second one stand behind the first, or ")?;
        }
        f.write_str("remove one, or give it another method")
    }
}

impl fmt::Display for RouteConflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { first, second } = self;
        if first.pattern.as_str() == second.pattern.as_str() {
            return self.registered_twice(f);
        }
        let is_of_one_line = self.is_of_one_line();
        match self.actions() {
            Some(_) if is_of_one_line => write!(f, "{first} and {second}, at {},", second.place),
            _ => write!(f, "{first} at {} and {second} at {}", first.place, second.place),
        }?;
        f.write_str(" cannot be told apart, they match the same paths; ")?;
        if self.actions().is_some() && !is_of_one_line {
            f.write_str(
                "give their parameters the same names to let the second one stand behind the first, or ",
            )?;
        }
        f.write_str("remove one, or give it another method or path")
    }
}

#[derive(Clone, Debug)]
struct Registered {
    /// Which route it is, in the order of registration.
    #[cfg_attr(
        not(feature = "mvc"),
        expect(dead_code, reason = "methods of controllers are looked up by it")
    )]
    number: u32,
    method: MethodFilter,
    pattern: Pattern,
    place: &'static Location<'static>,
    /// The method of a controller that it leads to.
    action: Option<&'static str>,
}

impl Registered {
    fn new<T>(number: u32, route: &Route<T>) -> Self {
        let Route { method, pattern, place, .. } = route;
        Self { number, method: method.clone(), pattern: pattern.clone(), place, action: None }
    }
}

impl fmt::Display for Registered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{} {}`", self.method, self.pattern)?;
        self.action.map_or(Ok(()), |action| write!(f, " of `{action}`"))
    }
}

/// Lists routes of the same shape and method, each with the first one.
pub(super) fn duplicates<T>(shapes: &[Shape], routes: &[Route<T>]) -> Vec<RouteConflict> {
    let mut conflicts = Vec::new();
    for Shape { routes: numbers, .. } in shapes {
        let mut firsts: Vec<(u32, &Route<T>)> = Vec::new();
        for route in numbers.iter().filter_map(|number| Some((*number, nth(routes, *number)?))) {
            match firsts.iter().find(|(_, first)| first.method == route.1.method) {
                Some(first) => conflicts.push(RouteConflict::new(*first, route)),
                None => firsts.push(route),
            }
        }
    }
    conflicts
}
