//! The handle of a connection.

use std::fmt;
use std::sync::Arc;

use super::asks::Then;
use super::handling::decide;
use super::shared::Shared;
use super::state::Phase;
use super::{CloseReason, Dial, NsConn};
use crate::neffos::codec::system;
use crate::neffos::{AskError, IntoPayload, Message};

/// A connection to a server, which may be lost and opened again.
///
/// Clones are the same connection. It is closed by [`close`](Self::close), or when the last of them is dropped; those that
/// handlers are given do not count.
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
    /// None for one that does not keep the connection open.
    keeper: Option<Arc<Keeper>>,
}

/// Closes the connection when nobody holds it any more.
struct Keeper {
    shared: Arc<Shared>,
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.shared.begin_close();
    }
}

impl Client {
    /// Describes a connection to a URL, `ws://host:port/path`, or `wss:` with the feature `neffos-client-tls`.
    ///
    /// See the [module](super) for an example.
    pub fn dial(url: &str) -> Dial {
        Dial::new(url)
    }

    pub(super) fn new(shared: Arc<Shared>) -> Self {
        let keeper = Some(Arc::new(Keeper { shared: Arc::clone(&shared) }));
        Self { shared, keeper }
    }

    pub(super) const fn loose(shared: Arc<Shared>) -> Self {
        Self { shared, keeper: None }
    }

    /// Returns the id that the server gave this connection; another one after each loss. It is empty without a handshake.
    #[must_use]
    pub fn id(&self) -> String {
        self.shared.state().id.as_ref().to_owned()
    }

    /// Returns whether there is a connection now.
    #[must_use]
    pub fn is_connected(&self) -> bool {
        matches!(self.shared.state().phase, Phase::Open)
    }

    /// Returns whether the connection is closed for good.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        matches!(self.shared.state().phase, Phase::Closing | Phase::Closed)
    }

    /// Returns how often was tried to connect again until there was this connection; 0 for the first one.
    #[must_use]
    pub fn reconnect_tries(&self) -> u32 {
        self.shared.state().tries
    }

    /// Connects a namespace; at once if it is connected already.
    ///
    /// The hook that decides on it runs, then the server is asked; the other hook runs in order with events.
    ///
    /// # Errors
    ///
    /// - the client or the server does not know the namespace: [`AskError::is_outside`]
    /// - the hook refuses, or the server does: [`AskError::refusal`]
    /// - the server does not answer in time: [`AskError::is_timeout`]
    /// - the connection is lost, also meanwhile: [`AskError::is_lost`]; or closed for good: [`AskError::is_closed`]
    ///
    /// # Cancel safety
    ///
    /// Dropped before it is done, the namespace may still be connected.
    pub async fn connect(&self, namespace: &str) -> Result<NsConn, AskError> {
        let known = self.shared.namespaces.get(namespace);
        let known = known.ok_or_else(|| AskError::no_namespace(namespace))?;
        let is_connected = {
            let state = self.shared.state();
            state.check_open()?;
            state.spaces.contains_key(namespace)
        };
        if !is_connected {
            let message = Message::local(namespace, "", system::CONNECT);
            let hook = known.hooks.connect.as_ref();
            decide(&self.shared, hook, namespace, message).await.map_err(AskError::failed)?;
            self.shared.ask_to(Then::Connect(namespace.into())).await?;
        }
        Ok(NsConn::new(Arc::clone(&self.shared), namespace))
    }

    /// Returns the connection in a namespace, if it is connected.
    #[must_use]
    pub fn namespace(&self, name: &str) -> Option<NsConn> {
        let space = NsConn::new(Arc::clone(&self.shared), name);
        space.is_connected().then_some(space)
    }

    /// Returns the names of the namespaces that are connected.
    #[must_use]
    pub fn namespaces(&self) -> Vec<String> {
        self.shared.state().spaces.keys().map(|name| name.clone().into()).collect()
    }

    /// Sends a native message: the body alone. It waits for room if the queue is full.
    ///
    /// # Errors
    ///
    /// The connection is lost or closed; the body cannot be serialised.
    ///
    /// # Cancel safety
    ///
    /// Dropped before it is done, the message is not sent.
    pub async fn send_native(&self, body: impl IntoPayload + Send) -> Result<(), AskError> {
        let payload = body.into_payload().map_err(AskError::failed)?;
        self.shared.state().check_open()?;
        self.shared.send(None, payload.native()).await
    }

    /// Closes the connection for good, and waits until it is: what was queued is sent, then the server is told, and its word
    /// is awaited for the [time](super::Dial::close_timeout) that it may take. Asks that wait fail.
    ///
    /// # Cancel safety
    ///
    /// Dropped before it is done, the connection is closed all the same.
    pub async fn close(&self) {
        self.shared.begin_close();
        self.closed().await;
    }

    /// Waits until the connection is closed for good, and returns why.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: what is closed stays closed.
    pub async fn closed(&self) -> CloseReason {
        let mut ended = self.shared.ended.subscribe();
        let reason = ended.wait_for(Option::is_some).await.ok().and_then(|reason| reason.clone());
        reason.unwrap_or_else(|| CloseReason::lost(None))
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("id", &self.id())
            .field("keeps_open", &self.keeper.is_some())
            .finish_non_exhaustive()
    }
}
