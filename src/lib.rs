#![doc = include_str!("../README.md")]

#[cfg(feature = "engine")]
pub use self::any_body::AnyBody;
#[cfg(feature = "engine")]
pub use self::{chain::Chain, engine::Engine, router::Router};
#[cfg(feature = "garde")]
pub use gongular_core::Garde;
pub use gongular_core::inject::Container;
pub use gongular_core::stats::Logger;
pub use gongular_core::{
    Answer, BodyContent, BodySlot, BoxError, BrokenRule, BrokenRules, ClientAddr, Context, Contract, Each,
    Error, ErrorKind, FieldKind, FromRequest, Handle, Handler, Html, Input, IntoResponse, Json, Limits,
    MatchedPath, PathParams, Place, Preflight, Preflighted, Problem, ProblemKind, Redirect, RequestBody,
    RequestContext, RequestState, Responder, ResponseBody, ResponseContext, RoutePattern, Rules, Stage, Step,
    Stop, Unchecked, handle, service,
};
#[cfg(feature = "msgpack")]
pub use gongular_extractors::Msgpack;
#[cfg(feature = "xml")]
pub use gongular_extractors::Xml;
#[cfg(feature = "yaml")]
pub use gongular_extractors::Yaml;
#[cfg(feature = "axum")]
pub use gongular_extractors::axum::All;
pub use gongular_extractors::{
    Body, Cookie, Extension, Form, Header, Inject, Multipart, Negotiate, Param, Part, Payload, Query,
    UploadReader, UploadedFile,
};
#[cfg(feature = "protobuf")]
pub use gongular_extractors::{NegotiateMessage, PayloadMessage, Protobuf};
pub use gongular_layers as layers;
#[doc = include_str!("../docs/from_request.md")]
#[cfg(feature = "macros")]
pub use gongular_macros::FromRequest;
pub use {
    gongular_core::error, gongular_core::handler, gongular_core::inject, gongular_core::key,
    gongular_core::stats,
};
pub use {http, http_body};

#[cfg(feature = "engine")]
mod any_body;
#[cfg(feature = "engine")]
pub mod chain;
#[cfg(feature = "engine")]
pub mod engine;
#[cfg(feature = "files")]
pub mod files;
#[cfg(feature = "mvc")]
pub mod mvc;
#[cfg(any(feature = "neffos", feature = "neffos-client"))]
pub mod neffos;
#[cfg(feature = "engine")]
pub mod router;
#[cfg(feature = "server")]
pub mod server;
#[cfg(any(feature = "server", feature = "websocket"))]
mod shutdown;
#[cfg(feature = "engine")]
pub mod test_client;
#[cfg(feature = "view")]
pub mod view;
#[cfg(feature = "websocket")]
pub mod websocket;

#[cfg(any(feature = "server", feature = "websocket"))]
pub use self::shutdown::Shutdown;

#[doc(hidden)]
pub mod __private;

/// The extractors and glue for axum.
#[cfg(feature = "axum")]
pub mod axum {
    pub use gongular_extractors::axum::{All, from_parts, from_request};
}

/// The extractors in tonic's methods.
#[cfg(feature = "tonic")]
pub mod tonic {
    pub use gongular_extractors::tonic::{checked, extract};
}

/// The samples of the porting guide compile, and do what they say.
#[cfg(all(
    doctest,
    feature = "files",
    feature = "macros",
    feature = "tls",
    feature = "validator",
    feature = "websocket"
))]
#[doc = include_str!("../docs/from-gongular.md")]
mod from_gongular {}

/// The samples of the guide for controllers, likewise.
#[cfg(all(doctest, feature = "mvc", feature = "validator"))]
#[doc = include_str!("../docs/from-iris.md")]
mod from_iris {}
