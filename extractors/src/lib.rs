//! Extractors: one file each.

mod multipart;
mod upload;

pub use self::multipart::{Multipart, Part};
