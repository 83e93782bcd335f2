//! A subscription that is on its way into a group.

use std::fmt;
use std::sync::Arc;

use super::Exchange;
use crate::BoxError;

/// A subscription that is taken back when it is dropped, unless it is kept.
pub(in crate::neffos) struct Heard(Option<(Arc<dyn Exchange>, String)>);

impl Heard {
    /// There is no exchange, and nothing to hear.
    pub(in crate::neffos) const fn nothing() -> Self {
        Self(None)
    }

    pub(in crate::neffos) async fn subscribe(
        exchange: &Arc<dyn Exchange>,
        channel: String,
    ) -> Result<Self, BoxError> {
        let subscribing = exchange.subscribe(&channel);
        let heard = Self(Some((Arc::clone(exchange), channel)));
        subscribing.await?;
        Ok(heard)
    }

    /// Leaves it to somebody else to take the subscription back.
    pub(in crate::neffos) fn keep(mut self) {
        self.0 = None;
    }
}

impl Drop for Heard {
    fn drop(&mut self) {
        if let Some((exchange, channel)) = self.0.take() {
            exchange.unsubscribe(&channel);
        }
    }
}

impl fmt::Debug for Heard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Heard").field(&self.0.as_ref().map(|(_, channel)| channel)).finish()
    }
}
