//! The statistics of the requests so far.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use gongular_core::stats::RouteStat;
use gongular_layers::stats::RouteCallback;

/// Keeps the statistic of every request, for tests to look at.
///
/// A [`RouteCallback`]: a clone goes into the layer or the engine, all clones see the same. An assembled engine reports one
/// statistic for each request; in a stack of several statistics layers the innermost knows of the handlers.
///
/// # Example
///
/// ```
/// use gongular::layers::stats::StatsLayer;
/// use gongular::test_client::{RecordedStats, TestClient};
/// use gongular::service;
/// use tower_layer::Layer;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let stats = RecordedStats::new();
/// let client = TestClient::new(StatsLayer::new(stats.clone()).layer(service(async || "hi")));
/// client.get("/hello").send().await;
///
/// let stat = stats.last().unwrap();
/// assert_eq!((stat.uri(), stat.response_code().unwrap().as_u16(), stat.response_size()), ("/hello", 200, 2));
/// assert!(stat.handlers()[0].returned());
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct RecordedStats {
    stats: Arc<Mutex<Vec<RouteStat>>>,
}

impl RecordedStats {
    /// Makes a record without statistics.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns all statistics, in the order their requests ended.
    #[must_use]
    pub fn all(&self) -> Vec<RouteStat> {
        self.lock().clone()
    }

    /// Returns the statistic of the request that ended last.
    #[must_use]
    pub fn last(&self) -> Option<RouteStat> {
        self.lock().last().cloned()
    }

    /// Returns all statistics and forgets them.
    #[must_use]
    pub fn take(&self) -> Vec<RouteStat> {
        std::mem::take(&mut *self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, Vec<RouteStat>> {
        self.stats.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl RouteCallback for RecordedStats {
    fn on_route(&self, stat: &RouteStat) {
        self.lock().push(stat.clone());
    }
}
