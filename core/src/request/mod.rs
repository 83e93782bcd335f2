//! What an extractor sees of a request, and the trait it implements.

mod body;
mod client;
mod context;
mod extract;
pub(crate) mod many;
mod optional;
mod raw;
mod state;
mod tuple;

pub use self::body::{BodySlot, RequestBody};
pub use self::client::ClientAddr;
pub use self::context::RequestContext;
pub use self::extract::{FromRequest, Stage};
pub use self::state::{MatchedPath, PathParams, RequestState};
