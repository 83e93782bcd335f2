//! An instance that was made by hand serves all requests.

use std::sync::atomic::{AtomicU64, Ordering};

use gongular::mvc::{Activation, controller};

/// What changes in a shared instance stands in an atomic, or in a lock.
#[derive(Default)]
pub(crate) struct Health {
    asked: AtomicU64,
}

async fn nobody_keeps_it() -> ([(&'static str, &'static str); 1], ()) {
    ([("cache-control", "no-store")], ())
}

#[controller]
impl Health {
    /// Runs at registration: routes, handlers and layers of single methods, or of all.
    fn before_activation(activation: &mut Activation) {
        activation.handler(nobody_keeps_it);
        activation.label("for probes");
    }

    /// `GET /health`, and `HEAD`
    async fn get(&self) -> String {
        format!("fine, {} times", self.asked.fetch_add(1, Ordering::Relaxed) + 1)
    }
}
