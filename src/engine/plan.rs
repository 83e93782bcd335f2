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
    /// What is asked about answers with an error status, by the groups of whose routes they are; each matches all paths below its pattern.
    #[cfg(feature = "mvc")]
    pub(super) http_errors: Vec<Planned>,
    /// Levels that several chains share, by what is registered in them and the level around.
    #[cfg(feature = "mvc")]
    shared: std::collections::HashMap<(usize, usize), usize>,
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
    /// Which of [`Plan::http_errors`] is asked.
    #[cfg(feature = "mvc")]
    pub(super) http_errors: Option<usize>,
    pub(super) place: &'static Location<'static>,
}

/// One link of a route's chain.
#[derive(Clone)]
pub(super) enum PlannedLink {
    /// What the table says to a request whose method no route of the path answers.
    Automatic,
    /// Chains for the same requests, asked in order.
    #[cfg(feature = "mvc")]
    Choice(Vec<PlannedChain>),
    Handler(Registered),
    Layer(Arc<dyn MakeStep>),
    /// From here on, the providers of a level are at hand.
    Level(usize),
}

/// One of several chains for the same requests.
#[cfg(feature = "mvc")]
#[derive(Clone)]
pub(super) struct PlannedChain {
    pub(super) links: Vec<PlannedLink>,
    /// Who answers its errors first.
    pub(super) errors: Option<gongular_layers::error::Handle>,
}

impl Planned {
    /// Returns the level that requests of the route enter at the door, and what of its chain is left then.
    ///
    /// A container has all that those around it have: where levels stand before anything else, one scope of the innermost
    /// does for all of them. `asked` is the level of what is asked about errors, which has to find its scope.
    pub(super) fn entry(&self, asked: Option<usize>) -> (usize, &[PlannedLink]) {
        let (mut level, mut links) = (0, &*self.links);
        while asked != Some(level)
            && let [PlannedLink::Level(inner), rest @ ..] = links
        {
            (level, links) = (*inner, rest);
        }
        (level, links)
    }

    /// Returns what stands around the automatic answers of the route's path, if there is anything: of these links the layers, and
    /// who is asked about errors.
    pub(super) fn around_automatic(&self, links: &[PlannedLink]) -> Option<Vec<PlannedLink>> {
        if self.method == MethodFilter::Any || !(self.has_layers() || self.is_asked_about()) {
            return None;
        }
        let stays = |link: &&PlannedLink| match link {
            PlannedLink::Handler(_) => false,
            #[cfg(feature = "mvc")]
            PlannedLink::Choice(_) => false,
            PlannedLink::Automatic | PlannedLink::Layer(_) | PlannedLink::Level(_) => true,
        };
        let mut links: Vec<PlannedLink> = links.iter().filter(stays).cloned().collect();
        links.push(PlannedLink::Automatic);
        Some(links)
    }

    /// Returns whether layers may take requests of the route.
    pub(super) fn has_layers(&self) -> bool {
        has_layers(&self.links)
    }

    #[cfg_attr(not(feature = "mvc"), expect(clippy::unused_self, reason = "controllers ask"))]
    const fn is_asked_about(&self) -> bool {
        #[cfg(feature = "mvc")]
        return self.http_errors.is_some();
        #[cfg(not(feature = "mvc"))]
        false
    }

    /// Returns the name of the method of a controller that it leads to: that of the first controller, if there are several.
    #[cfg(feature = "mvc")]
    pub(super) fn action(&self) -> Option<&'static str> {
        self.handlers().find(|(_, handler)| handler.action.is_some()).map(|(_, handler)| handler.name)
    }

    /// Returns the handlers with the level whose providers they see.
    pub(super) fn handlers(&self) -> impl Iterator<Item = (usize, &Registered)> {
        let mut handlers = Vec::new();
        collect(&self.links, 0, &mut handlers);
        handlers.into_iter()
    }
}

/// Returns whether anything may be built for a request of a chain: what layers do is not known, and levels that do not stand
/// at its beginning are in a layer.
pub(super) fn need_scope(links: &[PlannedLink], container: Option<&Container>) -> bool {
    links.iter().any(|link| match link {
        #[cfg(feature = "mvc")]
        PlannedLink::Handler(handler) if handler.needs_scope => true,
        PlannedLink::Handler(handler) => {
            container.is_none_or(|container| container.needs_scope(&handler.contract))
        }
        PlannedLink::Automatic => false,
        #[cfg(feature = "mvc")]
        PlannedLink::Choice(chains) => chains.iter().any(|chain| need_scope(&chain.links, container)),
        PlannedLink::Layer(_) | PlannedLink::Level(_) => true,
    })
}

fn collect<'p>(links: &'p [PlannedLink], mut level: usize, handlers: &mut Vec<(usize, &'p Registered)>) {
    for link in links {
        match link {
            PlannedLink::Handler(handler) => handlers.push((level, handler)),
            PlannedLink::Automatic | PlannedLink::Layer(_) => {}
            #[cfg(feature = "mvc")]
            PlannedLink::Choice(chains) => {
                chains.iter().for_each(|chain| collect(&chain.links, level, handlers));
            }
            PlannedLink::Level(inner) => level = *inner,
        }
    }
}

pub(super) fn has_layers(links: &[PlannedLink]) -> bool {
    links.iter().any(|link| match link {
        PlannedLink::Automatic | PlannedLink::Handler(_) | PlannedLink::Level(_) => false,
        #[cfg(feature = "mvc")]
        PlannedLink::Choice(chains) => chains.iter().any(|chain| has_layers(&chain.links)),
        PlannedLink::Layer(_) => true,
    })
}

