//! gongular's tower layers: one folder each.

pub mod stats;

pub use self::stats::StatsLayer;
