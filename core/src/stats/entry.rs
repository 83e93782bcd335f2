//! The parts of a statistic: what ran, and how long it took.

use std::time::{Duration, Instant};

use crate::inject::Key;

/// One handler of the request.
#[derive(Clone, Debug)]
pub struct HandlerStat {
    pub(super) name: &'static str,
    pub(super) time: Span,
    pub(super) error: Option<String>,
    pub(super) stopped: bool,
    pub(super) progress: Progress,
}

/// When something began and ended; the difference is taken when somebody asks for it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    pub(super) begun: Instant,
    pub(super) ended: Instant,
}

impl Span {
    /// Returns the time of what did not happen.
    pub(super) fn none() -> Self {
        let now = Instant::now();
        Self { begun: now, ended: now }
    }

    fn duration(self) -> Duration {
        self.ended.saturating_duration_since(self.begun)
    }
}

/// How far a handler came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Progress {
    /// Its turn never came.
    Skipped,
    /// It began; when the statistic says so, it was dropped or panicked.
    Begun,
    /// It returned.
    Done,
}

impl HandlerStat {
    /// Returns the name of its function or type, with its module.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Returns how long it took, the reading of its arguments included; zero when it did not run.
    #[must_use]
    pub fn duration(&self) -> Duration {
        self.time.duration()
    }

    /// Returns the text for the log of the error that it returned.
    #[must_use]
    pub fn error(&self) -> Option<&str> {
        self.error.as_deref()
    }

    /// Returns whether the chain ended with it, by an error or because it said so.
    #[must_use]
    pub const fn stopped(&self) -> bool {
        self.stopped
    }

    /// Returns whether its turn came.
    #[must_use]
    pub const fn ran(&self) -> bool {
        !matches!(self.progress, Progress::Skipped)
    }

    /// Returns whether it returned; `false` when it did not run, was dropped on the way, or panicked.
    #[must_use]
    pub const fn returned(&self) -> bool {
        matches!(self.progress, Progress::Done)
    }
}

/// One named layer or service that the request passed.
#[derive(Clone, Debug)]
pub struct LayerStat {
    pub(super) name: &'static str,
    pub(super) time: Span,
}

impl LayerStat {
    /// Returns its name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Returns how long it took up to the head of the answer, everything inside it included.
    #[must_use]
    pub fn duration(&self) -> Duration {
        self.time.duration()
    }
}

/// One dependency that was built for the request.
#[derive(Clone, Debug)]
pub struct DependencyStat {
    pub(super) type_name: &'static str,
    pub(super) key: Key,
    pub(super) time: Span,
}

impl DependencyStat {
    /// Returns the name of the type that was built.
    #[must_use]
    pub const fn type_name(&self) -> &'static str {
        self.type_name
    }

    /// Returns the key it was built under.
    #[must_use]
    pub const fn key(&self) -> Key {
        self.key
    }

    /// Returns how long its factory took.
    #[must_use]
    pub fn duration(&self) -> Duration {
        self.time.duration()
    }
}

/// One extractor that read the request.
#[derive(Clone, Debug)]
pub struct StepStat {
    pub(super) type_name: &'static str,
    pub(super) duration: Duration,
}

impl StepStat {
    /// Returns the name of the extractor's type.
    #[must_use]
    pub const fn type_name(&self) -> &'static str {
        self.type_name
    }

    /// Returns how long it took, waiting for the body included.
    #[must_use]
    pub const fn duration(&self) -> Duration {
        self.duration
    }
}
