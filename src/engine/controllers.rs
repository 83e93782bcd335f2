//! The controllers of an application: which instances they have, and what became of their methods.

use std::collections::HashMap;
use std::panic::Location;
use std::sync::Arc;

use gongular_core::inject::{Container, ContainerBuilder, Lifetime, Lifetimes};

use super::mistake::{Mistake, MistakeKind};
use super::plan::{Plan, PlannedLink};
#[cfg(feature = "neffos")]
use super::websockets::Websockets;
use crate::chain::{About, Action, Owner, Registered};
use crate::mvc::{Activated, ActivatedRoute, Report, ReportedController};
use crate::router::MethodFilter;

/// The controllers of a plan.
#[derive(Default)]
pub(super) struct Controllers {
    all: Vec<Planned>,
    #[cfg(feature = "neffos")]
    websockets: Websockets,
}

struct Planned {
    owner: Arc<dyn Owner>,
    /// Whose providers its fields see.
    level: usize,
    lifetime: Lifetime,
    about: Arc<About>,
    routes: Vec<ActivatedRoute>,
    actions: Vec<Arc<Action>>,
    /// The method that is asked about error statuses.
    asked: Option<Arc<Action>>,
}

/// A handler in a chain.
struct Found<'p> {
    handler: &'p Registered,
    /// Whose providers it sees.
    level: usize,
    /// The names of what stands in front of it.
    before: Vec<&'static str>,
}

/// Finds the handlers of a chain.
fn handlers<'p>(
    links: &'p [PlannedLink],
    mut level: usize,
    before: &mut Vec<&'static str>,
    found: &mut Vec<Found<'p>>,
) {
    for link in links {
        match link {
            PlannedLink::Automatic => {}
            PlannedLink::Choice(chains) => {
                chains.iter().for_each(|chain| handlers(&chain.links, level, &mut before.clone(), found));
            }
            PlannedLink::Handler(handler) => {
                found.push(Found { handler, level, before: before.clone() });
                if handler.action.is_none() {
                    before.push(handler.name);
                }
            }
            PlannedLink::Layer(layer) => before.push(layer.name()),
            PlannedLink::Level(inner) => level = *inner,
        }
    }
}

impl Controllers {
    /// Finds the controllers whose methods are routes, in the order of their registration.
    pub(super) fn of(plan: &Plan) -> Self {
        let mut all: Vec<Planned> = Vec::new();
        #[cfg(feature = "neffos")]
        let mut websockets = Websockets::default();
        let mut known: HashMap<usize, usize> = HashMap::new();
        for (index, route) in plan.all().enumerate() {
            let is_route = index < plan.routes.len();
            let mut found = Vec::new();
            handlers(&route.links, 0, &mut Vec::new(), &mut found);
            for Found { handler, level, before } in found {
                let Some(action) = &handler.action else {
                    #[cfg(feature = "neffos")]
                    if is_route {
                        let parts = handler.contract.parts();
                        websockets.add(parts, level, &activated(route, handler.name, before));
                    }
                    continue;
                };
                let address = Arc::as_ptr(&action.owner).cast::<()>() as usize;
                let index = *known.entry(address).or_insert_with(|| {
                    let owner = Arc::clone(&action.owner);
                    let (lifetime, about) = (Lifetime::Request, Arc::clone(&action.about));
                    all.push(Planned {
                        owner,
                        level,
                        lifetime,
                        about,
                        routes: Vec::new(),
                        actions: Vec::new(),
                        asked: None,
                    });
                    all.len() - 1
                });
                let Some(controller) = all.get_mut(index) else { continue };
                if !is_route {
                    controller.asked = Some(Arc::clone(action));
                    continue;
                }
                controller.actions.push(Arc::clone(action));
                controller.routes.push(activated(route, action.method, before));
            }
        }
        Self {
            all,
            #[cfg(feature = "neffos")]
            websockets,
        }
    }

    /// Decides which of them have one instance for all requests.
    pub(super) fn settle(&mut self, providers: &[ContainerBuilder], mistakes: &mut Vec<Mistake>) {
        let mut lifetimes: HashMap<usize, Lifetimes> = HashMap::new();
        for controller in &mut self.all {
            let level = controller.level;
            let lifetimes = lifetimes
                .entry(level)
                .or_insert_with(|| providers.get(level).map(ContainerBuilder::lifetimes).unwrap_or_default());
            match controller.owner.settle(lifetimes) {
                Ok(lifetime) => controller.lifetime = lifetime,
                Err(why) => mistakes.push(controller.mistake(&why)),
            }
        }
    }

    /// Makes the instances that serve all requests.
    pub(super) async fn make(&self, containers: &[Container]) -> Result<(), Vec<Mistake>> {
        let mut mistakes = Vec::new();
        for controller in self.all.iter().filter(|controller| controller.lifetime == Lifetime::Singleton) {
            let Some(container) = containers.get(controller.level) else { continue };
            if let Err(error) = controller.owner.make(container).await {
                mistakes.push(controller.mistake(&format!("cannot be made: {error}")));
            }
        }
        if mistakes.is_empty() { Ok(()) } else { Err(mistakes) }
    }

    /// Tells the controllers what became of them, and reports it.
    pub(super) fn activated(self, containers: &[Container]) -> Report {
        #[cfg(feature = "neffos")]
        let websockets = self.websockets.report(containers);
        #[cfg(not(feature = "neffos"))]
        let websockets = std::iter::empty();
        let report = self.all.into_iter().map(|controller| {
            controller.owner.activated(&Activated {
                name: controller.owner.name(),
                place: controller.owner.place(),
                lifetime: controller.lifetime,
                routes: &controller.routes,
            });
            let container = containers.get(controller.level);
            ReportedController::new(
                &*controller.owner,
                controller.lifetime,
                controller.about,
                &controller.actions,
                controller.routes,
                controller.asked.as_deref(),
                container,
            )
        });
        Report::new(report.chain(websockets).collect())
    }
}

/// Returns a route as reports tell it.
fn activated(
    route: &super::plan::Planned,
    action: &'static str,
    before: Vec<&'static str>,
) -> ActivatedRoute {
    ActivatedRoute {
        action,
        method: match &route.method {
            MethodFilter::Any => None,
            MethodFilter::One(method) => Some(method.clone()),
        },
        path: Arc::clone(route.pattern.as_str()),
        name: route.name,
        before,
    }
}

impl Planned {
    fn mistake(&self, why: &str) -> Mistake {
        let place: &'static Location<'static> = self.owner.place();
        Mistake::new(MistakeKind::Controller, format!("the controller `{}` {why}", self.owner.name()), place)
    }
}
