//! gongular's tower layers: one folder each.

mod builder;
pub mod error;
pub mod inject;
pub mod limits;
pub mod named;
pub mod stats;

pub use self::builder::ServiceBuilderExt;
pub use self::error::{ErrorHandler, ErrorLayer};
pub use self::inject::InjectLayer;
pub use self::limits::LimitsLayer;
pub use self::named::NamedLayer;
pub use self::stats::StatsLayer;
