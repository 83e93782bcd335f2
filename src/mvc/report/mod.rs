//! What became of controllers, for people and for tools.

mod graph;
mod json;
mod names;
mod tree;
#[cfg(feature = "neffos")]
mod websockets;

use std::fmt;
use std::panic::Location;
use std::sync::Arc;

pub use self::tree::Tree;
use super::ActivatedRoute;
use crate::chain::{About, Action, Owner};
use crate::inject::{Container, Key, Lifetime, ReportedProvider};
use crate::{Contract, Input};

/// All controllers of an application, those of websockets last: their fields, methods, routes and events, what these read and
/// need, and who provides it.
///
/// `Display` prints a tree, with colours as `{:#}`; [`to_json`](Self::to_json), [`to_dot`](Self::to_dot) and
/// [`to_mermaid`](Self::to_mermaid) are for tools.
///
/// # The tree
///
/// ```text
/// ⦿ Basket (per request, shop) src/main.rs:31       ⦿ something of a request: an instance for each
///   ╺ store: Inject<dyn Store> → src/main.rs:29     ╺ the same for all requests
///   ⦿ user: Inject<User> → src/main.rs:30           ... and the line that provides it
///   ╺ post_books_by
///       POST /basket/books/{id}                     its routes, and what stands in front of it
///     • id: u32 ← path id                           its arguments, and where they come from
///     • order: Body<Order> ← body count, note?      what may be absent has a `?`
/// ⦿ Chat (per connection, namespace "chat") src/main.rs:40
///       GET /ws                                     the route of its websockets
///   ⦿ name: String ← query name                     fields are read from the request that opens one
///   ╺ say
///       event "say"                                 the events that clients send; a hook has none
///     • line: Body<Line> ← body text                the body of the message
/// ```
///
/// # Example
///
/// ```
/// use gongular::mvc::{Application, Controller, controller};
/// use gongular::{Inject, Router};
///
/// struct Shelf;
///
/// #[derive(Controller)]
/// struct Books {
///     shelf: Inject<Shelf>,
/// }
///
/// #[controller]
/// impl Books {
///     async fn get_by(&self, index: usize) -> String {
///         let Shelf = *self.shelf;
///         index.to_string()
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let app = Application::new(Router::new()).provide(Shelf).handle(controller::<Books>());
/// let engine = app.into_engine().build().await.unwrap();
///
/// let text = engine.controllers().to_string();
/// assert!(text.starts_with("Books (one instance) "));
/// assert!(text.contains("  ╺ get_by\n      GET /{index}\n    • index: usize ← path index\n"));
/// // At the start of a program, in colours where there are any:
/// eprint!("{}", engine.controllers().for_stream(&std::io::stderr()));
/// # }
/// ```
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

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Tree::new(self, f.alternate()).fmt(f)
    }
}

/// One controller.
#[derive(Clone, Debug)]
pub struct ReportedController {
    name: &'static str,
    place: &'static Location<'static>,
    lifetime: Lifetime,
    about: Arc<About>,
    /// The namespace of one whose methods are events, and the routes of its websockets.
    websocket: Option<(String, Vec<ActivatedRoute>)>,
    fields: Vec<ReportedPart>,
    actions: Vec<ReportedAction>,
}

impl ReportedController {
    pub(crate) fn new(
        owner: &dyn Owner,
        lifetime: Lifetime,
        about: Arc<About>,
        actions: &[Arc<Action>],
        routes: Vec<ActivatedRoute>,
        asked: Option<&Action>,
        container: Option<&Container>,
    ) -> Self {
        let report = container.map(|container| container.report());
        let providers = report.as_ref().map(|report| report.providers()).unwrap_or_default();
        let mut reported: Vec<ReportedAction> = Vec::new();
        for (action, route) in actions.iter().zip(routes) {
            match reported.iter_mut().find(|known| known.name == action.method) {
                Some(known) => known.routes.push(route),
                None => reported.push(ReportedAction {
                    name: action.method,
                    routes: vec![route],
                    events: Vec::new(),
                    arguments: parts(&action.arguments, providers),
                }),
            }
        }
        reported.extend(asked.map(|asked| ReportedAction {
            name: asked.method,
            routes: Vec::new(),
            events: Vec::new(),
            arguments: parts(&asked.arguments, providers),
        }));
        let mut fields = parts(&owner.fields(), providers);
        fields.extend(given(owner.given()));
        let (name, place) = (owner.name(), owner.place());
        Self { name, place, lifetime, about, websocket: None, fields, actions: reported }
    }

    /// Returns the name of its type.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Returns the name of the application that handles it.
    #[must_use]
    pub fn application(&self) -> Option<&str> {
        self.about.application.as_deref()
    }

    /// Returns what its options say about it: see [`Activation::label`](super::Activation::label).
    pub fn labels(&self) -> impl ExactSizeIterator<Item = &str> {
        self.about.labels.iter().map(String::as_str)
    }

