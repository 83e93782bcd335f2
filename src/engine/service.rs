//! The built engine: one tower service.

use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll};

use gongular_core::inject::{Container, Scopes};
use gongular_core::stats::{Detail, Recorder};
use gongular_core::{
    BodySlot, ClientAddr, Limits, MatchedPath, PathParams, RequestBody, RequestState, RoutePattern,
};
use gongular_layers::error::{Answers, RequestHead};
use gongular_layers::stats::{RouteCallback, Tracker};
use http::request::Parts;
use http::{Method, Request, Response};
use tower_service::Service;

use super::body::Body;
use super::future::{ResponseFuture, Way};
use super::stay::Stay;
use super::trip::Trip;
use crate::AnyBody;
use crate::chain::{Arrival, Door, Steps};
use crate::router::{Found, MethodFilter, Table, UrlError};

/// An [`Engine`](super::Engine) that was checked and built: a tower service for requests of any body.
///
/// It is always ready and never fails. Clones share everything.
#[derive(Clone)]
pub struct EngineService {
    pub(super) inner: Arc<Inner>,
    /// Whether answers to errors have the error in their extensions.
    pub(super) leaves_errors: bool,
}

pub(super) struct Inner {
    pub(super) table: Table<Endpoint>,
    pub(super) scopes: Arc<Scopes>,
    pub(super) errors: Arc<dyn Answers>,
    pub(super) callback: Option<Arc<dyn RouteCallback>>,
    pub(super) detail: Detail,
    pub(super) limits: Option<Arc<Limits>>,
    pub(super) server_timing: bool,
    /// Whether a hook before the response may fail, be it in a group.
    pub(super) keeps_heads: bool,
    pub(super) warnings: Vec<String>,
    #[cfg(feature = "mvc")]
    pub(super) controllers: crate::mvc::Report,
    /// The longest paths first.
    #[cfg(feature = "mvc")]
    pub(super) below: Vec<super::below::Below>,
}

/// What answers a route.
#[derive(Debug)]
pub(super) struct Endpoint {
    pub(super) steps: Arc<Steps>,
    /// The route's layers around what answers methods of its path that no route does; without layers there is no need of it.
    pub(super) automatic: Option<Automatically>,
    pub(super) route: RoutePattern,
    /// The scopes of the group that requests enter at the door, if it has providers of its own.
    pub(super) scopes: Option<Arc<Scopes>>,
    /// Whether anything may be built for a request of this route.
    pub(super) needs_scope: bool,
    pub(super) name: Option<&'static str>,
    pub(super) handlers: Vec<&'static str>,
}

/// What answers methods that no route of a path has.
#[derive(Debug)]
pub(super) struct Automatically {
    pub(super) steps: Arc<Steps>,
    /// The names of the path's parameters; no route is met, so that statistics know the path by none.
    pub(super) names: RoutePattern,
}

impl Endpoint {
    /// Returns the pattern.
    pub(super) fn path(&self) -> &MatchedPath {
        self.route.path().expect("what is registered has a pattern")
    }
}

impl EngineService {
    /// Returns the container of the dependencies, whose report tells who needs what.
    #[must_use]
    pub fn container(&self) -> &Container {
        self.inner.scopes.container()
    }

    /// Returns what is no mistake but worth a look, such as a provider that nobody needs, a folder of files that is
    /// not there, or a `neffos::Hub` without a route.
    #[must_use]
    pub fn warnings(&self) -> &[String] {
        &self.inner.warnings
    }

    /// Returns the controllers: their fields, methods, routes and events, and how long their instances live. Those of websockets are
    /// there whichever way the route of their hub came.
    #[cfg(feature = "mvc")]
    #[must_use]
    pub fn controllers(&self) -> &crate::mvc::Report {
        &self.inner.controllers
    }

