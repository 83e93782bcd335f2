//! The shapes that handlers and derived structs may have.

use bytes::Bytes;
use gongular::{Context, Error, FromRequest, Handle, Inject, Json, handle, service};
use gongular::http::{HeaderMap, Method};
use http_body_util::Full;

struct Pool;
trait Mailer: Send + Sync {}

/// Dependencies with and without a key, as they are and if they are there.
#[derive(FromRequest)]
struct Dependencies {
    pool: Inject<Pool>,
    #[inject(key = "replica")]
    replica: Inject<Pool>,
    #[inject(key = "archive")]
    archive: Option<Inject<Pool>>,
    mailer: Result<Inject<dyn Mailer>, Error>,
}

/// A tuple struct with a nested one.
#[derive(FromRequest)]
struct Pair(Method, Option<Dependencies>);

/// A generic struct.
#[derive(FromRequest)]
struct With<T: Send>
where
    T: 'static,
{
    first: T,
    rest: HeaderMap,
}

/// A struct that reads the body, by the name of a type.
#[derive(FromRequest)]
struct Raw {
    method: Method,
    body: Bytes,
}

/// A struct that reads the body through another.
#[derive(FromRequest)]
#[from_request(body)]
struct Outer {
    inner: Raw,
    pair: Pair,
}

mod head {
    /// A struct whose name sounds like a body.
    #[derive(gongular::FromRequest)]
    pub struct Body {
        pub length: gongular::http::HeaderMap,
    }
}

#[derive(FromRequest)]
#[from_request(parts)]
struct Sounds {
    body: head::Body,
}

/// Single values of every place but the form.
#[derive(FromRequest)]
struct Values<T> {
    #[param]
    id: u64,
    #[query("per-page", default = 20)]
    #[validate(range(min = 1))]
    per_page: u8,
    #[query]
    after: Option<T>,
    #[header]
    #[serde(alias = "token")]
    x_token: String,
    #[cookie(default)]
    r#type: String,
}

#[derive(FromRequest)]
struct Show {
    method: Method,
}

impl Handle for Show {
    type Output = Json<u64>;

    async fn handle(self, _: &mut Context<'_>) -> Result<Json<u64>, Error> {
        Ok(Json(1))
    }
}

async fn any_order(_: Bytes, _: Method, _: Dependencies, _: Option<Pair>) -> Result<&'static str, Error> {
    Ok("")
}

/// A handler that reads nothing: no field, in all three spellings.
#[derive(FromRequest)]
struct Unit;

#[derive(FromRequest)]
struct NoField {}

#[derive(FromRequest)]
struct NoElement();

impl Handle for Unit {
    type Output = ();

    async fn handle(self, _: &mut Context<'_>) -> Result<(), Error> {
        Ok(())
    }
}

fn main() {
    host(service(any_order));
    host(service(handle::<Unit>()));
    host(service(async |_: NoField, _: NoElement| ()));
    host(service(handle::<Show>()));
    host(service(async |_: With<Show>, outer: Outer| outer.inner.body));
    host(service(async |_: Sounds, _: Values<u8>, _: Values<String>| ()));
    host(service(async |_: With<Raw>| gongular::http::StatusCode::NO_CONTENT));
}

fn host(_: impl tower_service::Service<gongular::http::Request<Full<Bytes>>>) {}
