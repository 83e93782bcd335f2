//! Hyper by hand: one match over the routes, borrowed values, rules as code, nothing boxed.

#![expect(clippy::result_large_err, reason = "a refusal is an answer here, and boxing it would only cost")]

use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use futures_util::FutureExt;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header};
use http_body::Body;
use http_body_util::{BodyDataStream, BodyExt, Full, Limited};
use serde::Serialize;

use crate::borrowed::{NewUser, PostsQuery, Signup};
use crate::harness::{App, Application};
use crate::registry::Counters;
use crate::values::{Invalid, Posts, SignedUp, Sum, Uploaded, User, UserPosts};
use crate::wiring::{Singletons, UserId, request_number, sum};
use crate::workload::{AUTHORIZATION, RequestBody};

pub(crate) struct Hyper;

impl App for Hyper {
    const NAME: &'static str = "hyper by hand";

    async fn build() -> impl Application {
        let app = Arc::new(Routes::new());
        tower::service_fn(move |request| {
            let app = Arc::clone(&app);
            async move { Ok::<_, Infallible>(app.call(request).await) }
        })
    }
}

pub(super) type Answer = Response<Full<Bytes>>;

#[derive(Clone, Copy)]
enum Route {
    ApiPosts,
    Inject,
    Posts,
    Root,
    Signup,
    Upload,
    Users,
}

struct Routes {
    routes: matchit::Router<Route>,
    shared: Shared,
}

impl Routes {
    fn new() -> Self {
        let mut routes = matchit::Router::new();
        for (pattern, route) in [
            ("/", Route::Root),
            ("/users/{id}/posts", Route::Posts),
            ("/users", Route::Users),
            ("/signup", Route::Signup),
            ("/upload", Route::Upload),
            ("/inject", Route::Inject),
            ("/api/users/{id}/posts", Route::ApiPosts),
        ] {
            routes.insert(pattern, route).expect("the patterns do not conflict");
        }
        Self { routes, shared: Shared::default() }
    }

    async fn call(&self, request: Request<RequestBody>) -> Answer {
        let (parts, body) = request.into_parts();
        let Ok(found) = self.routes.at(parts.uri.path()) else {
            return text(StatusCode::NOT_FOUND, "not found");
        };
        let method = match found.value {
            Route::Users | Route::Signup | Route::Upload => Method::POST,
            _ => Method::GET,
        };
        if parts.method != method {
            return text(StatusCode::METHOD_NOT_ALLOWED, "");
        }
        let id = || {
            let id = found.params.get("id").and_then(|id| id.parse::<u64>().ok());
            id.ok_or_else(|| bad("path", "id", "parse"))
        };
        let query = parts.uri.query().unwrap_or("");
        let answer = match *found.value {
            Route::Root => Ok(text(StatusCode::OK, "hi")),
            Route::Posts => id().and_then(|id| posts(id, query)),
            Route::Users => create_user(&parts.headers, body).await,
            Route::Signup => signup(&parts.headers, body).await,
            Route::Upload => upload(&parts.headers, body).await,
            Route::Inject => self.shared.inject(&parts.headers).await.map(|sum| json(&Sum { sum })),
            Route::ApiPosts => Ok(self.shared.observed(self.api_posts(&parts.headers, id(), query)).await),
        };
        answer.unwrap_or_else(|refusal| refusal)
    }

    async fn api_posts(
        &self,
        headers: &HeaderMap,
        id: Result<u64, Answer>,
        query: &str,
    ) -> Result<Answer, Answer> {
        let user = authenticate(headers)?;
        let id = id?;
        let PostsQuery { page, per_page, sort, desc } = read_query(query)?;
        let sum = self.shared.inject(headers).await?;
        Ok(json(&UserPosts { id, page, per_page, sort: &*sort, desc, sum, user: user.0 }))
    }
}

/// What lives as long as the application.
pub(super) struct Shared {
    singletons: Singletons,
    counters: Counters,
}

impl Default for Shared {
    fn default() -> Self {
        Self { singletons: Singletons::new(), counters: Counters::default() }
    }
}

impl Shared {
    /// Times the work of a route, and catches its panics.
    pub(super) async fn observed(&self, work: impl Future<Output = Result<Answer, Answer>>) -> Answer {
        let start = Instant::now();
        let panicked = |_| Ok(text(StatusCode::INTERNAL_SERVER_ERROR, "panic"));
        let answer = AssertUnwindSafe(work).catch_unwind().await.unwrap_or_else(panicked);
        let answer = answer.unwrap_or_else(|refusal| refusal);
        let bytes = answer.body().size_hint().exact().unwrap_or(0);
        self.counters.record(answer.status().as_u16(), start.elapsed(), bytes);
        answer
    }

