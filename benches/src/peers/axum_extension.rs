//! Axum with `Extension` layers for what is injected: the nearest it has to a container.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::HeaderValue;
use axum::http::request::Parts;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::get;
use axum::{Extension, Json, Router};
use tower_http::catch_panic::CatchPanicLayer;

use super::axum::{Failure, ValidQuery, authenticate, observe};
use crate::harness::{App, Application};
use crate::registry::Registry;
use crate::values::{PostsPath, PostsQuery, Sum, UserPosts};
use crate::wiring::{
    Cache, Clock, Config, Db, Mailer, Pools, RequestNumber, Singletons, UserId, request_number, sum,
};
use crate::workload::Workload;

pub(crate) struct AxumExtension;

impl App for AxumExtension {
    const NAME: &'static str = "axum, Extension";

    fn answers(workload: &Workload) -> bool {
        matches!(workload.name, "w6" | "w7")
    }

    async fn build() -> impl Application {
        let singletons = Singletons::new();
        let registry = Registry::default();
        let api = extended(Router::new().route("/users/{id}/posts", get(api_posts)), &singletons)
            .layer(from_fn(authenticate))
            .layer(CatchPanicLayer::new())
            .layer(from_fn_with_state(registry.clone(), observe));
        extended(Router::new().route("/inject", get(inject)), &singletons).nest("/api", api)
    }
}

fn extended(router: Router, singletons: &Singletons) -> Router {
    let Singletons { db, cache, mailer, clock, config, pools } = singletons.clone();
    router
        .layer(Extension(db))
        .layer(Extension(cache))
        .layer(Extension(mailer))
        .layer(Extension(clock))
        .layer(Extension(config))
        .layer(Extension(pools))
}

/// The per-request value, from the extensions.
struct Number(RequestNumber);

impl<S: Send + Sync> FromRequestParts<S> for Number {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let db = parts.extensions.get::<Arc<Db>>().cloned().ok_or(Failure::Internal("db"))?;
        let header = parts.headers.get("x-request-id").map(HeaderValue::as_bytes);
        request_number(&db, header).await.map(Self).map_err(Failure::Internal)
    }
}

async fn inject(
    Extension(db): Extension<Arc<Db>>,
    Extension(cache): Extension<Arc<Cache>>,
    Extension(mailer): Extension<Arc<Mailer>>,
    Extension(clock): Extension<Arc<Clock>>,
    Extension(config): Extension<Arc<Config>>,
    Extension(pools): Extension<Pools>,
    Number(number): Number,
) -> Result<Json<Sum>, Failure> {
    let pool = pools.of("replica").ok_or(Failure::Internal("replica"))?;
    Ok(Json(Sum { sum: sum(&db, &cache, &mailer, &clock, &config, pool, number) }))
}

#[expect(clippy::too_many_arguments, reason = "everything the workload injects, as axum takes it")]
async fn api_posts(
    axum::extract::Path(path): axum::extract::Path<PostsPath>,
    ValidQuery(query): ValidQuery<PostsQuery>,
    Extension(db): Extension<Arc<Db>>,
    Extension(cache): Extension<Arc<Cache>>,
    Extension(mailer): Extension<Arc<Mailer>>,
    Extension(clock): Extension<Arc<Clock>>,
    Extension(config): Extension<Arc<Config>>,
    Extension(pools): Extension<Pools>,
    Number(number): Number,
    Extension(user): Extension<UserId>,
) -> Result<Json<UserPosts<String>>, Failure> {
    let pool = pools.of("replica").ok_or(Failure::Internal("replica"))?;
    let sum = sum(&db, &cache, &mailer, &clock, &config, pool, number);
    Ok(Json(UserPosts::new(path.id, query, sum, user)))
}
