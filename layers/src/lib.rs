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

#[doc(hidden)]
pub mod __private {
    //! What the layers are made of, for the engine, which puts the same parts together without layers. No promise is made
    //! about it.

    pub use crate::inject::end::End;
    pub use crate::stats::tracker::Tracker;
}