    /// Leaves no errors in the answers to them.
    ///
    /// By default the extensions of an answer to an error have a settled [`Carried`](gongular_core::error::Carried), so that a
    /// layer outside may look at the error, as our statistics and error layers do. Where nobody is outside, as in this
    /// crate's server, an answer to an error is cheaper without it.
    ///
    /// # Example
    ///
    /// ```
    /// use gongular::error::Carried;
    /// use gongular::{AnyBody, Engine};
    /// use tower::{Service, ServiceExt};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let engine = Engine::new().build().await.unwrap();
    /// let request = || http::Request::new(AnyBody::empty());
    /// let inside = engine.clone().oneshot(request()).await.unwrap();
    /// assert_eq!(inside.extensions().get::<Carried>().unwrap().error().status(), 404);
    /// let outermost = engine.outermost().oneshot(request()).await.unwrap();
    /// assert_eq!(outermost.status(), 404);
    /// assert!(outermost.extensions().is_empty());
    /// # }
    /// ```
    #[must_use]
    pub fn outermost(mut self) -> Self {
        self.leaves_errors = false;
        self
    }

    /// Returns all routes, in the order of their registration.
    #[must_use]
    pub fn routes(&self) -> impl ExactSizeIterator<Item = RouteInfo<'_>> {
        self.inner.table.list().map(|route| RouteInfo { method: route.method(), endpoint: route.value() })
    }

    /// Makes the path of a named route from its parameters, which are percent-encoded on the way.
    ///
    /// # Errors
    ///
    /// [`UrlError`] when no route has the name, or when the parameters are not exactly those of the route.
    pub fn url(&self, name: &str, parameters: &[(&str, &str)]) -> Result<String, UrlError> {
        let route = self.inner.table.list().find(|route| route.value().name == Some(name));
        route.ok_or_else(|| UrlError::no_route(name))?.pattern().path_for(parameters)
    }
}

/// One route of an engine.
#[derive(Clone, Copy, Debug)]
pub struct RouteInfo<'e> {
    method: &'e MethodFilter,
    endpoint: &'e Endpoint,
}

impl<'e> RouteInfo<'e> {
    /// Returns the method, or `None` for a route that answers any.
    #[must_use]
    pub const fn method(self) -> Option<&'e Method> {
        match self.method {
            MethodFilter::Any => None,
            MethodFilter::One(method) => Some(method),
        }
    }

    /// Returns the pattern, groups included.
    #[must_use]
    pub fn path(self) -> &'e str {
        self.endpoint.path().as_str()
    }

    /// Returns the name, if the route has one.
    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        self.endpoint.name
    }

    /// Returns the names of its handlers, those of the groups first.
    #[must_use]
    pub fn handlers(self) -> &'e [&'static str] {
        &self.endpoint.handlers
    }
}

/// One line, such as `GET /users/{id} → auth, show`: handlers by the last part of their names, methods with their types.
impl fmt::Display for RouteInfo<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path())?;
        for (index, handler) in self.handlers().iter().enumerate() {
            let separator = if index == 0 { " → " } else { ", " };
            write!(f, "{separator}{}", without_path(handler))?;
        }
        Ok(())
    }
}

/// Returns the last part of a handler's name, with its type parameters, and with the type that it is a method of.
pub(crate) fn without_path(name: &str) -> &str {
    let end = name.find('<').unwrap_or(name.len());
    let path = name.get(..end).unwrap_or(name);
    let Some(last) = path.rfind("::") else { return name };
    let owner = path.get(..last).map_or(0, |owner| owner.rfind("::").map_or(0, |at| at + 2));
    let is_type = path.get(owner..).is_some_and(|owner| owner.starts_with(char::is_uppercase));
    name.get(if is_type { owner } else { last + 2 }..).unwrap_or(name)
}

impl<B: RequestBody + 'static> Service<Request<B>> for EngineService {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = ResponseFuture;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> ResponseFuture {
        let recorder = self.inner.begin(&request);
        let (parts, body) = request.into_parts();
        let client = client_of(&body);
        let mut body = AnyBody::new(body);
        if let Some(recorder) = &recorder {
            body = body.counted(recorder);
        }
        // What a layer outside left with the request goes on being at hand.
        let mut state = RequestState::of(&parts.extensions).cloned().unwrap_or_default();
        if let Some(client) = client {
            state.set_client_addr(client);
        }
        let mut door = Door::new(Arrival { parts, body: BodySlot::new(body), state });
        self.inner.answer(&mut door, recorder, self.leaves_errors)
    }
}

