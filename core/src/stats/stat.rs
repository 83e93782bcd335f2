//! The statistic of one request.

use std::fmt;
use std::time::{Duration, Instant};

use http::{Method, StatusCode, Uri, Version};

use super::{DependencyStat, Escaped, HandlerStat, LayerStat, Logs, Outcome, StepStat, WebSocketStat};
use crate::request::MatchedPath;

/// What one request did and cost, from its arrival to its true end.
///
/// It prints as one line, and serialises as one object; both escape control characters, so that nothing a client sends
/// can forge a line of a log.
///
/// Of what it holds only [`label`](Self::label), [`method_label`](Self::method_label),
/// [`response_code`](Self::response_code), [`outcome`](Self::outcome) and [`error_type`](Self::error_type) have few values
/// and may be labels of a metric. [`uri`](Self::uri) may be anything.
#[derive(Clone, Debug)]
pub struct RouteStat {
    pub(super) method: Method,
    pub(super) uri: String,
    pub(super) version: Version,
    pub(super) matched_path: Option<MatchedPath>,
    pub(super) handlers: Vec<HandlerStat>,
    pub(super) layers: Vec<LayerStat>,
    pub(super) dependencies: Vec<DependencyStat>,
    pub(super) steps: Vec<StepStat>,
    // Durations are computed when somebody asks for them.
    pub(super) started: Instant,
    pub(super) first_byte: Option<Instant>,
    pub(super) ended: Instant,
    pub(super) request_size: u64,
    pub(super) response_size: u64,
    pub(super) response_code: Option<StatusCode>,
    pub(super) outcome: Outcome,
    pub(super) error: Option<String>,
    pub(super) websocket: Option<Box<WebSocketStat>>,
    pub(super) logs: Logs,
}

impl RouteStat {
    /// Returns the method.
    ///
    /// A client may send any; as a label take [`method_label`](Self::method_label).
    #[must_use]
    pub const fn method(&self) -> &Method {
        &self.method
    }

    /// Returns the method as a label; those that no standard of HTTP knows share `_OTHER`.
    #[must_use]
    pub fn method_label(&self) -> &'static str {
        let known = ["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "CONNECT", "TRACE", "QUERY"];
        known.into_iter().find(|known| *known == self.method.as_str()).unwrap_or("_OTHER")
    }

    /// Returns path and query as the client sent them, or the authority of a `CONNECT`.
    #[must_use]
    pub fn uri(&self) -> &str {
        &self.uri
    }

    /// Returns the version of HTTP.
    #[must_use]
    pub const fn version(&self) -> Version {
        self.version
    }

    /// Returns the pattern of the route that matched; none when no route did, or when nobody told.
    #[must_use]
    pub const fn matched_path(&self) -> Option<&MatchedPath> {
        self.matched_path.as_ref()
    }

    /// Returns the pattern of the route as a label; all requests that matched none share the empty one.
    #[must_use]
    pub fn label(&self) -> &str {
        self.matched_path.as_ref().map_or("", MatchedPath::as_str)
    }

    /// Returns the handlers of the request in their order, those whose turn never came included.
    #[must_use]
    pub fn handlers(&self) -> &[HandlerStat] {
        &self.handlers
    }

    /// Returns the named layers that the request passed, outermost first.
    #[must_use]
    pub fn layers(&self) -> &[LayerStat] {
        &self.layers
    }

    /// Returns the dependencies that were built for the request, in the order they were ready.
    #[must_use]
    pub fn dependencies(&self) -> &[DependencyStat] {
        &self.dependencies
    }

    /// Returns the extractors that read the request; empty unless the layer was told to time them.
    #[must_use]
    pub fn binding_steps(&self) -> &[StepStat] {
        &self.steps
    }

    /// Returns the time from the request's arrival at the layer to the true end of its answer.
    #[must_use]
    pub fn total_duration(&self) -> Duration {
        self.ended.saturating_duration_since(self.started)
    }

    /// Returns the time until the answer's head was ready, with which its first byte leaves; none when there was no
    /// answer.
    #[must_use]
    pub fn time_to_first_byte(&self) -> Option<Duration> {
        self.first_byte.map(|first| first.saturating_duration_since(self.started))
    }

    /// Returns how many bytes of the request's body were read; what nobody read does not count.
    #[must_use]
    pub const fn request_size(&self) -> u64 {
        self.request_size
    }

    /// Returns how many bytes of the answer's body were handed to the host, head and framing not counted.
    #[must_use]
    pub const fn response_size(&self) -> u64 {
        self.response_size
    }

    /// Returns the status of the answer; none when there was no answer.
    #[must_use]
    pub const fn response_code(&self) -> Option<StatusCode> {
        self.response_code
    }

