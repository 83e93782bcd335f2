//! What the output of the derives names. No promise is made about it.

pub use gongular_core::__private::{any_reads_body, is_first_reader, one_reads_body, read, stage_of_all};
pub use gongular_core::ResponseBody as AnyBody;
pub use gongular_core::inject::InjectKey;
pub use gongular_core::{
    Contract, Error, FromRequest, MemberName, RequestBody, RequestContext, Rules, Stage,
};
pub use gongular_extractors::{Body, Cookie, Form, Header, Keyed, Param, Query};
#[cfg(feature = "macros")]
pub use serde;
#[cfg(feature = "validator")]
pub use validator;

#[cfg(feature = "axum")]
pub mod axum {
    //! Axum's traits, and what serves them.

    pub use axum_core::extract::{FromRequest, FromRequestParts, Request};
    pub use gongular_core::axum::{from_parts, from_request};
    pub use http::request::Parts;

    /// The bodies that axum's two traits bring, the same for every state.
    pub trait Bodies {
        /// The body that `FromRequest` brings.
        type Whole;
        /// The body that `FromRequestParts` brings.
        type Lent;
    }

    impl<S> Bodies for S {
        type Whole = axum_core::body::Body;
        type Lent = ();
    }
}

#[cfg(feature = "mvc")]
pub use crate::mvc::glue::{
    Arguments, Described, FieldsOf, HookOutcome, NoAnswer, ReadField, ReadsNoBody, describe_answer,
    describe_plain_answer, hook, respond,
};
#[cfg(all(feature = "mvc", feature = "neffos"))]
pub use crate::neffos::reply;