    /// Asks everything that is at hand for its number.
    pub(super) async fn inject(&self, headers: &HeaderMap) -> Result<u64, Answer> {
        let Singletons { db, cache, mailer, clock, config, pools } = &self.singletons;
        let failed = || text(StatusCode::INTERNAL_SERVER_ERROR, "inject");
        let header = headers.get("x-request-id").map(HeaderValue::as_bytes);
        let number = request_number(db, header).await.map_err(|_| failed())?;
        let pool = pools.of("replica").ok_or_else(failed)?;
        Ok(sum(db, cache, mailer, clock, config, pool, number))
    }
}

pub(super) fn authenticate(headers: &HeaderMap) -> Result<UserId, Answer> {
    match headers.get(header::AUTHORIZATION) {
        Some(value) if value == AUTHORIZATION => Ok(UserId(7)),
        _ => Err(text(StatusCode::UNAUTHORIZED, "unauthorized")),
    }
}

fn posts(id: u64, query: &str) -> Result<Answer, Answer> {
    let PostsQuery { page, per_page, sort, desc } = read_query(query)?;
    Ok(json(&Posts { id, page, per_page, sort: &*sort, desc }))
}

fn read_query(query: &str) -> Result<PostsQuery<'_>, Answer> {
    let query: PostsQuery<'_> = serde_urlencoded::from_str(query).map_err(|_| bad("query", "", "parse"))?;
    query.check().map_err(|(field, code)| bad("query", field, code))?;
    Ok(query)
}

async fn create_user(headers: &HeaderMap, body: RequestBody) -> Result<Answer, Answer> {
    expect_type(headers, "application/json", "body")?;
    let bytes = read(body).await?;
    let user: NewUser<'_> = serde_json::from_slice(&bytes).map_err(|_| bad("body", "", "parse"))?;
    user.check().map_err(|(field, code)| bad("body", field, code))?;
    Ok(json(&User { name: &*user.name, city: &*user.address.city, comments: user.comments.len() }))
}

async fn signup(headers: &HeaderMap, body: RequestBody) -> Result<Answer, Answer> {
    expect_type(headers, "application/x-www-form-urlencoded", "form")?;
    let bytes = read(body).await?;
    let signup: Signup<'_> = serde_urlencoded::from_bytes(&bytes).map_err(|_| bad("form", "", "parse"))?;
    signup.check().map_err(|(field, code)| bad("form", field, code))?;
    let Signup { name, age, newsletter, score, .. } = &signup;
    Ok(json(&SignedUp { name: &**name, age: *age, newsletter: *newsletter, score: *score }))
}

async fn upload(headers: &HeaderMap, body: RequestBody) -> Result<Answer, Answer> {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let boundary = content_type.and_then(|value| multer::parse_boundary(value).ok());
    let boundary = boundary.ok_or_else(|| bad("multipart", "", "type"))?;
    let mut parts = multer::Multipart::new(BodyDataStream::new(body), boundary);
    let broken = |_| bad("multipart", "", "parse");
    let (mut sum, mut file_len) = (0, 0);
    while let Some(mut field) = parts.next_field().await.map_err(broken)? {
        if field.name() == Some("file") {
            while let Some(chunk) = field.chunk().await.map_err(broken)? {
                file_len += chunk.len();
            }
        } else {
            let value = field.text().await.map_err(broken)?;
            sum += value.parse::<u64>().map_err(|_| bad("multipart", "", "number"))?;
        }
    }
    Ok(json(&Uploaded { sum, file_len }))
}

pub(super) async fn read(body: RequestBody) -> Result<Bytes, Answer> {
    let read = Limited::new(body, 2 << 20).collect().await;
    read.map(http_body_util::Collected::to_bytes).map_err(|_| bad("body", "", "read"))
}

pub(super) fn expect_type(headers: &HeaderMap, wanted: &str, place: &str) -> Result<(), Answer> {
    match headers.get(header::CONTENT_TYPE) {
        Some(value) if value.as_bytes().starts_with(wanted.as_bytes()) => Ok(()),
        _ => Err(bad(place, "", "type")),
    }
}

pub(super) fn json<T: Serialize>(value: &T) -> Answer {
    let mut bytes = Vec::with_capacity(128);
    serde_json::to_writer(&mut bytes, value).expect("answers have only string keys");
    respond(StatusCode::OK, HeaderValue::from_static("application/json"), bytes.into())
}

pub(super) fn text(status: StatusCode, text: &'static str) -> Answer {
    respond(
        status,
        HeaderValue::from_static("text/plain; charset=utf-8"),
        Bytes::from_static(text.as_bytes()),
    )
}

#[cold]
pub(super) fn bad(place: &str, field: &str, code: &str) -> Answer {
    let mut answer = json(&Invalid::new(place, field, code));
    *answer.status_mut() = StatusCode::BAD_REQUEST;
    answer
}

fn respond(status: StatusCode, content_type: HeaderValue, body: Bytes) -> Answer {
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, content_type);
    response
}
