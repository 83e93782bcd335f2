//! The words that gongular's layers and extractors share.
//!
//! Applications depend on `gongular`. Libraries that bring their own extractors or layers depend on this crate: it changes
//! rarely, and does no IO.

mod accept;
#[cfg(feature = "axum")]
pub mod axum;
mod contract;
pub mod error;
mod few;
mod framing;
mod graph;
pub mod handler;
pub mod inject;
mod limits;
mod place;
mod problem;
mod request;
mod respond;
mod rules;
mod said;
pub mod stats;

pub use self::contract::{
    Contract, Dependency, Field, FieldKind, Input, Member, MemberName, Part, PartOwner, Refusal,
};
pub use self::error::{BoxError, Error, ErrorKind};
pub use self::handler::{Answer, Context, Handle, Handler, Stop, handle, service};
pub use self::limits::Limits;
pub use self::place::Place;
pub use self::problem::{MAX_PROBLEMS, MAX_REFLECTED_CHARS, Problem, ProblemKind, reflect};
pub use self::request::{
    BodyContent, BodySlot, ClientAddr, FromRequest, MatchedPath, PathParams, RequestBody, RequestContext,
    RequestState, RoutePattern, Stage,
};
pub use self::respond::{
    Html, IntoResponse, Json, Preflight, Preflighted, Redirect, Responder, ResponseBody, ResponseContext,
};
#[cfg(feature = "garde")]
pub use self::rules::Garde;
pub use self::rules::{BrokenRule, BrokenRules, Each, Rules, Step, Unchecked};

#[doc(hidden)]
pub mod __private {
    //! What our other crates share, and what the derive's output names through the hidden module of `gongular`. No promise
    //! is made about it.

    pub use crate::accept::{COVERED, EXACT, MediaRange};
    pub use crate::framing::{declared_length, is_bodiless};
    pub use crate::graph::{Graph, Shape};
    pub use crate::request::many::{any_reads_body, is_first_reader, one_reads_body, read, stage_of_all};
    pub use crate::request::mount::mount;
}
