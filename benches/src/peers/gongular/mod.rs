//! Our extractors, container and layers: the same handlers for both hosts.

pub(crate) mod assembled;
pub(crate) mod in_axum;
pub(crate) mod plain;

use gongular::inject::{Container, ContainerBuilder, Provider};
use gongular::layers::error::{ErrorHandler, RequestHead};
use gongular::layers::stats::RouteCallback;
use gongular::layers::{ErrorLayer, InjectLayer, StatsLayer};
use gongular::stats::RouteStat;
use gongular::{
    Body, Error, Form, FromRequest, Inject, IntoResponse, Json, Multipart, Param, Query, RequestContext,
    ResponseBody,
};
use http::{HeaderValue, Response, StatusCode, header};

use crate::registry::Registry;
use crate::values::{
    Invalid, NewUser, Posts, PostsPath, PostsQuery, SignedUp, Signup, Sum, Uploaded, User, UserPosts,
};
use crate::wiring::{Cache, Clock, Config, Db, Mailer, Pool, RequestNumber, UserId, request_number, sum};
use crate::workload::AUTHORIZATION;

gongular::key! { Replica = "replica" }

async fn root() -> &'static str {
    "hi"
}

async fn posts(path: Param<PostsPath>, query: Query<PostsQuery>) -> Json<Posts<String>> {
    let PostsQuery { page, per_page, sort, desc } = query.0;
    Json(Posts { id: path.id, page, per_page, sort, desc })
}

async fn create_user(body: Body<NewUser>) -> Json<User<String>> {
    let user = body.0;
    Json(User { name: user.name, city: user.address.city, comments: user.comments.len() })
}

async fn signup(form: Form<Signup>) -> Json<SignedUp<String>> {
    let Signup { name, age, newsletter, score, .. } = form.0;
    Json(SignedUp { name, age, newsletter, score })
}

async fn upload(mut parts: Multipart) -> Result<Json<Uploaded>, Error> {
    let (mut sum, mut file_len) = (0, 0);
    while let Some(mut part) = parts.next_part().await? {
        if part.name() == "file" {
            while let Some(chunk) = part.chunk().await? {
                file_len += chunk.len();
            }
        } else {
            sum += part.text().await?.parse::<u64>()?;
        }
    }
    Ok(Json(Uploaded { sum, file_len }))
}

async fn inject(
    db: Inject<Db>,
    cache: Inject<Cache>,
    mailer: Inject<Mailer>,
    clock: Inject<Clock>,
    config: Inject<Config>,
    pool: Inject<Pool, Replica>,
    number: Inject<RequestNumber>,
) -> Json<Sum> {
    Json(Sum { sum: sum(&db, &cache, &mailer, &clock, &config, &pool, *number) })
}

#[expect(clippy::too_many_arguments, reason = "everything the workload injects, as arguments")]
async fn api_posts(
    path: Param<PostsPath>,
    query: Query<PostsQuery>,
    user: Inject<UserId>,
    db: Inject<Db>,
    cache: Inject<Cache>,
    mailer: Inject<Mailer>,
    clock: Inject<Clock>,
    config: Inject<Config>,
    pool: Inject<Pool, Replica>,
    number: Inject<RequestNumber>,
) -> Json<UserPosts<String>> {
    let sum = sum(&db, &cache, &mailer, &clock, &config, &pool, *number);
    Json(UserPosts::new(path.id, query.0, sum, *user))
}

async fn container() -> Container {
    let builder = registrations(Container::builder()).register(number()).per_request(user);
    builder.build().await.expect("everything is provided")
}

fn registrations(builder: ContainerBuilder) -> ContainerBuilder {
    builder
        .provide(Db { v: 1 })
        .provide(Cache { v: 2 })
        .provide(Mailer { v: 3 })
        .provide(Clock { v: 4 })
        .provide(Config { v: 5 })
        .provide_keyed("primary", Pool { v: 60 })
        .provide_keyed("replica", Pool { v: 6 })
        .provide_keyed("archive", Pool { v: 600 })
}

fn number() -> Provider<RequestNumber> {
    Provider::<RequestNumber>::per_request(read_number)
}

async fn read_number(db: Inject<Db>, digits: Digits) -> Result<RequestNumber, Error> {
    let refuse = |text| Error::new(StatusCode::INTERNAL_SERVER_ERROR, text);
    request_number(&db, digits.0.as_ref().map(HeaderValue::as_bytes)).await.map_err(refuse)
}

async fn user(credentials: Credentials) -> Result<UserId, Error> {
    match credentials.0 {
        Some(value) if value == AUTHORIZATION => Ok(UserId(7)),
        _ => Err(Error::new(StatusCode::UNAUTHORIZED, "unauthorized")),
    }
}

/// The header field that a per-request value is made of, as an extractor of one's own.
struct Digits(Option<HeaderValue>);

impl<B: Send> FromRequest<B> for Digits {
    async fn from_request(cx: &mut RequestContext<'_, B>) -> Result<Self, Error> {
        Ok(Self(cx.parts.headers.get("x-request-id").cloned()))
    }
}

struct Credentials(Option<HeaderValue>);

impl<B: Send> FromRequest<B> for Credentials {
    async fn from_request(cx: &mut RequestContext<'_, B>) -> Result<Self, Error> {
        Ok(Self(cx.parts.headers.get(header::AUTHORIZATION).cloned()))
    }
}

fn stats_layer() -> StatsLayer {
    StatsLayer::new(route_callback())
}

fn route_callback() -> impl RouteCallback {
    let registry = Registry::default();
    move |stat: &RouteStat| {
        let path = stat.matched_path().map_or("", |path| path.as_str());
        let status = stat.response_code().map_or(0, |status| status.as_u16());
        let took = stat.total_duration();
        registry.record(stat.method().as_str(), path, status, took, stat.response_size());
    }
}

fn error_layer() -> ErrorLayer<FirstProblem> {
    ErrorLayer::new().handler(FirstProblem)
}

async fn inject_layer() -> InjectLayer {
    InjectLayer::new(container().await)
}

/// Answers in the shape that all peers agreed on.
struct FirstProblem;

impl ErrorHandler for FirstProblem {
    const WANTS_REQUEST: bool = false;

    fn handle(&self, error: &Error, _: &RequestHead) -> Option<Response<ResponseBody>> {
        let problem = error.problems().first()?;
        let body = Invalid::new(problem.place().short_name(), problem.path(), problem.code());
        (error.status(), Json(body)).into_response().ok()
    }
}
