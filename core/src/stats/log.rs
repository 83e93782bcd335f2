//! The request's own log lines.

use std::fmt;
use std::time::Duration;

use http::Extensions;

use super::Recorder;
use crate::request::RequestState;

/// The request's own logger: its lines stand in the request's statistics.
///
/// Without a statistics layer outside, lines go nowhere, and are not even formatted.
///
/// # Example
///
/// ```
/// use std::time::Instant;
///
/// use gongular_core::stats::{Detail, Ending, Logger, Outcome, Recorder};
/// use http::Request;
///
/// let mut request = Request::new(());
/// let recorder = Recorder::start(&mut request, Detail::default());
///
/// let logger = Logger::of(request.extensions());
/// logger.warn(format_args!("{} attempts", 3));
///
/// recorder.finish(Ending::new(Outcome::Complete, Instant::now()), |stat| {
///     let lines: Vec<_> = stat.logs().iter().map(|line| line.to_string()).collect();
///     assert_eq!(lines, ["warn: 3 attempts"]);
/// });
/// ```
#[derive(Clone, Debug)]
pub struct Logger {
    recorder: Option<Recorder>,
}

impl Logger {
    /// Returns the logger of a request.
    #[must_use]
    pub fn of(extensions: &Extensions) -> Self {
        Self::of_state(RequestState::of(extensions))
    }

    /// Returns the logger of a request by its state.
    #[must_use]
    pub fn of_state(state: Option<&RequestState>) -> Self {
        Self { recorder: state.and_then(RequestState::recorder).cloned() }
    }

    /// Adds a line of level [`Level::Info`].
    pub fn log(&self, line: impl fmt::Display) {
        self.add(Level::Info, format_args!("{line}"));
    }

    /// Adds a line of level [`Level::Info`].
    pub fn info(&self, line: impl fmt::Display) {
        self.add(Level::Info, format_args!("{line}"));
    }

    /// Adds a line of level [`Level::Warn`].
    pub fn warn(&self, line: impl fmt::Display) {
        self.add(Level::Warn, format_args!("{line}"));
    }

    /// Adds a line of level [`Level::Error`].
    pub fn error(&self, line: impl fmt::Display) {
        self.add(Level::Error, format_args!("{line}"));
    }

    fn add(&self, level: Level, line: fmt::Arguments<'_>) {
        if let Some(recorder) = &self.recorder {
            recorder.log(level, line);
        }
    }
}

/// How much a log line matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Level {
    /// Detail for those who look for a fault.
    Debug,
    /// Something that happened.
    Info,
    /// Something that should not go on like this.
    Warn,
    /// Something failed.
    Error,
}

impl Level {
    /// Returns the level's name in lower case.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The log lines of one request, in the order they were written.
///
/// At most 64 KiB of text and 1024 lines are kept; what comes after is [counted](Self::dropped).
#[derive(Clone, Debug, Default)]
pub struct Logs {
    text: String,
    lines: Vec<Line>,
    dropped: usize,
}

#[derive(Clone, Copy, Debug)]
struct Line {
    level: Level,
    after: Duration,
    end: usize,
}

impl Logs {
    /// Returns the lines.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = LogLine<'_>> {
        let mut begin = 0;
        self.lines.iter().map(move |line| {
            let text = self.text.get(begin..line.end).unwrap_or_default();
            begin = line.end;
            LogLine { level: line.level, after: line.after, text }
        })
    }

    /// Returns whether nothing was logged.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.lines.is_empty() && self.dropped == 0
    }

    /// Returns how many lines were left out because there were too many.
    #[must_use]
    pub const fn dropped(&self) -> usize {
        self.dropped
    }

    pub(super) fn push(&mut self, level: Level, after: Duration, text: &str) {
        if self.lines.len() >= MAX_LINES || text.len() > MAX_TEXT_BYTES - self.text.len() {
            self.dropped += 1;
            return;
        }
        self.text.push_str(text);
        self.lines.push(Line { level, after, end: self.text.len() });
    }

    /// Forgets the lines and keeps the room for others, unless it is unusually much.
    pub(super) fn reset(&mut self) {
        self.text.clear();
        self.text.shrink_to(KEPT_TEXT_BYTES);
        self.lines.clear();
        self.lines.shrink_to(KEPT_LINES);
        self.dropped = 0;
    }
}

/// One log line; it prints as `level: text`, with control characters escaped.
#[derive(Clone, Copy, Debug)]
pub struct LogLine<'a> {
    level: Level,
    after: Duration,
    text: &'a str,
}

impl<'a> LogLine<'a> {
    /// Returns how much it matters.
    #[must_use]
    pub const fn level(&self) -> Level {
        self.level
    }

    /// Returns when it was written, counted from the start of the request.
    #[must_use]
    pub const fn after(&self) -> Duration {
        self.after
    }

    /// Returns the text as it was written; it may hold control characters.
    #[must_use]
    pub const fn text(&self) -> &'a str {
        self.text
    }
}

impl fmt::Display for LogLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.level, super::Escaped(self.text))
    }
}

const MAX_TEXT_BYTES: usize = 64 << 10;
const MAX_LINES: usize = 1024;
const KEPT_TEXT_BYTES: usize = 2 << 10;
const KEPT_LINES: usize = 32;
