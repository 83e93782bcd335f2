//! The forms in which a report is printed.

use std::fmt;

use serde_json::{Value, json};

use super::{Report, ReportedProvider};
use crate::graph::{Graph, Shape};
use crate::inject::Lifetime;

impl Report {
    /// Returns the report as JSON: `providers`, `users` and `warnings`; what is needed stands as indexes of `providers`.
    #[must_use]
    pub fn to_json(&self) -> String {
        let providers: Vec<Value> = self.providers.iter().map(provider_json).collect();
        let users: Vec<Value> = self
            .users
            .iter()
            .map(|user| json!({"name": user.name, "place": user.place.to_string(), "needs": user.needs}))
            .collect();
        json!({"providers": providers, "users": users, "warnings": self.warnings}).to_string()
    }

    /// Returns the report as a graph for Graphviz.
    #[must_use]
    pub fn to_dot(&self) -> String {
        self.graph().to_dot()
    }

    /// Returns the report as a graph for Mermaid.
    #[must_use]
    pub fn to_mermaid(&self) -> String {
        self.graph().to_mermaid()
    }

    fn graph(&self) -> Graph {
        let mut graph = Graph::new("dependencies");
        for (index, provider) in self.providers.iter().enumerate() {
            let shape = match provider.lifetime {
                Lifetime::Singleton => Shape::BoldBox,
                Lifetime::Request => Shape::Box,
                Lifetime::Transient => Shape::DashedBox,
            };
            let lines = [provider.named().to_string(), provider.lifetime.to_string()];
            graph.node(format!("p{index}"), lines, shape);
        }
        for (index, user) in self.users.iter().enumerate() {
            graph.node(format!("u{index}"), [user.name.as_str()], Shape::Round);
        }
        for (index, user) in self.users.iter().enumerate() {
            user.needs.iter().for_each(|target| graph.edge(format!("u{index}"), format!("p{target}")));
        }
        for (index, provider) in self.providers.iter().enumerate() {
            provider.needs.iter().for_each(|target| graph.edge(format!("p{index}"), format!("p{target}")));
        }
        graph
    }
}

/// Prints who needs what as a tree, then the providers that stand under nobody.
pub(super) fn tree(report: &Report, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut shown = vec![false; report.providers.len()];
    for user in &report.users {
        writeln!(f, "{} ({})", user.name, user.place)?;
        for &target in &user.needs {
            branch(report, f, target, 1, &mut shown)?;
        }
    }
    let mut below = vec![false; report.providers.len()];
    for provider in &report.providers {
        provider.needs.iter().for_each(|&target| below[target] = true);
    }
    for (index, below) in below.into_iter().enumerate() {
        if !below && !shown[index] {
            branch(report, f, index, 0, &mut shown)?;
        }
    }
    for warning in &report.warnings {
        writeln!(f, "warning: {warning}")?;
    }
    Ok(())
}

fn branch(
    report: &Report,
    f: &mut fmt::Formatter<'_>,
    index: usize,
    depth: usize,
    shown: &mut [bool],
) -> fmt::Result {
    let provider = &report.providers[index];
    let inherited = if provider.inherited { ", inherited" } else { "" };
    let repeated = shown[index] && !provider.needs.is_empty();
    let above = if repeated { ", see above" } else { "" };
    let (indent, place) = ("  ".repeat(depth), provider.place);
    writeln!(f, "{indent}{} [{}{inherited}] {place}{above}", provider.named(), provider.lifetime)?;
    shown[index] = true;
    if !repeated {
        for &target in &provider.needs {
            branch(report, f, target, depth + 1, shown)?;
        }
    }
    Ok(())
}

fn provider_json(provider: &ReportedProvider) -> Value {
    json!({
        "type": provider.type_name,
        "key": provider.key.name(),
        "lifetime": provider.lifetime.name(),
        "place": provider.place.to_string(),
        "reads_request": provider.reads_request,
        "inherited": provider.inherited,
        "needs": provider.needs,
    })
}
