//! One connection from its first byte to its last.

use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use hyper::server::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::time::{Instant, timeout_at};
use tower_service::Service;

use super::Protocol;
use super::activity::Activity;
use super::adapter::Adapter;
use super::body::IncomingBody;
use super::deadline::Deadlines;
use super::io::Io;
use super::settings::Settings;
use super::sniff::{Sniffed, sniff};
use super::stream::{Socket, Stream};
#[cfg(feature = "tls")]
use super::tls::Tls;
use super::tracker::{Stage, Ticket};
use super::watch::Watch;
use crate::{BoxError, Shutdown};

/// What all connections of a server share.
pub(super) struct Shared {
    pub(super) settings: Arc<Settings>,
    pub(super) shutdown: Shutdown,
    #[cfg(feature = "tls")]
    pub(super) tls: Option<Tls>,
}

/// Serves a socket until it is closed.
pub(super) async fn serve<S, B>(socket: Socket, ticket: Ticket, service: S, shared: Arc<Shared>)
where
    S: Service<Request<IncomingBody>, Response = Response<B>> + Clone + Send + 'static,
    S::Error: Into<BoxError>,
    S::Future: Send + 'static,
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    let mut stops = ticket.listener();
    let peer = socket.peer();
    let opened = tokio::select! {
        biased;
        opened = open(socket, &shared) => opened,
        // Nobody has asked for anything yet.
        _ = stops.at_least(Stage::Draining) => None,
    };
    let Some(Opened { stream, protocol, sniffed, began }) = opened else { return };
    let activity = Arc::new(Activity::new(protocol, peer, began, Arc::clone(&shared.settings)));
    let io = TokioIo::new(Io::new(stream, sniffed, Arc::clone(&activity), ticket));
    let settings = &shared.settings;
    let head_due = began.checked_add(settings.header_timeout);
    let deadlines = Deadlines::new(Arc::clone(settings), head_due);
    let watch = Watch::new(Arc::clone(&activity), deadlines, stops);
    let adapter = Adapter::new(service, Arc::clone(&shared), activity);
    match protocol {
        Protocol::Http1 => {
            let connection = http1(settings).serve_connection(io, adapter).with_upgrades();
            watch.drive(connection).await;
        }
        Protocol::Http2 => {
            // It is several times as large as the other, which should not pay for it.
            let connection = Box::pin(http2(settings).serve_connection(io, adapter));
            watch.drive(connection).await;
        }
    }
}

struct Opened {
    stream: Stream,
    protocol: Protocol,
    sniffed: Sniffed,
    /// When the client could begin to speak HTTP.
    began: Instant,
}

/// Finds out what is spoken, within the deadlines. `None`: nothing that is worth going on with.
async fn open(socket: Socket, shared: &Shared) -> Option<Opened> {
    let settings = &shared.settings;
    let began = Instant::now();
    #[cfg(feature = "tls")]
    if let (Some(tls), Socket::Tcp(_)) = (&shared.tls, &socket) {
        let stream = within(began.checked_add(settings.tls_timeout), tls.accept(socket)).await?.ok()?;
        let chosen = Tls::protocol(&stream);
        let stream = Stream::Tls(Box::new(stream));
        return open_stream(stream, chosen, Instant::now(), settings).await;
    }
    open_stream(Stream::Plain(socket), None, began, settings).await
}

async fn open_stream(
    mut stream: Stream,
    chosen: Option<Protocol>,
    began: Instant,
    settings: &Settings,
) -> Option<Opened> {
    let (protocol, sniffed) = match chosen {
        Some(protocol) => (protocol, Sniffed::default()),
        None => within(began.checked_add(settings.header_timeout), sniff(&mut stream)).await?.ok()??,
    };
    Some(Opened { stream, protocol, sniffed, began })
}

/// Waits for `future`, but not longer than until `deadline`.
async fn within<F: Future>(deadline: Option<Instant>, future: F) -> Option<F::Output> {
    match deadline {
        Some(deadline) => timeout_at(deadline, future).await.ok(),
        None => Some(future.await),
    }
}

fn http1(settings: &Settings) -> http1::Builder {
    let mut builder = http1::Builder::new();
    builder
        // Our own deadlines tell the waiting for a request from the waiting for the rest of its head.
        .header_read_timeout(None)
        .half_close(settings.half_close)
        .max_header_size(settings.max_head_bytes());
    // hyper's own default needs no allocation.
    if settings.max_headers != 100 {
        builder.max_headers(settings.max_headers);
    }
    builder
}

fn http2(settings: &Settings) -> http2::Builder<TokioExecutor> {
    let set = &settings.http2;
    let mut builder = http2::Builder::new(TokioExecutor::new());
    builder
        .timer(TokioTimer::new())
        .max_concurrent_streams(set.max_streams)
        .max_header_list_size(set.max_header_bytes)
        .max_pending_accept_reset_streams(set.max_pending_resets)
        .max_local_error_reset_streams(set.max_local_resets);
    if let Some((interval, timeout)) = set.ping {
        builder.keep_alive_interval(interval).keep_alive_timeout(timeout);
    }
    builder
}
