//! Request contracts for any tower service.

pub use gongular_core::{Error, FromRequest};
