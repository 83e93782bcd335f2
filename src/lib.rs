//! Request contracts for any tower service.

pub use gongular_core::{
    BodySlot, BoxError, Context, Contract, Error, ErrorKind, FromRequest, Handle, Handler, Input,
    IntoResponse, Json, Limits, MatchedPath, Place, Problem, ProblemKind, RequestBody, RequestContext,
    ResponseBody, Rules, Stage, Unchecked, handle, service,
};

#[doc(hidden)]
pub mod __private;

#[cfg(feature = "macros")]
pub use gongular_macros::FromRequest;
