//! When a connection has waited too long.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::Protocol;
use super::activity::{Activity, Wait};
use super::pace::Pace;
use super::settings::Settings;

/// Turns what a connection waits for into a point in time.
///
/// The clock is read only where the waiting changes.
pub(super) struct Deadlines {
    settings: Arc<Settings>,
    wait: Wait,
    at: Option<Instant>,
    /// The window of the body that `pace` belongs to.
    window: usize,
    pace: Pace,
}

impl Deadlines {
    /// The connection began: its first head is due until `at`.
    pub(super) fn new(settings: Arc<Settings>, at: Option<Instant>) -> Self {
        Self { settings, wait: Wait::Head(0), at, window: 0, pace: Pace::default() }
    }

    /// What the connection waited for when it was looked at last.
    pub(super) const fn wait(&self) -> Wait {
        self.wait
    }

    /// Returns when the waiting of the last look is too long; far away if it never is.
    pub(super) fn at(&self) -> Instant {
        self.at.unwrap_or_else(|| Instant::now() + FAR)
    }

    /// Looks at the connection again. Returns when its waiting is too long; `None` means never.
    pub(super) fn update(&mut self, activity: &Activity) -> Option<Instant> {
        let wait = activity.wait();
        if wait != self.wait {
            self.at = self.begin(wait, activity);
            self.wait = wait;
        }
        self.at
    }

    fn begin(&mut self, wait: Wait, activity: &Activity) -> Option<Instant> {
        let is_http2 = activity.protocol() == Protocol::Http2;
        let was_body = matches!(self.wait, Wait::Body(_));
        if wait == Wait::Handler && !is_http2 && !was_body {
            return None;
        }
        let now = Instant::now();
        if was_body {
            self.pace.pause(now);
        }
        match wait {
            Wait::Body(window) => {
                if window != self.window {
                    self.window = window;
                    self.pace = Pace::default();
                }
                self.pace.wait(now, self.settings.body_rate?.window)
            }
            // Streams end on tasks of their own, so the connection has to look up now and then.
            Wait::Handler if is_http2 => now.checked_add(self.settings.idle_timeout),
            Wait::Handler => None,
            Wait::Head(_) => now.checked_add(self.settings.header_timeout),
            Wait::Idle(_) if is_http2 => activity.idle_since().checked_add(self.settings.idle_timeout),
            Wait::Idle(_) => now.checked_add(self.settings.idle_timeout),
            Wait::Linger => Some(now + LINGER),
            Wait::Send(_) => now.checked_add(self.settings.send_timeout),
        }
    }

    /// The connection was told to end, and has a moment to do so.
    pub(super) fn last_moment(&mut self) {
        self.at = Some(Instant::now() + LAST_MOMENT);
    }

    /// The time has come for an idle connection. Returns whether more of an answer was sent since; then it is looked at
    /// again later.
    pub(super) fn is_sending(&mut self, activity: &Activity, is_finishing: bool) -> bool {
        if activity.protocol() == Protocol::Http1 {
            return false;
        }
        let allowed = if is_finishing { LAST_MOMENT } else { self.settings.idle_timeout };
        self.at = activity.idle_since().checked_add(allowed);
        self.at.is_none_or(|at| at > Instant::now())
    }

    /// The time has come and nothing has to end: it is looked at again later.
    pub(super) fn renew(&mut self) {
        self.at = Instant::now().checked_add(self.settings.idle_timeout);
    }
}

/// How long a client may go on with a request that was answered early.
const LINGER: Duration = Duration::from_secs(5);

/// How long a client may take to notice that its connection ends.
const LAST_MOMENT: Duration = Duration::from_secs(1);

/// Nobody waits so long.
const FAR: Duration = Duration::from_secs(24 * 60 * 60);
