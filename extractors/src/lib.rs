//! Extractors: one file each.
