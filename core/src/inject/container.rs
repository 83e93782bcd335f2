//! The container: everything that is provided, found in constant time.

use std::any::TypeId;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use http::Request;

use super::builder::{ContainerBuilder, Node, Plan};
use super::mistake::{Mistake, MistakeKind};
use super::needs::Need;
use super::provider::Identity;
use super::scope::ScopeInner;
use super::spec::{Maker, Slot};
use super::table::Table;
use super::{InjectKey, Key, Lifetime, Report, Scope, WiringErrors};
use crate::request::Head;
use crate::{Contract, Error, RequestState};

/// Everything that is provided to handlers: values, factories, and how long what they make lives.
///
/// A container is built once, at start-up, and lists every mistake in its wiring at once. It is one pointer and cheap to
/// clone. An injection layer takes it to the handlers.
///
/// # Example
///
/// ```
/// use gongular_core::inject::{Container, MistakeKind, Provider};
///
/// #[derive(Debug)]
/// struct Pool;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let container = Container::builder().provide(Pool).provide_keyed("replica", Pool).build().await.unwrap();
/// assert_eq!(container.report().providers().len(), 2);
///
/// // The same thing twice is a mistake, and both lines are named.
/// let errors = Container::builder().provide(Pool).provide(Pool).build().await.unwrap_err();
/// assert_eq!(errors.mistakes()[0].kind(), MistakeKind::Duplicate);
/// # }
/// ```
#[derive(Clone)]
pub struct Container {
    inner: Arc<Inner>,
}

struct Inner {
    parent: Option<Container>,
    table: Table,
    /// What makes the cells of a scope.
    cells: Box<[Arc<dyn Maker>]>,
    /// For each cell the one of the parent's scope that it is shared with; empty without a parent.
    outer_cells: Box<[Option<u32>]>,
    has_before_response: bool,
    nodes: Vec<Node>,
    report: Report,
    needs: Vec<Need>,
}

impl Container {
    /// Starts a container.
    pub fn builder() -> ContainerBuilder {
        ContainerBuilder::default()
    }

    /// Starts a container that has everything of this one, and adds or replaces some of it.
    ///
    /// For a part of an application that needs something else, and for tests: what is registered here replaces what the
    /// parent has under the same type and key. Everything that depends on something replaced is built anew; everything else
    /// is shared: singletons always, per-request values where a layer with the parent container is outside.
    ///
    /// # Example
    ///
    /// ```
    /// use gongular_core::inject::Container;
    ///
    /// # struct Clock(u64); struct Pool;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let application = Container::builder().provide(Pool).provide(Clock(7)).build().await.unwrap();
    /// let in_a_test = application.child().provide(Clock(0)).build().await.unwrap();
    /// assert_eq!(in_a_test.report().providers().len(), 2);
    /// # }
    /// ```
    pub fn child(&self) -> ContainerBuilder {
        ContainerBuilder::of(self.clone())
    }

    /// Returns what is provided, by whom it is needed, and what looks wrong.
    #[must_use]
    pub fn report(&self) -> &Report {
        &self.inner.report
    }

    /// Checks that everything that a contract needs is provided.
    ///
    /// # Errors
    ///
    /// Every dependency that is missing, with the keys that there are and what to do.
    #[track_caller]
    pub fn check_contract(&self, name: impl Into<String>, contract: &Contract) -> Result<(), WiringErrors> {
        self.child().needs_contract(name, contract).check().map(drop)
    }

    /// Returns whether anything that a contract needs is built for each request, itself or what it needs in turn.
    ///
    /// For engines: a handler that needs singletons only is served without a scope of its own. See
    /// [`Scopes::enter_bare`](super::Scopes::enter_bare).
    #[must_use]
    pub fn needs_scope(&self, contract: &Contract) -> bool {
        let find = |dependency| {
            let identity = super::builder::identity(dependency);
            self.inner.nodes.iter().position(|node| node.identity == identity)
        };
        let mut seen = vec![false; self.inner.nodes.len()];
        let mut left: Vec<usize> = contract.dependencies().iter().filter_map(find).collect();
        while let Some(index) = left.pop() {
            let node = &self.inner.nodes[index];
            if node.lifetime == Lifetime::Request {
                return true;
            }
            if !std::mem::replace(&mut seen[index], true) && node.lifetime == Lifetime::Transient {
                left.extend(node.dependencies.iter().filter_map(find));
            }
        }
        false
    }

    /// Returns whether any value is built for each request.
    pub(super) fn has_cells(&self) -> bool {
        !self.inner.cells.is_empty()
    }

