//! What is registered, before it is checked and built.

use std::fmt;
use std::panic::Location;
use std::sync::Arc;

use bytes::Bytes;
use gongular_core::inject::{ContainerBuilder, Provider};
use gongular_core::{BoxError, Handler};
use gongular_layers::error::Answers;
use gongular_layers::{ErrorHandler, ErrorLayer};
use http::{Method, Request, Response};
use http_body::Body;
use tower_layer::{Layer, layer_fn};
use tower_service::Service;

use super::MethodFilter;
use crate::AnyBody;
use crate::chain::{Chain, IntoChain, Link, Rest};
use crate::engine::Mistake;

/// Routes, and groups of routes, that an [`Engine`](crate::Engine) serves.
///
/// Patterns are written `/users/{id}` and `/files/{*rest}`; `:id` and `*rest` are read as well. A pattern without parameters
/// is preferred to one with them, in whatever order they are registered.
///
/// Handlers, layers, providers and the error handler of a router are those of all of its routes, registered before or
/// after them. Handlers and layers run in the order in which they were added, those of outer groups first, those of
/// the route last.
///
/// A proxy's `CONNECT host:443` has no path, so no route answers it.
///
/// # Example
///
/// ```
/// use gongular::{Engine, Param, Router, Unchecked};
///
/// async fn member(id: Param<Unchecked<u32>>) -> String {
///     format!("member {}", id.0.0)
/// }
///
/// async fn guard() {}
///
/// let club = Router::new().handler(guard).get("/members/{id}", member);
/// let engine = Engine::new().routes(Router::new().group("/club", club));
/// # let _ = engine;
/// ```
#[derive(Default)]
#[must_use = "a router does nothing until an engine serves it"]
pub struct Router {
    pub(crate) links: Vec<Link>,
    pub(crate) providers: Providers,
    pub(crate) errors: Option<Arc<dyn Answers>>,
    pub(crate) items: Vec<Item>,
    /// What is no mistake, but worth a look.
    pub(crate) warnings: Vec<String>,
    /// What was found wrong when it was registered.
    pub(crate) mistakes: Vec<Mistake>,
    /// What is asked about answers with an error status.
    #[cfg(feature = "mvc")]
    pub(crate) http_errors: Option<HttpErrors>,
}

/// What is asked about answers with an error status, before it is built.
#[cfg(feature = "mvc")]
pub(crate) struct HttpErrors {
    pub(crate) chain: Chain,
    pub(crate) controller: &'static str,
    pub(crate) place: &'static Location<'static>,
}

/// The registrations of one group.
pub(crate) type Providers = ContainerBuilder;

/// A route or a group.
pub(crate) enum Item {
    Route { method: MethodFilter, path: String, chain: Chain, place: &'static Location<'static> },
    Group { prefix: String, router: Router },
}

