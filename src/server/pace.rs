//! How slowly a body may come.

use std::time::Duration;

use tokio::time::Instant;

/// The least rate of request bodies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BodyRate {
    /// In so much time of waiting …
    pub(super) window: Duration,
    /// … at least so many bytes have to come.
    pub(super) bytes: u64,
}

impl BodyRate {
    pub(super) fn new(bytes_per_second: u32, window: Duration) -> Self {
        let bytes = window.as_millis().saturating_mul(u128::from(bytes_per_second)) / 1000;
        Self { window, bytes: u64::try_from(bytes).unwrap_or(u64::MAX) }
    }
}

/// The time that was spent waiting in a window: what the application does in between is not the client's fault.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Pace {
    spent: Duration,
    waits_since: Option<Instant>,
}

impl Pace {
    /// The waiting begins, or goes on. Returns when it is too long; `None` means never.
    pub(super) fn wait(&mut self, now: Instant, window: Duration) -> Option<Instant> {
        let since = *self.waits_since.get_or_insert(now);
        since.checked_add(window.saturating_sub(self.spent))
    }

    /// The waiting is over for now.
    pub(super) fn pause(&mut self, now: Instant) {
        if let Some(since) = self.waits_since.take() {
            self.spent += now.saturating_duration_since(since);
        }
    }
}

/// The bytes that came in a window.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Received(u64);

impl Received {
    /// Adds bytes. Returns whether they complete the window, so that the next one begins.
    pub(super) fn add(&mut self, bytes: usize, rate: BodyRate) -> bool {
        self.0 = self.0.saturating_add(bytes as u64);
        let is_complete = self.0 >= rate.bytes;
        if is_complete {
            self.0 = 0;
        }
        is_complete
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_has_the_bytes_of_its_length() {
        assert_eq!(BodyRate::new(240, Duration::from_secs(5)).bytes, 1200);
        assert_eq!(BodyRate::new(240, Duration::from_millis(100)).bytes, 24);
        assert_eq!(BodyRate::new(u32::MAX, Duration::MAX).bytes, u64::MAX);
    }

    #[test]
    fn only_waiting_counts() {
        let window = Duration::from_secs(5);
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut pace = Pace::default();
        assert_eq!(pace.wait(start, window), Some(at(5)));
        assert_eq!(pace.wait(at(1), window), Some(at(5)));
        pace.pause(at(2));
        pace.pause(at(4));
        // 2 of 5 seconds were spent; the application took its time until 100.
        assert_eq!(pace.wait(at(100), window), Some(at(103)));
        assert_eq!(Pace::default().wait(start, Duration::MAX), None);
    }

    #[test]
    fn a_window_is_complete_with_its_last_byte() {
        let rate = BodyRate { window: Duration::from_secs(1), bytes: 10 };
        let mut received = Received::default();
        assert!(!received.add(9, rate));
        assert!(received.add(1, rate));
        assert!(!received.add(9, rate));
        assert!(received.add(1000, rate));
        assert!(!received.add(0, rate));
    }
}
