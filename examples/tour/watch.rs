//! What the application tells about itself.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use gongular::layers::stats::RouteCallback;
use gongular::stats::RouteStat;
use gongular::{Container, Inject, Json};

/// Keeps the last statistics as lines; a real application counts, or hands on to its monitoring.
#[derive(Clone, Default)]
pub(crate) struct Watcher(Arc<Mutex<VecDeque<String>>>);

impl RouteCallback for Watcher {
    fn on_route(&self, stat: &RouteStat) {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lines.push_back(stat.to_string());
        if lines.len() > 20 {
            lines.pop_front();
        }
    }
}

pub(crate) async fn stats(watcher: Inject<Watcher>) -> Json<Vec<String>> {
    Json(watcher.0.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect())
}

/// Who needs what, as Graphviz; `to_mermaid` and `to_json` are there too.
pub(crate) async fn report(container: Container) -> String {
    container.report().to_dot()
}
