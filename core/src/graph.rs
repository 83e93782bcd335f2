//! Graphs for tools that draw them: what the reports of dependencies and of controllers have in common.

use std::fmt::Write as _;

/// Who is connected with whom.
#[derive(Debug)]
pub struct Graph {
    name: &'static str,
    nodes: Vec<Node>,
    edges: Vec<(String, String)>,
}

#[derive(Debug)]
struct Node {
    id: String,
    lines: Vec<String>,
    shape: Shape,
}

/// What a node looks like.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_enums, reason = "it is not public, but for crates of ours")]
pub enum Shape {
    /// A box.
    Box,
    /// A box with a thick line.
    BoldBox,
    /// A box with a broken line.
    DashedBox,
    /// Something round.
    Round,
}

impl Graph {
    /// Makes an empty graph.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self { name, nodes: Vec::new(), edges: Vec::new() }
    }

    /// Adds a node, with what stands in it.
    pub fn node<L: Into<String>>(&mut self, id: String, lines: impl IntoIterator<Item = L>, shape: Shape) {
        self.nodes.push(Node { id, lines: lines.into_iter().map(Into::into).collect(), shape });
    }

    /// Adds an edge.
    pub fn edge(&mut self, from: impl Into<String>, to: impl Into<String>) {
        self.edges.push((from.into(), to.into()));
    }

    /// Returns the graph for Graphviz.
    #[must_use]
    pub fn to_dot(&self) -> String {
        let mut dot = format!("digraph {} {{\n  rankdir=LR;\n  node [shape=box];\n", self.name);
        for Node { id, lines, shape } in &self.nodes {
            let label = dot_text(&lines.join("\n"));
            let look = match shape {
                Shape::Box => "style=solid",
                Shape::BoldBox => "style=bold",
                Shape::DashedBox => "style=dashed",
                Shape::Round => "shape=ellipse",
            };
            let _ = writeln!(dot, "  {id} [label=\"{label}\", {look}];");
        }
        for (from, to) in &self.edges {
            let _ = writeln!(dot, "  {from} -> {to};");
        }
        dot.push_str("}\n");
        dot
    }

    /// Returns the graph for Mermaid.
    #[must_use]
    pub fn to_mermaid(&self) -> String {
        let mut graph = String::from("graph LR\n");
        for Node { id, lines, shape } in &self.nodes {
            let label = mermaid_text(&lines.join(" - "));
            let _ = match shape {
                Shape::Round => writeln!(graph, "  {id}([\"{label}\"])"),
                Shape::Box | Shape::BoldBox | Shape::DashedBox => writeln!(graph, "  {id}[\"{label}\"]"),
            };
        }
        for (from, to) in &self.edges {
            let _ = writeln!(graph, "  {from} --> {to}");
        }
        graph
    }
}

/// Graphviz reads backslashes as escapes, and a text ends with a quote.
fn dot_text(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

/// Mermaid reads quotes and angle brackets as its own; it takes HTML entities for them.
fn mermaid_text(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_cannot_end_what_they_stand_in() {
        let mut graph = Graph::new("things");
        graph.node("a".to_owned(), ["Vec<\"é\\\">", "2"], Shape::Box);
        graph.node("b".to_owned(), ["b"], Shape::Round);
        graph.edge("a", "b");
        assert_eq!(
            graph.to_dot(),
            "digraph things {\n  rankdir=LR;\n  node [shape=box];\n  \
             a [label=\"Vec<\\\"é\\\\\\\">\\n2\", style=solid];\n  b [label=\"b\", shape=ellipse];\n  a -> b;\n}\n"
        );
        assert_eq!(
            graph.to_mermaid(),
            "graph LR\n  a[\"Vec&lt;&quot;é\\&quot;&gt; - 2\"]\n  b([\"b\"])\n  a --> b\n"
        );
    }
}
