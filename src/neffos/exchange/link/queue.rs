//! What waits to be published, in bounds.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use tokio::sync::Notify;

use crate::neffos::lock::lock;

/// A packet and the full name of its channel.
pub(in crate::neffos::exchange) type Queued = (Arc<str>, Bytes);

pub(super) struct Queue {
    inner: Mutex<Inner>,
    pushed: Notify,
    max_messages: usize,
    max_bytes: usize,
}

#[derive(Default)]
struct Inner {
    waiting: VecDeque<Queued>,
    bytes: usize,
    /// How many were handed to the broker, which has not confirmed them.
    sent: usize,
}

impl Queue {
    pub(super) fn new(max_messages: usize, max_bytes: usize) -> Self {
        Self { inner: Mutex::default(), pushed: Notify::new(), max_messages, max_bytes }
    }

    /// Adds a packet; false when there is no room for it.
    pub(super) fn push(&self, channel: Arc<str>, packet: Bytes) -> bool {
        let mut inner = lock(&self.inner);
        let bytes = inner.bytes + packet.len();
        if inner.waiting.len() >= self.max_messages || (bytes > self.max_bytes && inner.bytes > 0) {
            return false;
        }
        inner.bytes = bytes;
        inner.waiting.push_back((channel, packet));
        drop(inner);
        self.pushed.notify_one();
        true
    }

    /// Waits for packets and takes some, which are not confirmed until [`confirm`](Self::confirm).
    pub(super) async fn take(&self) -> Vec<Queued> {
        loop {
            {
                let mut inner = lock(&self.inner);
                if !inner.waiting.is_empty() {
                    let count = inner.waiting.len().min(BATCH);
                    let batch: Vec<_> = inner.waiting.drain(..count).collect();
                    inner.bytes -= batch.iter().map(|(_, packet)| packet.len()).sum::<usize>();
                    inner.sent = batch.len();
                    return batch;
                }
            }
            self.pushed.notified().await;
        }
    }

    /// Takes note that the broker has everything that was taken.
    pub(super) fn confirm(&self) {
        lock(&self.inner).sent = 0;
    }

    /// Empties the queue; returns how many packets the broker may not have.
    pub(super) fn clear(&self) -> usize {
        let mut inner = lock(&self.inner);
        let Inner { waiting, sent, .. } = std::mem::take(&mut *inner);
        waiting.len() + sent
    }
}

/// How many packets are handed to the broker in one go.
const BATCH: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_full_queue_takes_nothing_more_and_what_is_not_confirmed_is_counted() {
        let queue = Queue::new(3, 10);
        let push = |bytes: usize| queue.push("c".into(), vec![0; bytes].into());
        assert!(push(100), "a single packet may always wait");
        assert!(!push(1), "there is no room for more bytes");
        assert_eq!(queue.take().await.len(), 1);
        for _ in 0..3 {
            assert!(push(1));
        }
        assert!(!push(1), "there is no room for more packets");
        assert_eq!(queue.clear(), 4, "one was sent and not confirmed");
        assert!(push(1));
        assert_eq!(queue.take().await.len(), 1);
        queue.confirm();
        assert_eq!(queue.clear(), 0);
    }
}
