//! What a container has, for people and for tools.

mod render;

use std::fmt;
use std::panic::Location;

use super::builder::{Node, Plan};
use super::{Key, Lifetime};

/// What a container provides, who needs it, and what looks wrong.
///
/// `Display` prints a tree; [`to_json`](Self::to_json), [`to_dot`](Self::to_dot) and [`to_mermaid`](Self::to_mermaid)
/// are for tools.
#[derive(Clone, Debug, Default)]
pub struct Report {
    providers: Vec<ReportedProvider>,
    users: Vec<ReportedUser>,
    warnings: Vec<String>,
}

impl Report {
    /// Returns what is provided, in the order of registration, what a parent container provides last.
    #[must_use]
    pub fn providers(&self) -> &[ReportedProvider] {
        &self.providers
    }

    /// Returns who needs dependencies, as far as the container was told.
    #[must_use]
    pub fn users(&self) -> &[ReportedUser] {
        &self.users
    }

    /// Returns what looks wrong but works, such as a provider that nobody needs.
    #[must_use]
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        render::tree(self, f)
    }
}

/// A dependency that is provided.
#[derive(Clone, Debug)]
pub struct ReportedProvider {
    type_name: &'static str,
    key: Key,
    lifetime: Lifetime,
    place: &'static Location<'static>,
    reads_request: bool,
    inherited: bool,
    needs: Vec<usize>,
}

impl ReportedProvider {
    /// Returns the type.
    #[must_use]
    pub const fn type_name(&self) -> &'static str {
        self.type_name
    }

    /// Returns the key.
    #[must_use]
    pub const fn key(&self) -> Key {
        self.key
    }

    /// Returns how long it lives.
    #[must_use]
    pub const fn lifetime(&self) -> Lifetime {
        self.lifetime
    }

    /// Returns the line that registered it.
    #[must_use]
    pub const fn place(&self) -> &'static Location<'static> {
        self.place
    }

    /// Returns whether its factory reads the request.
    #[must_use]
    pub const fn reads_request(&self) -> bool {
        self.reads_request
    }

    /// Returns whether it is shared with the parent container.
    #[must_use]
    pub const fn is_inherited(&self) -> bool {
        self.inherited
    }

    /// Returns what its factory needs, as indexes of [`Report::providers`].
    #[must_use]
    pub fn needs(&self) -> &[usize] {
        &self.needs
    }
}

/// Somebody who needs dependencies.
#[derive(Clone, Debug)]
pub struct ReportedUser {
    name: String,
    place: &'static Location<'static>,
    needs: Vec<usize>,
}

impl ReportedUser {
    /// Returns the name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the line that made it known.
    #[must_use]
    pub const fn place(&self) -> &'static Location<'static> {
        self.place
    }

    /// Returns what it needs, as indexes of [`Report::providers`].
    #[must_use]
    pub fn needs(&self) -> &[usize] {
        &self.needs
    }
}

impl Plan {
    pub(super) fn report(&self) -> Report {
        let providers = self.nodes.iter().map(|node| self.report_provider(node)).collect();
        let inherited = self.parent.iter().flat_map(|parent| parent.needs());
        let users: Vec<ReportedUser> = inherited
            .chain(&self.needs)
            .map(|need| ReportedUser {
                name: need.name.clone(),
                place: need.place,
                needs: self.targets(&need.dependencies).collect(),
            })
            .collect();
        let mut report = Report { providers, users, warnings: Vec::new() };
        report.warnings = report.unused();
        report
    }

    fn report_provider(&self, node: &Node) -> ReportedProvider {
        ReportedProvider {
            type_name: node.type_name,
            key: node.key(),
            lifetime: node.lifetime,
            place: node.place,
            reads_request: node.reads_request,
            inherited: node.inherited,
            needs: self.targets(&node.dependencies).collect(),
        }
    }
}

impl Report {
    /// Lists what nobody needs; without a known user nothing can be said.
    fn unused(&self) -> Vec<String> {
        if self.users.is_empty() {
            return Vec::new();
        }
        let mut needed = vec![false; self.providers.len()];
        let needs = self.users.iter().flat_map(|user| &user.needs);
        for &index in needs.chain(self.providers.iter().flat_map(|provider| &provider.needs)) {
            if let Some(needed) = needed.get_mut(index) {
                *needed = true;
            }
        }
        let providers = self.providers.iter().zip(needed);
        let unused = providers.filter(|(provider, needed)| !provider.inherited && !needed);
        unused
            .map(|(provider, _)| {
                format!("nobody needs {}, registered at {}", provider.named(), provider.place)
            })
            .collect()
    }
}

impl ReportedProvider {
    fn named(&self) -> super::mistake::Named {
        super::mistake::Named(self.type_name, self.key)
    }
}
