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
    name: &'static str,
    begun: Instant,
    what: What,
    is_noted: bool,
}

#[derive(Clone, Copy)]
pub(super) enum What {
    Handler,
    Layer,
}

impl Running {
    #[inline]
    pub(super) const fn new(recorder: Recorder, what: What, name: &'static str, begun: Instant) -> Self {
        Self { recorder, name, begun, what, is_noted: false }
    }

    /// Notes that it returned, and that the chain goes on.
    #[inline]
    pub fn finish(self) {
        self.end(Progress::Done, false, None);
    }

    /// Notes that it returned, and that the chain ends here because it said so.
    pub fn stop(self) {
        self.end(Progress::Done, true, None);
    }

    /// Notes that it failed, which ends the chain; the request fails with this error, unless it [passes](Error::is_pass): then
    /// another handler may answer.
    #[cold]
    pub fn fail(self, error: &Error) {
        let text = error.to_string();
        if !error.is_pass() {
            self.recorder.fail_with(text.clone());
        }
        self.end(Progress::Done, true, Some(text));
    }

    fn end(mut self, progress: Progress, stopped: bool, error: Option<String>) {
        self.is_noted = true;
        self.note(progress, stopped, error);
    }

    fn note(&self, progress: Progress, stopped: bool, error: Option<String>) {
        let (name, time) = (self.name, Span { begun: self.begun, ended: Instant::now() });
        match self.what {
            What::Handler => {
                let handler = HandlerStat { name, time, error, stopped, progress };
                self.recorder.with(|stat| stat.handlers.push(handler));
            }
            What::Layer => self.recorder.with(|stat| stat.layers.push(LayerStat { name, time })),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if !self.is_noted {
            self.note(Progress::Begun, false, None);
        }
    }
}

impl fmt::Debug for Running {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Running")
    }
}
