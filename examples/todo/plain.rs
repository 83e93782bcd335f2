//! The application as a plain tower service, for hosts without a router of their own.

use std::convert::Infallible;
use std::sync::Arc;

use gongular::http::{HeaderValue, Method, Request, Response};
use gongular::layers::{ErrorLayer, InjectLayer, StatsLayer};
use gongular::stats::RouteStat;
use gongular::{
    Container, Error, Handler, MatchedPath, PathParams, RequestBody, RequestState, ResponseBody, service,
};
use tower::util::BoxCloneSyncService;
use tower::{ServiceBuilder, ServiceExt};

use crate::todo;
use crate::todo::store::Calls;

type Route<B> = BoxCloneSyncService<Request<B>, Response<ResponseBody>, Error>;

struct Path<B> {
    pattern: &'static str,
    methods: Vec<(Method, Route<B>)>,
}

/// A table of routes: `matchit` finds the path, the method picks the handler.
pub(crate) struct Routes<B> {
    paths: Vec<Path<B>>,
    table: matchit::Router<usize>,
}

impl<B: RequestBody + 'static> Routes<B> {
    fn new() -> Self {
        Self { paths: Vec::new(), table: matchit::Router::new() }
    }

    fn route<H, A>(mut self, method: Method, pattern: &'static str, handler: H) -> Self
    where
        H: Handler<B, A>,
        A: 'static,
    {
        let route = BoxCloneSyncService::new(service(handler));
        match self.paths.iter_mut().find(|path| path.pattern == pattern) {
            Some(path) => path.methods.push((method, route)),
            None => {
                self.table.insert(pattern, self.paths.len()).expect("the patterns above do not conflict");
                self.paths.push(Path { pattern, methods: vec![(method, route)] });
            }
        }
        self
    }

    async fn call(&self, mut request: Request<B>) -> Result<Response<ResponseBody>, Error> {
        let Ok(found) = self.table.at(request.uri().path()) else { return Err(Error::not_found()) };
        let path = &self.paths[*found.value];
        let params: PathParams = found.params.iter().collect();
        let method = request.method().clone();
        RequestState::entry(request.extensions_mut())
            .set_route(MatchedPath::from_static(path.pattern), params);
        match path.methods.iter().find(|(of, _)| *of == method) {
            Some((_, route)) => route.clone().oneshot(request).await,
            None => {
                let mut allow: Vec<&str> = Vec::new();
                for (method, _) in &path.methods {
                    allow.push(method.as_str());
                    if method == Method::GET {
                        allow.push("HEAD");
                    }
                }
                Err(Error::method_not_allowed(HeaderValue::try_from(allow.join(","))?))
            }
        }
    }
}

/// The whole application as one value that any host can clone and call.
pub(crate) type App<B> = BoxCloneSyncService<Request<B>, Response<ResponseBody>, Infallible>;

/// The whole application: layers outside, routes inside.
pub(crate) fn app<B>(calls: Calls, container: Container) -> App<B>
where
    B: RequestBody<Data = bytes::Bytes> + 'static,
{
    let routes = Arc::new(
        Routes::new()
            .route(Method::GET, "/todos", todo::list)
            .route(Method::POST, "/todos", todo::create)
            .route(Method::GET, "/todos/{id}", todo::show)
            .route(Method::PUT, "/todos/{id}", todo::replace)
            .route(Method::POST, "/todos/{id}/title", todo::rename)
            .route(Method::POST, "/todos/{id}/file", todo::attach)
            .route(Method::GET, "/fall", todo::fall)
            .route(Method::GET, "/stats", todo::stats),
    );
    let app = ServiceBuilder::new()
        .layer(StatsLayer::new(move |stat: &RouteStat| calls.record(stat)))
        .layer(ErrorLayer::new().map(todo::answer))
        .layer(InjectLayer::new(container))
        .service_fn(move |request| {
            let routes = Arc::clone(&routes);
            async move { routes.call(request).await }
        });
    BoxCloneSyncService::new(app.map_response(|response| response.map(ResponseBody::stream)))
}
