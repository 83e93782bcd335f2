//! Messages between reading and handling.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::{Mutex, MutexGuard};
use std::task::Poll;

use crate::neffos::directory::lock;
use crate::websocket::Message;

/// Messages that were read and wait for their handlers.
///
/// Both sides run in one task, which polls them again when anything changed; so no waker is kept.
#[derive(Debug)]
pub(super) struct Inbox {
    inner: Mutex<Inner>,
    max_messages: usize,
    max_bytes: usize,
}

#[derive(Debug, Default)]
struct Inner {
    waiting: VecDeque<Message>,
    bytes: usize,
    /// Whether the client has begun the protocol.
    has_begun: bool,
    is_closed: bool,
    /// Counts what happened, so that it is seen that something did.
    changes: u64,
}

impl Inbox {
    pub(super) fn new(max_messages: usize, max_bytes: usize) -> Self {
        Self { inner: Mutex::default(), max_messages, max_bytes }
    }

    fn change(&self) -> MutexGuard<'_, Inner> {
        let mut inner = lock(&self.inner);
        inner.changes += 1;
        inner
    }

    pub(super) fn changes(&self) -> u64 {
        lock(&self.inner).changes
    }

    /// Returns whether another message may wait; `times` as much when something is waited for that comes behind them.
    pub(super) fn has_room(&self, times: usize) -> bool {
        let inner = lock(&self.inner);
        let (messages, bytes) =
            (self.max_messages.saturating_mul(times), self.max_bytes.saturating_mul(times));
        inner.waiting.is_empty() || (inner.waiting.len() < messages && inner.bytes < bytes)
    }

    pub(super) fn begin(&self) {
        self.change().has_begun = true;
    }

    pub(super) fn has_begun(&self) -> bool {
        lock(&self.inner).has_begun
    }

    pub(super) fn push(&self, message: Message) {
        let mut inner = self.change();
        inner.bytes += message.len();
        inner.waiting.push_back(message);
    }

    pub(super) fn close(&self) {
        self.change().is_closed = true;
    }

    /// Waits until the client has begun; false when it has gone before.
    pub(super) async fn begun(&self) -> bool {
        poll_fn(|_| match lock(&self.inner) {
            inner if inner.has_begun => Poll::Ready(true),
            inner if inner.is_closed => Poll::Ready(false),
            _ => Poll::Pending,
        })
        .await
    }

    /// Waits for the next message; none when the client has gone.
    pub(super) async fn next(&self) -> Option<Message> {
        poll_fn(|_| {
            let mut inner = lock(&self.inner);
            match inner.waiting.pop_front() {
                Some(message) => {
                    inner.bytes -= message.len();
                    inner.changes += 1;
                    if inner.waiting.is_empty() && inner.waiting.capacity() > KEPT_MESSAGES {
                        inner.waiting = VecDeque::new();
                    }
                    Poll::Ready(Some(message))
                }
                None if inner.is_closed => Poll::Ready(None),
                None => Poll::Pending,
            }
        })
        .await
    }
}

/// How many messages an idle connection keeps room for.
const KEPT_MESSAGES: usize = 4;
