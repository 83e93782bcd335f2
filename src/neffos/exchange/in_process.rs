//! Servers of one process.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, OnceLock};

use bytes::Bytes;

use super::{Exchange, Health, Inbox, Reporter, SECOND_SERVER, Subscribing};
use crate::BoxError;
use crate::neffos::lock::lock;

/// Joins servers of one process, such as two routes with the same namespaces, or the servers of a test.
///
/// Each server has one of its own, made by [`join`](Self::join); with the server that it was given to, its subscriptions are gone.
/// Packets are delivered at once, by whoever publishes.
///
/// # Example
///
/// ```
/// use gongular::neffos::exchange::InProcess;
/// use gongular::neffos::{Events, Namespace};
///
/// let exchange = InProcess::new();
/// let events = || Events::new().namespace(Namespace::new("default"));
/// let one = events().exchange(exchange.join()).build();
/// let other = events().exchange(exchange.join()).build();
/// # let _ = (one, other);
/// ```
pub struct InProcess {
    inner: Arc<Mutex<Table>>,
    /// The server that this was handed to.
    own: OnceLock<u64>,
    reporter: Reporter,
}

#[derive(Default)]
struct Table {
    next: u64,
    inboxes: HashMap<u64, Inbox>,
    /// How often which server is subscribed to which channel.
    channels: HashMap<String, HashMap<u64, usize>>,
}

impl InProcess {
    /// Makes an exchange; each server gets one of [`join`](Self::join).
    #[must_use]
    pub fn new() -> Self {
        Self::of(Arc::default())
    }

    /// Returns the same exchange for one more server.
    #[must_use]
    pub fn join(&self) -> Self {
        Self::of(Arc::clone(&self.inner))
    }

    fn of(inner: Arc<Mutex<Table>>) -> Self {
        Self { inner, own: OnceLock::new(), reporter: Reporter::connected() }
    }

    fn own(&self) -> u64 {
        self.own.get().copied().unwrap_or_default()
    }
}

impl Default for InProcess {
    fn default() -> Self {
        Self::new()
    }
}

impl Exchange for InProcess {
    fn start(&self, inbox: Inbox) -> Result<(), BoxError> {
        let mut table = lock(&self.inner);
        // Nobody is 0, which stands for whoever has no server.
        let own = table.next + 1;
        self.own.set(own).map_err(|_| SECOND_SERVER)?;
        table.next = own;
        table.inboxes.insert(own, inbox);
        Ok(())
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
            .filter_map(|server| table.inboxes.get(server))
            .cloned()
            .collect();
        drop(table);
        for inbox in inboxes {
            inbox.receive(&packet);
        }
        Ok(())
    }

    fn health(&self) -> Health {
        self.reporter.health()
    }
}

/// The server is gone.
impl Drop for InProcess {
    fn drop(&mut self) {
        let Some(own) = self.own.get() else { return };
        let mut table = lock(&self.inner);
        let inbox = table.inboxes.remove(own);
        table.channels.retain(|_, servers| {
            servers.remove(own);
            !servers.is_empty()
        });
        drop(table);
        drop(inbox);
    }
}

impl fmt::Debug for InProcess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let table = lock(&self.inner);
        let channels: Vec<_> = table.channels.keys().collect();
        f.debug_struct("InProcess")
            .field("servers", &table.inboxes.len())
            .field("channels", &channels)
            .finish()
    }
}
