//! What waits to be published, in bounds.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use tokio::sync::Notify;

use crate::neffos::lock::lock;

/// Why a packet is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    Closed,
    Full,
}

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
    /// Looked at under the lock, so that nothing is left in a queue that was cleared.
    is_open: bool,
    waiting: VecDeque<Queued>,
    bytes: usize,
    /// How many were handed to the broker, which has not confirmed them.
    sent: usize,
}

impl Queue {
    pub(super) fn new(max_messages: usize, max_bytes: usize) -> Self {
        Self { inner: Mutex::default(), pushed: Notify::new(), max_messages, max_bytes }
    }

    /// Takes packets from now on.
    pub(super) fn open(&self) {
        lock(&self.inner).is_open = true;
    }

    /// Adds a packet, unless the queue is closed or has no room for it.
    pub(super) fn push(&self, channel: Arc<str>, packet: Bytes) -> Result<(), Refusal> {
        let mut inner = lock(&self.inner);
        if !inner.is_open {
            return Err(Refusal::Closed);
        }
        let bytes = inner.bytes + packet.len();
        if inner.waiting.len() >= self.max_messages || (bytes > self.max_bytes && inner.bytes > 0) {
            return Err(Refusal::Full);
        }
        inner.bytes = bytes;
        inner.waiting.push_back((channel, packet));
        drop(inner);
        self.pushed.notify_one();
        Ok(())
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

    /// Empties the queue, and closes it; returns how many packets the broker may not have.
    pub(super) fn close(&self) -> usize {
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
        queue.open();
        let push = |bytes: usize| queue.push("c".into(), vec![0; bytes].into());
        assert_eq!(push(100), Ok(()), "a single packet may always wait");
        assert_eq!(push(1), Err(Refusal::Full), "there is no room for more bytes");
        assert_eq!(queue.take().await.len(), 1);
        for _ in 0..3 {
            assert_eq!(push(1), Ok(()));
        }
        assert_eq!(push(1), Err(Refusal::Full), "there is no room for more packets");
        assert_eq!(queue.close(), 4, "one was sent and not confirmed");
        queue.open();
        assert_eq!(push(1), Ok(()));
        assert_eq!(queue.take().await.len(), 1);
        queue.confirm();
        assert_eq!(queue.close(), 0);
    }

    #[test]
    fn nothing_waits_in_a_closed_queue_for_the_next_session() {
        let queue = Queue::new(3, 10);
        let push = || queue.push("c".into(), Bytes::from_static(b"old"));
        assert_eq!(push(), Err(Refusal::Closed), "there was no session yet");
        queue.open();
        assert_eq!(push(), Ok(()));
        assert_eq!(queue.close(), 1);
        assert_eq!(push(), Err(Refusal::Closed));
        queue.open();
        assert_eq!(queue.close(), 0, "what was refused is not there");
    }
}
