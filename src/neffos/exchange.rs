//! Several servers as one: the seam behind which Redis, NATS or others stand.

use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, Weak};

use bytes::Bytes;

use super::directory::lock;
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

/// Joins servers of one process, such as two routes with the same namespaces, or the servers of a test.
///
/// Clones are the same exchange. Packets are delivered at once, by whoever publishes.
#[derive(Clone, Default)]
pub struct InProcess {
    inner: Arc<Mutex<Table>>,
    /// The server that this clone was handed to.
    own: Arc<Mutex<Option<usize>>>,
}

#[derive(Default)]
struct Table {
    inboxes: Vec<Inbox>,
    /// How often which server is subscribed to which channel.
    channels: HashMap<String, HashMap<usize, usize>>,
}

impl InProcess {
    /// Makes an exchange; each server gets one of [`join`](Self::join).
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns the same exchange for one more server.
    #[must_use]
    pub fn join(&self) -> Self {
        Self { inner: Arc::clone(&self.inner), own: Arc::default() }
    }

    fn own(&self) -> usize {
        lock(&self.own).unwrap_or(usize::MAX)
    }
}

impl Exchange for InProcess {
    fn start(&self, inbox: Inbox) {
        let mut table = lock(&self.inner);
        *lock(&self.own) = Some(table.inboxes.len());
        table.inboxes.push(inbox);
    }

    fn subscribe(&self, channel: &str) -> Subscribing {
        let own = self.own();
        *lock(&self.inner).channels.entry(channel.to_owned()).or_default().entry(own).or_default() += 1;
        Box::pin(std::future::ready(Ok(())))
    }

    fn unsubscribe(&self, channel: &str) {
        let own = self.own();
        let mut table = lock(&self.inner);
        let Some(servers) = table.channels.get_mut(channel) else { return };
        if let Some(count) = servers.get_mut(&own) {
            *count -= 1;
            if *count == 0 {
                servers.remove(&own);
            }
        }
        if servers.is_empty() {
            table.channels.remove(channel);
        }
    }

    fn publish(&self, channel: &str, packet: Bytes) -> Result<(), BoxError> {
        let own = self.own();
        let table = lock(&self.inner);
        let servers = table.channels.get(channel).into_iter().flat_map(HashMap::keys);
        let inboxes: Vec<_> = servers
            .filter(|server| **server != own)
            .filter_map(|server| table.inboxes.get(*server))
            .cloned()
            .collect();
        drop(table);
        for inbox in inboxes {
            inbox.receive(&packet);
        }
        Ok(())
    }
}

impl fmt::Debug for InProcess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let channels: Vec<_> = lock(&self.inner).channels.keys().cloned().collect();
        f.debug_struct("InProcess").field("channels", &channels).finish_non_exhaustive()
    }
}

/// A subscription that is taken back when it is dropped, unless it is kept.
pub(super) struct Heard(Option<(Arc<dyn Exchange>, String)>);

impl Heard {
    /// There is no exchange, and nothing to hear.
    pub(super) const fn nothing() -> Self {
        Self(None)
    }

    pub(super) async fn subscribe(exchange: &Arc<dyn Exchange>, channel: String) -> Result<Self, BoxError> {
        let subscribing = exchange.subscribe(&channel);
        let heard = Self(Some((Arc::clone(exchange), channel)));
        subscribing.await?;
        Ok(heard)
    }

    /// Leaves it to somebody else to take the subscription back.
    pub(super) fn keep(mut self) {
        self.0 = None;
    }
}

impl Drop for Heard {
    fn drop(&mut self) {
        if let Some((exchange, channel)) = self.0.take() {
            exchange.unsubscribe(&channel);
        }
    }
}

impl fmt::Debug for Heard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Heard").field(&self.0.as_ref().map(|(_, channel)| channel)).finish()
    }
}

/// The names of channels.
pub(super) mod channel {
    use std::fmt::Write as _;

    /// The channel of everybody in a namespace.
    pub(in super::super) fn namespace(name: &str) -> String {
        build('n', &[name])
    }

    /// The channel of everybody in a room.
    pub(in super::super) fn room(namespace: &str, room: &str) -> String {
        build('r', &[namespace, room])
    }

    /// The channel of one connection.
    pub(in super::super) fn conn(id: &str) -> String {
        build('c', &[id])
    }

    /// The channel of one server.
    pub(in super::super) fn server(number: u64) -> String {
        format!("s.{number:016x}")
    }

    fn build(sort: char, names: &[&str]) -> String {
        let mut out = String::from(sort);
        for name in names {
            out.push('.');
            // A subject must have no empty part.
            if name.is_empty() {
                out.push('=');
            }
            for byte in name.bytes() {
                if byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_' {
                    out.push(char::from(byte));
                } else {
                    write!(out, "={byte:02x}").expect("a text grows");
                }
            }
        }
        out
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn names_of_channels_are_plain_and_never_the_same() {
            assert_eq!(namespace("default"), "n.default");
            assert_eq!(room("default", "a.b"), "r.default.a=2eb");
            assert_eq!(room("a", "*"), "r.a.=2a");
            assert_eq!((namespace(""), namespace("=")), ("n.=".to_owned(), "n.=3d".to_owned()));
            assert_ne!(room("a", "b.c"), room("a.b", "c"));
        }
    }
}
