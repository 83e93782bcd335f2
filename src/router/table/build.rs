//! How a table is made, and what can be wrong with it.

use std::collections::BTreeMap;
use std::fmt;
use std::panic::Location;

use http::Method;

use super::{NONE, Route, Spot, Table};
use crate::router::escapes::position;
use crate::router::methods::{GET, HEAD, MethodFilter, STANDARD, allow, slot};
use crate::router::pattern::Pattern;

/// Collects routes; the order of their registration decides nothing but the order of the list.
#[derive(Debug)]
pub(crate) struct TableBuilder<T> {
    routes: Vec<Route<T>>,
    redirect: bool,
}

impl<T> TableBuilder<T> {
    /// Makes a builder without routes.
    pub(crate) const fn new() -> Self {
        Self { routes: Vec::new(), redirect: true }
    }

    /// Sets whether paths that differ from a route only by a slash at the end or by upper and lower case are redirected.
    ///
    /// Defaults to `true`.
    pub(crate) fn redirect(&mut self, redirect: bool) {
        self.redirect = redirect;
    }

    /// Adds a route and where it was registered.
    pub(crate) fn insert(
        &mut self,
        method: MethodFilter,
        pattern: Pattern,
        value: T,
        place: &'static Location<'static>,
    ) {
        self.routes.push(Route { method, pattern, value, place });
    }

    /// Makes the table.
    ///
    /// # Errors
    ///
    /// All pairs of routes that cannot be told apart.
    pub(crate) fn build(self) -> Result<Table<T>, Vec<RouteConflict>> {
        let mut shapes: BTreeMap<String, Vec<u32>> = BTreeMap::new();
        for (index, route) in self.routes.iter().enumerate() {
            shapes.entry(route.pattern.shape()).or_default().push(position(index));
        }
        let mut conflicts = duplicates(&shapes, &self.routes);
        let shapes = plain_first(shapes, &self.routes);
        let mut tree = Tree::new();
        for (shape, routes) in &shapes {
            conflicts.extend(tree.insert(shape, routes, &self.routes));
        }
        if !conflicts.is_empty() {
            return Err(conflicts);
        }
        tree.insert_bare_prefixes();
        Ok(Table {
            by_method: by_method(&shapes, &self.routes),
            lower_case: if self.redirect { tree.lower_case() } else { matchit::Router::new() },
            allow: allow(self.routes.iter().map(|route| &route.method)),
            tree: tree.paths,
            spots: tree.spots,
            routes: self.routes,
        })
    }
}

/// Two routes that cannot be told apart.
#[derive(Clone, Debug)]
pub(crate) struct RouteConflict {
    first: Registered,
    second: Registered,
    /// Whether they match the very same paths.
    same_paths: bool,
}

impl RouteConflict {
    fn new<T>(first: &Route<T>, second: &Route<T>, same_paths: bool) -> Self {
        Self { first: Registered::new(first), second: Registered::new(second), same_paths }
    }
}

impl RouteConflict {
    /// Returns where the second of the two was registered.
    pub(crate) fn place(&self) -> &'static Location<'static> {
        self.second.place
    }
}

