//! What can be wrong with an application, found before the first request.

#[cfg(feature = "neffos")]
use std::any::{TypeId, type_name};
use std::borrow::Cow;
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::panic::Location;
#[cfg(feature = "mvc")]
use std::sync::Arc;

#[cfg(feature = "neffos")]
use gongular_core::Dependency;
use gongular_core::inject::{Container, ContainerBuilder, Report, ReportedProvider};
use gongular_core::{Contract, Field, Input, Part, Place};
use http::Method;

use super::mistake::{Mistake, MistakeKind};
use super::plan::{Plan, Planned};
use crate::chain::Registered;
use crate::router::MethodFilter;

/// Checks what each route reads against its pattern and method, and the names of routes.
pub(super) fn routes(plan: &Plan, mistakes: &mut Vec<Mistake>) {
    #[cfg(feature = "mvc")]
    for asked in &plan.http_errors {
        asked.handlers().for_each(|(_, handler)| parameters(asked, handler, mistakes));
    }
    let mut names: HashMap<&str, &Planned> = HashMap::new();
    for route in &plan.routes {
        for (_, handler) in route.handlers() {
            parameters(route, handler, mistakes);
            body(route, handler, mistakes);
        }
        let Some(name) = route.name else { continue };
        match names.entry(name) {
            Entry::Occupied(first) => {
                let first = first.get();
                let text = format!(
                    "two routes are named `{name}`: `{}` ({}) and `{}`; give one of them another name",
                    first.pattern, first.place, route.pattern
                );
                mistakes.push(Mistake::new(MistakeKind::RouteName, text, route.place));
            }
            Entry::Vacant(free) => {
                free.insert(route);
            }
        }
    }
}

fn parameters(route: &Planned, handler: &Registered, mistakes: &mut Vec<Mistake>) {
    let names = route.pattern.names();
    let paths = handler.contract.inputs().iter().filter(|input| input.place() == Place::Path);
    let unknown = |field: &&Field| {
        let path = field.path();
        field.is_required() && !path.contains(['.', '[']) && !names.iter().any(|name| **name == *path)
    };
    for input in paths.filter(|input| input.is_required()) {
        for field in input.fields().iter().filter(unknown) {
            let known = match names {
                [] => format!("no parameters: {}", without_parameters(route, field.path())),
                names => format!("`{}`: rename one of them", names.join("`, `")),
            };
            let text = format!(
                "{} has no parameter in the route `{} {}` of `{}`, which has {known}",
                subject(field.path(), input.type_name(), handler),
                route.method,
                route.pattern,
                handler.name,
            );
            mistakes.push(Mistake::new(MistakeKind::Parameter, text, route.place));
        }
    }
}

/// Says what to do about a parameter of a path that has none.
fn without_parameters(route: &Planned, field: &str) -> String {
    #[cfg(feature = "mvc")]
    if route.handlers().any(|(_, handler)| handler.name == crate::mvc::GRPC) {
        return "`Grpc` gives all methods such routes; read the value from the body, or leave the method out with `skip`".to_owned();
    }
    #[cfg(not(feature = "mvc"))]
    let _ = route;
    format!("write `{{{field}}}` into it, or read the value from elsewhere, such as `Query`")
}

/// Names a field as it was written: fields and arguments of controllers are those of structs that nobody has seen.
fn subject(field: &str, type_name: &str, handler: &Registered) -> String {
    #[cfg(feature = "mvc")]
    if let Some(action) = &handler.action {
        let hidden = type_name.rsplit("::").next().unwrap_or_default();
        if hidden.starts_with("__Fields") {
            return format!("field `{field}` of `{}`", action.owner.name());
        }
        if hidden.starts_with("__Arguments") {
            return format!("argument `{field}` of `{}`", action.method);
        }
    }
    let is_of_it = |input: &Input| input.type_name() == type_name;
    let fields = |part: &&Part| part.is_fields() && part.contract().inputs().iter().any(is_of_it);
    if let Some(part) = handler.contract.parts().iter().find(fields) {
        return format!("field `{field}` of {} ({})", part.title(), part.place());
    }
    format!("field `{field}` of `{type_name}`")
}

