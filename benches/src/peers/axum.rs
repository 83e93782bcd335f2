//! Axum as its users write it: its extractors, `validator`, `State`, middlewares from functions, tower-http.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{
    FromRef, FromRequest, FromRequestParts, MatchedPath, Multipart, Path, Query, Request, State,
};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Form, Json, Router};
use http_body::Body;
use serde::de::DeserializeOwned;
use tower_http::catch_panic::CatchPanicLayer;
use validator::Validate;

use crate::harness::{App, Application};
use crate::registry::Registry;
use crate::values::{
    Invalid, NewUser, Posts, PostsPath, PostsQuery, SignedUp, Signup, Sum, Uploaded, User, UserPosts,
    first_broken,
};
use crate::wiring::{
    Cache, Clock, Config, Db, Mailer, Pools, RequestNumber, Singletons, UserId, request_number, sum,
};
use crate::workload::AUTHORIZATION;

pub(crate) struct Axum;

impl App for Axum {
    const NAME: &'static str = "axum";

    async fn build() -> impl Application {
        let state = AppState(Arc::new((Singletons::new(), Registry::default())));
        let api = Router::new()
            .route("/users/{id}/posts", get(api_posts))
            .layer(from_fn(authenticate))
            .layer(CatchPanicLayer::new())
            .layer(from_fn_with_state(state.clone(), observe));
        plain_routes().route("/inject", get(inject)).nest("/api", api).with_state(state)
    }
}

/// The routes that need nothing injected.
pub(crate) fn plain_routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route("/", get(async || "hi"))
        .route("/users/{id}/posts", get(posts))
        .route("/users", post(create_user))
        .route("/signup", post(signup))
        .route("/upload", post(upload))
}

#[derive(Clone)]
struct AppState(Arc<(Singletons, Registry)>);

macro_rules! from_state {
    ($($type:ty => $field:ident,)*) => {$(
        impl FromRef<AppState> for $type {
            fn from_ref(state: &AppState) -> Self {
                state.0.0.$field.clone()
            }
        }
    )*};
}

from_state! {
    Arc<Db> => db,
    Arc<Cache> => cache,
    Arc<Mailer> => mailer,
    Arc<Clock> => clock,
    Arc<Config> => config,
    Pools => pools,
}

impl FromRef<AppState> for Registry {
    fn from_ref(state: &AppState) -> Self {
        state.0.1.clone()
    }
}

pub(crate) enum Failure {
    Invalid { place: &'static str, field: String, code: String },
    Internal(&'static str),
    Unauthorized,
}

impl Failure {
    fn parse(place: &'static str) -> Self {
        Self::Invalid { place, field: String::new(), code: "parse".to_owned() }
    }

    fn rules(place: &'static str, errors: &validator::ValidationErrors) -> Self {
        let (field, code) = first_broken(errors);
        Self::Invalid { place, field, code }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        match self {
            Self::Invalid { place, field, code } => {
                (StatusCode::BAD_REQUEST, Json(Invalid::new(place, field, code))).into_response()
            }
            Self::Internal(text) => (StatusCode::INTERNAL_SERVER_ERROR, text).into_response(),
            Self::Unauthorized => (StatusCode::UNAUTHORIZED, "unauthorized").into_response(),
        }
    }
}

pub(crate) struct ValidQuery<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned + Validate> FromRequestParts<S> for ValidQuery<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let read = Query::<T>::from_request_parts(parts, state).await;
        let Query(value) = read.map_err(|_| Failure::parse("query"))?;
        value.validate().map_err(|errors| Failure::rules("query", &errors))?;
        Ok(Self(value))
    }
}

struct ValidJson<T>(T);

impl<S: Send + Sync, T: DeserializeOwned + Validate> FromRequest<S> for ValidJson<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let read = Json::<T>::from_request(request, state).await;
        let Json(value) = read.map_err(|_| Failure::parse("body"))?;
        value.validate().map_err(|errors| Failure::rules("body", &errors))?;
        Ok(Self(value))
    }
}

struct ValidForm<T>(T);

