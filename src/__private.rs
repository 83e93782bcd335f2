//! What the output of the derives names. No promise is made about it.

pub use gongular_core::__private::{Steps, any_reads_body, is_first_reader, no_stage, note, stage_of_all};
pub use gongular_core::ResponseBody as AnyBody;
pub use gongular_core::{Contract, Error, FromRequest, RequestBody, RequestContext, Rules, Stage};
#[cfg(feature = "macros")]
pub use serde;
#[cfg(feature = "validator")]
pub use validator;

#[cfg(feature = "axum")]
pub mod axum {
    //! Axum's traits, and what serves them.

    pub use axum_core::body::Body;
    pub use axum_core::extract::{FromRequest, FromRequestParts, Request};
    pub use gongular_core::axum::{from_parts, from_request};
    pub use http::request::Parts;
}
