//! The forms in which a report is printed.

use std::fmt::{self, Write as _};

use serde_json::{Value, json};

use super::{Report, ReportedProvider};
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
        let mut dot = String::from("digraph dependencies {\n  rankdir=LR;\n  node [shape=box];\n");
        for (index, provider) in self.providers.iter().enumerate() {
            let label = format!("{}\n{}", provider.named(), provider.lifetime).escape_default().to_string();
            let style = match provider.lifetime {
                Lifetime::Singleton => "bold",
                Lifetime::Request => "solid",
                Lifetime::Transient => "dashed",
            };
            let _ = writeln!(dot, "  p{index} [label=\"{label}\", style={style}];");
        }
        for (index, user) in self.users.iter().enumerate() {
            let _ = writeln!(dot, "  u{index} [label=\"{}\", shape=ellipse];", user.name.escape_default());
        }
        self.edges(|from, to| {
            let _ = writeln!(dot, "  {from} -> p{to};");
        });
        dot.push_str("}\n");
        dot
    }

    /// Returns the report as a graph for Mermaid.
    #[must_use]
    pub fn to_mermaid(&self) -> String {
        let mut graph = String::from("graph LR\n");
        for (index, provider) in self.providers.iter().enumerate() {
            let label = mermaid_text(&format!("{} - {}", provider.named(), provider.lifetime));
            let _ = writeln!(graph, "  p{index}[\"{label}\"]");
        }
        for (index, user) in self.users.iter().enumerate() {
            let _ = writeln!(graph, "  u{index}([\"{}\"])", mermaid_text(&user.name));
        }
        self.edges(|from, to| {
            let _ = writeln!(graph, "  {from} --> p{to}");
        });
        graph
    }

    fn edges(&self, mut edge: impl FnMut(String, usize)) {
        for (index, user) in self.users.iter().enumerate() {
            user.needs.iter().for_each(|&target| edge(format!("u{index}"), target));
        }
        for (index, provider) in self.providers.iter().enumerate() {
            provider.needs.iter().for_each(|&target| edge(format!("p{index}"), target));
        }
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

/// Mermaid reads quotes and angle brackets as its own; it takes HTML entities for them.
fn mermaid_text(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;").replace('>', "&gt;")
}
