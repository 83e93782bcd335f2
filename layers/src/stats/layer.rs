//! The layer, and what it is told to look at.

use std::fmt;
use std::sync::Arc;

use gongular_core::stats::Detail;
use tower_layer::Layer;

use super::{RouteCallback, Stats};

/// Hands the statistic of every request to a callback, exactly once, at its true end.
///
/// See the [module docs](super) for an example.
#[derive(Clone)]
pub struct StatsLayer {
    callback: Arc<dyn RouteCallback>,
    detail: Detail,
}

impl StatsLayer {
    /// Makes a layer that calls `callback` at the end of every request.
    #[must_use]
    pub fn new(callback: impl RouteCallback) -> Self {
        Self { callback: Arc::new(callback), detail: Detail::default() }
    }

    /// Sets whether handlers are timed. Defaults to `true`.
    #[must_use]
    pub const fn handlers(mut self, on: bool) -> Self {
        self.detail = self.detail.with_handlers(on);
        self
    }

    /// Sets whether factories of dependencies are timed. Defaults to `true`.
    #[must_use]
    pub const fn dependencies(mut self, on: bool) -> Self {
        self.detail = self.detail.with_dependencies(on);
        self
    }

    /// Sets whether each extractor of a handler is timed.
    ///
    /// It reads the clock twice for each. Defaults to `false`.
    #[must_use]
    pub const fn binding_steps(mut self, on: bool) -> Self {
        self.detail = self.detail.with_binding_steps(on);
        self
    }
}

impl<S> Layer<S> for StatsLayer {
    type Service = Stats<S>;

    fn layer(&self, inner: S) -> Stats<S> {
        Stats::new(inner, Arc::clone(&self.callback), self.detail)
    }
}

impl fmt::Debug for StatsLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StatsLayer").field("detail", &self.detail).finish_non_exhaustive()
    }
}
