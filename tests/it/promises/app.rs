//! The same handlers under the same layers, on a plain tower stack and on an axum router.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;

use axum::routing::{get, post};
use bytes::Bytes;
use gongular::http::{HeaderValue, Method, Request, Response};
use gongular::http_body::Body as HttpBody;
use gongular::layers::stats::{CountedBody, RouteStat};
use gongular::layers::{ErrorLayer, InjectLayer, LimitsLayer, StatsLayer};
use gongular::stats::Logger;
use gongular::{
    All, Body, BoxError, BrokenRule, BrokenRules, Container, Cookie, Error, Form, Handler, Header, Inject,
    Json, Limits, MatchedPath, Multipart, Param, PathParams, Query, RequestState, ResponseBody, Rules,
    Unchecked, UploadedFile, service,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tower::util::BoxCloneSyncService;
use tower::{ServiceBuilder, ServiceExt};

use super::{Frames, Log, Seen};

#[derive(Deserialize, Serialize)]
pub(super) struct Id {
    id: i64,
}

#[derive(Deserialize, Serialize)]
pub(super) struct Name {
    name: String,
}

#[derive(Deserialize, Serialize)]
#[serde(default)]
#[derive(Default)]
pub(super) struct Kinds {
    i: Option<i64>,
    i8: Option<i8>,
    u: Option<u64>,
    u8: Option<u8>,
    f: Option<f64>,
    f32: Option<f32>,
    b: Option<bool>,
    s: Option<String>,
    #[serde(rename = "Tag")]
    tag: Vec<String>,
    numbers: Vec<u8>,
}

/// A person, whose name may not be blank.
#[derive(Deserialize, Serialize)]
pub(super) struct Person {
    name: String,
    age: u8,
}

#[derive(Deserialize, Serialize)]
pub(super) struct Order {
    #[serde(rename = "City")]
    city: String,
    #[serde(default)]
    items: Vec<Item>,
    note: Option<String>,
    address: Option<Address>,
}

#[derive(Deserialize, Serialize)]
struct Item {
    qty: u8,
}

#[derive(Deserialize, Serialize)]
struct Address {
    country: String,
}

#[derive(Deserialize)]
pub(super) struct Upload {
    title: String,
    file: UploadedFile,
}

/// A struct without room for other members.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Closed {
    one: Option<u8>,
}

#[derive(Deserialize, Serialize)]
pub(super) enum Choice {
    One,
    Two,
}

#[derive(Deserialize)]
pub(super) struct Head {
    #[serde(rename = "x-age")]
    age: u8,
}

#[derive(Deserialize)]
pub(super) struct Jar {
    age: u8,
}

/// A dependency that nobody provides.
pub(super) struct Missing;

impl Rules for Closed {}
impl Rules for Head {}
impl Rules for Id {}
impl Rules for Jar {}
impl Rules for Name {}
impl Rules for Kinds {}
impl Rules for Order {}
impl Rules for Upload {}

impl Rules for Person {
    fn check(&self) -> Result<(), BrokenRules> {
        match self.name.trim() {
            "" => Err(BrokenRule::of_field("name", "blank", "must not be blank").into()),
            _ => Ok(()),
        }
    }
}

async fn id(Param(id): Param<Id>) -> Json<Id> {
    Json(id)
}

async fn name(Param(name): Param<Name>) -> Json<Name> {
    Json(name)
}

async fn query(Query(kinds): Query<Kinds>) -> Json<Kinds> {
    Json(kinds)
}

async fn person(Query(person): Query<Person>) -> Json<Person> {
    Json(person)
}

async fn order(Body(order): Body<Order>) -> Json<Order> {
    Json(order)
}

async fn any(Body(Unchecked(value)): Body<Unchecked<Value>>) -> Json<Value> {
    Json(value)
}

async fn bytes(All(bytes): All<Bytes>) -> Json<usize> {
    Json(bytes.len())
}

async fn text(All(text): All<String>) -> Json<usize> {
    Json(text.len())
}

async fn form(Form(person): Form<Person>) -> Json<Person> {
    Json(person)
}

async fn form_kinds(Form(kinds): Form<Kinds>) -> Json<Kinds> {
    Json(kinds)
}

async fn upload(Form(form): Form<Upload>) -> Json<Value> {
    Json(json!({"title": form.title, "name": form.file.file_name(), "size": form.file.len()}))
}

async fn parts(mut form: Multipart) -> Result<Json<Vec<(String, usize)>>, Error> {
    let mut found = Vec::new();
    while let Some(mut part) = form.next_part().await? {
        let mut size = 0;
        while let Some(chunk) = part.chunk().await? {
            size += chunk.len();
        }
        found.push((part.name().to_owned(), size));
    }
    Ok(Json(found))
}

async fn all(All((_, _, _)): All<(Param<Id>, Query<Person>, Body<Order>)>) -> Json<()> {
    Json(())
}

async fn map(Query(Unchecked(map)): Query<Unchecked<BTreeMap<String, u8>>>) -> Json<usize> {
    Json(map.len())
}

async fn json_map(Body(Unchecked(map)): Body<Unchecked<BTreeMap<String, u8>>>) -> Json<usize> {
    Json(map.len())
}

async fn denied(Body(closed): Body<Closed>) -> Json<Closed> {
    Json(closed)
}

async fn choice(Body(Unchecked(choice)): Body<Unchecked<Choice>>) -> Json<Choice> {
    Json(choice)
}

async fn header(Header(head): Header<Head>) -> Json<u8> {
    Json(head.age)
}

