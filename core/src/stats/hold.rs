//! Statistics that are kept open beyond the end of their answer.

use std::fmt;
use std::time::Instant;

use super::{Ending, Outcome, Recorder, RouteStat, WebSocketStat};
use crate::Error;

/// Keeps the statistic of a request open beyond the end of its answer, made by [`Recorder::hold`].
///
/// For whoever takes a connection over with an upgrade: the statistic ends when this is dropped. Those of the layers
/// further out are kept open too.
#[must_use = "dropping it lets the statistic end"]
pub struct Hold {
    recorder: Recorder,
    outer: Option<Box<Self>>,
}

/// A statistic whose answer has ended.
pub(super) struct Parked {
    pub(super) ending: Ending,
    pub(super) callback: Box<dyn FnOnce(&RouteStat) + Send>,
}

impl Hold {
    pub(super) fn new(recorder: Recorder) -> Self {
        let outer = recorder.begin_hold();
        Self { recorder, outer: outer.map(|outer| Box::new(Self::new(outer))) }
    }

    /// Notes the error that the request fails with, as [`Recorder::fail`] does.
    #[cold]
    pub fn fail(&self, error: &Error) {
        self.each(|recorder| recorder.fail(error));
    }

    /// Says how the request ended, as [`Recorder::set_outcome`] does.
    pub fn set_outcome(&self, outcome: Outcome) {
        self.each(|recorder| recorder.set_outcome(outcome));
    }

    /// Lets the statistic end, with what passed over the websocket.
    pub fn finish(self, websocket: WebSocketStat) {
        self.each(|recorder| recorder.set_websocket(websocket));
    }

    fn each(&self, note: impl Fn(&Recorder)) {
        let holds = std::iter::successors(Some(self), |hold| hold.outer.as_deref());
        holds.for_each(|hold| note(&hold.recorder));
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        if let Some(parked) = self.recorder.end_hold() {
            let ending = parked.ending.lasting_until(Instant::now());
            self.recorder.clone().finish(ending, parked.callback);
        }
    }
}

impl fmt::Debug for Hold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hold")
    }
}
