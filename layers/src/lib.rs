//! Layers: one folder each.
