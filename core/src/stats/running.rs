//! A handler or a layer that is being timed.

use std::fmt;
use std::time::Instant;

use super::entry::{Progress, Span};
use super::{HandlerStat, LayerStat, Recorder};
use crate::Error;

/// A handler or a named layer on its way; its time is noted when this is finished or dropped.
///
/// It is in the statistic from then on. One that is only dropped counts as a handler that never returned: its request was given up, or it panicked.
#[must_use = "dropping it ends the measurement"]
pub struct Running {
    recorder: Recorder,
    what: What,
    begun: Instant,
    ended: Option<Instant>,
    progress: Progress,
    stopped: bool,
    error: Option<String>,
}

#[derive(Clone, Copy)]
pub(super) enum What {
    Handler(&'static str),
    Layer(&'static str),
}

impl Running {
    #[inline]
    pub(super) const fn new(recorder: Recorder, what: What, begun: Instant) -> Self {
        let progress = Progress::Begun;
        Self { recorder, what, begun, ended: None, progress, stopped: false, error: None }
    }

    /// Notes that it returned, and that the chain goes on.
    #[inline]
    pub fn finish(mut self) {
        self.progress = Progress::Done;
    }

    /// Does the same, and returns when that was: what begins or ends with it need not look at the clock again.
    #[inline]
    #[must_use]
    pub fn finish_at(mut self) -> Instant {
        let now = Instant::now();
        self.ended = Some(now);
        self.progress = Progress::Done;
        now
    }

    /// Notes that it returned, and that the chain ends here because it said so.
    pub fn stop(mut self) {
        self.progress = Progress::Done;
        self.stopped = true;
    }

    /// Notes that it failed, which ends the chain; the request fails with this error, unless it [passes](Error::is_pass): then
    /// another handler may answer.
    #[cold]
    pub fn fail(mut self, error: &Error) {
        let text = error.to_string();
        if !error.is_pass() {
            self.recorder.fail_with(text.clone());
        }
        self.progress = Progress::Done;
        self.stopped = true;
        self.error = Some(text);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let time = Span { begun: self.begun, ended: self.ended.unwrap_or_else(Instant::now) };
        let (progress, stopped) = (self.progress, self.stopped);
        match self.what {
            What::Handler(name) => {
                let error = self.error.take();
                let handler = HandlerStat { name, time, error, stopped, progress };
                self.recorder.with(|stat| stat.handlers.push(handler));
            }
            What::Layer(name) => self.recorder.with(|stat| stat.layers.push(LayerStat { name, time })),
        }
    }
}

impl fmt::Debug for Running {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Running")
    }
}