fn body(route: &Planned, handler: &Registered, mistakes: &mut Vec<Mistake>) {
    let MethodFilter::One(Method::GET | Method::HEAD) = route.method else { return };
    if !reads_body(handler.contract.inputs()) {
        return;
    }
    if let Some(field) = field_with_body(handler) {
        let text = format!(
            "{field} reads the body, but the route `{} {}` of `{}` has none: write `#[given]` above it if it is a plain value, or \
             read it in the methods that have a body",
            route.method, route.pattern, handler.name,
        );
        mistakes.push(Mistake::new(MistakeKind::BodyInGet, text, route.place));
        return;
    }
    let text = format!(
        "`{}` reads the body, but the route `{} {}` has none: use another method, or `Query`",
        handler.name, route.method, route.pattern
    );
    mistakes.push(Mistake::new(MistakeKind::BodyInGet, text, route.place));
}

/// Names the field of a controller that reads the body, if it is one.
fn field_with_body(handler: &Registered) -> Option<String> {
    let find = |contract: &Contract, owner: &str| {
        let field = contract.members().iter().find(|field| reads_body(field.inputs()))?;
        Some(format!("field `{}: {}` of {owner}", field.name(), field.type_text()))
    };
    #[cfg(feature = "mvc")]
    if let Some(action) = &handler.action {
        return find(&action.owner.fields(), &format!("`{}`", action.owner.name()));
    }
    let mut parts = handler.contract.parts().iter().filter(|part| part.is_fields());
    parts.find_map(|part| find(part.contract(), &format!("{} ({})", part.title(), part.place())))
}

fn reads_body(inputs: &[Input]) -> bool {
    inputs.iter().any(|input| matches!(input.place(), Place::Body | Place::Form))
}

/// Returns what is provided in each level, with what the levels around it provide.
pub(super) fn provided(plan: &Plan) -> Vec<ContainerBuilder> {
    let mut provided: Vec<ContainerBuilder> = Vec::new();
    for level in &plan.levels {
        let outer = level.outer.and_then(|outer| provided.get(outer));
        provided.push(match outer {
            Some(outer) => level.providers.over(outer),
            None => ContainerBuilder::default().and_all_of(&level.providers),
        });
    }
    provided
}

/// Checks the dependencies of all levels, given what is provided in each.
pub(super) fn wiring(needs: &Needs<'_>, provided: &[ContainerBuilder], mistakes: &mut Vec<Mistake>) {
    // What is wrong outside is wrong inside too.
    let mut known = HashSet::new();
    for (index, all) in provided.iter().enumerate() {
        let checked = needs.add(index, ContainerBuilder::default().and_all_of(all));
        let Err(errors) = checked.check() else { continue };
        let found = errors.mistakes().iter().map(Mistake::wiring);
        mistakes.extend(found.filter(|mistake| known.insert(mistake.to_string())));
    }
}

/// Checks that each override replaces something, or is needed by somebody.
pub(super) fn overrides(
    overrides: &ContainerBuilder,
    plan: &Plan,
    needs: &Needs<'_>,
    mistakes: &mut Vec<Mistake>,
) {
    if overrides.is_empty() {
        return;
    }
    let mut registered = ContainerBuilder::default().and_all_of(&plan.registered);
    for level in 0..plan.levels.len() {
        registered = needs.add(level, registered);
    }
    mistakes.extend(overrides.unused_overrides(&registered).iter().map(Mistake::wiring));
}

/// What the handlers of each level need.
pub(super) struct Needs<'p> {
    levels: Vec<Vec<Need<'p>>>,
}

struct Need<'p> {
    name: String,
    contract: Cow<'p, Contract>,
    place: &'static Location<'static>,
}

