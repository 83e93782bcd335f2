//! From what was registered to what runs.

use std::panic::Location;
use std::sync::Arc;

use gongular_core::MatchedPath;
use gongular_core::inject::{Container, Scopes};
use gongular_layers::InjectLayer;
use gongular_layers::error::Answers;

use super::automatic::Automatic;
use super::mistake::{BuildError, Mistake, MistakeKind};
use super::service::{Endpoint, EngineService, Inner};
use super::{Engine, check};
use crate::chain::{Link, MakeStep, Registered, Rest, Step, Steps, TowerLayer};
use crate::router::{Item, MethodFilter, Pattern, Providers, Router, TableBuilder, join};

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
    fn needs_scope(&self, container: Option<&Container>) -> bool {
        self.links.iter().any(|link| match link {
            PlannedLink::Handler(handler) => {
                container.is_none_or(|container| container.needs_scope(&handler.contract))
            }
            PlannedLink::Automatic => false,
            PlannedLink::Layer(_) | PlannedLink::Level(_) => true,
        })
    }

    /// Returns what stands around the automatic answers of the route's path: its layers, if there are any.
    fn around_automatic(&self) -> Option<Vec<PlannedLink>> {
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

impl Engine {
    /// Checks the application and builds it.
    ///
    /// Singletons are made now, each once.
    ///
    /// # Errors
    ///
    /// All mistakes of the application at once: patterns that cannot be read, routes that conflict, fields bound to
    /// parameters that a pattern does not have, handlers of `GET` routes that read a body, and dependencies that are
    /// missing, need themselves, are registered twice or outlive what they hold, and overrides of nothing. When there
    /// are none of these,
    /// [`inject::MistakeKind::Failed`](gongular_core::inject::MistakeKind) for singletons whose factory failed.
    pub async fn build(mut self) -> Result<EngineService, BuildError> {
        let mut plan = Plan::new(self.take_router(), &self.overrides, &self.errors);
        let mut mistakes = std::mem::take(&mut plan.mistakes);
        check::routes(&plan, &mut mistakes);
        check::wiring(&plan, &mut mistakes);
        check::overrides(&self.overrides, &plan, &mut mistakes);
        if !mistakes.is_empty() {
            // The table finds more of them, which are to be listed too.
            let conflicts = table(&plan.routes, &[], self.redirects).err();
            mistakes.extend(conflicts.unwrap_or_default());
            return Err(BuildError::new(mistakes));
        }
        let containers = containers(&plan).await?;
        let table = table(&plan.routes, &containers, self.redirects).map_err(BuildError::new)?;
        let mut warnings = check::warnings(&containers);
        warnings.append(&mut plan.warnings);
        let Some(root) = containers.into_iter().next() else {
            unreachable!("the engine itself is the first level")
        };
        let inner = Inner {
            table,
            scopes: Arc::new(Scopes::new(root)),
            errors: self.errors,
            callback: self.callback.or_else(|| self.server_timing.then(|| Arc::new(()) as _)),
            detail: self.detail,
            limits: self.limits.map(Arc::new),
            server_timing: self.server_timing,
            warnings,
        };
        Ok(EngineService { inner: Arc::new(inner) })
    }
}

/// Builds the containers of all levels, the outer ones first.
async fn containers(plan: &Plan) -> Result<Vec<Container>, BuildError> {
    let mut containers: Vec<Container> = Vec::new();
    for (index, level) in plan.levels.iter().enumerate() {
        let outer = level.outer.and_then(|outer| containers.get(outer)).cloned();
        let providers = check::with_needs(plan, index, Providers::default().and_all_of(&level.providers));
        let providers = match outer {
            Some(outer) => providers.under(outer),
            None => providers,
        };
        let built = providers.build().await;
        containers
            .push(built.map_err(|errors| {
                BuildError::new(errors.mistakes().iter().map(Mistake::wiring).collect())
            })?);
    }
    Ok(containers)
}

type Table = crate::router::Table<Endpoint>;

fn table(routes: &[Planned], containers: &[Container], redirects: bool) -> Result<Table, Vec<Mistake>> {
    let mut table = TableBuilder::new();
    table.redirect(redirects);
    for route in routes {
        let endpoint = Endpoint {
            steps: steps(&route.links, &route.errors, containers),
            automatic: route.around_automatic().map(|links| steps(&links, &route.errors, containers)),
            path: MatchedPath::from(Arc::clone(route.pattern.as_str())),
            params: route.pattern.names().iter().map(|name| Box::from(&**name)).collect(),
            needs_scope: route.needs_scope(containers.first()),
            name: route.name,
            handlers: route.handlers().map(|(_, handler)| handler.name).collect(),
        };
        table.insert(route.method.clone(), route.pattern.clone(), endpoint, route.place);
    }
    table.build().map_err(|conflicts| {
        let mistake = |conflict: &crate::router::RouteConflict| {
            Mistake::new(MistakeKind::Conflict, conflict.to_string(), conflict.place())
        };
        conflicts.iter().map(mistake).collect()
    })
}

/// Makes the steps of a chain; what comes after a layer stands inside of it.
fn steps(links: &[PlannedLink], errors: &Arc<dyn Answers>, containers: &[Container]) -> Arc<Steps> {
    let mut steps: Vec<Arc<dyn Step>> = Vec::new();
    for (index, link) in links.iter().enumerate() {
        let rest = || Rest::new(steps_after(links, index, errors, containers));
        let layer = match link {
            PlannedLink::Automatic => {
                steps.push(Arc::new(Automatic));
                continue;
            }
            PlannedLink::Handler(handler) => {
                steps.push(Arc::clone(&handler.step));
                continue;
            }
            PlannedLink::Layer(layer) => layer.wrap(rest()),
            PlannedLink::Level(level) => match containers.get(*level) {
                Some(container) => TowerLayer(InjectLayer::new(container.clone())).wrap(rest()),
                None => continue,
            },
        };
        steps.push(layer);
        break;
    }
    Arc::new(Steps::new(steps, Arc::clone(errors)))
}

fn steps_after(
    links: &[PlannedLink],
    index: usize,
    errors: &Arc<dyn Answers>,
    containers: &[Container],
) -> Arc<Steps> {
    steps(links.get(index + 1..).unwrap_or_default(), errors, containers)
}