    /// Returns how the request ended.
    #[must_use]
    pub const fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// Returns the sort of error for a label: how the request ended when it did not come to an end, or the status from 500.
    ///
    /// What the client did wrong, or that it left, is no error of the server.
    #[must_use]
    pub fn error_type(&self) -> Option<&str> {
        match self.outcome {
            Outcome::BodyError | Outcome::Failed | Outcome::Panic | Outcome::Timeout => {
                Some(self.outcome.as_str())
            }
            Outcome::ClientGoneBeforeHead
            | Outcome::ClientGoneInBody
            | Outcome::Complete
            | Outcome::Upgraded => {
                self.response_code.as_ref().filter(|code| code.is_server_error()).map(StatusCode::as_str)
            }
        }
    }

    /// Returns the text for the log of the error that the request failed with; clients never saw it.
    #[must_use]
    pub fn error(&self) -> Option<&str> {
        self.error.as_deref()
    }

    /// Returns what passed over the websocket that the request became, if it did.
    ///
    /// The statistic then ends with the connection, its bytes are counted in [`request_size`](Self::request_size) and
    /// [`response_size`](Self::response_size), and [`total_duration`](Self::total_duration) is the connection's lifetime.
    #[must_use]
    pub fn websocket(&self) -> Option<&WebSocketStat> {
        self.websocket.as_deref()
    }

    /// Returns the request's own log lines.
    #[must_use]
    pub const fn logs(&self) -> &Logs {
        &self.logs
    }

    /// Notes the request's head.
    #[inline]
    pub(super) fn begin(&mut self, method: &Method, uri: &Uri, version: Version) {
        if self.method != *method {
            self.method = method.clone();
        }
        self.version = version;
        self.started = Instant::now();
        // A text instead of a clone: it keeps the host's read buffer free, and its room is used again.
        if let Some(target) = uri.path_and_query() {
            self.uri.push_str(target.as_str());
        } else if let Some(authority) = uri.authority() {
            self.uri.push_str(authority.as_str());
        }
    }

    /// Forgets the request and keeps the room for another, unless it is unusually much.
    #[inline]
    pub(super) fn reset(&mut self) {
        self.uri.clear();
        if self.uri.capacity() > KEPT_URI_BYTES {
            self.uri = String::new();
        }
        self.matched_path = None;
        reuse(&mut self.handlers);
        // Most requests have none of these.
        if self.layers.len() + self.dependencies.len() + self.steps.len() > 0 {
            reuse(&mut self.layers);
            reuse(&mut self.dependencies);
            reuse(&mut self.steps);
        }
        self.error = None;
        self.websocket = None;
        if !self.logs.is_empty() {
            self.logs.reset();
        }
    }
}

fn reuse<T>(entries: &mut Vec<T>) {
    if entries.is_empty() {
        return;
    }
    entries.clear();
    if entries.capacity() > KEPT_ENTRIES {
        *entries = Vec::new();
    }
}

impl Default for RouteStat {
    fn default() -> Self {
        let now = Instant::now();
        Self {
            method: Method::GET,
            uri: String::new(),
            version: Version::HTTP_11,
            matched_path: None,
            handlers: Vec::new(),
            layers: Vec::new(),
            dependencies: Vec::new(),
            steps: Vec::new(),
            started: now,
            first_byte: None,
            ended: now,
            request_size: 0,
            response_size: 0,
            response_code: None,
            outcome: Outcome::Complete,
            error: None,
            websocket: None,
            logs: Logs::default(),
        }
    }
}

impl fmt::Display for RouteStat {
    /// Writes one line: method, target, status, sizes, time, then whatever is out of the ordinary.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} ", self.method, Escaped(&self.uri))?;
        match self.response_code {
            Some(code) => write!(f, "{}", code.as_u16())?,
            None => f.write_str("-")?,
        }
        write!(
            f,
            " {:.1?} in={} out={} {}",
            self.total_duration(),
            self.request_size,
            self.response_size,
            self.outcome
        )?;
        if let Some(path) = &self.matched_path {
            write!(f, " route={}", Escaped(path.as_str()))?;
        }
        if let Some(websocket) = &self.websocket {
            let (frames_in, frames_out) = (websocket.frames_in(), websocket.frames_out());
            write!(f, " frames_in={frames_in} frames_out={frames_out}")?;
            if let Some(code) = websocket.close_code() {
                write!(f, " close={code}")?;
            }
        }
        for handler in self.handlers.iter().filter(|handler| handler.ran()) {
            write!(f, " {}={:.1?}", Escaped(handler.name), handler.duration())?;
        }
        if let Some(error) = &self.error {
            write!(f, " error={}", Escaped(error))?;
        }
        for line in self.logs.iter() {
            write!(f, " | {line}")?;
        }
        Ok(())
    }
}

const KEPT_URI_BYTES: usize = 1 << 10;
const KEPT_ENTRIES: usize = 64;
