//! How a request ended.

use std::time::Instant;

use http::StatusCode;

use super::Outcome;

/// What a statistics layer saw of a request's end.
#[derive(Clone, Copy, Debug)]
pub struct Ending {
    pub(super) outcome: Outcome,
    pub(super) at: Instant,
    pub(super) first_byte: Option<Instant>,
    pub(super) response_code: Option<StatusCode>,
    pub(super) response_size: u64,
}

impl Ending {
    /// Makes an ending of how it came about, and when.
    #[must_use]
    pub const fn new(outcome: Outcome, at: Instant) -> Self {
        Self { outcome, at, first_byte: None, response_code: None, response_size: 0 }
    }

    /// Sets the answer: its status, when its head was ready, and how many bytes of body were handed out.
    #[must_use]
    pub const fn with_response(mut self, code: StatusCode, head: Instant, body_bytes: u64) -> Self {
        self.response_code = Some(code);
        self.first_byte = Some(head);
        self.response_size = body_bytes;
        self
    }

    pub(super) const fn lasting_until(mut self, at: Instant) -> Self {
        self.at = at;
        self
    }
}