/// What a group passes on to what stands in it.
#[derive(Clone)]
struct Outer {
    prefix: String,
    links: Vec<PlannedLink>,
    errors: Arc<dyn Answers>,
    level: usize,
    #[cfg(feature = "mvc")]
    http_errors: Option<usize>,
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
            #[cfg(feature = "mvc")]
            http_errors: Vec::new(),
            #[cfg(feature = "mvc")]
            shared: std::collections::HashMap::new(),
        };
        let outer = Outer {
            prefix: String::new(),
            links: Vec::new(),
            errors: Arc::clone(errors),
            level: 0,
            #[cfg(feature = "mvc")]
            http_errors: None,
        };
        plan.unfold(router, outer, overrides);
        plan
    }

    fn unfold(&mut self, router: Router, mut outer: Outer, overrides: &Providers) {
        self.warnings.extend(router.warnings);
        self.mistakes.extend(router.mistakes);
        if !router.providers.is_empty() {
            outer.level = self.level(router.providers, outer.level, overrides);
            outer.links.push(PlannedLink::Level(outer.level));
        }
        outer.links.extend(self.links(router.links, outer.level, overrides));
        // An application's own engine has its handler already: nobody is asked twice about one error.
        if let Some(errors) = router.errors.filter(|errors| !Arc::ptr_eq(errors, &outer.errors)) {
            outer.errors = errors.inside(outer.errors);
        }
        #[cfg(feature = "mvc")]
        if let Some(asked) = router.http_errors {
            self.http_errors(asked, &mut outer, overrides);
        }
        for item in router.items {
            match item {
                Item::Route { method, path, chain, place } => {
                    let mut links = outer.links.clone();
                    links.extend(self.links(chain.links, outer.level, overrides));
                    match Pattern::parse(&join(&outer.prefix, &path)) {
                        Ok(pattern) => {
                            let errors = Arc::clone(&outer.errors);
                            #[cfg(feature = "mvc")]
                            let errors = chain.errors.map_or(errors, |first| outer.errors.after(first));
                            self.routes.push(Planned {
                                method,
                                pattern,
                                name: chain.name,
                                links,
                                errors,
                                #[cfg(feature = "mvc")]
                                http_errors: outer.http_errors,
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

    /// Adds what is asked about the errors of a group.
    #[cfg(feature = "mvc")]
    fn http_errors(&mut self, asked: crate::router::HttpErrors, outer: &mut Outer, overrides: &Providers) {
        let mut links = vec![PlannedLink::Level(outer.level)];
        links.extend(self.links(asked.chain.links, outer.level, overrides));
        // A pattern that cannot be read is told for each of its routes.
        let Ok(pattern) = Pattern::parse(&join(&outer.prefix, "")) else { return };
        let errors =
            asked.chain.errors.map_or_else(|| Arc::clone(&outer.errors), |first| outer.errors.after(first));
        outer.http_errors = Some(self.http_errors.len());
        self.http_errors.push(Planned {
            method: MethodFilter::Any,
            pattern,
            name: None,
            links,
            errors,
            http_errors: outer.http_errors,
            place: asked.place,
        });
    }

    /// Returns all that handles requests: routes, and what is asked about errors.
    pub(super) fn all(&self) -> impl Iterator<Item = &Planned> {
        #[cfg(feature = "mvc")]
        return self.routes.iter().chain(&self.http_errors);
        #[cfg(not(feature = "mvc"))]
        self.routes.iter()
    }

    /// Returns the level of what is asked about the errors of a route.
    #[cfg(feature = "mvc")]
    pub(super) fn asked_level(&self, route: &Planned) -> Option<usize> {
        let asked = self.http_errors.get(route.http_errors?)?;
        asked.links.iter().find_map(|link| match link {
            PlannedLink::Level(level) => Some(*level),
            _ => None,
        })
    }

    /// Adds a level inside of another one.
    fn level(&mut self, providers: Providers, outer: usize, overrides: &Providers) -> usize {
        self.registered = std::mem::take(&mut self.registered).and_all_of(&providers);
        self.levels.push(Level { providers: providers.replaced_by(overrides), outer: Some(outer) });
        self.levels.len() - 1
    }

    /// Unfolds what stands in a chain at a level.
    #[cfg_attr(
        not(feature = "mvc"),
        expect(clippy::unused_self, reason = "controllers have levels of their own")
    )]
    fn links(&mut self, links: Vec<Link>, level: usize, overrides: &Providers) -> Vec<PlannedLink> {
        #[cfg(feature = "mvc")]
        let mut level = level;
        #[cfg(not(feature = "mvc"))]
        let _ = (level, overrides);
        let plan = |link| match link {
            #[cfg(feature = "mvc")]
            Link::Choice(chains) => PlannedLink::Choice(
                chains
                    .into_iter()
                    .map(|chain| PlannedChain {
                        links: self.links(chain.links, level, overrides),
                        errors: chain.errors,
                    })
                    .collect(),
            ),
            Link::Handler(handler) => PlannedLink::Handler(handler),
            Link::Layer(layer) => PlannedLink::Layer(layer),
            #[cfg(feature = "mvc")]
            Link::Providers(providers) => {
                let key = (Arc::as_ptr(&providers) as usize, level);
                level = match self.shared.get(&key) {
                    Some(&known) => known,
                    None => {
                        let own = Providers::default().and_all_of(&providers);
                        let new = self.level(own, level, overrides);
                        self.shared.insert(key, new);
                        new
                    }
                };
                PlannedLink::Level(level)
            }
        };
        links.into_iter().map(plan).collect()
    }
}
