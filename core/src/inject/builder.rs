//! What is registered for a container, before it is checked and built.

use std::any::{TypeId, type_name};
use std::collections::HashMap;
use std::fmt;
use std::panic::Location;
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::Empty;

use super::factory::{Factory, form};
use super::needs::Need;
use super::provider::Identity;
use super::spec::{Maker, Spec};
use super::table::AnySlot;
use super::{Container, Key, Lifetime, Provider, Report, Value, WiringErrors};
use crate::contract::Dependency;
use crate::{Contract, FromRequest, Handler};

/// What is registered for a [`Container`].
///
/// Every registration remembers the line that made it, for the mistakes and the report.
#[derive(Default)]
#[must_use = "a builder does nothing until it is built"]
pub struct ContainerBuilder {
    pub(super) parent: Option<Container>,
    pub(super) own: Vec<Node>,
    pub(super) needs: Vec<Need>,
}

/// A registered dependency.
#[derive(Clone)]
pub(super) struct Node {
    pub(super) identity: Identity,
    pub(super) type_name: &'static str,
    pub(super) lifetime: Lifetime,
    pub(super) place: &'static Location<'static>,
    pub(super) dependencies: Vec<Dependency>,
    pub(super) reads_request: bool,
    pub(super) maker: Arc<dyn Maker>,
    /// The slot and, for per-request values, the cell, once they are known.
    pub(super) slot: Option<AnySlot>,
    pub(super) cell: Option<u32>,
    /// Whether the parent container's slot or cell is shared.
    pub(super) inherited: bool,
}

impl Node {
    pub(super) const fn key(&self) -> Key {
        self.identity.key
    }
}

impl ContainerBuilder {
    pub(super) fn of(parent: Container) -> Self {
        Self { parent: Some(parent), ..Self::default() }
    }

