//! Several servers as one: the seam behind which brokers stand.

pub(super) mod channel;
mod health;
mod heard;
mod in_process;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Weak;

use bytes::Bytes;

pub use self::health::{Health, Reporter, Standing};
pub(super) use self::heard::Heard;
pub use self::in_process::InProcess;
use super::hub::Inner;
use crate::BoxError;

/// Carries packets between servers, so that clients of one reach those of another.
///
/// A server publishes on a channel, and hears the packets of the channels it is subscribed to. There is one for each
/// namespace, each room, each connection and each server, and a server is subscribed to those that it has members of: it
/// receives nothing for which it has no client. What is in a packet is not the exchange's concern. A packet that comes back to
/// the server that sent it is passed over, so that nothing has to be filtered.
///
/// The names of channels are made of letters, digits, `-`, `_`, `=` and `.`, so that they are plain subjects everywhere. An
/// exchange puts a prefix of its own before them, to tell applications apart.
///
/// # Contract
///
/// - Packets of one channel from one server arrive in the order in which they were published.
/// - [`publish`](Self::publish) waits for nothing: it queues, in bounds.
/// - [`subscribe`](Self::subscribe) and [`unsubscribe`](Self::unsubscribe) come in pairs and are counted by the exchange, at
///   the call. The future of `subscribe` is ready when everything that is published from then on will be heard: the client is
///   told that it is in the room only then.
///
/// Without an exchange, nothing of this happens. [`InProcess`] joins several servers of one process.
pub trait Exchange: Send + Sync + 'static {
    /// Begins to work: `inbox` is where packets of subscribed channels go, in the order in which they came.
    ///
    /// Called once, by [`Events::build`](super::Events::build), which may be outside of a runtime.
    fn start(&self, inbox: Inbox);

    /// Subscribes to a channel, once more.
    ///
    /// # Errors
    ///
    /// It cannot be; the client is refused.
    fn subscribe(&self, channel: &str) -> Subscribing;

    /// Takes one subscription back.
    ///
    /// Called under locks: it must neither wait nor call back into the server.
    fn unsubscribe(&self, channel: &str);

    /// Publishes a packet.
    ///
    /// # Errors
    ///
    /// It cannot be, since there is no connection or too much is queued.
    fn publish(&self, channel: &str, packet: Bytes) -> Result<(), BoxError>;

    /// Returns how the exchange is. *Defaults to one that is always connected and loses nothing.*
    fn health(&self) -> Health {
        Reporter::connected().health()
    }
}

/// A subscription on its way.
pub type Subscribing = Pin<Box<dyn Future<Output = Result<(), BoxError>> + Send>>;

/// Where an [`Exchange`] hands in what it heard.
#[derive(Clone)]
pub struct Inbox {
    hub: Weak<Inner>,
}

impl Inbox {
    pub(super) const fn new(hub: Weak<Inner>) -> Self {
        Self { hub }
    }

    /// Hands in a packet; it is delivered to the clients here without waiting for any.
    ///
    /// What is no packet is passed over. Returns false when the server is gone, so that the exchange may stop.
    pub fn receive(&self, packet: &Bytes) -> bool {
        let Some(hub) = self.hub.upgrade() else { return false };
        super::remote::receive(&hub, packet);
        true
    }
}

impl fmt::Debug for Inbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inbox").finish_non_exhaustive()
    }
}
