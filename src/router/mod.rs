//! Routes: patterns, methods, groups, and the table that finds them.

// The router's builder is the one that uses these.
#![allow(dead_code, unused_imports, reason = "the table stands before what is built upon it")]

mod escapes;
mod methods;
mod pattern;
mod ranges;
mod table;
mod url;

pub use self::url::UrlError;
