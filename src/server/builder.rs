//! What a server is told before it starts.

use std::fmt;
use std::io;
use std::time::Duration;

use super::bind::Listener;
use super::bound::BoundServer;
use super::pace::BodyRate;
use super::settings::{Http2, Settings};
#[cfg(feature = "tls")]
use super::tls::Tls;
use crate::Shutdown;

/// A server for a tower service, before it is bound to an address.
///
/// See the [module documentation](super) for what is limited by default. A duration of [`Duration::MAX`] switches a
/// deadline off.
///
/// # Example
///
/// ```
/// use std::convert::Infallible;
///
/// use gongular::ResponseBody;
/// use gongular::http::{Request, Response};
/// use gongular::server::{IncomingBody, Server};
/// use tokio::io::{AsyncReadExt, AsyncWriteExt};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// let hello = tower::service_fn(async |_: Request<IncomingBody>| {
///     Ok::<_, Infallible>(Response::new(ResponseBody::from("hello")))
/// });
/// let server = Server::new(hello).bind("127.0.0.1:0")?;
/// let address = server.local_addr().expect("bound to an IP address");
/// let shutdown = server.shutdown();
/// let running = tokio::spawn(server.run());
///
/// let mut client = tokio::net::TcpStream::connect(address).await?;
/// client.write_all(b"GET / HTTP/1.0\r\n\r\n").await?;
/// let mut answer = String::new();
/// client.read_to_string(&mut answer).await?;
/// assert!(answer.starts_with("HTTP/1.0 200 OK\r\n") && answer.ends_with("hello"));
///
/// shutdown.trigger();
/// running.await.expect("the server does not panic")?;
/// # Ok(())
/// # }
/// ```
#[must_use]
pub struct Server<S> {
    pub(super) service: S,
    pub(super) settings: Settings,
    pub(super) shutdown: Shutdown,
    backlog: u32,
    #[cfg(feature = "tls")]
    pub(super) tls: Option<Tls>,
}

impl<S> Server<S> {
    /// Makes a server with the default limits.
    pub fn new(service: S) -> Self {
        Self {
            service,
            settings: Settings::default(),
            shutdown: Shutdown::new(),
            backlog: 1024,
            #[cfg(feature = "tls")]
            tls: None,
        }
    }

    /// Sets how long a client may take to its first byte, and how long from there to the end of a request's head.
    /// Defaults to 10 seconds.
    pub const fn header_timeout(mut self, timeout: Duration) -> Self {
        self.settings.header_timeout = timeout;
        self
    }

