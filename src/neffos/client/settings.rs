//! What a connection may cost, and how long things may take.

use std::time::Duration;

use super::Backoff;

#[derive(Clone, Debug)]
pub(super) struct Settings {
    pub(super) ask_timeout: Duration,
    pub(super) close_timeout: Duration,
    pub(super) handler_timeout: Option<Duration>,
    pub(super) handshake_timeout: Duration,
    pub(super) keeps_while_away: bool,
    pub(super) max_message: usize,
    pub(super) ping: Option<Duration>,
    pub(super) pong_timeout: Duration,
    pub(super) queue: Bounds,
    pub(super) reconnect: Option<Backoff>,
    pub(super) waiting: Bounds,
}

/// How much may lie in a queue.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    messages: usize,
    bytes: usize,
}

impl Bounds {
    pub(super) fn new(messages: usize, bytes: usize) -> Self {
        // A semaphore counts up to `u32::MAX` at a time; no queue is meant to be near it.
        let bytes = bytes.clamp(1, 1 << 30);
        Self { messages: messages.clamp(1, bytes), bytes }
    }

    /// Returns how much there is to share.
    pub(super) const fn total(self) -> usize {
        self.bytes
    }

    /// Returns the share that a message takes: its bytes, but never so little that there could be too many messages; and
    /// never more than there is, since it could never be sent otherwise.
    pub(super) fn share(self, bytes: usize) -> u32 {
        bytes.max(self.bytes.div_ceil(self.messages)).min(self.bytes) as u32
    }
}

impl Settings {
    pub(super) fn new() -> Self {
        Self {
            ask_timeout: Duration::from_secs(10),
            close_timeout: Duration::from_secs(5),
            handler_timeout: Some(Duration::from_secs(30)),
            handshake_timeout: Duration::from_secs(10),
            keeps_while_away: false,
            max_message: 1 << 20,
            ping: Some(Duration::from_secs(30)),
            pong_timeout: Duration::from_secs(30),
            queue: Bounds::new(256, 1 << 20),
            reconnect: None,
            waiting: Bounds::new(64, 1 << 20),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_queue_is_full_by_messages_or_by_bytes_and_takes_any_single_message() {
        let bounds = Bounds::new(4, 1000);
        assert_eq!((bounds.share(0), bounds.share(250), bounds.share(251)), (250, 250, 251));
        assert_eq!(bounds.share(1 << 20), 1000);
        assert_eq!(Bounds::new(0, 0).share(7), 1);
    }
}
