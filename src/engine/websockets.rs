//! The controllers of websockets, as the contracts of routes tell of them.

use gongular_core::inject::Container;
use gongular_core::{Part, PartOwner};

use crate::mvc::{ActivatedRoute, ReportedController};

/// The controllers whose methods are events of websockets.
#[derive(Default)]
pub(super) struct Websockets {
    all: Vec<Found>,
}

struct Found {
    owner: PartOwner,
    namespace: String,
    /// Whose providers it sees.
    level: usize,
    /// The routes that lead to it.
    routes: Vec<ActivatedRoute>,
    /// Its fields and methods, as the first of the routes tells them.
    parts: Vec<Part>,
}

impl Websockets {
    /// Adds the controllers that the handler of a route hands messages on to.
    pub(super) fn add(&mut self, parts: &[Part], level: usize, route: &ActivatedRoute) {
        // The fields of a controller stand before its methods.
        for part in parts {
            let Some(owner) = part.owner() else { continue };
            let is_it = |known: &Found| {
                let (one, other) = (&known.owner, owner);
                known.namespace == part.group() && one.name() == other.name() && one.place() == other.place()
            };
            match self.all.iter().position(is_it).and_then(|index| self.all.get_mut(index)) {
                Some(known) if part.is_fields() => known.routes.push(route.clone()),
                Some(known) if known.routes.len() == 1 => known.parts.push(part.clone()),
                Some(_) => {}
                None => self.all.push(Found {
                    owner: *owner,
                    namespace: part.group().to_owned(),
                    level,
                    routes: vec![route.clone()],
                    parts: vec![part.clone()],
                }),
            }
        }
    }

    /// Reports them, in the order in which they were met.
    pub(super) fn report(self, containers: &[Container]) -> impl Iterator<Item = ReportedController> {
        self.all.into_iter().map(|found| {
            let container = containers.get(found.level);
            ReportedController::of_websocket(
                found.owner,
                found.namespace,
                found.routes,
                &found.parts,
                container,
            )
        })
    }
}