async fn cookie(Cookie(jar): Cookie<Jar>) -> Json<u8> {
    Json(jar.age)
}

async fn log(logger: Logger, Query(name): Query<Name>) -> Json<()> {
    logger.info(format_args!("name {}", name.name));
    Json(())
}

async fn panics() -> &'static str {
    panic!("secret of the panic at /srv/app.rs")
}

async fn fails(Query(name): Query<Name>) -> Result<&'static str, Error> {
    Err(Error::app(format!("no connection to /srv/db as {}", name.name)))
}

async fn missing(_: Inject<Missing>) -> &'static str {
    unreachable!("nobody provides it")
}

async fn upgrade() -> gongular::http::StatusCode {
    gongular::http::StatusCode::SWITCHING_PROTOCOLS
}

/// One host: the service, and what its statistics layer said.
pub(super) struct Host {
    pub(super) service: Service,
    log: Log,
}

pub(super) type Service = BoxCloneSyncService<Request<Frames>, Response<ResponseBody>, Infallible>;

impl Host {
    /// Takes the statistics that were handed out since the last time.
    pub(super) fn taken(&self) -> Vec<Seen> {
        std::mem::take(&mut *self.log.lock().unwrap())
    }
}

/// Both hosts.
pub(super) struct App {
    pub(super) plain: Host,
    pub(super) axum: Host,
}

macro_rules! app {
    ($($method:ident $path:literal $handler:ident;)*) => {
        fn routes() -> Routes {
            let mut routes = Routes::default();
            $(routes.add(stringify!($method), $path, $handler);)*
            routes
        }

        fn router() -> axum::Router {
            axum::Router::new()$(.route($path, $method($handler)))*
        }
    };
}

app! {
    get "/id/{id}" id;
    get "/name/{name}" name;
    get "/rest/{*name}" name;
    get "/query" query;
    get "/person" person;
    post "/json" order;
    post "/any" any;
    post "/bytes" bytes;
    post "/text" text;
    post "/form" form;
    post "/form-kinds" form_kinds;
    post "/upload" upload;
    post "/parts" parts;
    post "/all/{id}" all;
    get "/map" map;
    post "/json-map" json_map;
    post "/denied" denied;
    post "/choice" choice;
    get "/header" header;
    get "/cookie" cookie;
    get "/log" log;
    get "/panic" panics;
    get "/fails" fails;
    get "/missing" missing;
    get "/upgrade" upgrade;
}

macro_rules! layers {
    ($log:expr, $limits:expr, $container:expr) => {
        ServiceBuilder::new()
            .layer(StatsLayer::new(note($log)))
            .layer(ErrorLayer::new().host_errors(true))
            .layer(LimitsLayer::new($limits))
            .layer(InjectLayer::new($container))
    };
}

impl App {
    pub(super) async fn new(limits: Limits) -> Self {
        let container = Container::builder().build().await.unwrap();
        let log = Log::default();
        let routes = Arc::new(routes());
        let plain = layers!(&log, limits.clone(), container.clone()).service_fn(move |request| {
            let routes = Arc::clone(&routes);
            async move { routes.call(request).await }
        });
        let plain = Host { service: boxed(plain), log };
        let log = Log::default();
        let axum = router().layer(layers!(&log, limits, container));
        Self { plain, axum: Host { service: boxed(axum), log } }
    }
}

fn boxed<S, B>(service: S) -> Service
where
    S: tower::Service<Request<Frames>, Response = Response<B>, Error = Infallible, Future: Send>
        + Clone
        + Send
        + Sync
        + 'static,
    B: HttpBody<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    BoxCloneSyncService::new(service.map_response(|response| response.map(ResponseBody::stream)))
}

fn note(log: &Log) -> impl Fn(&RouteStat) + Send + Sync + 'static {
    let log = Arc::clone(log);
    move |stat| {
        log.lock().unwrap().push(Seen {
            label: stat.label().to_owned(),
            code: stat.response_code().map(|code| code.as_u16()),
            outcome: stat.outcome(),
            read: stat.request_size(),
            sent: stat.response_size(),
            error: stat.error().map(str::to_owned),
            logs: stat.logs().iter().map(|line| line.to_string()).collect(),
        });
    }
}

/// The routes of the plain stack.
#[derive(Default)]
struct Routes {
    table: matchit::Router<(MatchedPath, Method, Route)>,
}

type Counted = CountedBody<Frames>;

type Route = BoxCloneSyncService<Request<Counted>, Response<ResponseBody>, Error>;

impl Routes {
    fn add<H, Args>(&mut self, method: &str, path: &'static str, handler: H)
    where
        H: Handler<Counted, Args>,
        Args: 'static,
    {
        let method = Method::from_bytes(method.to_ascii_uppercase().as_bytes()).unwrap();
        let route = BoxCloneSyncService::new(service(handler));
        self.table.insert(path, (MatchedPath::from_static(path), method, route)).unwrap();
    }

    async fn call(&self, mut request: Request<Counted>) -> Result<Response<ResponseBody>, Error> {
        let Ok(found) = self.table.at(request.uri().path()) else { return Err(Error::not_found()) };
        let params: PathParams = found.params.iter().collect();
        let (path, method, route) = found.value;
        let (route, path) = (route.clone(), path.clone());
        RequestState::entry(request.extensions_mut()).set_route(path, params);
        if request.method() != method {
            let allow = if *method == Method::GET { "GET,HEAD" } else { "POST" };
            return Err(Error::method_not_allowed(HeaderValue::from_static(allow)));
        }
        route.oneshot(request).await
    }
}
