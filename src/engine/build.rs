//! From what was registered to what runs.

#[cfg(feature = "mvc")]
use std::cmp::Reverse;
use std::sync::Arc;

use gongular_core::inject::{Container, Scopes};
use gongular_core::{MatchedPath, RoutePattern};
use gongular_layers::InjectLayer;
use gongular_layers::error::Answers;

use super::automatic::Automatic;
#[cfg(feature = "mvc")]
use super::below::Below;
use super::mistake::{BuildError, Mistake, MistakeKind};
#[cfg(feature = "mvc")]
use super::plan::has_layers;
use super::plan::{Plan, Planned, PlannedLink, need_scope};
use super::service::{Automatically, Endpoint, EngineService, Inner};
use super::{Engine, check};
#[cfg(feature = "mvc")]
use crate::chain::HttpErrors;
use crate::chain::{MakeStep, Rest, Step, Steps, TowerLayer};
use crate::router::{Pattern, Providers, TableBuilder};

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
        let mut warned = std::mem::take(&mut plan.warnings);
        check::routes(&plan, &mut mistakes);
        let provided = check::provided(&plan);
        let needs = check::Needs::of(&plan);
        check::wiring(&needs, &provided, &mut mistakes);
        #[cfg(feature = "mvc")]
        let mut controllers = super::controllers::Controllers::of(&plan);
        #[cfg(feature = "mvc")]
        controllers.settle(&provided, &mut mistakes);
        check::overrides(&self.overrides, &plan, &needs, &mut mistakes);
        if !mistakes.is_empty() {
            // The table finds more of them, which are to be listed too.
            let conflicts = table(&plan, &Parts::default(), self.redirects).err();
            mistakes.extend(conflicts.unwrap_or_default());
            return Err(BuildError::new(mistakes));
        }
        let containers = containers(&plan, &needs).await?;
        let parts = Parts::new(&plan, containers);
        let table = table(&plan, &parts, self.redirects).map_err(BuildError::new)?;
        #[cfg(feature = "mvc")]
        let below = parts.below(&plan);
        let containers = parts.containers;
        #[cfg(feature = "mvc")]
        controllers.make(&containers).await.map_err(BuildError::new)?;
        let mut warnings = check::warnings(&containers);
        #[cfg(feature = "neffos")]
        warnings.extend(check::hubs(&plan, &containers));
        warnings.append(&mut warned);
        #[cfg(feature = "mvc")]
        let controllers = controllers.activated(&containers);
        let keeps_heads = containers.iter().any(Container::has_before_response);
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
            keeps_heads,
            warnings,
            #[cfg(feature = "mvc")]
            controllers,
            #[cfg(feature = "mvc")]
            below,
        };
        Ok(EngineService { inner: Arc::new(inner), leaves_errors: true })
    }
}

