//! Deadlines and limits.

use std::time::Duration;

use super::pace::BodyRate;

/// Everything that can be set, with the defaults of the documentation.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    pub(super) header_timeout: Duration,
    pub(super) idle_timeout: Duration,
    pub(super) send_timeout: Duration,
    #[cfg(feature = "tls")]
    pub(super) tls_timeout: Duration,
    pub(super) drain_timeout: Duration,
    pub(super) body_rate: Option<BodyRate>,
    pub(super) max_connections: Option<usize>,
    pub(super) max_uri_bytes: usize,
    pub(super) max_headers: usize,
    pub(super) max_header_bytes: usize,
    pub(super) half_close: bool,
    pub(super) client_addr: bool,
    pub(super) http2: Http2,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            header_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(75),
            send_timeout: Duration::from_secs(60),
            #[cfg(feature = "tls")]
            tls_timeout: Duration::from_secs(10),
            drain_timeout: Duration::from_secs(30),
            body_rate: Some(BodyRate::new(240, Duration::from_secs(5))),
            max_connections: None,
            max_uri_bytes: 8 << 10,
            max_headers: 100,
            max_header_bytes: 32 << 10,
            half_close: true,
            client_addr: true,
            http2: Http2::new(),
        }
    }
}

impl Settings {
    /// The most bytes that are read of an HTTP/1 head before anybody looks at its parts.
    pub(super) const fn max_head_bytes(&self) -> usize {
        // Besides the target, a first line has a method and a version.
        self.max_header_bytes.saturating_add(self.max_uri_bytes).saturating_add(64)
    }
}

/// What is set for HTTP/2 alone.
///
/// # Example
///
/// ```
/// use std::time::Duration;
///
/// use gongular::server::Http2;
///
/// let http2 = Http2::new().max_streams(50).ping(Duration::from_secs(10), Duration::from_secs(5));
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Http2 {
    pub(super) max_streams: u32,
    pub(super) max_header_bytes: u32,
    pub(super) max_pending_resets: usize,
    pub(super) max_local_resets: usize,
    pub(super) ping: Option<(Duration, Duration)>,
}

impl Http2 {
    /// Makes the default settings.
    pub const fn new() -> Self {
        Self {
            max_streams: 100,
            max_header_bytes: 16 << 10,
            max_pending_resets: 20,
            max_local_resets: 1024,
            ping: Some((Duration::from_secs(20), Duration::from_secs(20))),
        }
    }

    /// Sets how many requests of a connection may be open at a time. Defaults to 100.
    pub const fn max_streams(mut self, max: u32) -> Self {
        self.max_streams = max;
        self
    }

    /// Sets the most bytes of a request's header fields, as HTTP/2 counts them; more is `431`. Defaults to 16 KiB.
    pub const fn max_header_bytes(mut self, max: u32) -> Self {
        self.max_header_bytes = max;
        self
    }

    /// Sets how many requests a client may take back before they were looked at; more closes the connection.
    ///
    /// It is what rapid reset floods run into. Defaults to 20.
    pub const fn max_pending_resets(mut self, max: usize) -> Self {
        self.max_pending_resets = max;
        self
    }

    /// Sets how many streams of a connection may fail by the client's mistakes; more closes the connection.
    ///
    /// It is what floods run into that provoke resets. Defaults to 1024.
    pub const fn max_local_resets(mut self, max: usize) -> Self {
        self.max_local_resets = max;
        self
    }

    /// Sets how often a silent client is asked for a sign of life, and how long that may take before the connection is
    /// closed. Defaults to 20 seconds both.
    pub const fn ping(mut self, interval: Duration, timeout: Duration) -> Self {
        self.ping = Some((interval, timeout));
        self
    }

    /// Lets silent clients be silent.
    pub const fn no_ping(mut self) -> Self {
        self.ping = None;
        self
    }
}

impl Default for Http2 {
    fn default() -> Self {
        Self::new()
    }
}