impl<S: Send + Sync, T: DeserializeOwned + Validate> FromRequest<S> for ValidForm<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let read = Form::<T>::from_request(request, state).await;
        let Form(value) = read.map_err(|_| Failure::parse("form"))?;
        value.validate().map_err(|errors| Failure::rules("form", &errors))?;
        Ok(Self(value))
    }
}

impl FromRequestParts<AppState> for RequestNumber {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Failure> {
        let header = parts.headers.get("x-request-id").map(HeaderValue::as_bytes);
        request_number(&state.0.0.db, header).await.map_err(Failure::Internal)
    }
}

async fn posts(
    Path(path): Path<PostsPath>,
    ValidQuery(query): ValidQuery<PostsQuery>,
) -> Json<Posts<String>> {
    let PostsQuery { page, per_page, sort, desc } = query;
    Json(Posts { id: path.id, page, per_page, sort, desc })
}

async fn create_user(ValidJson(user): ValidJson<NewUser>) -> Json<User<String>> {
    Json(User { name: user.name, city: user.address.city, comments: user.comments.len() })
}

async fn signup(ValidForm(form): ValidForm<Signup>) -> Json<SignedUp<String>> {
    let Signup { name, age, newsletter, score, .. } = form;
    Json(SignedUp { name, age, newsletter, score })
}

async fn upload(mut parts: Multipart) -> Result<Json<Uploaded>, Failure> {
    let broken = |_| Failure::parse("multipart");
    let (mut sum, mut file_len) = (0, 0);
    while let Some(mut field) = parts.next_field().await.map_err(broken)? {
        if field.name() == Some("file") {
            while let Some(chunk) = field.chunk().await.map_err(broken)? {
                file_len += chunk.len();
            }
        } else {
            let value = field.text().await.map_err(broken)?;
            sum += value.parse::<u64>().map_err(|_| Failure::parse("multipart"))?;
        }
    }
    Ok(Json(Uploaded { sum, file_len }))
}

async fn inject(
    State(db): State<Arc<Db>>,
    State(cache): State<Arc<Cache>>,
    State(mailer): State<Arc<Mailer>>,
    State(clock): State<Arc<Clock>>,
    State(config): State<Arc<Config>>,
    State(pools): State<Pools>,
    number: RequestNumber,
) -> Result<Json<Sum>, Failure> {
    let pool = pools.of("replica").ok_or(Failure::Internal("replica"))?;
    Ok(Json(Sum { sum: sum(&db, &cache, &mailer, &clock, &config, pool, number) }))
}

#[expect(clippy::too_many_arguments, reason = "everything the workload injects, as axum takes it")]
async fn api_posts(
    Path(path): Path<PostsPath>,
    ValidQuery(query): ValidQuery<PostsQuery>,
    State(db): State<Arc<Db>>,
    State(cache): State<Arc<Cache>>,
    State(mailer): State<Arc<Mailer>>,
    State(clock): State<Arc<Clock>>,
    State(config): State<Arc<Config>>,
    State(pools): State<Pools>,
    number: RequestNumber,
    Extension(user): Extension<UserId>,
) -> Result<Json<UserPosts<String>>, Failure> {
    let pool = pools.of("replica").ok_or(Failure::Internal("replica"))?;
    let sum = sum(&db, &cache, &mailer, &clock, &config, pool, number);
    Ok(Json(UserPosts::new(path.id, query, sum, user)))
}

pub(crate) async fn authenticate(mut request: Request, next: Next) -> Result<Response, Failure> {
    match request.headers().get(header::AUTHORIZATION) {
        Some(value) if value == AUTHORIZATION => {
            request.extensions_mut().insert(UserId(7));
            Ok(next.run(request).await)
        }
        _ => Err(Failure::Unauthorized),
    }
}

pub(crate) async fn observe(
    State(registry): State<Registry>,
    path: MatchedPath,
    request: Request,
    next: Next,
) -> Response {
    let start = Instant::now();
    let method = request.method().clone();
    let response = next.run(request).await;
    let bytes = response.body().size_hint().exact().unwrap_or(0);
    registry.record(method.as_str(), path.as_str(), response.status().as_u16(), start.elapsed(), bytes);
    response
}
