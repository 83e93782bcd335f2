//! Extractors: one file each.

#[cfg(feature = "axum")]
pub mod axum;
mod body;
mod content_type;
mod cookie;
mod extension;
mod flat;
mod form;
mod header;
mod inject;
#[cfg(any(feature = "protobuf", feature = "tonic"))]
mod message;
mod multipart;
mod notation;
mod param;
mod query;
mod strict;
#[cfg(test)]
mod tests;
#[cfg(feature = "tonic")]
pub mod tonic;
mod upload;
mod walk;
mod wrapper;

pub use self::body::Body;
pub use self::cookie::Cookie;
pub use self::extension::Extension;
pub use self::form::Form;
pub use self::header::Header;
pub use self::inject::{Inject, Keyed};
pub use self::multipart::{Multipart, Part};
#[cfg(feature = "msgpack")]
pub use self::notation::Msgpack;
#[cfg(feature = "xml")]
pub use self::notation::Xml;
#[cfg(feature = "yaml")]
pub use self::notation::Yaml;
pub use self::notation::{Negotiate, Payload};
#[cfg(feature = "protobuf")]
pub use self::notation::{NegotiateMessage, PayloadMessage, Protobuf};
pub use self::param::Param;
pub use self::query::Query;
pub use self::upload::{UploadReader, UploadedFile};
