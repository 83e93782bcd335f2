//! How a table is made.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::panic::Location;

use super::conflict::{RouteConflict, duplicates};
use super::{NONE, Route, Spot, Table, nth, number_for};
use crate::router::escapes::position;
use crate::router::methods::{GET, HEAD, MethodFilter, STANDARD, allow, slot};
use crate::router::pattern::{Pattern, Segment};

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
    /// All pairs of routes that have the same method and match the same paths.
    pub(crate) fn build(self) -> Result<Table<T>, Vec<RouteConflict>> {
        let shapes = shapes(&self.routes);
        let conflicts = duplicates(&shapes, &self.routes);
        if !conflicts.is_empty() {
            return Err(conflicts);
        }
        let mut tree = Tree::default();
        for shape in &shapes {
            tree.insert(shape, &self.routes);
        }
        Ok(Table {
            tree: tree.paths(),
            by_method: tree.by_method(),
            lower_case: if self.redirect { tree.lower_case() } else { matchit::Router::new() },
            redirect: self.redirect,
            first_aside: tree.aside.first().copied().unwrap_or(NONE),
            aside: tree.aside.into(),
            spots: tree.spots,
            allow: allow(self.routes.iter().map(|route| &route.method)),
            routes: self.routes,
        })
    }
}

/// A pattern without the names of its parameters, and the routes that have it.
#[derive(Debug)]
pub(super) struct Shape {
    text: String,
    pattern: Pattern,
    /// The numbers of the routes.
    pub(super) routes: Vec<u32>,
}

/// Groups routes by shape, the more specific ones first.
fn shapes<T>(routes: &[Route<T>]) -> Vec<Shape> {
    let mut shapes: BTreeMap<(Vec<Rank>, String), Shape> = BTreeMap::new();
    for (number, route) in routes.iter().enumerate() {
        let pattern = &route.pattern;
        let text = pattern.shape();
        let shape = shapes.entry((pattern.segments().iter().map(Rank::of).collect(), text.clone()));
        let shape = shape.or_insert_with(|| Shape { text, pattern: pattern.clone(), routes: Vec::new() });
        shape.routes.push(position(number));
    }
    shapes.into_values().collect()
}

/// How specific a segment is; the first one that two patterns differ in decides.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Static,
    /// A parameter with so many bytes of text before and behind it.
    Parameter(Reverse<(usize, usize)>),
    CatchAll,
}

impl Rank {
    fn of(segment: &Segment) -> Self {
        match segment {
            Segment::CatchAll => Self::CatchAll,
            Segment::Parameter { prefix, suffix } => Self::Parameter(Reverse((prefix.len(), suffix.len()))),
            Segment::Static(_) => Self::Static,
        }
    }
}

/// The spots of a table while they are collected, the more specific ones first.
#[derive(Default)]
struct Tree {
    /// From a shape to its spot.
    shapes: Vec<(String, u32)>,
    /// All of `shapes` in matchit's tree.
    known: matchit::Router<()>,
    /// The spots that are in no tree.
    aside: Vec<u32>,
    spots: Vec<Spot>,
}

impl Tree {
    /// Adds the routes of one shape.
    fn insert<T>(&mut self, shape: &Shape, routes: &[Route<T>]) {
        let number = position(self.spots.len());
        if !shape.pattern.is_mixed() && self.known.insert(&*shape.text, ()).is_ok() {
            self.shapes.push((shape.text.clone(), number));
        } else {
            self.aside.push(number);
        }
        self.spots.push(spot(shape, routes));
    }

    /// Makes the tree for paths as they are.
    fn paths(&self) -> matchit::Router<u32> {
        tree(self.shapes.iter().map(|(shape, spot)| (shape.clone(), *spot)))
    }

    /// Makes a tree for paths in lower case. Where two shapes differ only by case, the first one stays.
    fn lower_case(&self) -> matchit::Router<u32> {
        tree(self.shapes.iter().map(|(shape, spot)| (shape.to_ascii_lowercase(), *spot)))
    }

    /// Makes a tree for each method of the shapes with parameters.
    fn by_method(&self) -> Vec<(MethodFilter, matchit::Router<u32>)> {
        let mut methods: Vec<(MethodFilter, Vec<(String, u32)>)> = Vec::new();
        for (shape, number) in &self.shapes {
            let spot = nth(&self.spots, *number).filter(|spot| !spot.pattern.names().is_empty());
            for (method, _) in spot.iter().flat_map(|spot| &*spot.methods) {
                match methods.iter_mut().find(|(known, _)| known == method) {
                    Some((_, shapes)) => shapes.push((shape.clone(), *number)),
                    None => methods.push((method.clone(), vec![(shape.clone(), *number)])),
                }
            }
        }
        methods.into_iter().map(|(method, shapes)| (method, tree(shapes.into_iter()))).collect()
    }
}

/// Makes a tree of shapes that fit together.
///
/// A catch-all gets a second entry for the path that ends with the slash before it, which matchit does not let it match.
/// Only `/` can be taken already, and then stays: no other shape ends with a slash.
fn tree(shapes: impl Iterator<Item = (String, u32)> + Clone) -> matchit::Router<u32> {
    let mut tree = matchit::Router::new();
    for (shape, spot) in shapes.clone() {
        drop(tree.insert(shape, spot));
    }
    for (shape, spot) in shapes {
        if let Some((bare, _)) = shape.split_once(CATCH_ALL) {
            drop(tree.insert(bare, spot));
        }
    }
    tree
}

/// Makes the spot of a shape.
fn spot<T>(shape: &Shape, routes: &[Route<T>]) -> Spot {
    let numbers = shape.routes.iter();
    let methods: Box<[(MethodFilter, u32)]> =
        numbers.filter_map(|number| Some((nth(routes, *number)?.method.clone(), *number))).collect();
    let any = number_for(&methods, &MethodFilter::Any).unwrap_or(NONE);
    let mut standard = STANDARD.map(|method| number_for(&methods, &method.into()).unwrap_or(NONE));
    if standard[HEAD] == NONE {
        standard[HEAD] = standard[GET];
    }
    let others = methods.iter().filter_map(|(filter, number)| match filter {
        MethodFilter::One(method) if slot(method).is_none() => Some((method.clone(), *number)),
        MethodFilter::One(_) | MethodFilter::Any => None,
    });
    Spot {
        standard: standard.map(|number| if number == NONE { any } else { number }),
        others: others.collect(),
        any,
        pattern: shape.pattern.clone(),
        allow: allow(methods.iter().map(|(method, _)| method)),
        methods,
    }
}

/// How a shape writes a catch-all.
const CATCH_ALL: &str = "{*rest}";
