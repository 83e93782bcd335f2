//! Routes with their groups unfolded: what is checked and built.

use std::panic::Location;
use std::sync::Arc;

use gongular_core::inject::Container;
use gongular_layers::error::Answers;

use super::mistake::{Mistake, MistakeKind};
use crate::chain::{Link, MakeStep, Registered};
use crate::router::{Item, MethodFilter, Pattern, Providers, Router, join};

/// The routes of an application, groups unfolded.
pub(super) struct Plan {
    pub(super) levels: Vec<Level>,
    pub(super) routes: Vec<Planned>,
    pub(super) mistakes: Vec<Mistake>,
    /// What was registered in all levels, before anything was put in its place.
    pub(super) registered: Providers,
    pub(super) warnings: Vec<String>,
}

/// A group with providers of its own; the first one is the engine.
pub(super) struct Level {
    pub(super) providers: Providers,
    pub(super) outer: Option<usize>,
}

/// A route that will be built.
pub(super) struct Planned {
    pub(super) method: MethodFilter,
    pub(super) pattern: Pattern,
    pub(super) name: Option<&'static str>,
    pub(super) links: Vec<PlannedLink>,
    pub(super) errors: Arc<dyn Answers>,
    pub(super) place: &'static Location<'static>,
}

/// One link of a route's chain.
#[derive(Clone)]
pub(super) enum PlannedLink {
    /// What the table says to a request whose method no route of the path answers.
    Automatic,
    Handler(Registered),
    Layer(Arc<dyn MakeStep>),
    /// From here on, the providers of a level are at hand.
    Level(usize),
}

impl Planned {
    /// Returns whether anything may be built for a request of the route: what layers do is not known, and groups with
    /// providers of their own stand in a layer.
    pub(super) fn needs_scope(&self, container: Option<&Container>) -> bool {
        self.links.iter().any(|link| match link {
            PlannedLink::Handler(handler) => {
                container.is_none_or(|container| container.needs_scope(&handler.contract))
            }
            PlannedLink::Automatic => false,
            PlannedLink::Layer(_) | PlannedLink::Level(_) => true,
        })
    }

    /// Returns what stands around the automatic answers of the route's path: its layers, if there are any.
    pub(super) fn around_automatic(&self) -> Option<Vec<PlannedLink>> {
        if self.method == MethodFilter::Any || !self.links.iter().any(PlannedLink::is_layer) {
            return None;
        }
        let stays = |link: &&PlannedLink| !matches!(link, PlannedLink::Handler(_));
        let mut links: Vec<PlannedLink> = self.links.iter().filter(stays).cloned().collect();
        links.push(PlannedLink::Automatic);
        Some(links)
    }

    /// Returns the handlers with the level whose providers they see.
    pub(super) fn handlers(&self) -> impl Iterator<Item = (usize, &Registered)> {
        let mut level = 0;
        self.links.iter().filter_map(move |link| match link {
            PlannedLink::Handler(handler) => Some((level, handler)),
            PlannedLink::Automatic | PlannedLink::Layer(_) => None,
            PlannedLink::Level(inner) => {
                level = *inner;
                None
            }
        })
    }
}

impl PlannedLink {
    const fn is_layer(&self) -> bool {
        matches!(self, Self::Layer(_))
    }
}

/// What a group passes on to what stands in it.
#[derive(Clone)]
struct Outer {
    prefix: String,
    links: Vec<PlannedLink>,
    errors: Arc<dyn Answers>,
    level: usize,
}

impl Plan {
    pub(super) fn new(mut router: Router, overrides: &Providers, errors: &Arc<dyn Answers>) -> Self {
        let providers = std::mem::take(&mut router.providers);
        let root = Level {
            providers: overrides.over(&Providers::default().and_all_of(&providers).replaced_by(overrides)),
            outer: None,
        };
        let mut plan = Self {
            levels: vec![root],
            routes: Vec::new(),
            mistakes: Vec::new(),
            registered: providers,
            warnings: Vec::new(),
        };
        let outer = Outer { prefix: String::new(), links: Vec::new(), errors: Arc::clone(errors), level: 0 };
        plan.unfold(router, outer, overrides);
        plan
    }

    fn unfold(&mut self, router: Router, mut outer: Outer, overrides: &Providers) {
        self.warnings.extend(router.warnings);
        if !router.providers.is_empty() {
            self.registered = std::mem::take(&mut self.registered).and_all_of(&router.providers);
            let providers = router.providers.replaced_by(overrides);
            self.levels.push(Level { providers, outer: Some(outer.level) });
            outer.level = self.levels.len() - 1;
            outer.links.push(PlannedLink::Level(outer.level));
        }
        outer.links.extend(router.links.into_iter().map(PlannedLink::from));
        if let Some(errors) = router.errors {
            outer.errors = errors.inside(outer.errors);
        }
        for item in router.items {
            match item {
                Item::Route { method, path, chain, place } => {
                    let mut links = outer.links.clone();
                    links.extend(chain.links.into_iter().map(PlannedLink::from));
                    match Pattern::parse(&join(&outer.prefix, &path)) {
                        Ok(pattern) => {
                            let errors = Arc::clone(&outer.errors);
                            self.routes.push(Planned {
                                method,
                                pattern,
                                name: chain.name,
                                links,
                                errors,
                                place,
                            });
                        }
                        Err(error) => {
                            let mistake = Mistake::new(MistakeKind::Pattern, error.to_string(), place);
                            self.mistakes.push(mistake);
                        }
                    }
                }
                Item::Group { prefix, router } => {
                    let prefix = join(&outer.prefix, &prefix);
                    self.unfold(router, Outer { prefix, ..outer.clone() }, overrides);
                }
            }
        }
    }
}

impl From<Link> for PlannedLink {
    fn from(link: Link) -> Self {
        match link {
            Link::Handler(handler) => Self::Handler(handler),
            Link::Layer(layer) => Self::Layer(layer),
        }
    }
}
