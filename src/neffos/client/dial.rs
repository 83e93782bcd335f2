//! How a connection is described and opened.

use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;

use super::handling::Handling;
use super::session::{self, Session};
use super::settings::{Bounds, Settings};
use super::shared::Shared;
use super::state::{State, is_native_only};
use super::transport::{Opener, Target};
use super::{Backoff, Client, CloseReason, DialError, Namespace, Reconnected};
use crate::neffos::running::Running;

/// What the application is told of its connection.
pub(super) type Callback<T> = Arc<dyn Fn(Client, T) -> Running<()> + Send + Sync>;

#[derive(Default)]
pub(super) struct Callbacks {
    pub(super) lost: Option<Callback<CloseReason>>,
    pub(super) reconnect: Option<Callback<Reconnected>>,
}

/// A connection that is to be opened; see [`Client::dial`].
#[must_use = "nothing is opened before `open` is awaited"]
pub struct Dial {
    target: Target,
    namespaces: HashMap<Box<str>, Namespace>,
    settings: Settings,
    callbacks: Callbacks,
}

impl Dial {
    pub(super) fn new(url: &str) -> Self {
        Self {
            target: Target::new(url),
            namespaces: HashMap::new(),
            settings: Settings::new(),
            callbacks: Callbacks::default(),
        }
    }

