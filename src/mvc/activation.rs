//! A controller on its way to its routes.

use std::fmt;
use std::panic::Location;
use std::sync::Arc;

use bytes::Bytes;
use http::{Method, Request, Response};
use http_body::Body;
use tower_layer::Layer;
use tower_service::Service;

use super::declare::{Draft, DraftPath, DraftRoute};
use crate::AnyBody;
use crate::chain::{Chain, Link, Registered, Rest};
use crate::engine::{Mistake, MistakeKind};
use crate::error::BoxError;
use crate::handler::Handler;
use crate::inject::{ContainerBuilder, Lifetime};
use crate::router::MethodFilter;

/// A controller before its methods become routes: what the `before_activation` of the controller, and the options it is handled
/// with, may change.
///
/// A method that is not there is a mistake that the engine tells when it is built.
#[must_use = "a change is made through its methods"]
pub struct Activation {
    name: &'static str,
    place: &'static Location<'static>,
    pub(super) drafts: Vec<Draft>,
    /// What stands in front of all methods.
    pub(super) links: Vec<Link>,
    /// What stands in front of these.
    pub(super) first: Vec<Link>,
    pub(super) providers: ContainerBuilder,
    /// Routes that lead to no method.
    pub(super) beside: Vec<(Method, String, Chain)>,
    /// What is asked about answers with an error status.
    pub(super) http_errors: Option<Registered>,
    /// What the report says about the controller.
    pub(super) labels: Vec<String>,
    pub(super) mistakes: Vec<Mistake>,
}

impl Activation {
    pub(super) fn new(name: &'static str, place: &'static Location<'static>, drafts: Vec<Draft>) -> Self {
        Self {
            name,
            place,
            drafts,
            links: Vec::new(),
            first: Vec::new(),
            providers: ContainerBuilder::default(),
            beside: Vec::new(),
            http_errors: None,
            labels: Vec::new(),
            mistakes: Vec::new(),
        }
    }

    /// Returns the name of the controller's type, as its `impl` block writes it.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Returns the names of the methods that answer requests.
    pub fn methods(&self) -> impl Iterator<Item = &'static str> {
        self.drafts.iter().map(|draft| draft.method)
    }

    /// Returns one method, by its name in the program, to be changed.
    pub fn method(&mut self, name: &str) -> MethodActivation<'_> {
        if !self.drafts.iter().any(|draft| draft.method == name) {
            let known: Vec<&str> = self.methods().collect();
            let text = format!(
                "`{}` has no method `{name}` that answers requests; it has `{}`",
                self.name,
                known.join("`, `")
            );
            self.mistakes.push(Mistake::new(MistakeKind::Controller, text, self.place));
        }
        MethodActivation {
            draft: self.drafts.iter_mut().find(|draft| draft.method == name),
            controller: self.name,
            place: self.place,
            mistakes: &mut self.mistakes,
        }
    }

    /// Notes what cannot be, to be told when the engine is built.
    pub(super) fn mistake(&mut self, why: &str) {
        let text = format!("the controller `{}`: {why}", self.name);
        self.mistakes.push(Mistake::new(MistakeKind::Controller, text, self.place));
    }

    /// Adds a handler before all methods.
    pub fn handler<H, Args>(&mut self, handler: H) -> &mut Self
    where
        H: Handler<AnyBody, Args>,
        Args: 'static,
    {
        self.links.extend(Chain::new().then(handler).links);
        self
    }

    /// Adds a tower layer around all methods.
    ///
    /// A controller behind a layer does not [pass](crate::Error::pass) a request on: the layer has it.
    pub fn layer<L, R>(&mut self, layer: L) -> &mut Self
    where
        L: Layer<Rest> + Send + Sync + 'static,
        L::Service: Service<Request<AnyBody>, Response = Response<R>, Future: Send + 'static, Error: Into<BoxError>>
            + Clone
            + Send
            + Sync
            + 'static,
        R: Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
    {
        self.links.extend(Chain::new().layer(layer).links);
        self
    }

    /// Provides dependencies to this controller alone, in the place of the application's of the same type and key.
    ///
    /// When the controller lets a request [pass](crate::Error::pass), what was built of them for the request ends before the next one is
    /// asked.
    pub fn providers(&mut self, register: impl FnOnce(ContainerBuilder) -> ContainerBuilder) -> &mut Self {
        self.providers = register(std::mem::take(&mut self.providers));
        self
    }

    /// Adds a word about the controller to the [report](super::Report): what an option has made of it.
    pub fn label(&mut self, label: impl Into<String>) -> &mut Self {
        self.labels.push(label.into());
        self
    }

    /// Leaves methods out: they answer no requests.
    pub fn skip<'n>(&mut self, methods: impl IntoIterator<Item = &'n str>) -> &mut Self {
        for name in methods {
            self.method(name).without_routes();
        }
        self
    }

    /// Returns the names of the methods that are not left out.
    pub(super) fn unskipped(&self) -> impl Iterator<Item = &'static str> {
        self.drafts
            .iter()
            .filter(|draft| !(draft.may_lack_routes && draft.routes.is_empty()))
            .map(|draft| draft.method)
    }

    /// Puts another route in the place of those that a method declares itself, with a chain of its own before the method.
    pub(super) fn replace_routes(&mut self, name: &str, method: Method, path: String, before: Vec<Link>) {
        if let Some(draft) = self.drafts.iter_mut().find(|draft| draft.method == name) {
            draft.routes.retain(|route| matches!(route.path, DraftPath::Written(_)));
            let filter = MethodFilter::One(method);
            let path = DraftPath::Written(path);
            draft.routes.push(DraftRoute { filter, path, name: None, links: before });
        }
    }
}