impl fmt::Display for RouteConflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { first, second, same_paths } = self;
        if first.pattern.as_str() == second.pattern.as_str() && *same_paths {
            let (one, other) = (Place(first.place), Place(second.place));
            write!(
                f,
                "`{} {}` is registered twice, at {one} and at {other}; remove one, or give it another method",
                first.method, first.pattern
            )
        } else if *same_paths {
            write!(
                f,
                "{first} and {second} match the same paths; remove one, or give it another method or path"
            )
        } else {
            write!(
                f,
                "{first} and {second} cannot be told apart; begin the path of one of them with a text of its own"
            )
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

/// A table's tree while it grows.
struct Tree {
    paths: matchit::Router<u32>,
    spots: Vec<Spot>,
    /// The shape of each spot, and the number of its first route.
    shapes: Vec<(String, u32)>,
}

impl Tree {
    fn new() -> Self {
        Self { paths: matchit::Router::new(), spots: Vec::new(), shapes: Vec::new() }
    }

    /// Adds the routes of one shape; returns its conflicts with shapes that are there already.
    fn insert<T>(&mut self, shape: &str, numbers: &[u32], routes: &[Route<T>]) -> Vec<RouteConflict> {
        let Some(first) = numbers.first().copied() else {
            return Vec::new();
        };
        if self.paths.insert(shape, position(self.spots.len())).is_ok() {
            self.spots.extend(spot(numbers, routes));
            self.shapes.push((shape.to_owned(), first));
            return Vec::new();
        }
        let mut beside = matchit::Router::new();
        let mut conflicts = Vec::new();
        for (other, number) in [(shape, first)].into_iter().chain(self.known()) {
            if beside.insert(other, ()).is_err() {
                let pair = (super::nth(routes, number.min(first)), super::nth(routes, number.max(first)));
                conflicts
                    .extend(pair.0.zip(pair.1).map(|(one, other)| RouteConflict::new(one, other, false)));
            }
        }
        conflicts
    }

    fn known(&self) -> impl Iterator<Item = (&str, u32)> {
        self.shapes.iter().map(|(shape, first)| (&**shape, *first))
    }

    /// Lets catch-alls match the path that ends with the slash before them, which matchit does not.
    ///
    /// Only `/` can have routes of its own there, and keeps them: no other pattern ends with a slash.
    fn insert_bare_prefixes(&mut self) {
        for (index, (shape, _)) in self.shapes.iter().enumerate() {
            if let Some((bare, _)) = shape.split_once(CATCH_ALL) {
                drop(self.paths.insert(bare, position(index)));
            }
        }
    }

    /// Makes a tree of the same spots for paths in lower case. Where two of them differ only by case, the first one stays.
    fn lower_case(&self) -> matchit::Router<u32> {
        let mut tree = matchit::Router::new();
        for (index, (shape, _)) in self.shapes.iter().enumerate() {
            drop(tree.insert(shape.to_ascii_lowercase(), position(index)));
        }
        for (index, (shape, _)) in self.shapes.iter().enumerate() {
            if let Some((bare, _)) = shape.split_once(CATCH_ALL) {
                drop(tree.insert(bare.to_ascii_lowercase(), position(index)));
            }
        }
        tree
    }
}

/// Makes the spot of routes that have one shape and different methods.
fn spot<T>(numbers: &[u32], routes: &[Route<T>]) -> Option<Spot> {
    let registered = || numbers.iter().filter_map(|number| Some((*number, super::nth(routes, *number)?)));
    let (_, first) = registered().next()?;
    let any =
        registered().find(|(_, route)| route.method == MethodFilter::Any).map_or(NONE, |(number, _)| number);
    let number_of =
        |method: &Method| registered().find(|(_, route)| route.method == *method).map(|(number, _)| number);
    let mut standard = STANDARD.map(|method| number_of(&method).unwrap_or(NONE));
    if standard[HEAD] == NONE {
        standard[HEAD] = standard[GET];
    }
    let others = registered().filter_map(|(number, route)| match &route.method {
        MethodFilter::One(method) if slot(method).is_none() => Some((method.clone(), number)),
        MethodFilter::One(_) | MethodFilter::Any => None,
    });
    Some(Spot {
        standard: standard.map(|number| if number == NONE { any } else { number }),
        others: others.collect(),
        any,
        pattern: first.pattern.clone(),
        methods: registered().map(|(_, route)| route.method.clone()).collect(),
        allow: allow(registered().map(|(_, route)| &route.method)),
    })
}

/// Lists routes of the same shape and method, each with the first one.
fn duplicates<T>(shapes: &BTreeMap<String, Vec<u32>>, routes: &[Route<T>]) -> Vec<RouteConflict> {
    let mut conflicts = Vec::new();
    for numbers in shapes.values() {
        let mut firsts: Vec<&Route<T>> = Vec::new();
        for route in numbers.iter().filter_map(|number| super::nth(routes, *number)) {
            match firsts.iter().find(|first| first.method == route.method) {
                Some(first) => conflicts.push(RouteConflict::new(first, route, true)),
                None => firsts.push(route),
            }
        }
    }
    conflicts
}

/// Puts patterns with text beside a parameter last: matchit takes some of them for conflicts when they come first.
fn plain_first<T>(shapes: BTreeMap<String, Vec<u32>>, routes: &[Route<T>]) -> Vec<(String, Vec<u32>)> {
    let is_mixed = |numbers: &[u32]| {
        let route = numbers.first().and_then(|number| super::nth(routes, *number));
        route.is_some_and(|route| route.pattern.is_mixed())
    };
    let (mixed, mut shapes): (Vec<_>, Vec<_>) =
        shapes.into_iter().partition(|(_, numbers)| is_mixed(numbers));
    shapes.extend(mixed);
    shapes
}

/// Makes a tree for each method of its routes with parameters: where a text wins over a parameter but has no route for the
/// method, the parameter's route is found there.
fn by_method<T>(
    shapes: &[(String, Vec<u32>)],
    routes: &[Route<T>],
) -> Vec<(MethodFilter, matchit::Router<u32>)> {
    let mut trees: Vec<(MethodFilter, matchit::Router<u32>)> = Vec::new();
    for (shape, numbers) in shapes {
        for (number, route) in
            numbers.iter().filter_map(|number| Some((*number, super::nth(routes, *number)?)))
        {
            if route.pattern.names().is_empty() {
                continue;
            }
            let known = trees.iter().position(|(method, _)| *method == route.method).unwrap_or_else(|| {
                trees.push((route.method.clone(), matchit::Router::new()));
                trees.len() - 1
            });
            let Some((_, tree)) = trees.get_mut(known) else { continue };
            // What fits together in the tree of all fits here; if not, the text that wins simply keeps the path.
            drop(tree.insert(&**shape, number));
            if let Some((bare, _)) = shape.split_once(CATCH_ALL) {
                drop(tree.insert(bare, number));
            }
        }
    }
    trees
}

/// How a shape writes a catch-all.
const CATCH_ALL: &str = "{*rest}";
