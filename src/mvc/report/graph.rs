//! The report as a graph: controllers, their methods, and the dependencies of both.

use std::collections::HashSet;
use std::panic::Location;

use gongular_core::__private::{Graph, Shape};

use super::names::Names;
use super::tree::{life, route_text};
use super::{Report, ReportedNeed, ReportedPart};
use crate::inject::{Key, Lifetime};

impl Report {
    /// Returns the report as a graph for Graphviz: controllers lead to their methods, and both to what they need.
    #[must_use]
    pub fn to_dot(&self) -> String {
        Drawing::of(self).to_dot()
    }

    /// Returns the report as a graph for Mermaid.
    #[must_use]
    pub fn to_mermaid(&self) -> String {
        Drawing::of(self).to_mermaid()
    }
}

/// A dependency: its type and key, and which of several registrations of them it is.
type Known = (&'static str, Key, Option<&'static Location<'static>>);

type Provided = Option<(Lifetime, &'static Location<'static>)>;

struct Drawing {
    graph: Graph,
    names: Names,
    /// The dependencies that have been met, in the order of their numbers.
    known: Vec<Known>,
}

impl Drawing {
    fn of(report: &Report) -> Graph {
        let mut drawing =
            Self { graph: Graph::new("controllers"), names: Names::of(report), known: Vec::new() };
        let mut actions = 0;
        for (index, controller) in report.controllers.iter().enumerate() {
            let shape = match controller.lifetime {
                Lifetime::Singleton => Shape::BoldBox,
                _ => Shape::Box,
            };
            let namespace = controller.namespace().map(|name| format!("namespace {name:?}"));
            let websockets: Vec<String> = controller.websockets().iter().map(route_text).collect();
            let id = format!("c{index}");
            let name = drawing.names.short(controller.name);
            let mut lines = vec![name.as_str(), life(controller)];
            lines.extend(controller.application());
            lines.extend(controller.labels());
            lines.extend(namespace.as_deref());
            lines.extend(websockets.iter().map(String::as_str));
            drawing.graph.node(id.clone(), lines, shape);
            drawing.needs(&id, &controller.fields);
            for action in &controller.actions {
                let method = format!("m{actions}");
                actions += 1;
                let routes = action.routes.iter().map(route_text);
                let events = action.events.iter().map(|event| format!("event {event:?}"));
                drawing.graph.node(
                    method.clone(),
                    std::iter::once(action.name.to_owned()).chain(routes).chain(events),
                    Shape::Round,
                );
                drawing.graph.edge(&id, &method);
                drawing.needs(&method, &action.arguments);
            }
        }
        drawing.graph
    }

    fn needs(&mut self, from: &str, parts: &[ReportedPart]) {
        let mut drawn = HashSet::new();
        for need in parts.iter().flat_map(|part| &part.needs) {
            let ReportedNeed::Dependency { type_name, key, provider } = need else { continue };
            let to = self.dependency(type_name, *key, *provider);
            // Two fields may hold the same.
            if drawn.insert(to.clone()) {
                self.graph.edge(from, to);
            }
        }
    }

    /// Returns the id of a dependency, which is drawn when it is met first.
    fn dependency(&mut self, type_name: &'static str, key: Key, provider: Provided) -> String {
        let place = provider.map(|(_, place)| place);
        if let Some(index) = self.known.iter().position(|known| *known == (type_name, key, place)) {
            return format!("p{index}");
        }
        let id = format!("p{}", self.known.len());
        self.known.push((type_name, key, place));
        let lifetime = provider.map(|(lifetime, _)| lifetime);
        let shape = match lifetime {
            Some(Lifetime::Singleton) => Shape::BoldBox,
            Some(Lifetime::Request) => Shape::Box,
            _ => Shape::DashedBox,
        };
        let mut lines = vec![self.names.short(type_name)];
        lines.extend(key.name().map(|key| format!("key {key:?}")));
        lines.push(lifetime.map_or("not provided", Lifetime::name).to_owned());
        self.graph.node(id.clone(), lines, shape);
        id
    }
}
