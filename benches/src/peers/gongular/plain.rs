//! On a plain table of routes: our services, and no framework.

use std::future::{Ready, ready};
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_util::future::Either as EitherFuture;
use gongular::handler::HandlerFuture;
use gongular::{
    Error, Handler, MatchedPath, PathParams, RequestBody, RequestState, ResponseBody, RoutePattern, service,
};
use http::{Method, Request, Response};
use tower::{Layer, Service, ServiceBuilder};

use super::{
    api_posts, create_user, error_layer, inject, inject_layer, posts, root, signup, stats_layer, upload,
};
use crate::harness::{App, Application};
use crate::workload::Workload;

/// The routes that need nothing injected.
pub(crate) struct Bound;

impl App for Bound {
    const NAME: &'static str = NAME;

    fn answers(workload: &Workload) -> bool {
        !matches!(workload.name, "w6" | "w7")
    }

    async fn build() -> impl Application {
        let routes = Table::new()
            .route(Method::GET, "/", root)
            .route(Method::GET, "/users/{id}/posts", posts)
            .route(Method::POST, "/users", create_user)
            .route(Method::POST, "/signup", signup)
            .route(Method::POST, "/upload", upload);
        error_layer().layer(routes)
    }
}

/// The route that everything is injected into.
pub(crate) struct Injected;

impl App for Injected {
    const NAME: &'static str = NAME;

    fn answers(workload: &Workload) -> bool {
        workload.name == "w6"
    }

    async fn build() -> impl Application {
        let routes = Table::new().route(Method::GET, "/inject", inject);
        ServiceBuilder::new().layer(error_layer()).layer(inject_layer().await).service(routes)
    }
}

/// The route with everything.
pub(crate) struct Everything;

impl App for Everything {
    const NAME: &'static str = NAME;

    fn answers(workload: &Workload) -> bool {
        workload.name == "w7"
    }

    async fn build() -> impl Application {
        let routes = Table::new().route(Method::GET, "/api/users/{id}/posts", api_posts);
        ServiceBuilder::new()
            .layer(stats_layer())
            .layer(error_layer())
            .layer(inject_layer().await)
            .service(routes)
    }
}

const NAME: &str = "gongular";

/// A handler behind an object: its future is the only box.
type Route<B> = Box<dyn Fn(Request<B>) -> HandlerFuture + Send + Sync>;

struct Path<B> {
    method: Method,
    pattern: RoutePattern,
    route: Route<B>,
}

/// `matchit` finds the route; there is one method for each.
struct Table<B> {
    routes: Arc<matchit::Router<Path<B>>>,
}

impl<B: RequestBody + 'static> Table<B> {
    fn new() -> Self {
        Self { routes: Arc::new(matchit::Router::new()) }
    }

    fn route<H, A>(mut self, method: Method, pattern: &'static str, handler: H) -> Self
    where
        H: Handler<B, A>,
        A: 'static,
    {
        let route = Box::new(move |request| service(handler.clone()).call(request));
        let names = pattern.split(['{', '}']).skip(1).step_by(2);
        let known = RoutePattern::new(MatchedPath::from_static(pattern), names);
        let routes = Arc::get_mut(&mut self.routes).expect("nobody else has the table yet");
        routes.insert(pattern, Path { method, pattern: known, route }).expect("the patterns do not conflict");
        self
    }
}

impl<B: RequestBody + 'static> Service<Request<B>> for Table<B> {
    type Response = Response<ResponseBody>;
    type Error = Error;
    type Future = EitherFuture<HandlerFuture, Ready<Result<Self::Response, Error>>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        let Ok(found) = self.routes.at(request.uri().path()) else {
            return EitherFuture::Right(ready(Err(Error::not_found())));
        };
        let Path { method, pattern, route } = found.value;
        if request.method() != method {
            return EitherFuture::Right(ready(Err(Error::not_found())));
        }
        let values: Vec<&str> = found.params.iter().map(|(_, value)| value).collect();
        let params = PathParams::new(pattern.clone(), values.into_iter());
        RequestState::entry(request.extensions_mut()).set_params(params);
        EitherFuture::Left(route(request))
    }
}

impl<B> Clone for Table<B> {
    fn clone(&self) -> Self {
        Self { routes: Arc::clone(&self.routes) }
    }
}
