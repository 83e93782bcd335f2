//! A server for any tower service: HTTP/1.1 and HTTP/2, with every deadline and limit set.
//!
//! [`Server`] takes a `tower::Service` of requests, an axum router as well as gongular's own engine, and serves it over
//! TCP, TLS (feature `tls`) and Unix sockets until it is told to stop.
//!
//! # Limits
//!
//! All are on by default, and each can be set.
//!
//! | what | default | then | set by |
//! |---|---|---|---|
//! | first byte, and the whole head of a request | 10 s | closed | [`header_timeout`](Server::header_timeout) |
//! | between two requests | 75 s | closed | [`idle_timeout`](Server::idle_timeout) |
//! | a request's body | 240 bytes per second of waiting, over 5 s | `408` and closed | [`body_rate`](Server::body_rate) |
//! | a client that does not read its answer | 60 s | closed | [`send_timeout`](Server::send_timeout) |
//! | TLS handshake | 10 s | closed | `tls_timeout`, with the feature `tls` |
//! | graceful stop | 30 s | closed | [`drain_timeout`](Server::drain_timeout) |
//! | path and query | 8 KiB | `414` | [`max_uri_bytes`](Server::max_uri_bytes) |
//! | header fields | 100, 32 KiB | `431` | [`max_headers`](Server::max_headers), [`max_header_bytes`](Server::max_header_bytes) |
//! | connections | none | closed | [`max_connections`](Server::max_connections) |
//! | HTTP/2: open requests of a connection | 100 | refused | [`Http2::max_streams`] |
//! | HTTP/2: header fields | 16 KiB | `431` | [`Http2::max_header_bytes`] |
//! | HTTP/2: requests taken back, streams failed | 20, 1024 | closed | [`Http2::max_pending_resets`], [`Http2::max_local_resets`] |
//! | HTTP/2: sign of life | every 20 s, within 20 s | closed | [`Http2::ping`] |
//!
//! The body's own limit is the reader's: see [`Limits`](crate::Limits).
//!
//! Some of them are kept by hyper before the service is asked. Then the answer has no body: `431` for too many or too
//! large header fields, `414` for a request line over 64 KiB that is otherwise within the limits, `400` for what is no
//! HTTP.
//!
//! # Stopping
//!
//! [`run`](BoundServer::run) serves until SIGTERM or Ctrl-C, or until its [`Shutdown`] is triggered by somebody else.
//! Then nothing more is accepted, idle connections are closed at once, running requests finish and get their answers,
//! websockets hear it through [`Shutdown::of`] their request, and whatever is left when
//! [`drain_timeout`](Server::drain_timeout) is over is dropped. A second signal drops it at once.
//!
//! Connections that were upgraded are waited for as well, but only their owners can end them.
//!
//! # Clients that leave
//!
//! A client may close its sending half behind a request and still gets the answer. So a client that is gone is noticed
//! when something is read from it or written to it, and not while the service only thinks; see [`Server::half_close`].
//!
//! # Panics of the service
//!
//! A service that panics answers `500` with a fixed text, and the connection goes on. A body that panics ends its
//! answer early.

mod activity;
mod adapter;
mod answer;
mod bind;
mod body;
mod bound;
mod builder;
mod connection;
mod deadline;
mod head;
mod io;
mod notify;
mod pace;
mod run;
mod settings;
mod sniff;
mod stream;
#[cfg(feature = "tls")]
mod tls;
mod tracker;
mod watch;

pub use self::bind::Address;
pub use self::body::IncomingBody;
pub use self::bound::BoundServer;
pub use self::builder::Server;
pub use self::settings::Http2;
#[cfg(feature = "tls")]
pub use self::tls::Tls;
pub use crate::Shutdown;

/// What a connection speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Protocol {
    Http1,
    Http2,
}