impl Inner {
    /// Begins the statistic of a request, if somebody gets it.
    #[inline]
    fn begin<B>(&self, request: &Request<B>) -> Option<Recorder> {
        self.callback.as_ref()?;
        Some(Recorder::begin(request.method(), request.uri(), request.version(), self.detail))
    }

    fn answer(&self, door: &mut Door, recorder: Option<Recorder>, leaves_errors: bool) -> ResponseFuture {
        let Arrival { parts, state, .. } = door.arrival();
        if let Some(limits) = &self.limits {
            state.set_limits(Arc::clone(limits));
        }
        let mut trip = None;
        if let (Some(callback), Some(recorder)) = (&self.callback, recorder) {
            if let Some(outer) = state.set_recorder(recorder.clone()) {
                recorder.set_outer(outer);
            }
            let tracker = Tracker::new(recorder, Arc::clone(callback), &parts.method);
            trip = Some(Trip::tracked(tracker, self.server_timing));
        }
        let (way, stay) = self.route(door);
        ResponseFuture::new(way, leaves_errors, stay, trip)
    }

    fn route(&self, door: &mut Door) -> (Way, Option<Stay>) {
        let Arrival { parts, state, .. } = door.arrival();
        let path = parts.uri.path();
        if let Some((route, values)) = self.table.find_at_once(&parts.method, path) {
            let endpoint = route.value();
            state.set_params(PathParams::new(endpoint.route.clone(), values));
            return self.run(endpoint, door);
        }
        match self.table.find(&parts.method, path) {
            Found::Route(hit) => {
                let endpoint = hit.route.value();
                state.set_params(PathParams::new(endpoint.route.clone(), hit.params.values(path)));
                self.run(endpoint, door)
            }
            found => self.otherwise(found, door),
        }
    }

    #[inline]
    fn run(&self, endpoint: &Endpoint, door: &mut Door) -> (Way, Option<Stay>) {
        if endpoint.needs_scope {
            return self.open(endpoint, &endpoint.steps, door);
        }
        self.scopes_of(endpoint).enter_bare(&mut door.arrival().state);
        (Way::begin(&endpoint.steps, door), None)
    }

    /// Returns the scopes that requests of an endpoint enter at the door.
    #[inline]
    fn scopes_of<'a>(&'a self, endpoint: &'a Endpoint) -> &'a Arc<Scopes> {
        endpoint.scopes.as_ref().unwrap_or(&self.scopes)
    }

    /// Runs a chain of an endpoint with the request's dependencies around it.
    pub(super) fn open(
        &self,
        endpoint: &Endpoint,
        steps: &Arc<Steps>,
        door: &mut Door,
    ) -> (Way, Option<Stay>) {
        let Arrival { parts, state, .. } = door.arrival();
        let is_head = parts.method == Method::HEAD;
        let head = self.hook_head(parts, endpoint);
        let open = self.scopes_of(endpoint).enter(state);
        let way = Way::begin(steps, door);
        (way, Some(Stay::new(open, is_head, head, Arc::clone(steps))))
    }

    /// Keeps what an error handler may see of the request, for hooks that run when the request is gone.
    fn hook_head(&self, parts: &Parts, endpoint: &Endpoint) -> Option<Box<RequestHead>> {
        self.keeps_heads.then(|| Box::new(RequestHead::of_parts(parts, Some(endpoint.path().clone()))))
    }
}

/// Returns the address that a body of our server knows.
fn client_of<B: 'static>(body: &B) -> Option<ClientAddr> {
    #[cfg(feature = "server")]
    if let Some(body) = (body as &dyn std::any::Any).downcast_ref::<crate::server::IncomingBody>() {
        return body.client_addr();
    }
    let _ = body;
    None
}

impl fmt::Debug for EngineService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.routes()).finish()
    }
}
