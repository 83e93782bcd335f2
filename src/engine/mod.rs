//! The whole application assembled: providers, routes, errors and statistics in one tower service.
//!
//! [`Engine`] collects, [`Engine::build`] checks everything at once and makes an [`EngineService`], which any host can call:
//! the server of this crate, hyper, an axum router, or a test without sockets.

mod automatic;
#[cfg(feature = "mvc")]
mod below;
mod body;
mod build;
mod check;
#[cfg(feature = "mvc")]
mod controllers;
mod future;
mod mistake;
mod plan;
#[cfg(feature = "server")]
mod serve;
mod service;
mod stay;
mod test_client;
mod trip;
#[cfg(all(feature = "mvc", feature = "neffos"))]
mod websockets;

use std::fmt;
use std::sync::Arc;

use gongular_core::Limits;
use gongular_core::inject::{ContainerBuilder, Provider};
use gongular_core::stats::Detail;
use gongular_layers::error::Answers;
use gongular_layers::stats::RouteCallback;
use gongular_layers::{ErrorHandler, ErrorLayer};

pub use self::body::Body;
pub(crate) use self::future::Answered;
pub use self::future::ResponseFuture;
pub use self::mistake::{BuildError, Mistake, MistakeKind};
#[cfg(feature = "server")]
pub use self::serve::ServeError;
#[cfg(feature = "mvc")]
pub(crate) use self::service::without_path;
pub use self::service::{EngineService, RouteInfo};
use crate::router::{Providers, Router};

/// An application, before it is built.
///
/// # Example
///
/// ```
/// use gongular::{Engine, Inject, Param, Router, Unchecked};
/// use http_body_util::{BodyExt, Empty};
/// use tower_service::Service;
///
/// struct Greeting(&'static str);
///
/// async fn greet(name: Param<Unchecked<String>>, greeting: Inject<Greeting>) -> String {
///     format!("{}, {}!", greeting.0, name.0.0)
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let mut app = Engine::new()
///     .provide(Greeting("Hello"))
///     .routes(Router::new().get("/greet/{name}", greet))
///     .build()
///     .await
///     .unwrap();
///
/// let request = http::Request::get("/greet/Ann").body(Empty::<bytes::Bytes>::new()).unwrap();
/// let response = app.call(request).await.unwrap();
/// assert_eq!(response.into_body().collect().await.unwrap().to_bytes(), "Hello, Ann!");
/// # }
/// ```
#[must_use = "an engine does nothing until it is built"]
pub struct Engine {
    /// What is registered with the engine itself.
    router: Router,
    routers: Vec<Router>,
    overrides: Providers,
    errors: Arc<dyn Answers>,
    callback: Option<Arc<dyn RouteCallback>>,
    detail: Detail,
    limits: Option<Limits>,
    redirects: bool,
    server_timing: bool,
}

impl Engine {
    /// Makes an engine without routes.
    pub fn new() -> Self {
        Self {
            router: Router::new(),
            routers: Vec::new(),
            overrides: Providers::default(),
            errors: ErrorLayer::new().into_answers(),
            callback: None,
            detail: Detail::default(),
            limits: None,
            redirects: true,
            server_timing: false,
        }
    }

    /// Adds the routes of a router, with everything else that it holds: its handlers, layers, providers and error handler are
    /// not those of routers that are added before or after it.
    pub fn routes(mut self, router: Router) -> Self {
        self.routers.push(router);
        self
    }

    /// Takes all routers out, as one.
    fn take_router(&mut self) -> Router {
        let own = std::mem::take(&mut self.router);
        let mut routers = std::mem::take(&mut self.routers);
        match routers.pop() {
            // What stands in the only router holds for all routes of the engine; what replaces something is a group's.
            Some(only) if routers.is_empty() && !own.providers.overlaps(&only.providers) => own.absorb(only),
            last => routers.into_iter().chain(last).fold(own, |own, router| own.group("", router)),
        }
    }

