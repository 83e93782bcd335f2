//! Messages between reading and handling.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::task::Poll;

use crate::neffos::lock::lock;
use crate::websocket::Message;

/// Messages that were read and wait for their handlers.
///
/// Both sides run in one task, which polls the one that handles after the one that reads; so no waker is kept, and what is
/// looked at most often needs no lock.
#[derive(Debug)]
pub(super) struct Inbox {
    waiting: Mutex<VecDeque<Message>>,
    messages: AtomicUsize,
    bytes: AtomicUsize,
    /// Whether the client has begun the protocol.
    has_begun: AtomicBool,
    is_closed: AtomicBool,
    max_messages: usize,
    max_bytes: usize,
}

impl Inbox {
    pub(super) fn new(max_messages: usize, max_bytes: usize) -> Self {
        Self {
            waiting: Mutex::default(),
            messages: AtomicUsize::new(0),
            bytes: AtomicUsize::new(0),
            has_begun: AtomicBool::new(false),
            is_closed: AtomicBool::new(false),
            max_messages,
            max_bytes,
        }
    }

    /// Returns whether another message may wait; `times` as much when something is waited for that comes behind them.
    pub(super) fn has_room(&self, times: usize) -> bool {
        let messages = self.messages.load(Relaxed);
        messages == 0
            || (messages < self.max_messages.saturating_mul(times)
                && self.bytes.load(Relaxed) < self.max_bytes.saturating_mul(times))
    }

    pub(super) fn begin(&self) {
        self.has_begun.store(true, Relaxed);
    }

    pub(super) fn has_begun(&self) -> bool {
        self.has_begun.load(Relaxed)
    }

    pub(super) fn push(&self, message: Message) {
        let mut waiting = lock(&self.waiting);
        self.bytes.fetch_add(message.len(), Relaxed);
        waiting.push_back(message);
        self.messages.store(waiting.len(), Relaxed);
    }

    pub(super) fn close(&self) {
        self.is_closed.store(true, Relaxed);
    }

    /// Waits until the client has begun; false when it has gone before.
    pub(super) async fn begun(&self) -> bool {
        poll_fn(|_| match (self.has_begun(), self.is_closed.load(Relaxed)) {
            (true, _) => Poll::Ready(true),
            (false, true) => Poll::Ready(false),
            (false, false) => Poll::Pending,
        })
        .await
    }

    /// Returns whether the client has gone.
    pub(super) fn is_closed(&self) -> bool {
        self.is_closed.load(Relaxed)
    }

    /// Waits for the next message; none when the client has gone.
    pub(super) async fn next(&self) -> Option<Message> {
        poll_fn(|_| {
            if self.messages.load(Relaxed) == 0 {
                return if self.is_closed.load(Relaxed) { Poll::Ready(None) } else { Poll::Pending };
            }
            Poll::Ready(self.pop())
        })
        .await
    }

    fn pop(&self) -> Option<Message> {
        let mut waiting = lock(&self.waiting);
        let message = waiting.pop_front()?;
        self.bytes.fetch_sub(message.len(), Relaxed);
        self.messages.store(waiting.len(), Relaxed);
        if waiting.is_empty() && waiting.capacity() > KEPT_MESSAGES {
            *waiting = VecDeque::new();
        }
        Some(message)
    }
}

/// How many messages an idle connection keeps room for.
const KEPT_MESSAGES: usize = 4;
