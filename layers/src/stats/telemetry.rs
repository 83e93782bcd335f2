//! Statistics as `tracing` events.

use gongular_core::stats::{Escaped, RouteStat};

use super::RouteCallback;

/// Emits one `tracing` event for every request, with the field names of OpenTelemetry's conventions for HTTP servers.
///
/// The target is `gongular::stats`, the level `INFO`, or `ERROR` for a request that has an
/// [error type](RouteStat::error_type). Fields: `http.request.method`, `http.route`, `http.response.status_code`,
/// `url.path`, `url.query`, `http.server.request.duration` in seconds, `http.request.body.size`,
/// `http.response.body.size`, `error.type`, `error.message`, and `outcome`; those without a value are left out.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct TracingCallback;

impl TracingCallback {
    /// Makes the callback.
    #[must_use]
    pub const fn new() -> Self {
        Self
    }
}

macro_rules! emit {
    ($level:ident, $stat:ident) => {{
        let (path, query) = match $stat.uri().split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => ($stat.uri(), None),
        };
        tracing::event!(
            target: "gongular::stats",
            tracing::Level::$level,
            "http.request.method" = $stat.method_label(),
            "http.route" = $stat.matched_path().map(|path| path.as_str()),
            "http.response.status_code" = $stat.response_code().map(|code| code.as_u16()),
            "url.path" = %Escaped(path),
            "url.query" = query.map(|query| tracing::field::display(Escaped(query))),
            "http.server.request.duration" = $stat.total_duration().as_secs_f64(),
            "http.request.body.size" = $stat.request_size(),
            "http.response.body.size" = $stat.response_size(),
            "error.type" = $stat.error_type(),
            "error.message" = $stat.error().map(|error| tracing::field::display(Escaped(error))),
            outcome = $stat.outcome().as_str(),
        );
    }};
}

impl RouteCallback for TracingCallback {
    fn on_route(&self, stat: &RouteStat) {
        if stat.error_type().is_some() {
            emit!(ERROR, stat);
        } else {
            emit!(INFO, stat);
        }
    }
}
