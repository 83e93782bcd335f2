//! Derives for gongular.