impl<'p> Needs<'p> {
    pub(super) fn of(plan: &'p Plan) -> Self {
        let mut needs = Self { levels: plan.levels.iter().map(|_| Vec::new()).collect() };
        #[cfg(feature = "mvc")]
        let mut known = HashSet::new();
        for route in plan.all() {
            for (level, handler) in route.handlers() {
                let Some(level) = needs.levels.get_mut(level) else { continue };
                let contract = &handler.contract;
                // The fields of a controller are its own, and not once more those of each of its methods.
                #[cfg(feature = "mvc")]
                if let Some(owner) = handler.action.as_ref().map(|action| &action.owner)
                    && known.insert(Arc::as_ptr(owner).cast::<()>() as usize)
                {
                    let name = format!("the controller `{}`", owner.name());
                    level.push(Need { name, contract: Cow::Owned(owner.fields()), place: owner.place() });
                }
                let name = format!("`{}` of the route `{} {}`", handler.name, route.method, route.pattern);
                #[cfg(feature = "mvc")]
                let contract = match &handler.action {
                    Some(action) => {
                        let (name, contract) = (name.clone(), Cow::Borrowed(&action.answer));
                        level.push(Need { name, contract, place: route.place });
                        &action.arguments
                    }
                    None => contract,
                };
                level.push(Need { name, contract: Cow::Borrowed(contract), place: route.place });
            }
        }
        needs
    }

    /// Adds what the handlers of a level need.
    pub(super) fn add(&self, level: usize, mut providers: ContainerBuilder) -> ContainerBuilder {
        for Need { name, contract, place } in self.levels.get(level).into_iter().flatten() {
            providers = providers.needs_contract_at(name.as_str(), contract, place);
        }
        providers
    }
}

/// Returns what is no mistake but worth a look: providers that nobody needs, in whatever group.
pub(super) fn warnings(containers: &[Container]) -> Vec<String> {
    let mut providers: Vec<(&ReportedProvider, bool)> = Vec::new();
    // What a group takes over, or builds anew because it replaces what is needed for it, was registered once.
    let mut known = HashMap::new();
    for report in containers.iter().map(Container::report) {
        for (provider, is_used) in report.providers().iter().zip(used(report)) {
            let identity = (provider.type_name(), provider.key(), provider.place());
            let index = *known.entry(identity).or_insert(providers.len());
            match providers.get_mut(index) {
                Some((_, is_used_elsewhere)) => *is_used_elsewhere |= is_used,
                None => providers.push((provider, is_used)),
            }
        }
    }
    let unused = providers.into_iter().filter(|(_, is_used)| !is_used);
    unused
        .map(|(provider, _)| {
            let key = provider.key().name().map(|key| format!(" (key {key:?})")).unwrap_or_default();
            format!("nobody needs {}{key}, registered at {}", provider.type_name(), provider.place())
        })
        .collect()
}

/// Returns hubs that are provided and that no route lets clients into.
#[cfg(feature = "neffos")]
pub(super) fn hubs(plan: &Plan, containers: &[Container]) -> Vec<String> {
    use crate::neffos::Hub;

    // Each of their routes can do with a hub among the dependencies.
    let is_hub = |needed: &Dependency| needed.type_id() == TypeId::of::<Hub>() && !needed.is_required();
    let is_route = |handler: &Registered| handler.contract.dependencies().iter().any(is_hub);
    if plan.routes.iter().any(|route| route.handlers().any(|(_, handler)| is_route(handler))) {
        return Vec::new();
    }
    let providers = containers.iter().flat_map(|container| container.report().providers());
    let hubs = providers.filter(|provider| provider.type_name() == type_name::<Hub>());
    let mut warnings: Vec<String> = hubs
        .map(|hub| {
            let place = hub.place();
            format!(
                "no route lets clients into the `Hub` that is registered at {place}; add `.get(\"/ws\", hub.route())`, unless another host has its \
                 route, or it only sends to other servers by an exchange"
            )
        })
        .collect();
    // A group has those of the groups around it.
    warnings.dedup();
    warnings
}

/// Tells which providers of a report a handler needs, or a provider that a handler needs.
fn used(report: &Report) -> Vec<bool> {
    let providers = report.providers();
    let mut used = vec![false; providers.len()];
    let mut open: Vec<usize> = report.users().iter().flat_map(|user| user.needs()).copied().collect();
    while let Some(index) = open.pop() {
        let (Some(used), Some(provider)) = (used.get_mut(index), providers.get(index)) else { continue };
        if !std::mem::replace(used, true) {
            open.extend(provider.needs());
        }
    }
    used
}
