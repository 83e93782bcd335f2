//! How long is waited before the next try.

use std::time::Duration;

/// How a client tries to reach its server again: each wait is twice as long as the one before, up to a limit, and is
/// shortened by chance by up to a half, so that the clients of a server that comes back do not come all at once.
///
/// # Example
///
/// ```
/// use std::time::Duration;
/// use gongular::neffos::client::Backoff;
///
/// let backoff = Backoff::new().first(Duration::from_secs(1)).longest(Duration::from_secs(60)).max_tries(10);
/// // Between a half and the whole of 1, 2, 4, … 60, 60 seconds.
/// # let _ = backoff;
/// ```
#[derive(Clone, Debug)]
pub struct Backoff {
    first: Duration,
    longest: Duration,
    max_tries: Option<u32>,
    stable: Duration,
}

impl Backoff {
    /// Makes one with the defaults.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            first: Duration::from_millis(500),
            longest: Duration::from_secs(30),
            max_tries: None,
            stable: Duration::from_secs(30),
        }
    }

    /// Sets the wait before the first try. *Defaults to half a second.*
    #[must_use]
    pub const fn first(mut self, wait: Duration) -> Self {
        self.first = wait;
        self
    }

    /// Sets the longest wait. *Defaults to 30 seconds.*
    #[must_use]
    pub const fn longest(mut self, wait: Duration) -> Self {
        self.longest = wait;
        self
    }

    /// Sets after how many tries in a row the client gives up. *Defaults to never.*
    #[must_use]
    pub const fn max_tries(mut self, tries: u32) -> Self {
        self.max_tries = Some(tries);
        self
    }

    /// Sets how long a connection must have lasted for the tries to be counted anew. A server that takes connections and
    /// drops them at once is so tried ever more seldom. *Defaults to 30 seconds.*
    #[must_use]
    pub const fn stable_after(mut self, time: Duration) -> Self {
        self.stable = time;
        self
    }

    /// Returns the wait before a try, the first of which is 1; none when there were enough.
    pub(super) fn wait(&self, tries: u32, random: u64) -> Option<Duration> {
        if self.max_tries.is_some_and(|max| tries > max) {
            return None;
        }
        let doubled = 1_u32.checked_shl(tries.saturating_sub(1)).unwrap_or(u32::MAX);
        let whole = self.first.saturating_mul(doubled).min(self.longest);
        let by_chance = (random >> 32) as u32;
        let shortened = (whole / 2).mul_f64(f64::from(by_chance) / f64::from(u32::MAX));
        Some(whole - shortened)
    }

    pub(super) fn is_stable(&self, lasted: Duration) -> bool {
        lasted >= self.stable
    }
}

impl Default for Backoff {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest_and_lie_between_a_half_and_the_whole() {
        let backoff = Backoff::new().first(Duration::from_secs(1)).longest(Duration::from_secs(60));
        for (tries, whole) in [(1, 1), (2, 2), (3, 4), (6, 32), (7, 60), (33, 60), (u32::MAX, 60)] {
            let whole = Duration::from_secs(whole);
            assert_eq!(backoff.wait(tries, 0), Some(whole), "try {tries}");
            assert_eq!(backoff.wait(tries, u64::MAX), Some(whole / 2), "try {tries}");
            let between = backoff.wait(tries, u64::MAX / 3).unwrap();
            assert!(between > whole / 2 && between < whole, "try {tries}: {between:?}");
        }
    }

    #[test]
    fn after_enough_tries_there_is_no_wait_any_more() {
        let backoff = Backoff::new().max_tries(2);
        assert!(backoff.wait(2, 0).is_some());
        assert_eq!(backoff.wait(3, 0), None);
    }
}
