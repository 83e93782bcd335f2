//! What one request did and cost.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use http::Extensions;

use crate::request::{MatchedPath, RequestState};

/// Collects what happens in one request, for its statistics layer.
#[derive(Clone, Default)]
pub struct Recorder {
    inner: Arc<Mutex<Inner>>,
}

#[derive(Default)]
struct Inner {
    matched_path: Option<MatchedPath>,
    logs: Vec<String>,
}

impl Recorder {
    /// Says which route matched.
    pub fn set_matched_path(&self, path: MatchedPath) {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner).matched_path = Some(path);
    }

    fn log(&self, line: String) {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner).logs.push(line);
    }
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Recorder")
    }
}

/// The request's own logger: its lines stand in the request's statistics.
///
/// Without a statistics layer outside, lines go nowhere.
#[derive(Clone, Debug)]
pub struct Logger {
    recorder: Option<Recorder>,
}

impl Logger {
    /// Returns the logger of a request.
    #[must_use]
    pub fn of(extensions: &Extensions) -> Self {
        Self { recorder: RequestState::of(extensions).and_then(RequestState::recorder).cloned() }
    }

    /// Adds a line.
    pub fn log(&self, line: fmt::Arguments<'_>) {
        if let Some(recorder) = &self.recorder {
            recorder.log(line.to_string());
        }
    }
}
