//! When something has to happen on a connection.

use std::time::Duration;

use tokio::time::Instant;

use super::settings::Limits;

/// The deadlines of a connection.
#[derive(Debug)]
pub(super) struct Clock {
    ping: Option<Duration>,
    pong_timeout: Duration,
    close_timeout: Duration,
    linger: Duration,
    /// When something last came from the client.
    heard_at: Instant,
    /// When it was pinged since.
    pinged_at: Option<Instant>,
    /// Since when it has taken nothing of what is to be written.
    stalled_at: Option<Instant>,
    /// Since when the connection is being closed.
    closed_at: Option<Instant>,
    /// Since when last words are said.
    words_at: Option<Instant>,
    /// As good as never. Made once: with each poll it would be another look at the clock.
    never: Instant,
}

/// What has to happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Alarm {
    /// The client does not take part in closing.
    CloseTimeout,
    /// Last words go on for too long.
    LastWords,
    /// The handler goes on for too long.
    Linger,
    /// The client has to be asked whether it is there.
    Ping,
    /// The client is not there.
    Silent,
    /// The client takes nothing of what is sent to it.
    Stalled,
}

impl Clock {
    pub(super) fn new(limits: &Limits) -> Self {
        let now = Instant::now();
        Self {
            ping: limits.ping,
            pong_timeout: limits.pong_timeout,
            close_timeout: limits.close_timeout,
            linger: limits.linger,
            heard_at: now,
            pinged_at: None,
            stalled_at: None,
            closed_at: None,
            words_at: None,
            never: now + DECADES,
        }
    }

    /// Notes that something came from the client.
    pub(super) fn heard(&mut self) {
        self.heard_at = Instant::now();
        self.pinged_at = None;
    }

    /// Notes that the client does not take what is to be written.
    pub(super) fn stalled(&mut self) {
        self.stalled_at.get_or_insert_with(Instant::now);
    }

    /// Notes that the client takes what is written.
    pub(super) const fn moved(&mut self) {
        self.stalled_at = None;
    }

    /// Notes that the connection is being closed.
    pub(super) fn close(&mut self) {
        self.closed_at.get_or_insert_with(Instant::now);
    }

    /// Notes that last words are to be said.
    pub(super) fn speak(&mut self) {
        self.words_at = Some(Instant::now());
    }

    /// Notes that there are no last words any more.
    pub(super) const fn spoken(&mut self) {
        self.words_at = None;
    }

    /// Returns when something has to happen next, as far as is known now.
    ///
    /// `is_handling` says that the handler still runs, `is_gone` that the connection does not.
    pub(super) fn due(&self, is_handling: bool, is_gone: bool) -> Instant {
        let deadlines = self.deadlines(is_handling, is_gone).into_iter();
        deadlines.map(|(at, _)| at).min().unwrap_or(self.never)
    }

    /// Returns what has to happen now. `is_paused` says that nothing is read, so that the client cannot be heard.
    pub(super) fn ring(&mut self, is_handling: bool, is_gone: bool, is_paused: bool) -> Option<Alarm> {
        let now = Instant::now();
        let due = self.deadlines(is_handling, is_gone).into_iter().find(|(at, _)| *at <= now);
        let (_, alarm) = due?;
        match alarm {
            Alarm::Ping => self.pinged_at = Some(now),
            Alarm::Silent if is_paused => {
                self.heard();
                return None;
            }
            Alarm::CloseTimeout | Alarm::LastWords | Alarm::Linger | Alarm::Silent | Alarm::Stalled => {}
        }
        Some(alarm)
    }

    fn deadlines(&self, is_handling: bool, is_gone: bool) -> [(Instant, Alarm); 3] {
        let none = (self.never, Alarm::Ping);
        let after = |at: Instant, time| at.checked_add(time).unwrap_or(self.never);
        let closed = self.closed_at;
        let of_client = match (closed, self.pinged_at, self.ping) {
            _ if is_gone => none,
            (Some(at), _, _) => (after(at, self.close_timeout), Alarm::CloseTimeout),
            (None, Some(at), _) => (after(at, self.pong_timeout), Alarm::Silent),
            (None, None, Some(ping)) => (after(self.heard_at, ping), Alarm::Ping),
            (None, None, None) => none,
        };
        let of_stream = self.stalled_at.filter(|_| !is_gone);
        let of_handler = match (closed, self.words_at) {
            (Some(at), _) if is_handling => (after(at, self.linger), Alarm::Linger),
            (_, Some(at)) => (after(at, self.linger), Alarm::LastWords),
            _ => none,
        };
        [of_stream.map_or(none, |at| (after(at, self.pong_timeout), Alarm::Stalled)), of_client, of_handler]
    }
}

/// Longer than a connection lasts.
const DECADES: Duration = Duration::from_secs(86_400 * 365 * 30);
