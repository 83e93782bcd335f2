//! A server that has its addresses.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use tower_service::Service;

use super::Server;
use super::bind::{Address, Listener};
use super::body::IncomingBody;
use super::connection::Shared;
use super::run::run;
use crate::{BoxError, Shutdown};

/// A server that is bound to one address or more, and can run.
#[must_use = "a bound server accepts nothing until it runs"]
pub struct BoundServer<S> {
    server: Server<S>,
    listeners: Vec<Listener>,
    on_ready: Option<OnReady>,
}

type OnReady = Box<dyn FnOnce(&[Address]) + Send>;

impl<S> BoundServer<S> {
    pub(super) fn new(server: Server<S>, listener: Listener) -> Self {
        Self { server, listeners: vec![listener], on_ready: None }
    }

    /// Binds one more address.
    ///
    /// # Errors
    ///
    /// As [`Server::bind`].
    ///
    /// # Panics
    ///
    /// As [`Server::bind`].
    pub fn bind(mut self, address: impl AsRef<str>) -> io::Result<Self> {
        self.listeners.push(Listener::bind(address.as_ref(), self.server.listen_backlog())?);
        Ok(self)
    }

    /// Takes one more socket that is bound and listens.
    ///
    /// # Errors
    ///
    /// As [`Server::listen`].
    ///
    /// # Panics
    ///
    /// As [`Server::listen`].
    pub fn listen(mut self, listener: std::net::TcpListener) -> io::Result<Self> {
        self.listeners.push(Listener::tcp(listener)?);
        Ok(self)
    }

    /// Returns the first IP address with its real port; `None` when all are Unix sockets.
    #[must_use]
    pub fn local_addr(&self) -> Option<SocketAddr> {
        self.listeners.iter().find_map(|listener| listener.address().socket_addr())
    }

    /// Returns all addresses in the order in which they were bound.
    pub fn addresses(&self) -> impl ExactSizeIterator<Item = &Address> {
        self.listeners.iter().map(Listener::address)
    }

    /// Returns the word that stops this server.
    #[must_use]
    pub fn shutdown(&self) -> Shutdown {
        self.server.shutdown.clone()
    }

    /// Calls `ready` with all addresses when the server begins to accept connections.
    ///
    /// A service manager that set `NOTIFY_SOCKET`, as systemd does for `Type=notify`, is told by itself: `READY=1` then,
    /// `STOPPING=1` when the server stops.
    pub fn on_ready(mut self, ready: impl FnOnce(&[Address]) + Send + 'static) -> Self {
        self.on_ready = Some(Box::new(ready));
        self
    }
}

impl<S, B> BoundServer<S>
where
    S: Service<Request<IncomingBody>, Response = Response<B>> + Clone + Send + 'static,
    S::Error: Into<BoxError>,
    S::Future: Send + 'static,
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    /// Serves until SIGTERM or Ctrl-C, or until [`shutdown`](Self::shutdown) is triggered, and then until what runs has
    /// finished; see the [module documentation](super). A second signal drops it at once.
    ///
    /// # Errors
    ///
    /// Signals cannot be listened to. Whatever happens while it serves is no error of the server.
    ///
    /// # Cancel safety
    ///
    /// When the future is dropped, the server stops at once: nothing is accepted any more, and connections are dropped
    /// as if the time to drain were over.
    pub async fn run(self) -> io::Result<()> {
        let mut signals = Signals::new()?;
        let shutdown = self.shutdown();
        let mut serving = std::pin::pin!(self.serve());
        tokio::select! {
            biased;
            () = serving.as_mut() => return Ok(()),
            () = signals.next() => shutdown.trigger(),
        }
        tokio::select! {
            biased;
            () = serving => {}
            () = signals.next() => {}
        }
        Ok(())
    }

    /// Serves until `stop` is ready, or until [`shutdown`](Self::shutdown) is triggered, and then until what runs has
    /// finished. No signal is listened to.
    ///
    /// # Cancel safety
    ///
    /// As [`run`](Self::run).
    pub async fn run_until<F>(self, stop: F)
    where
        F: Future,
    {
        let shutdown = self.shutdown();
        let mut serving = std::pin::pin!(self.serve());
        tokio::select! {
            biased;
            () = serving.as_mut() => return,
            _ = stop => shutdown.trigger(),
        }
        serving.await;
    }

    async fn serve(self) {
        let Self { server, listeners, on_ready } = self;
        let shared = Shared {
            settings: Arc::new(server.settings),
            shutdown: server.shutdown,
            #[cfg(feature = "tls")]
            tls: server.tls,
        };
        if let Some(ready) = on_ready {
            let addresses: Vec<_> = listeners.iter().map(|listener| listener.address().clone()).collect();
            ready(&addresses);
        }
        run(server.service, listeners, Arc::new(shared)).await;
    }
}

impl<S> fmt::Debug for BoundServer<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let addresses: Vec<_> = self.addresses().map(ToString::to_string).collect();
        f.debug_struct("BoundServer")
            .field("server", &self.server)
            .field("addresses", &addresses)
            .finish_non_exhaustive()
    }
}

/// The signals that stop a server.
struct Signals {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
}

impl Signals {
    #[cfg(unix)]
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};

        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    #[cfg(not(unix))]
    fn new() -> io::Result<Self> {
        Ok(Self {})
    }

    #[cfg(unix)]
    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }

    #[cfg(not(unix))]
    async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