    /// Provides a value by its type, one for all.
    #[track_caller]
    pub fn provide<T: Send + Sync + 'static>(self, value: T) -> Self {
        self.given(Key::NONE, Arc::new(value))
    }

    /// Provides a value by its type and a key.
    #[track_caller]
    pub fn provide_keyed<T: Send + Sync + 'static>(self, key: &'static str, value: T) -> Self {
        self.given(Key::new(key), Arc::new(value))
    }

    /// Provides a shared value as the type it is shared as, most often a trait object: `provide_as::<dyn Mailer>(mailer)`.
    #[track_caller]
    pub fn provide_as<T: ?Sized + Send + Sync + 'static>(self, value: Arc<T>) -> Self {
        self.given(Key::NONE, value)
    }

    /// Provides a shared value as the type it is shared as, and a key.
    #[track_caller]
    pub fn provide_as_keyed<T: ?Sized + Send + Sync + 'static>(
        self,
        key: &'static str,
        value: Arc<T>,
    ) -> Self {
        self.given(Key::new(key), value)
    }

    /// Provides what an `async` factory that returns a `Result` makes once, when the container is built.
    ///
    /// Its arguments may be other singletons only. For a factory of another form see [`Provider::singleton`].
    #[track_caller]
    pub fn singleton<U, Args>(self, factory: impl Factory<U, form::AsyncFallible, Args>) -> Self
    where
        U: Send + Sync + 'static,
    {
        self.register(Provider::<U>::singleton(factory))
    }

    /// Provides what an `async` factory that returns a `Result` makes once for each request, when it is asked for first.
    ///
    /// A factory that fails has made nothing: where the request goes on all the same, who asks next asks it again.
    ///
    /// For a factory of another form, a key, or a teardown see [`Provider::per_request`].
    #[track_caller]
    pub fn per_request<U, Args>(self, factory: impl Factory<U, form::AsyncFallible, Args>) -> Self
    where
        U: Send + Sync + 'static,
    {
        self.register(Provider::<U>::per_request(factory))
    }

    /// Provides what an `async` factory that returns a `Result` makes each time it is asked for.
    ///
    /// For a factory of another form see [`Provider::transient`].
    #[track_caller]
    pub fn transient<U, Args>(self, factory: impl Factory<U, form::AsyncFallible, Args>) -> Self
    where
        U: Send + Sync + 'static,
    {
        self.register(Provider::<U>::transient(factory))
    }

    /// Registers a provider: any lifetime, form of factory, key, trait object and teardown.
    #[track_caller]
    pub fn register<U, T>(self, provider: Provider<U, T>) -> Self
    where
        U: Send + Sync + 'static,
        T: ?Sized + Send + Sync + 'static,
    {
        let (key, lifetime) = (provider.key, provider.source.lifetime());
        self.add::<T>(key, lifetime, Arc::new(Arc::new(Spec::new(provider))), Location::caller())
    }

    /// Says that somebody takes `T`, an extractor or a tuple of them, so that the check covers what it needs.
    #[track_caller]
    pub fn needs<T: FromRequest<Empty<Bytes>>>(self) -> Self {
        let contract = Contract::of::<T, _>();
        self.needs_contract(type_name::<T>(), &contract)
    }

    /// Says that a handler is served, so that the check covers what it needs.
    #[track_caller]
    pub fn needs_of<H: Handler<Empty<Bytes>, Args>, Args>(self, handler: &H) -> Self {
        self.needs_contract(handler.name(), &handler.contract())
    }

    /// Says that somebody of this name has this contract, so that the check covers what it needs.
    #[track_caller]
    pub fn needs_contract(self, name: impl Into<String>, contract: &Contract) -> Self {
        self.needs_contract_at(name, contract, Location::caller())
    }

    /// As [`needs_contract`](Self::needs_contract), for something that was registered elsewhere.
    ///
    /// What it hands its work on to is named, and has a place, of its own.
    pub fn needs_contract_at(
        mut self,
        name: impl Into<String>,
        contract: &Contract,
        place: &'static Location<'static>,
    ) -> Self {
        self.needs.extend(Need::all_of(name.into(), contract, place));
        self
    }

    /// Makes this the builder of a sub-tree of a container, as [`Container::child`] does.
    pub fn under(self, parent: Container) -> Self {
        Self { parent: Some(parent), ..self }
    }

    /// Returns a builder of this one's registrations and of those of another that they do not replace.
    ///
    /// For checking a sub-tree before the container above it is built; what the other one `needs` is left out.
    pub fn over(&self, outer: &Self) -> Self {
        let replaced = |node: &&Node| !self.own.iter().any(|own| own.identity == node.identity);
        let own = self.own.iter().chain(outer.own.iter().filter(replaced)).cloned().collect();
        Self { parent: outer.parent.clone(), own, needs: self.needs.clone() }
    }

    /// Adds the registrations of another builder.
    pub fn and(mut self, other: Self) -> Self {
        self.own.extend(other.own);
        self.needs.extend(other.needs);
        Self { parent: self.parent.or(other.parent), ..self }
    }

    /// Adds the registrations of another builder, which stays as it is.
    pub fn and_all_of(mut self, other: &Self) -> Self {
        self.own.extend(other.own.iter().cloned());
        Self { parent: self.parent.or_else(|| other.parent.clone()), ..self }
    }

    /// Puts registrations of another builder in the place of those of the same type and key.
    pub fn replaced_by(mut self, other: &Self) -> Self {
        for node in &mut self.own {
            if let Some(new) = other.own.iter().find(|new| new.identity == node.identity) {
                *node = new.clone();
            }
        }
        self
    }

    /// Returns whether another builder has a registration of a type and key that this one has, too.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        self.own.iter().any(|node| other.own.iter().any(|theirs| theirs.identity == node.identity))
    }

    /// Returns whether nothing is registered.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.own.is_empty()
    }

    /// Lists every mistake that can be found without building anything.
    ///
    /// # Errors
    ///
    /// All mistakes at once: see [`MistakeKind`](super::MistakeKind).
    pub fn check(&self) -> Result<Report, WiringErrors> {
        let plan = self.plan();
        plan.check()?;
        Ok(plan.report())
    }

    /// Checks everything, and builds the singletons, each after those it needs.
    ///
    /// # Errors
    ///
    /// All mistakes at once, as [`check`](Self::check), or the failures of all singleton factories that could be tried.
    ///
    /// # Example
    ///
    /// ```
    /// use gongular_core::inject::Container;
    ///
    /// struct Config(&'static str);
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let container = Container::builder().provide(Config("db.local")).build().await.unwrap();
    /// assert!(container.report().to_string().contains("Config"));
    /// # }
    /// ```
    pub async fn build(self) -> Result<Container, WiringErrors> {
        let plan = self.plan();
        plan.check()?;
        Container::from_plan(plan).await
    }

    #[track_caller]
    fn given<T: ?Sized + Send + Sync + 'static>(self, key: Key, value: Arc<T>) -> Self {
        let spec = Spec::<&'static T, T>::given(key, Value::from_arc(value), |value| *value);
        self.add::<T>(key, Lifetime::Singleton, Arc::new(Arc::new(spec)), Location::caller())
    }

    fn add<T: ?Sized + 'static>(
        mut self,
        key: Key,
        lifetime: Lifetime,
        maker: Arc<dyn Maker>,
        place: &'static Location<'static>,
    ) -> Self {
        let mut contract = Contract::default();
        maker.describe(&mut contract);
        self.own.push(Node {
            identity: Identity { type_id: TypeId::of::<T>(), key },
            type_name: type_name::<T>(),
            lifetime,
            place,
            dependencies: contract.dependencies().to_vec(),
            reads_request: maker.reads_request(),
            maker,
            slot: None,
            cell: None,
            inherited: false,
        });
        self
    }

    /// Merges what is registered here with what the parent has.
    fn plan(&self) -> Plan {
        let mut plan = Plan {
            parent: self.parent.clone(),
            nodes: Vec::new(),
            index: HashMap::new(),
            duplicates: Vec::new(),
            needs: self.needs.clone(),
        };
        for node in &self.own {
            let index = plan.nodes.len();
            match plan.index.get(&node.identity) {
                Some(&first) => plan.duplicates.push((first, node.clone())),
                None => {
                    plan.index.insert(node.identity, index);
                    plan.nodes.push(node.clone());
                }
            }
        }
        if let Some(parent) = &self.parent {
            for node in parent.nodes() {
                if !plan.index.contains_key(&node.identity) {
                    plan.index.insert(node.identity, plan.nodes.len());
                    plan.nodes.push(Node { inherited: true, ..node.clone() });
                }
            }
            plan.disinherit();
        }
        plan
    }
}

