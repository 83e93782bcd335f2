//! What waits for its handler.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use super::settings::Bounds;

/// The room for messages that wait for their handlers.
///
/// There is more of it while an answer is awaited: it comes behind other messages, and a handler that asks would else wait for
/// what cannot be read before it is done.
#[derive(Debug)]
pub(super) struct Waiting {
    bounds: Bounds,
    room: Arc<Semaphore>,
    more: Arc<Semaphore>,
    is_asking: watch::Receiver<bool>,
}

impl Waiting {
    pub(super) fn new(bounds: Bounds, is_asking: watch::Receiver<bool>) -> Self {
        let (room, more) = (bounds.total(), bounds.total().saturating_mul(TIMES_WHILE_ASKING - 1));
        let semaphore = |room: usize| Arc::new(Semaphore::new(room.min(Semaphore::MAX_PERMITS)));
        Self { bounds, room: semaphore(room), more: semaphore(more), is_asking }
    }

    /// Waits until there is room for a message.
    pub(super) async fn enter(&self, bytes: usize) -> OwnedSemaphorePermit {
        let share = self.bounds.share(bytes);
        let more = async {
            // The sender lives as long as the connection.
            let _ = self.is_asking.clone().wait_for(|is_asking| *is_asking).await;
            Arc::clone(&self.more).acquire_many_owned(share).await
        };
        let entered = tokio::select! {
            biased;
            entered = Arc::clone(&self.room).acquire_many_owned(share) => entered,
            entered = more => entered,
        };
        entered.expect("the semaphores are never closed")
    }
}

/// How many times as much may wait while an answer is awaited.
const TIMES_WHILE_ASKING: usize = 16;
