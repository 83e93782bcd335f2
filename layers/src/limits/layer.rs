//! The layer that sets limits.

use std::sync::Arc;

use gongular_core::Limits;
use tower_layer::Layer;

use super::WithLimits;

/// Sets the limits that extractors inside hold a request to.
///
/// Without it they hold it to [`Limits::DEFAULT`]. See the [module docs](super) for an example.
#[derive(Clone, Debug)]
pub struct LimitsLayer {
    limits: Arc<Limits>,
}

impl LimitsLayer {
    /// Makes a layer that sets these limits.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self { limits: Arc::new(limits) }
    }
}

impl<S> Layer<S> for LimitsLayer {
    type Service = WithLimits<S>;

    fn layer(&self, inner: S) -> WithLimits<S> {
        WithLimits::new(inner, Arc::clone(&self.limits))
    }
}