    pub(super) async fn from_plan(plan: Plan) -> Result<Self, WiringErrors> {
        let report = plan.report();
        let Plan { parent, mut nodes, index, needs, .. } = plan;
        let mut cells: Vec<Arc<dyn Maker>> = Vec::new();
        let mut outer_cells = Vec::new();
        for node in &mut nodes {
            let cell = u32::try_from(cells.len()).unwrap_or(super::scope::NO_CELL);
            if node.lifetime == Lifetime::Request {
                outer_cells.push(node.cell.filter(|_| node.inherited));
                node.cell = Some(cell);
                node.slot = Some(node.maker.slot(cell));
                cells.push(Arc::clone(&node.maker));
            } else if !node.inherited {
                node.slot = Some(node.maker.slot(cell));
            }
        }
        let members = nodes.iter().filter_map(|node| {
            let slot = Arc::clone(node.slot.as_ref()?);
            Some((node.key().bits_with(node.identity.type_id), node.key(), slot))
        });
        let inner = Inner {
            table: Table::new(members),
            cells: cells.into(),
            outer_cells: if parent.is_some() { outer_cells.into() } else { Box::default() },
            parent,
            has_before_response: nodes.iter().any(|node| node.maker.has_before_response()),
            nodes,
            report,
            needs,
        };
        let container = Self { inner: Arc::new(inner) };
        container.build_singletons(&index).await?;
        Ok(container)
    }

    /// Builds the singletons, each after those that it needs; those that need a failed one are left out.
    async fn build_singletons(&self, index: &HashMap<Identity, usize>) -> Result<(), WiringErrors> {
        let mut parts = Request::new(()).into_parts().0;
        let scope = Scope { inner: Arc::new(ScopeInner::new(self.clone())) };
        RequestState::entry(&mut parts.extensions).set_scope(scope);
        let mut done = vec![None; self.inner.nodes.len()];
        let mut mistakes = Vec::new();
        for start in 0..self.inner.nodes.len() {
            for current in self.order(start, index, &mut done) {
                let node = &self.inner.nodes[current];
                let ready = node.dependencies.iter().all(|dependency| {
                    let target = index.get(&super::builder::identity(dependency));
                    target.is_none_or(|&target| done[target] == Some(true))
                });
                let built = match (&node.slot, node.lifetime) {
                    (Some(slot), Lifetime::Singleton) if ready => {
                        node.maker.build(slot, Head::new(&mut parts)).await
                    }
                    _ => Ok(()),
                };
                done[current] = Some(ready && built.is_ok());
                if let Err(error) = built {
                    mistakes.push(failed(node, &error));
                }
            }
        }
        if mistakes.is_empty() { Ok(()) } else { Err(WiringErrors::new(mistakes)) }
    }

    /// Returns a node and all it needs that was not visited yet, what is needed first.
    fn order(&self, start: usize, index: &HashMap<Identity, usize>, seen: &mut [Option<bool>]) -> Vec<usize> {
        let mut order = Vec::new();
        let mut stack = vec![(start, false)];
        while let Some((current, expanded)) = stack.pop() {
            if expanded {
                order.push(current);
            } else if seen[current].is_none() {
                seen[current] = Some(false);
                stack.push((current, true));
                let dependencies = &self.inner.nodes[current].dependencies;
                let targets = dependencies
                    .iter()
                    .filter_map(|dependency| index.get(&super::builder::identity(dependency)));
                stack.extend(targets.map(|&target| (target, false)));
            }
        }
        order
    }

    #[inline]
    pub(super) fn slot<T: ?Sized + 'static, K: InjectKey>(&self) -> Option<&Slot<T>> {
        self.inner.table.find(K::KEY.bits_with(TypeId::of::<T>()), K::KEY)
    }

    /// Returns the keys that a type is registered under.
    pub(super) fn keys_of<T: ?Sized + 'static>(&self) -> impl Iterator<Item = Key> {
        let nodes = self.inner.nodes.iter();
        nodes.filter(|node| node.identity.type_id == TypeId::of::<T>()).map(Node::key)
    }

    pub(super) fn cell_makers(&self) -> &[Arc<dyn Maker>] {
        &self.inner.cells
    }

    pub(super) fn nodes(&self) -> &[Node] {
        &self.inner.nodes
    }

    pub(super) fn needs(&self) -> &[Need] {
        &self.inner.needs
    }

    pub(super) fn parent(&self) -> Option<&Self> {
        self.inner.parent.as_ref()
    }

    pub(super) fn outer_cell(&self, cell: u32) -> Option<u32> {
        *self.inner.outer_cells.get(cell as usize)?
    }

    /// Returns whether a provider has a hook that runs before the response.
    #[must_use]
    pub fn has_before_response(&self) -> bool {
        self.inner.has_before_response
    }

    /// Returns whether both are the same container.
    pub(super) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.inner, &other.inner)
    }
}

impl fmt::Debug for Container {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.inner.nodes.iter().map(|node| node.type_name);
        f.debug_list().entries(names).finish()
    }
}

fn failed(node: &Node, error: &Error) -> Mistake {
    let what = format!("its factory failed: {error}");
    Mistake::new(
        MistakeKind::Failed,
        node,
        what,
        "see the cause; the factory runs once, when the container is built",
    )
}