impl fmt::Debug for Activation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Activation")
            .field("name", &self.name)
            .field("methods", &self.methods().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

/// One method of a controller, before it becomes routes.
pub struct MethodActivation<'a> {
    /// None when the controller has no such method, which is told already.
    draft: Option<&'a mut Draft>,
    controller: &'static str,
    place: &'static Location<'static>,
    mistakes: &'a mut Vec<Mistake>,
}

impl MethodActivation<'_> {
    /// Adds a handler before this method.
    pub fn handler<H, Args>(&mut self, handler: H) -> &mut Self
    where
        H: Handler<AnyBody, Args>,
        Args: 'static,
    {
        self.links(Chain::new().then(handler))
    }

    /// Adds a tower layer around this method; see [`Activation::layer`].
    pub fn layer<L, R>(&mut self, layer: L) -> &mut Self
    where
        L: Layer<Rest> + Send + Sync + 'static,
        L::Service: Service<Request<AnyBody>, Response = Response<R>, Future: Send + 'static, Error: Into<BoxError>>
            + Clone
            + Send
            + Sync
            + 'static,
        R: Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
    {
        self.links(Chain::new().layer(layer))
    }

    /// Names the method's first route, for URLs that are made of it.
    ///
    /// That there is none yet is a mistake that the engine tells when it is built.
    pub fn named(&mut self, name: &'static str) -> &mut Self {
        let Some(draft) = &mut self.draft else { return self };
        match draft.routes.first_mut() {
            Some(route) => route.name = Some(name),
            None => {
                let (controller, method) = (self.controller, draft.method);
                let text = format!(
                    "`{controller}::{method}` has no route that could be named `{name}`: name it after its route was added"
                );
                self.mistakes.push(Mistake::new(MistakeKind::Controller, text, self.place));
            }
        }
        self
    }

    /// Adds a route that leads to this method.
    pub fn route(&mut self, method: Method, path: impl Into<String>) -> &mut Self {
        self.add(MethodFilter::One(method), path.into())
    }

    /// Adds a route for all methods of HTTP that no other route of the path answers.
    pub fn any(&mut self, path: impl Into<String>) -> &mut Self {
        self.add(MethodFilter::Any, path.into())
    }

    /// Takes away the routes that lead to this method so far.
    pub fn without_routes(&mut self) -> &mut Self {
        if let Some(draft) = &mut self.draft {
            draft.routes.clear();
            draft.may_lack_routes = true;
        }
        self
    }

    fn add(&mut self, filter: MethodFilter, path: String) -> &mut Self {
        if let Some(draft) = &mut self.draft {
            draft.routes.push(DraftRoute {
                filter,
                path: DraftPath::Written(path),
                name: None,
                links: Vec::new(),
            });
        }
        self
    }

    fn links(&mut self, chain: Chain) -> &mut Self {
        if let Some(draft) = &mut self.draft {
            draft.links.extend(chain.links);
        }
        self
    }
}

impl fmt::Debug for MethodActivation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let method = self.draft.as_ref().map(|draft| draft.method);
        f.debug_struct("MethodActivation").field("method", &method).finish_non_exhaustive()
    }
}

/// A controller whose routes are built.
#[derive(Debug)]
pub struct Activated<'a> {
    pub(crate) name: &'static str,
    pub(crate) place: &'static Location<'static>,
    pub(crate) lifetime: Lifetime,
    pub(crate) routes: &'a [ActivatedRoute],
}

impl Activated<'_> {
    /// Returns the name of the controller's type, with its path.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Returns the line that handed the controller to the application.
    #[must_use]
    pub const fn place(&self) -> &'static Location<'static> {
        self.place
    }

    /// Returns whether there is one instance, [`Lifetime::Singleton`], or one for each request.
    #[must_use]
    pub const fn lifetime(&self) -> Lifetime {
        self.lifetime
    }

    /// Returns the routes of its methods.
    #[must_use]
    pub const fn routes(&self) -> &[ActivatedRoute] {
        self.routes
    }
}

/// A route that leads to a method of a controller.
#[derive(Clone, Debug)]
pub struct ActivatedRoute {
    pub(crate) action: &'static str,
    pub(crate) method: Option<Method>,
    pub(crate) path: Arc<str>,
    pub(crate) name: Option<&'static str>,
    pub(crate) before: Vec<&'static str>,
}

impl ActivatedRoute {
    /// Returns the name of the method of the controller.
    #[must_use]
    pub const fn action(&self) -> &'static str {
        self.action
    }

    /// Returns the method of HTTP; `None` for a route that answers any.
    #[must_use]
    pub const fn method(&self) -> Option<&Method> {
        self.method.as_ref()
    }

    /// Returns the pattern of the path, with everything around it.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns the name of the route.
    #[must_use]
    pub const fn name(&self) -> Option<&'static str> {
        self.name
    }

    /// Returns what stands in front of the method, from the router on: the names of handlers, and the types of tower layers.
    #[must_use]
    pub fn before(&self) -> &[&'static str] {
        &self.before
    }
}
