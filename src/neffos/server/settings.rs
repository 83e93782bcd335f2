//! What a connection may cost beyond its websocket, and how long things may take.

use std::time::Duration;

use http::HeaderName;

#[derive(Clone, Debug)]
pub(super) struct Settings {
    pub(super) ask_timeout: Duration,
    pub(super) handler_timeout: Option<Duration>,
    pub(super) hello_timeout: Duration,
    pub(super) max_name: usize,
    pub(super) max_rooms: usize,
    pub(super) waiting_messages: usize,
    pub(super) waiting_bytes: usize,
    pub(super) headers: Vec<HeaderName>,
}

impl Settings {
    pub(super) fn new() -> Self {
        Self {
            ask_timeout: Duration::from_secs(10),
            handler_timeout: Some(Duration::from_secs(30)),
            hello_timeout: Duration::from_secs(10),
            max_name: 256,
            max_rooms: 1024,
            waiting_messages: 64,
            waiting_bytes: 256 << 10,
            headers: vec![RECONNECT],
        }
    }
}

/// The header by which a client says how often it tried to connect again.
pub(super) const RECONNECT: HeaderName = HeaderName::from_static("x-websocket-reconnect");