    /// Sets how long a connection may wait for its next request. Defaults to 75 seconds.
    pub const fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.settings.idle_timeout = timeout;
        self
    }

    /// Sets the least rate of request bodies: over each `window` in which somebody waits for a body, so many bytes per
    /// second have to come. Defaults to 240 bytes per second over 5 seconds, so a body that stops is cut off after
    /// 5 seconds.
    ///
    /// A window is over as soon as its bytes are there, and what came early counts for no other window.
    pub fn body_rate(mut self, bytes_per_second: u32, window: Duration) -> Self {
        self.settings.body_rate = Some(BodyRate::new(bytes_per_second, window));
        self
    }

    /// Lets request bodies come as slowly as they like.
    pub const fn no_body_rate(mut self) -> Self {
        self.settings.body_rate = None;
        self
    }

    /// Sets whether an HTTP/1.1 client may close its sending half behind a request and still gets the answer. Defaults to
    /// `true`.
    ///
    /// As long as it may, a client that is gone cannot be told from one that waits, so a handler goes on until its answer is
    /// written. With `false` the handler is dropped where it waits as soon as the client closes; HTTP/2 always does so.
    pub const fn half_close(mut self, is_kept: bool) -> Self {
        self.settings.half_close = is_kept;
        self
    }

    /// Sets how long a client may take nothing of its answers: while its socket is full, or, over HTTP/2, while it lets
    /// none of them get on. Defaults to 60 seconds.
    pub const fn send_timeout(mut self, timeout: Duration) -> Self {
        self.settings.send_timeout = timeout;
        self
    }

    /// Sets how long running requests may take to finish when the server stops. Defaults to 30 seconds.
    pub const fn drain_timeout(mut self, timeout: Duration) -> Self {
        self.settings.drain_timeout = timeout;
        self
    }

    /// Sets how many connections there may be at a time; one more is closed as soon as it is accepted. Defaults to as
    /// many as the system allows.
    ///
    /// Upgraded connections count, and those in their TLS handshake.
    pub const fn max_connections(mut self, max: usize) -> Self {
        self.settings.max_connections = Some(max);
        self
    }

    /// Sets how many bytes path and query may have together; more is `414`. Defaults to 8 KiB.
    pub const fn max_uri_bytes(mut self, max: usize) -> Self {
        self.settings.max_uri_bytes = max;
        self
    }

    /// Sets how many header fields an HTTP/1 request may have; more is `431`. Defaults to 100, the only value that
    /// needs no allocation.
    pub const fn max_headers(mut self, max: usize) -> Self {
        self.settings.max_headers = max;
        self
    }

    /// Sets how many bytes the header fields of an HTTP/1 request may have together; more is `431`. Defaults to 32 KiB.
    ///
    /// For HTTP/2 there is [`Http2::max_header_bytes`].
    pub const fn max_header_bytes(mut self, max: usize) -> Self {
        self.settings.max_header_bytes = max;
        self
    }

    /// Sets what concerns HTTP/2 alone.
    pub const fn http2(mut self, http2: Http2) -> Self {
        self.settings.http2 = http2;
        self
    }

    /// Sets whether each request carries the address of its client as an extension, so that
    /// [`ClientAddr`](crate::ClientAddr) can be asked for. Defaults to `true`.
    ///
    /// It costs three small allocations for each request. A service that does not want them finds the address with
    /// [`IncomingBody::client_addr`](super::IncomingBody::client_addr).
    pub const fn client_addr(mut self, is_left: bool) -> Self {
        self.settings.client_addr = is_left;
        self
    }

    /// Sets how many connections the system may keep waiting to be accepted. Defaults to 1024.
    ///
    /// It counts for what is bound after it.
    pub const fn backlog(mut self, connections: u32) -> Self {
        self.backlog = connections;
        self
    }

    /// Sets the word that stops the server. Defaults to one of its own, which [`BoundServer::shutdown`] hands out.
    pub fn with_shutdown(mut self, shutdown: Shutdown) -> Self {
        self.shutdown = shutdown;
        self
    }

    /// Speaks TLS on all TCP addresses. Defaults to none.
    #[cfg(feature = "tls")]
    pub fn tls(mut self, tls: Tls) -> Self {
        self.tls = Some(tls);
        self
    }

    /// Sets how long a TLS handshake may take. Defaults to 10 seconds.
    #[cfg(feature = "tls")]
    pub const fn tls_timeout(mut self, timeout: Duration) -> Self {
        self.settings.tls_timeout = timeout;
        self
    }

    /// Binds an address: `127.0.0.1:8080`, `[::1]:8080`, `localhost:8080`, port 0 for any, `unix:/run/app.sock`.
    ///
    /// From here on the system accepts connections; they are served as soon as the server runs. `SO_REUSEADDR` is set,
    /// except on Windows. A Unix socket that a killed server left behind is replaced, and removed in the end.
    ///
    /// # Errors
    ///
    /// The address cannot be read, resolved or bound.
    ///
    /// # Panics
    ///
    /// Panics outside of a tokio runtime.
    pub fn bind(self, address: impl AsRef<str>) -> io::Result<BoundServer<S>> {
        let listener = Listener::bind(address.as_ref(), self.backlog)?;
        Ok(BoundServer::new(self, listener))
    }

    /// Takes a socket that is bound and listens, such as one that a service manager handed over.
    ///
    /// # Errors
    ///
    /// The system refuses to use it without blocking.
    ///
    /// # Panics
    ///
    /// Panics outside of a tokio runtime.
    pub fn listen(self, listener: std::net::TcpListener) -> io::Result<BoundServer<S>> {
        Ok(BoundServer::new(self, Listener::tcp(listener)?))
    }

    /// Takes a Unix socket that is bound and listens. Its path is left as it is in the end.
    ///
    /// # Errors
    ///
    /// The system refuses to use it without blocking.
    ///
    /// # Panics
    ///
    /// Panics outside of a tokio runtime.
    #[cfg(unix)]
    pub fn listen_unix(self, listener: std::os::unix::net::UnixListener) -> io::Result<BoundServer<S>> {
        Ok(BoundServer::new(self, Listener::unix(listener)?))
    }

    pub(super) const fn listen_backlog(&self) -> u32 {
        self.backlog
    }
}

impl<S> fmt::Debug for Server<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("settings", &self.settings).finish_non_exhaustive()
    }
}