/// Builds the containers of all levels, the outer ones first.
async fn containers(plan: &Plan, needs: &check::Needs<'_>) -> Result<Vec<Container>, BuildError> {
    let mut containers: Vec<Container> = Vec::new();
    for (index, level) in plan.levels.iter().enumerate() {
        let outer = level.outer.and_then(|outer| containers.get(outer)).cloned();
        let providers = needs.add(index, Providers::default().and_all_of(&level.providers));
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

/// What routes are built of.
#[derive(Default)]
struct Parts {
    containers: Vec<Container>,
    /// The scopes of each level.
    scopes: Vec<Arc<Scopes>>,
    /// As in the plan.
    #[cfg(feature = "mvc")]
    http_errors: Vec<Arc<HttpErrors>>,
}

impl Parts {
    fn new(plan: &Plan, containers: Vec<Container>) -> Self {
        #[cfg(not(feature = "mvc"))]
        let _ = plan;
        #[cfg(feature = "mvc")]
        let making = |errors| Making { errors, containers: &containers, http_errors: None, is_choice: true };
        Self {
            #[cfg(feature = "mvc")]
            http_errors: plan
                .http_errors
                .iter()
                .map(|asked| Arc::new(HttpErrors::new(making(&asked.errors).steps(&asked.links))))
                .collect(),
            scopes: containers.iter().map(|container| Arc::new(Scopes::new(container.clone()))).collect(),
            containers,
        }
    }

    /// Returns what the steps of a route are made with.
    fn making<'a>(&'a self, route: &'a Planned) -> Making<'a> {
        Making {
            errors: &route.errors,
            containers: &self.containers,
            #[cfg(feature = "mvc")]
            http_errors: route.http_errors.and_then(|asked| self.http_errors.get(asked)),
            #[cfg(feature = "mvc")]
            is_choice: false,
        }
    }

    /// Makes what answers requests for paths that no route has, below those of groups that want to know; the longest first.
    #[cfg(feature = "mvc")]
    fn below(&self, plan: &Plan) -> Vec<Below> {
        let below = plan.http_errors.iter().map(|asked| Below {
            names: RoutePattern::of_names(names(&asked.pattern)),
            pattern: asked.pattern.clone(),
            steps: self.making(asked).steps(&[PlannedLink::Automatic]),
        });
        let mut below: Vec<Below> = below.collect();
        // Of two that are as long, the one with more text is more specific, as in the table.
        below.sort_by_key(|below| (Reverse(below.pattern.segments().len()), below.names.names().len()));
        below
    }
}

/// Returns the names of a pattern's parameters.
fn names(pattern: &Pattern) -> impl Iterator<Item = &str> {
    pattern.names().iter().map(|name| &**name)
}

fn table(plan: &Plan, parts: &Parts, redirects: bool) -> Result<Table, Vec<Mistake>> {
    let mut table = TableBuilder::new();
    table.redirect(redirects);
    for route in &plan.routes {
        let making = parts.making(route);
        #[cfg(feature = "mvc")]
        let asked = plan.asked_level(route);
        #[cfg(not(feature = "mvc"))]
        let asked = None;
        let (level, links) = route.entry(asked);
        let endpoint = Endpoint {
            steps: making.steps(links),
            automatic: route.around_automatic(links).map(|links| Automatically {
                steps: making.steps(&links),
                names: RoutePattern::of_names(names(&route.pattern)),
            }),
            scopes: if level == 0 { None } else { parts.scopes.get(level).cloned() },
            route: RoutePattern::new(
                MatchedPath::from(Arc::clone(route.pattern.as_str())),
                names(&route.pattern),
            ),
            needs_scope: need_scope(links, parts.containers.get(level)),
            name: route.name,
            handlers: route.handlers().map(|(_, handler)| handler.name).collect(),
        };
        table.insert(route.method.clone(), route.pattern.clone(), endpoint, route.place);
    }
    table.build().map_err(|conflicts| {
        let mistake = |conflict: crate::router::RouteConflict| {
            #[cfg(feature = "mvc")]
            let conflict = conflict.with_actions(|number| plan.routes.get(number)?.action());
            Mistake::new(MistakeKind::Conflict, conflict.to_string(), conflict.place())
        };
        conflicts.into_iter().map(mistake).collect()
    })
}

/// What the steps of a chain are made with.
#[derive(Clone, Copy)]
struct Making<'a> {
    errors: &'a Arc<dyn Answers>,
    containers: &'a [Container],
    #[cfg(feature = "mvc")]
    http_errors: Option<&'a Arc<HttpErrors>>,
    /// Whether another chain may take the request of this one.
    #[cfg(feature = "mvc")]
    is_choice: bool,
}

impl Making<'_> {
    /// Makes the steps of a chain; what comes after a layer stands inside of it.
    fn steps(self, links: &[PlannedLink]) -> Arc<Steps> {
        let mut steps: Vec<Arc<dyn Step>> = Vec::new();
        for (index, link) in links.iter().enumerate() {
            let after = || self.steps(links.get(index + 1..).unwrap_or_default());
            let layer = match link {
                PlannedLink::Automatic => {
                    steps.push(Arc::new(Automatic));
                    continue;
                }
                #[cfg(feature = "mvc")]
                PlannedLink::Choice(chains) => {
                    steps.push(self.choice(chains));
                    continue;
                }
                PlannedLink::Handler(handler) => {
                    steps.push(Arc::clone(&handler.step));
                    continue;
                }
                PlannedLink::Layer(layer) => layer.wrap(Rest::new(after())),
                PlannedLink::Level(level) => match self.containers.get(*level) {
                    Some(container) => self.level(container, after()),
                    None => continue,
                },
            };
            steps.push(layer);
            break;
        }
        let steps = Steps::new(steps, Arc::clone(self.errors));
        #[cfg(feature = "mvc")]
        if let Some(asked) = self.http_errors {
            return Arc::new(steps.with_http_errors(Arc::clone(asked), has_layers(links)));
        }
        Arc::new(steps)
    }

    fn level(self, container: &Container, after: Arc<Steps>) -> Arc<dyn Step> {
        #[cfg(feature = "mvc")]
        if self.is_choice {
            return Arc::new(crate::chain::Level::new(container.clone(), after));
        }
        TowerLayer(InjectLayer::new(container.clone())).wrap(Rest::new(after))
    }

    #[cfg(feature = "mvc")]
    fn choice(self, chains: &[super::plan::PlannedChain]) -> Arc<dyn Step> {
        let chains = chains.iter().map(|chain| {
            let errors =
                chain.errors.map_or_else(|| Arc::clone(self.errors), |first| self.errors.after(first));
            Making { errors: &errors, is_choice: true, ..self }.steps(&chain.links)
        });
        Arc::new(crate::chain::Choice::new(chains.collect()))
    }
}