macro_rules! methods {
    ($($(#[$doc:meta])* $name:ident => $method:ident;)*) => {$(
        $(#[$doc])*
        #[track_caller]
        pub fn $name<Kind>(self, path: impl Into<String>, chain: impl IntoChain<Kind>) -> Self {
            self.method(Method::$method, path, chain)
        }
    )*};
}

impl Router {
    /// Makes a router without routes.
    pub fn new() -> Self {
        Self::default()
    }

    methods! {
        /// Adds a route for `CONNECT`.
        connect => CONNECT;
        /// Adds a route for `DELETE`.
        delete => DELETE;
        /// Adds a route for `GET`, which answers `HEAD` too.
        get => GET;
        /// Adds a route for `HEAD` alone, in the place of the one that comes with `GET`.
        head => HEAD;
        /// Adds a route for `OPTIONS`, in the place of the automatic answer.
        options => OPTIONS;
        /// Adds a route for `PATCH`.
        patch => PATCH;
        /// Adds a route for `POST`.
        post => POST;
        /// Adds a route for `PUT`.
        put => PUT;
        /// Adds a route for `TRACE`.
        trace => TRACE;
    }

    /// Adds a route for a method, also one of your own such as `PURGE`.
    #[track_caller]
    pub fn method<Kind>(self, method: Method, path: impl Into<String>, chain: impl IntoChain<Kind>) -> Self {
        self.route(MethodFilter::One(method), path.into(), chain.into_chain())
    }

    /// Adds a route for all methods that no other route of the same path answers.
    #[track_caller]
    pub fn any<Kind>(self, path: impl Into<String>, chain: impl IntoChain<Kind>) -> Self {
        self.route(MethodFilter::Any, path.into(), chain.into_chain())
    }

    /// Adds a tower service as the end of a route for all methods, such as another framework's router under a catch-all.
    ///
    /// It sees the path as it was sent.
    #[track_caller]
    pub fn service<S, R>(self, path: impl Into<String>, service: S) -> Self
    where
        S: Service<Request<AnyBody>, Response = Response<R>, Future: Send + 'static, Error: Into<BoxError>>
            + Clone
            + Send
            + Sync
            + 'static,
        R: Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
    {
        self.route(MethodFilter::Any, path.into(), end(service))
    }

    /// Serves the files of a folder below a path: a path of the file system, or a [`ServeFiles`](crate::files::ServeFiles)
    /// with settings.
    ///
    /// A folder that is not there is one of the engine's [warnings](crate::engine::EngineService::warnings).
    #[cfg(feature = "files")]
    #[track_caller]
    pub fn files(self, path: impl Into<String>, files: impl Into<crate::files::ServeFiles>) -> Self {
        let path = format!("{}/{{*path}}", path.into());
        let files = files.into();
        let checked = files.check();
        self.warn(&path, checked).get(path, files)
    }

    /// Serves a single file: a path of the file system, or a [`ServeFile`](crate::files::ServeFile) with settings.
    ///
    /// A file that is not there is one of the engine's [warnings](crate::engine::EngineService::warnings).
    #[cfg(feature = "files")]
    #[track_caller]
    pub fn file(self, path: impl Into<String>, file: impl Into<crate::files::ServeFile>) -> Self {
        let (path, file) = (path.into(), file.into());
        let checked = file.check();
        self.warn(&path, checked).get(path, file)
    }

    /// Keeps what is wrong with the files of a route.
    #[cfg(feature = "files")]
    #[track_caller]
    fn warn(mut self, path: &str, checked: Result<(), gongular_core::Error>) -> Self {
        if let Err(error) = checked {
            let place = Location::caller();
            self.warnings.push(format!("{error}; the route `{path}` serves it ({place})"));
        }
        self
    }

    #[track_caller]
    fn route(mut self, method: MethodFilter, path: String, chain: Chain) -> Self {
        self.items.push(Item::Route { method, path, chain, place: Location::caller() });
        self
    }

    /// Adds the routes of another router below a path.
    ///
    /// Paths are joined with one slash, whatever slashes are missing or doubled; the empty path of a route is the group's
    /// own.
    pub fn group(mut self, prefix: impl Into<String>, router: Self) -> Self {
        self.items.push(Item::Group { prefix: prefix.into(), router });
        self
    }

    /// Adds a handler before those of all routes.
    pub fn handler<H, Args>(mut self, handler: H) -> Self
    where
        H: Handler<AnyBody, Args>,
        Args: 'static,
    {
        self.links.extend(Chain::new().then(handler).links);
        self
    }

    /// Adds a tower layer around everything that comes later, in all routes.
    ///
    /// Its service is made once for each route, and once more for the automatic answers of the route's path: to `OPTIONS`,
    /// and to methods that no route has (405). These go through the layers of the path's first route, or, when it is a preflight of
    /// cross-origin requests, of the route that it asks for; handlers do not see them. Paths that no route has are seen
    /// by nobody: wrap the engine's service for those.
    pub fn layer<L, R>(mut self, layer: L) -> Self
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

    /// Provides a value to the handlers of this router and its groups, by its type.
    ///
    /// What a group provides replaces what the groups around it do, for itself alone.
    #[track_caller]
    pub fn provide<T: Send + Sync + 'static>(mut self, value: T) -> Self {
        self.providers = self.providers.provide(value);
        self
    }

    /// Registers a provider.
    #[track_caller]
    pub fn register<U, T>(mut self, provider: Provider<U, T>) -> Self
    where
        U: Send + Sync + 'static,
        T: ?Sized + Send + Sync + 'static,
    {
        self.providers = self.providers.register(provider);
        self
    }

    /// Registers whatever a [`ContainerBuilder`] takes.
    pub fn providers(mut self, register: impl FnOnce(ContainerBuilder) -> ContainerBuilder) -> Self {
        self.providers = register(self.providers);
        self
    }

    /// Sets how the errors of this router and its groups are answered.
    ///
    /// An error that its [`map`](ErrorLayer::map)pings do not know is asked of those of the groups around it, then of the
    /// engine's; everything else, such as the format, is this layer's alone.
    pub fn errors<H: ErrorHandler>(mut self, errors: ErrorLayer<H>) -> Self {
        self.errors = Some(errors.into_answers());
        self
    }

    /// Adds what another router holds, as if it had been written here.
    pub(crate) fn absorb(mut self, other: Self) -> Self {
        self.links.extend(other.links);
        self.providers = self.providers.and(other.providers);
        self.errors = other.errors.or(self.errors);
        self.items.extend(other.items);
        self.warnings.extend(other.warnings);
        self.mistakes.extend(other.mistakes);
        #[cfg(feature = "mvc")]
        {
            self.http_errors = other.http_errors.or(self.http_errors);
        }
        self
    }
}

/// Makes a chain that ends in a service.
pub(crate) fn end<S, R>(service: S) -> Chain
where
    S: Service<Request<AnyBody>, Response = Response<R>, Future: Send + 'static, Error: Into<BoxError>>
        + Clone
        + Send
        + Sync
        + 'static,
    R: Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    Chain::new().layer(layer_fn(move |_: Rest| service.clone()))
}

impl fmt::Debug for Router {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Router")
            .field("providers", &self.providers)
            .field("items", &self.items)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Route { method, path, .. } => write!(f, "{method} {path}"),
            Self::Group { prefix, router } => f.debug_tuple(prefix).field(router).finish(),
        }
    }
}