    /// Provides a value to all handlers, by its type.
    #[track_caller]
    pub fn provide<T: Send + Sync + 'static>(mut self, value: T) -> Self {
        self.router = self.router.provide(value);
        self
    }

    /// Registers a provider.
    #[track_caller]
    pub fn register<U, T>(mut self, provider: Provider<U, T>) -> Self
    where
        U: Send + Sync + 'static,
        T: ?Sized + Send + Sync + 'static,
    {
        self.router = self.router.register(provider);
        self
    }

    /// Registers whatever a [`ContainerBuilder`] takes: keyed values, trait objects, factories.
    pub fn providers(mut self, register: impl FnOnce(ContainerBuilder) -> ContainerBuilder) -> Self {
        self.router = self.router.providers(register);
        self
    }

    /// Registers what stands in the place of other registrations of the same type and key, those of groups included.
    ///
    /// For tests, which take the application as it is but for its database. What replaces nothing and is needed by nobody is
    /// a mistake that [`build`](Self::build) tells.
    pub fn overrides(mut self, register: impl FnOnce(ContainerBuilder) -> ContainerBuilder) -> Self {
        self.overrides = register(self.overrides);
        self
    }

    /// Sets how errors are answered: those of handlers, extractors, providers and layers, panics, 404 and 405.
    ///
    /// Defaults to [`ErrorLayer::new`]. A group may have its own.
    pub fn errors<H: ErrorHandler>(mut self, errors: ErrorLayer<H>) -> Self {
        self.errors = errors.into_answers();
        self
    }

    /// Answers errors as a router does, those of no route too.
    #[cfg(feature = "mvc")]
    pub(crate) fn errors_of(mut self, router: &Router) -> Self {
        if let Some(errors) = &router.errors {
            self.errors = Arc::clone(errors);
        }
        self
    }

    /// Sets who gets the statistic of each request.
    ///
    /// Defaults to nobody, and then nothing is measured.
    pub fn stats(mut self, callback: impl RouteCallback) -> Self {
        self.callback = Some(Arc::new(callback));
        self
    }

    /// Sets what a statistic holds besides the request itself.
    pub const fn detail(mut self, detail: Detail) -> Self {
        self.detail = detail;
        self
    }

    /// Sets whether answers carry a `Server-Timing` header, with the times that the statistic has so far: everything but the
    /// sending of the body.
    ///
    /// Defaults to `false`, for it tells strangers how the application is made.
    pub const fn server_timing(mut self, is_sent: bool) -> Self {
        self.server_timing = is_sent;
        self
    }

    /// Sets the limits of what is read from a request.
    ///
    /// Defaults to [`Limits::DEFAULT`].
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = Some(limits);
        self
    }

    /// Sets whether a path that differs from a route only by a slash at its end, or by upper and lower case, is redirected
    /// to it: by 301 for `GET` and `HEAD`, else by 308, with its query.
    ///
    /// Below a path of axum's `nest_service`, it leads to where the engine stands. Other hosts do not say what they take away
    /// from the front of a path: switch it off there.
    ///
    /// Defaults to `true`. Without it, such a path is not found.
    pub const fn redirects(mut self, redirects: bool) -> Self {
        self.redirects = redirects;
        self
    }
}

impl Default for Engine {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine")
            .field("router", &self.router)
            .field("routers", &self.routers)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Inject, Stop};

    struct Name(&'static str);

    async fn name(name: Inject<Name>) -> &'static str {
        name.0
    }

    #[tokio::test]
    async fn routers_that_are_added_beside_each_other_share_nothing() {
        let guard = async || Stop("guarded");
        let guarded = || Router::new().handler(guard).provide(Name("guarded")).get("/guarded", name);
        let open = || Router::new().get("/open", name);
        for engine in
            [Engine::new().routes(guarded()).routes(open()), Engine::new().routes(open()).routes(guarded())]
        {
            let client = engine.provide(Name("engine")).test_client().await.unwrap();
            client.get("/guarded").send().await.assert_text("guarded");
            client.get("/open").send().await.assert_text("engine");
        }
    }

    #[tokio::test]
    async fn the_only_router_stands_for_the_engine() {
        let router = Router::new().provide(Name("router")).get("/", name);
        let client = Engine::new().routes(router).test_client().await.unwrap();
        client.get("/").send().await.assert_text("router");
    }
}
