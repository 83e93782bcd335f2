//! Registrations that are to stand in the place of others.

use super::builder::{ContainerBuilder, Node, identity};
use super::mistake::{Mistake, MistakeKind, Named};

impl ContainerBuilder {
    /// Lists what is registered here, to be put in the place of other registrations, but is in the place of none.
    ///
    /// What is needed by somebody is no mistake: what replaces something may need something new.
    #[must_use]
    pub fn unused_overrides(&self, replaced: &Self) -> Vec<Mistake> {
        let is_needed = |node: &Node| {
            let factories = self.own.iter().chain(&replaced.own).map(|other| &other.dependencies);
            let all = factories.chain(replaced.needs.iter().map(|need| &need.dependencies));
            all.flatten().any(|dependency| identity(dependency) == node.identity)
        };
        let replaces = |node: &Node| replaced.own.iter().any(|old| old.identity == node.identity);
        let unused = self.own.iter().filter(|node| !replaces(node) && !is_needed(node));
        unused.map(|node| unused_override(node, &replaced.own)).collect()
    }
}

fn unused_override(node: &Node, registered: &[Node]) -> Mistake {
    let alike = registered.iter().filter(|old| last_part(old.type_name) == last_part(node.type_name));
    let alike: Vec<String> =
        alike.map(|old| format!("{} ({})", Named(old.type_name, old.key()), old.place)).collect();
    let mut what =
        "it overrides nothing: nobody registers this type under this key, and nobody needs it".to_owned();
    let fix = if alike.is_empty() {
        "override a type that is registered, or remove it"
    } else {
        what.push_str("; similar are ");
        what.push_str(&alike.join(", "));
        "provide exactly the type and key that is to be replaced"
    };
    Mistake::new(MistakeKind::UnusedOverride, node, what, fix)
}

/// Returns the name of a type without its path, and without what it is wrapped in.
fn last_part(type_name: &str) -> &str {
    type_name.rsplit("::").next().unwrap_or(type_name).trim_end_matches('>')
}
