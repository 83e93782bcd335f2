//! What a websocket may cost, and who may open one.

use std::time::Duration;

use http::HeaderValue;

use super::origin::Origins;
use crate::Shutdown;

/// The settings of one route; its connections share them.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    pub(super) origins: Origins,
    pub(super) protocols: Vec<HeaderValue>,
    pub(super) limits: Limits,
    pub(super) shutdown: Option<Shutdown>,
}

/// What one connection may cost.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) message_bytes: usize,
    /// As large as a message unless it is set.
    pub(super) frame_bytes: Option<usize>,
    pub(super) queue_messages: usize,
    pub(super) queue_bytes: usize,
    pub(super) ping: Option<Duration>,
    pub(super) pong_timeout: Duration,
    pub(super) close_timeout: Duration,
    pub(super) linger: Duration,
}

impl Limits {
    pub(super) const DEFAULT: Self = Self {
        message_bytes: 64 << 10,
        frame_bytes: None,
        queue_messages: 256,
        queue_bytes: 1 << 20,
        ping: Some(Duration::from_secs(30)),
        pong_timeout: Duration::from_secs(30),
        close_timeout: Duration::from_secs(5),
        linger: Duration::from_secs(30),
    };
}

impl Settings {
    pub(super) const fn new() -> Self {
        Self { origins: Origins::new(), protocols: Vec::new(), limits: Limits::DEFAULT, shutdown: None }
    }
}
