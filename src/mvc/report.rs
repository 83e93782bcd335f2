//! What became of controllers, for people and for tools.

use std::fmt;
use std::panic::Location;
use std::sync::Arc;

use super::ActivatedRoute;
use crate::chain::{Action, Owner};
use crate::inject::{Container, Key, Lifetime};
use crate::{Contract, Input};

/// All controllers of an application.
#[derive(Clone, Debug, Default)]
pub struct Report {
    controllers: Vec<ReportedController>,
}

impl Report {
    pub(crate) const fn new(controllers: Vec<ReportedController>) -> Self {
        Self { controllers }
    }

    /// Returns the controllers, in the order of their registration.
    #[must_use]
    pub fn controllers(&self) -> &[ReportedController] {
        &self.controllers
    }
}

/// One controller.
#[derive(Clone, Debug)]
pub struct ReportedController {
    name: &'static str,
    place: &'static Location<'static>,
    lifetime: Lifetime,
    fields: Vec<ReportedNeed>,
    actions: Vec<ReportedAction>,
}

impl ReportedController {
    pub(crate) fn new(
        owner: &dyn Owner,
        lifetime: Lifetime,
        actions: &[Arc<Action>],
        routes: Vec<ActivatedRoute>,
        container: Option<&Container>,
    ) -> Self {
        let mut reported: Vec<ReportedAction> = Vec::new();
        for (action, route) in actions.iter().zip(routes) {
            match reported.iter_mut().find(|known| known.name == action.method) {
                Some(known) => known.routes.push(route),
                None => reported.push(ReportedAction {
                    name: action.method,
                    routes: vec![route],
                    needs: needs(&action.arguments, container),
                }),
            }
        }
        Self {
            name: owner.name(),
            place: owner.place(),
            lifetime,
            fields: needs(&owner.fields(), container),
            actions: reported,
        }
    }

    /// Returns the name of its type.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Returns the line that handed it to the application.
    #[must_use]
    pub const fn place(&self) -> &'static Location<'static> {
        self.place
    }

    /// Returns whether there is one instance for all, or one for each request.
    #[must_use]
    pub const fn lifetime(&self) -> Lifetime {
        self.lifetime
    }

    /// Returns what its fields read and need.
    #[must_use]
    pub fn fields(&self) -> &[ReportedNeed] {
        &self.fields
    }

    /// Returns its methods that answer requests.
    #[must_use]
    pub fn actions(&self) -> &[ReportedAction] {
        &self.actions
    }
}

/// One method of a controller.
#[derive(Clone, Debug)]
pub struct ReportedAction {
    name: &'static str,
    routes: Vec<ActivatedRoute>,
    needs: Vec<ReportedNeed>,
}

impl ReportedAction {
    /// Returns the name of the method.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Returns the routes that lead to it.
    #[must_use]
    pub fn routes(&self) -> &[ActivatedRoute] {
        &self.routes
    }

    /// Returns what its arguments read and need.
    #[must_use]
    pub fn needs(&self) -> &[ReportedNeed] {
        &self.needs
    }
}

/// Something that a field or an argument reads or needs.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ReportedNeed {
    /// A dependency.
    #[non_exhaustive]
    Dependency {
        /// Its type.
        type_name: &'static str,
        /// Its key.
        key: Key,
        /// How long it lives, and the line that registered it; `None` for one that is not there and need not be.
        provider: Option<(Lifetime, &'static Location<'static>)>,
    },
    /// A value of the request.
    Input(Input),
}

fn needs(contract: &Contract, container: Option<&Container>) -> Vec<ReportedNeed> {
    let providers = container.map(|container| container.report().providers()).unwrap_or_default();
    let inputs = contract.inputs().iter().cloned().map(ReportedNeed::Input);
    let dependencies = contract.dependencies().iter().map(|dependency| {
        let provider = providers.iter().find(|provider| {
            provider.type_name() == dependency.type_name() && provider.key() == dependency.key()
        });
        ReportedNeed::Dependency {
            type_name: dependency.type_name(),
            key: dependency.key(),
            provider: provider.map(|provider| (provider.lifetime(), provider.place())),
        }
    });
    inputs.chain(dependencies).collect()
}

/// A tree, one controller after the other.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for controller in &self.controllers {
            writeln!(f, "{} ({}, {})", controller.name, controller.lifetime, controller.place)?;
        }
        Ok(())
    }
}
