//! What handlers can ask for.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use gongular::http::{HeaderValue, StatusCode, header};
use gongular::inject::{ContainerBuilder, Provider};
use gongular::{Error, Header, Inject};
use serde::{Deserialize, Serialize};
use validator::Validate;

gongular::key!(pub(crate) Admin = "admin");
gongular::key!(pub(crate) Books = "books");
gongular::key!(pub(crate) Iface = "named");
gongular::key!(pub(crate) Val1 = "val1");
gongular::key!(pub(crate) Val2 = "val2");

/// Something with a name.
pub(crate) trait Named: Send + Sync {
    fn name(&self) -> &str;
}

pub(crate) struct Db {
    name: &'static str,
}

impl Named for Db {
    fn name(&self) -> &str {
        self.name
    }
}

/// Who asks.
#[derive(Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct User {
    name: String,
    /// Which one it is of all that were made.
    pub(crate) seq: u64,
}

/// A book-keeping that cannot be reached.
pub(crate) struct Ledger;

#[derive(Default)]
struct UserCount(AtomicU64);

#[derive(Deserialize, Validate)]
struct Credentials {
    #[serde(rename = "x-token")]
    token: Option<String>,
}

/// Adds everything that the first engine provides.
pub(crate) fn register(container: ContainerBuilder) -> ContainerBuilder {
    let admin = Provider::<User>::per_request(admin).key("admin");
    container
        .provide(Db { name: "primary" })
        .provide(UserCount::default())
        .provide_keyed("val1", 71_i64)
        .provide_keyed("val2", 97_i64)
        .provide_as::<dyn Named>(Arc::new(Db { name: "trait" }))
        .provide_as_keyed::<dyn Named>("named", Arc::new(Db { name: "iface" }))
        .per_request(user)
        .register(admin)
        .register(ledger())
}

/// The ledger, which is never there.
pub(crate) fn ledger() -> Provider<Ledger> {
    Provider::<Ledger>::per_request(open_ledger).key("books")
}

async fn user(credentials: Header<Credentials>, count: Inject<UserCount>) -> Result<User, Error> {
    let Some(name) = credentials.0.token else {
        return Err(Error::new(StatusCode::UNAUTHORIZED, "say who you are in X-Token"));
    };
    Ok(User { name, seq: count.0.fetch_add(1, Ordering::Relaxed) + 1 })
}

async fn admin() -> Result<User, Error> {
    let challenge = HeaderValue::from_static("Token");
    Err(Error::new(StatusCode::UNAUTHORIZED, "login first")
        .with_header(header::WWW_AUTHENTICATE, challenge)
        .with_json(&serde_json::json!({"error": "login first"})))
}

async fn open_ledger() -> Result<Ledger, io::Error> {
    Err(io::Error::other("no connection to the ledger"))
}
