//! What an extractor sees of a request, and the trait it implements.

mod body;
mod context;
mod extract;
pub(crate) mod many;
mod optional;
mod state;
mod tuple;

pub use self::body::{BodySlot, RequestBody};
pub use self::context::RequestContext;
pub use self::extract::{FromRequest, Stage};
pub use self::state::{MatchedPath, PathParams, RequestState};
