//! Routes: patterns, methods, groups, and the table that finds them.

mod builder;
mod escapes;
mod methods;
mod pattern;
mod ranges;
mod table;
mod url;
mod walk;

#[cfg(feature = "mvc")]
pub(crate) use self::builder::HttpErrors;
pub use self::builder::Router;
pub(crate) use self::builder::{Item, Providers};
pub(crate) use self::methods::MethodFilter;
pub(crate) use self::pattern::{Pattern, join};
#[cfg(feature = "mvc")]
pub(crate) use self::ranges::Ranges;
pub(crate) use self::table::{Found, Hit, RouteConflict, Table, TableBuilder};
pub use self::url::UrlError;