impl fmt::Debug for ContainerBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.own.iter().map(|node| node.type_name);
        f.debug_list().entries(names).finish()
    }
}

/// Everything that a container will have.
pub(super) struct Plan {
    pub(super) parent: Option<Container>,
    pub(super) nodes: Vec<Node>,
    pub(super) index: HashMap<Identity, usize>,
    pub(super) duplicates: Vec<(usize, Node)>,
    pub(super) needs: Vec<Need>,
}

impl Plan {
    /// Returns the nodes that a list of dependencies leads to.
    pub(super) fn targets<'p>(&'p self, dependencies: &'p [Dependency]) -> impl Iterator<Item = usize> + 'p {
        dependencies.iter().filter_map(|dependency| self.index.get(&identity(dependency)).copied())
    }

    /// What depends on something that this container replaces or adds is built anew here, not shared with the parent.
    fn disinherit(&mut self) {
        loop {
            let stale: Vec<usize> = (0..self.nodes.len())
                .filter(|&index| {
                    let node = &self.nodes[index];
                    node.inherited
                        && self.targets(&node.dependencies).any(|target| !self.nodes[target].inherited)
                })
                .collect();
            if stale.is_empty() {
                return;
            }
            for index in stale {
                self.nodes[index].inherited = false;
            }
        }
    }
}

pub(super) fn identity(dependency: &Dependency) -> Identity {
    Identity { type_id: dependency.type_id(), key: dependency.key() }
}
