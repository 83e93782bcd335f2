//! Extractors: one file each.

#[cfg(feature = "axum")]
pub mod axum;
mod inject;
mod multipart;
#[cfg(feature = "tonic")]
pub mod tonic;
#[allow(dead_code, unused_imports, reason = "the form extractor, which is to come, reads held forms")]
mod upload;

pub use self::inject::{Inject, Keyed};
pub use self::multipart::{Multipart, Part};
pub use self::upload::{UploadReader, UploadedFile};
