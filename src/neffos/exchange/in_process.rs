//! Servers of one process.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex};

use bytes::Bytes;

use super::{Exchange, Inbox, Subscribing};
use crate::BoxError;
use crate::neffos::lock::lock;

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