    /// Returns the line that handed it to the application.
    #[must_use]
    pub const fn place(&self) -> &'static Location<'static> {
        self.place
    }

    /// Returns the namespace whose events its methods are; none for one that answers requests.
    #[must_use]
    pub fn namespace(&self) -> Option<&str> {
        self.websocket.as_ref().map(|(namespace, _)| namespace.as_str())
    }

    /// Returns the routes of the websockets that lead to it; none to one that answers requests, whose [actions](Self::actions) have
    /// their own.
    #[must_use]
    pub fn websockets(&self) -> &[ActivatedRoute] {
        self.websocket.as_ref().map(|(_, routes)| routes.as_slice()).unwrap_or_default()
    }

    /// Returns whether there is one instance for all, or one for each request: that which opened the connection, for a controller
    /// of websockets.
    #[must_use]
    pub const fn lifetime(&self) -> Lifetime {
        self.lifetime
    }

    /// Returns its fields; those that are plain values stand at the end. An instance that was given whole has none.
    #[must_use]
    pub fn fields(&self) -> &[ReportedPart] {
        &self.fields
    }

    /// Returns its methods that answer requests, or are events and hooks.
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
    events: Vec<String>,
    arguments: Vec<ReportedPart>,
}

impl ReportedAction {
    /// Returns the name of the method.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Returns the routes that lead to it; none to the method that is asked about error statuses, and to those of websockets.
    #[must_use]
    pub fn routes(&self) -> &[ActivatedRoute] {
        &self.routes
    }

    /// Returns the events that it is, by the names that clients send; a hook is none.
    #[must_use]
    pub fn events(&self) -> &[String] {
        &self.events
    }

    /// Returns what it takes, besides itself and the context.
    #[must_use]
    pub fn arguments(&self) -> &[ReportedPart] {
        &self.arguments
    }
}

/// A field of a controller, or an argument of a method.
#[derive(Clone, Debug)]
pub struct ReportedPart {
    name: Option<&'static str>,
    type_text: &'static str,
    is_given: bool,
    needs: Vec<ReportedNeed>,
}

impl ReportedPart {
    /// Returns its name in the program; `None` where no macro has seen it.
    #[must_use]
    pub const fn name(&self) -> Option<&'static str> {
        self.name
    }

    /// Returns its type, as it is written.
    #[must_use]
    pub const fn type_text(&self) -> &'static str {
        self.type_text
    }

    /// Returns whether it is a plain value, which was given with the controller.
    #[must_use]
    pub const fn is_given(&self) -> bool {
        self.is_given
    }

    /// Returns what it reads and needs.
    #[must_use]
    pub fn needs(&self) -> &[ReportedNeed] {
        &self.needs
    }

    /// Returns whether it is another one for each request.
    #[must_use]
    pub fn is_of_request(&self) -> bool {
        self.needs.iter().any(|need| match need {
            ReportedNeed::Dependency { provider, .. } => {
                provider.is_some_and(|(lifetime, _)| lifetime != Lifetime::Singleton)
            }
            ReportedNeed::Input(_) => true,
        })
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

/// Takes fields that are plain values, by their names and types.
fn given(fields: &'static [(&'static str, &'static str)]) -> impl Iterator<Item = ReportedPart> {
    let part =
        |&(name, type_text)| ReportedPart { name: Some(name), type_text, is_given: true, needs: Vec::new() };
    fields.iter().map(part)
}

/// Takes the parts of a contract; of one that has no names, each need is a part.
fn parts(contract: &Contract, providers: &[ReportedProvider]) -> Vec<ReportedPart> {
    if contract.members().is_empty() {
        let inputs = contract.inputs().iter().map(|input| (input.type_name(), input_need(input)));
        let dependencies = contract
            .dependencies()
            .iter()
            .map(|dependency| (dependency.type_name(), dependency_need(dependency, providers)));
        let part =
            |(type_text, need)| ReportedPart { name: None, type_text, is_given: false, needs: vec![need] };
        return inputs.chain(dependencies).map(part).collect();
    }
    let part = |member: &gongular_core::Member| {
        let inputs = member.inputs().iter().map(input_need);
        let dependencies =
            member.dependencies().iter().map(|dependency| dependency_need(dependency, providers));
        ReportedPart {
            name: Some(member.name()),
            type_text: member.type_text(),
            is_given: false,
            needs: inputs.chain(dependencies).collect(),
        }
    };
    contract.members().iter().map(part).collect()
}

fn input_need(input: &Input) -> ReportedNeed {
    ReportedNeed::Input(input.clone())
}

fn dependency_need(dependency: &gongular_core::Dependency, providers: &[ReportedProvider]) -> ReportedNeed {
    let provider = providers.iter().find(|provider| {
        provider.type_name() == dependency.type_name() && provider.key() == dependency.key()
    });
    ReportedNeed::Dependency {
        type_name: dependency.type_name(),
        key: dependency.key(),
        provider: provider.map(|provider| (provider.lifetime(), provider.place())),
    }
}
