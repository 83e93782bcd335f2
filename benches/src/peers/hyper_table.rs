//! Hyper by hand once more, with what users ask of a framework: handlers of all types in one table, owned texts, derived rules.
//!
//! There is nothing between the table and a handler. So this is about the least that a router of handlers can cost: a boxed
//! future for each request, and what serde and `validator` take.

#![expect(clippy::result_large_err, reason = "a refusal is an answer here, and boxing it would only cost")]

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;

use http::request::Parts;
use http::{Method, Request, StatusCode};
use validator::Validate;

use super::hyper::{Answer, Shared, authenticate, bad, expect_type, json, read, text};
use crate::harness::{App, Application};
use crate::values::{NewUser, Posts, PostsQuery, SignedUp, Signup, Sum, User, UserPosts, first_broken};
use crate::workload::{RequestBody, Workload};

pub(crate) struct HyperTable;

impl App for HyperTable {
    const NAME: &'static str = "hyper, a table of handlers";

    fn answers(workload: &Workload) -> bool {
        workload.name != "w5"
    }

    async fn build() -> impl Application {
        let table = Arc::new(table());
        tower::service_fn(move |request: Request<RequestBody>| {
            let table = Arc::clone(&table);
            async move { Ok::<_, Infallible>(table.call(request).await.unwrap_or_else(|refusal| refusal)) }
        })
    }
}

struct Table {
    routes: matchit::Router<(Method, Handler)>,
    shared: Arc<Shared>,
}

type Handler = fn(Asked) -> Pin<Box<dyn Future<Output = Result<Answer, Answer>> + Send>>;

/// What a handler gets.
struct Asked {
    shared: Arc<Shared>,
    parts: Parts,
    body: RequestBody,
    id: Option<u64>,
}

fn table() -> Table {
    let mut routes = matchit::Router::new();
    let handlers: [(_, _, Handler); 6] = [
        ("/", Method::GET, |_| Box::pin(async { Ok(text(StatusCode::OK, "hi")) })),
        ("/users/{id}/posts", Method::GET, |asked| Box::pin(posts(asked))),
        ("/users", Method::POST, |asked| Box::pin(create_user(asked))),
        ("/signup", Method::POST, |asked| Box::pin(signup(asked))),
        ("/inject", Method::GET, |asked| Box::pin(inject(asked))),
        ("/api/users/{id}/posts", Method::GET, |asked| Box::pin(observed_posts(asked))),
    ];
    for (path, method, handler) in handlers {
        routes.insert(path, (method, handler)).expect("the patterns do not conflict");
    }
    Table { routes, shared: Arc::default() }
}

impl Table {
    async fn call(&self, request: Request<RequestBody>) -> Result<Answer, Answer> {
        let (parts, body) = request.into_parts();
        let Ok(found) = self.routes.at(parts.uri.path()) else {
            return Err(text(StatusCode::NOT_FOUND, "not found"));
        };
        let (method, handler) = found.value;
        if parts.method != *method {
            return Err(text(StatusCode::METHOD_NOT_ALLOWED, ""));
        }
        let id = found.params.get("id").and_then(|id| id.parse().ok());
        handler(Asked { shared: Arc::clone(&self.shared), parts, body, id }).await
    }
}

async fn posts(asked: Asked) -> Result<Answer, Answer> {
    let id = asked.id.ok_or_else(|| bad("path", "id", "parse"))?;
    let PostsQuery { page, per_page, sort, desc } = query(&asked.parts)?;
    Ok(json(&Posts { id, page, per_page, sort, desc }))
}

async fn create_user(asked: Asked) -> Result<Answer, Answer> {
    expect_type(&asked.parts.headers, "application/json", "body")?;
    let bytes = read(asked.body).await?;
    let user: NewUser = serde_json::from_slice(&bytes).map_err(|_| bad("body", "", "parse"))?;
    let user = checked("body", user)?;
    Ok(json(&User { name: user.name, city: user.address.city, comments: user.comments.len() }))
}

async fn signup(asked: Asked) -> Result<Answer, Answer> {
    expect_type(&asked.parts.headers, "application/x-www-form-urlencoded", "form")?;
    let bytes = read(asked.body).await?;
    let signup: Signup = serde_urlencoded::from_bytes(&bytes).map_err(|_| bad("form", "", "parse"))?;
    let Signup { name, age, newsletter, score, .. } = checked("form", signup)?;
    Ok(json(&SignedUp { name, age, newsletter, score }))
}

async fn inject(asked: Asked) -> Result<Answer, Answer> {
    let sum = asked.shared.inject(&asked.parts.headers).await?;
    Ok(json(&Sum { sum }))
}

async fn observed_posts(asked: Asked) -> Result<Answer, Answer> {
    let shared = Arc::clone(&asked.shared);
    let work = async {
        let user = authenticate(&asked.parts.headers)?;
        let id = asked.id.ok_or_else(|| bad("path", "id", "parse"))?;
        let query = query(&asked.parts)?;
        let sum = asked.shared.inject(&asked.parts.headers).await?;
        Ok(json(&UserPosts::new(id, query, sum, user)))
    };
    Ok(shared.observed(work).await)
}

fn query(parts: &Parts) -> Result<PostsQuery, Answer> {
    let query = serde_urlencoded::from_str(parts.uri.query().unwrap_or_default());
    checked("query", query.map_err(|_| bad("query", "", "parse"))?)
}

fn checked<T: Validate>(place: &str, value: T) -> Result<T, Answer> {
    match value.validate() {
        Ok(()) => Ok(value),
        Err(errors) => {
            let (field, code) = first_broken(&errors);
            Err(bad(place, &field, &code))
        }
    }
}