    /// Adds a header field to the request that opens the websocket, also when it is opened again.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.target.add_header(name, value);
        self
    }

    /// Sends the header fields as URL parameters, `X-Websocket-Header-<Name>`, for servers behind something that takes header
    /// fields away. The server has to allow each. URLs end up in logs: it is no way for secrets.
    pub const fn headers_as_parameters(mut self) -> Self {
        self.target.as_parameters = true;
        self
    }

    /// Trusts only servers that these certificates vouch for, a PEM text, in the place of those that the system trusts; for
    /// `wss:`.
    #[cfg(feature = "neffos-client-tls")]
    pub fn trust(mut self, pem: &[u8]) -> Self {
        self.target.trusted = Some(pem.into());
        self
    }

    /// Adds a namespace that the client knows. It is connected by [`Client::connect`], or by the server.
    ///
    /// # Panics
    ///
    /// There is one of this name already.
    pub fn namespace(mut self, namespace: Namespace) -> Self {
        let before = self.namespaces.insert(namespace.name().into(), namespace);
        assert!(before.is_none(), "the client knows two namespaces of one name");
        self
    }

    /// Has a connection that was lost be opened again, whatever it was lost by: the namespaces that were connected are
    /// connected again, and the rooms joined. *Defaults to not at all.*
    ///
    /// It is tried until the server's application refuses, answers 401 or 403, or the tries are used up.
    pub fn reconnect(mut self, backoff: Backoff) -> Self {
        self.settings.reconnect = Some(backoff);
        self
    }

    /// Sets what runs when the connection was lost and is about to be opened again, in order with events.
    pub fn on_lost<F, Fut>(mut self, callback: F) -> Self
    where
        F: Fn(Client, CloseReason) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = ()> + Send + 'static,
    {
        self.callbacks.lost = Some(erase(callback));
        self
    }

    /// Sets what runs when the connection was opened again, in order with events, and after the hooks of the namespaces and
    /// rooms.
    pub fn on_reconnect<F, Fut>(mut self, callback: F) -> Self
    where
        F: Fn(Client, Reconnected) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = ()> + Send + 'static,
    {
        self.callbacks.reconnect = Some(erase(callback));
        self
    }

    /// Keeps events that are emitted while the connection is lost, up to the [bounds of the queue](Self::queue), and sends
    /// them in order once the namespaces and rooms are entered again. Those whose namespace or room is refused then are
    /// dropped. Asks are never kept. *Defaults to not at all: emitting fails at once.*
    pub const fn keep_while_away(mut self) -> Self {
        self.settings.keeps_while_away = true;
        self
    }

    /// Sets how long opening a websocket and being let in may take, together. *Defaults to 10 seconds.*
    pub const fn handshake_timeout(mut self, time: Duration) -> Self {
        self.settings.handshake_timeout = time;
        self
    }

    /// Sets how long an answer may take, that to the connecting of a namespace or the joining of a room as well. *Defaults to
    /// 10 seconds.*
    pub const fn ask_timeout(mut self, time: Duration) -> Self {
        self.settings.ask_timeout = time;
        self
    }

    /// Sets how long a handler or a hook may run until it is dropped where it waits; `None` for as long as it likes. Events
    /// that come later wait for it. *Defaults to 30 seconds.*
    pub fn handler_timeout(mut self, time: impl Into<Option<Duration>>) -> Self {
        self.settings.handler_timeout = time.into();
        self
    }

    /// Sets how long what is queued and the server's last word may take when the client is closed. *Defaults to 5 seconds.*
    pub const fn close_timeout(mut self, time: Duration) -> Self {
        self.settings.close_timeout = time;
        self
    }

    /// Sets after how much silence the server is pinged; `None` for never. *Defaults to 30 seconds.*
    pub fn ping(mut self, silence: impl Into<Option<Duration>>) -> Self {
        self.settings.ping = silence.into();
        self
    }

    /// Sets how long the server may be silent after a ping, or take nothing of what is sent, until the connection counts as
    /// lost. *Defaults to 30 seconds.*
    pub const fn pong_timeout(mut self, time: Duration) -> Self {
        self.settings.pong_timeout = time;
        self
    }

    /// Sets how many bytes a message of the server may have; the connection is lost by a larger one. *Defaults to 1 MiB.*
    pub const fn max_message(mut self, bytes: usize) -> Self {
        self.settings.max_message = bytes;
        self
    }

    /// Sets how many messages, and bytes of them, may wait to be written. *Defaults to 256 messages and 1 MiB.*
    pub fn queue(mut self, messages: usize, bytes: usize) -> Self {
        self.settings.queue = Bounds::new(messages, bytes);
        self
    }

    /// Sets how many messages of the server, and bytes of them, may wait for their handlers.
    ///
    /// Above, nothing more is read from the server until one is done. While it is asked something, sixteen times as much may
    /// wait, so that the answer behind it is found. *Defaults to 64 messages and 1 MiB; a single message may always wait.*
    pub fn waiting(mut self, messages: usize, bytes: usize) -> Self {
        self.settings.waiting = Bounds::new(messages, bytes);
        self
    }

    /// Opens the connection.
    ///
    /// # Errors
    ///
    /// - the server's application does not let the client in: [`DialError::refusal`]
    /// - it opens no websocket: [`DialError::status`], [`DialError::body`]
    /// - it cannot be reached, is not trusted, or does not answer in time: [`DialError::is_timeout`]
    /// - the URL or a header field is wrong, or the server does not speak the protocol
    ///
    /// # Cancel safety
    ///
    /// Dropped before it is done, there is no connection.
    pub async fn open(self) -> Result<Client, DialError> {
        let (target, max_message) = (Arc::new(self.target), self.settings.max_message);
        let opener: Opener = Arc::new(move |tries, end| {
            let target = Arc::clone(&target);
            Box::pin(async move { target.open(tries, max_message, end).await })
        });
        Self::open_by(opener, self.namespaces, self.settings, self.callbacks).await
    }

    /// Opens the connection over sockets that `opener` makes.
    #[cfg(test)]
    pub(super) async fn open_with(self, opener: Opener) -> Result<Client, DialError> {
        Self::open_by(opener, self.namespaces, self.settings, self.callbacks).await
    }

    async fn open_by(
        opener: Opener,
        mut namespaces: HashMap<Box<str>, Namespace>,
        settings: Settings,
        callbacks: Callbacks,
    ) -> Result<Client, DialError> {
        let is_native = is_native_only(namespaces.values());
        let opened = session::open(&opener, 0, is_native, &settings).await?;
        let streams = namespaces
            .iter_mut()
            .filter_map(|(name, namespace)| namespace.stream.take().map(|stream| (name.clone(), stream)));
        let streams = streams.collect();
        let (jobs, receiver) = mpsc::unbounded_channel();
        let mut state = State::new(opened.id.as_str().into());
        if is_native {
            state.spaces.insert(Box::default(), Default::default());
        }
        let shared = Arc::new(Shared::new(settings, namespaces, jobs, state));
        let handling = Handling { shared: Arc::clone(&shared), callbacks, streams };
        let session = Session { shared: Arc::clone(&shared), opener, is_native };
        tokio::spawn(async move { tokio::join!(session.run(opened), handling.work(receiver)) });
        Ok(Client::new(shared))
    }
}

fn erase<T: 'static, F, Fut>(callback: F) -> Callback<T>
where
    F: Fn(Client, T) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = ()> + Send + 'static,
{
    Arc::new(move |client, value| {
        let running = callback(client, value);
        Box::pin(async move {
            running.await;
            Ok(())
        })
    })
}

impl fmt::Debug for Dial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dial").field("namespaces", &self.namespaces).finish_non_exhaustive()
    }
}
