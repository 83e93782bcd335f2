//! What an extractor sees of a request, and the trait it implements.

mod body;
mod client;
mod context;
mod extract;
mod head;
pub(crate) mod many;
pub(crate) mod mount;
mod optional;
mod params;
mod raw;
mod reading;
mod route;
pub(crate) mod soon;
mod state;
mod tuple;

pub use self::body::{BodyContent, BodySlot, RequestBody};
pub use self::client::ClientAddr;
pub use self::context::RequestContext;
pub use self::extract::{FromRequest, Stage};
pub(crate) use self::head::Head;
pub use self::params::PathParams;
pub use self::route::{MatchedPath, RoutePattern};
pub use self::state::RequestState;
pub(crate) use self::tuple::ReadOnce;
