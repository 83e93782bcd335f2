//! Extractors: one file each.

#[cfg(feature = "axum")]
pub mod axum;
mod multipart;
#[cfg(feature = "tonic")]
pub mod tonic;
mod upload;

pub use self::multipart::{Multipart, Part};
