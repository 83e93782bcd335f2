//! What exchanges by a broker have in common: one session at a time, whatever becomes of the broker.
//!
//! The table says which channels are wanted; whoever changes it rings. One task has the session: it makes what the broker
//! hears of us like the table, publishes what is queued, and begins anew when the session fails.

mod queue;
mod session;
mod table;

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use tokio::runtime::Handle;
use tokio::task::AbortHandle;

pub(super) use self::queue::Queued;
use self::queue::{Queue, Refusal};
pub(super) use self::session::{Broker, Publish, Session, Subscribe};
use self::table::Table;
use super::{Health, Inbox, Reporter, SECOND_SERVER, Subscribing};
use crate::BoxError;
use crate::neffos::lock::lock;

/// The exchange's side of a link; the task ends when this is dropped.
pub(super) struct Link<B> {
    shared: Arc<Shared>,
    broker: Arc<B>,
}

/// A task begins with the first word from inside of a runtime, and again when that runtime has ended.
#[derive(Default)]
struct Task {
    inbox: Option<Inbox>,
    running: Option<AbortHandle>,
}

/// What the link and its task share.
struct Shared {
    task: Mutex<Task>,
    prefix: Box<str>,
    table: Table,
    queue: Queue,
    reporter: Reporter,
    /// How large a packet may be, as the broker says.
    max_packet: AtomicUsize,
}

/// What is set before a link starts.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    prefix: Box<str>,
    messages: usize,
    bytes: usize,
}

impl Settings {
    pub(super) fn new() -> Self {
        Self { prefix: "gongular".into(), messages: 8192, bytes: 8 << 20 }
    }

    pub(super) fn set_prefix(&mut self, prefix: &str) {
        let is_plain = |part: &str| {
            !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
        };
        assert!(prefix.split('.').all(is_plain), "{prefix:?} is no prefix of channels");
        self.prefix = prefix.into();
    }

    pub(super) const fn set_queue(&mut self, messages: usize, bytes: usize) {
        self.messages = messages;
        self.bytes = bytes;
    }
}

impl<B: Broker> Link<B> {
    pub(super) fn new(broker: B, settings: &Settings) -> Self {
        let shared = Shared {
            task: Mutex::default(),
            prefix: settings.prefix.clone(),
            table: Table::default(),
            queue: Queue::new(settings.messages, settings.bytes),
            reporter: Reporter::lost(),
            max_packet: AtomicUsize::new(usize::MAX),
        };
        Self { shared: Arc::new(shared), broker: Arc::new(broker) }
    }

    pub(super) fn health(&self) -> Health {
        self.shared.reporter.health()
    }

    pub(super) fn start(&self, inbox: Inbox) -> Result<(), BoxError> {
        let mut task = lock(&self.shared.task);
        if task.inbox.is_some() {
            return Err(SECOND_SERVER.into());
        }
        task.inbox = Some(inbox);
        drop(task);
        self.run();
        Ok(())
    }

    /// Starts the task, unless it runs or there is no runtime here.
    fn run(&self) {
        let mut task = lock(&self.shared.task);
        let Some(inbox) = &task.inbox else { return };
        // One that a runtime dropped before it began is finished, and has not said so.
        if task.running.as_ref().is_some_and(|running| !running.is_finished()) {
            return;
        }
        if let Ok(runtime) = Handle::try_current() {
            let (shared, broker) = (Arc::clone(&self.shared), Arc::clone(&self.broker));
            let running = runtime.spawn(session::run(shared, broker, inbox.clone()));
            task.running = Some(running.abort_handle());
        }
    }

    pub(super) fn subscribe(&self, channel: &str) -> Subscribing {
        self.run();
        let heard = self.shared.table.want(self.shared.name(channel));
        let health = self.health();
        Box::pin(async move {
            match tokio::time::timeout(PATIENCE, heard).await {
                Ok(Ok(())) => Ok(()),
                Ok(Err(_)) => Err("the exchange has ended".into()),
                Err(_) => Err(not_connected("no subscription", &health)),
            }
        })
    }

    pub(super) fn unsubscribe(&self, channel: &str) {
        self.shared.table.give_up(&self.shared.name(channel));
    }

    pub(super) fn publish(&self, channel: &str, packet: Bytes) -> Result<(), BoxError> {
        self.run();
        let result = self.shared.publish(channel, packet);
        if result.is_err() {
            self.shared.reporter.add_refused();
        }
        result
    }
}

impl Shared {
    fn name(&self, channel: &str) -> Arc<str> {
        [&*self.prefix, ".", channel].concat().into()
    }

    fn publish(&self, channel: &str, packet: Bytes) -> Result<(), BoxError> {
        let max = self.max_packet.load(Ordering::Relaxed);
        if packet.len() > max {
            return Err(
                format!("a packet of {} bytes is too large: the broker takes {max}", packet.len()).into()
            );
        }
        self.queue.push(self.name(channel), packet).map_err(|refusal| match refusal {
            Refusal::Closed => not_connected("not published", &self.reporter.health()),
            Refusal::Full => "not published: too much waits for the broker".into(),
        })
    }

    /// Ends a session, or a try of one: nothing of it waits for the next.
    fn lose(&self, reason: &str) {
        self.table.reset();
        // Closed before it is told: who knows of the loss knows how many packets went with it.
        let unconfirmed = self.queue.close();
        self.reporter.set_lost(reason, unconfirmed as u64);
    }
}

fn not_connected(what: &str, health: &Health) -> BoxError {
    let now = health.now();
    match now.reason() {
        Some(reason) if !now.is_connected() => format!("{what}: no connection to the broker: {reason}"),
        // It was lost, or came back, while this was called.
        _ if now.is_connected() => format!("{what}: no connection to the broker: it was away this moment"),
        _ => format!("{what}: no connection to the broker yet"),
    }
    .into()
}

impl<B> Drop for Link<B> {
    fn drop(&mut self) {
        let running = lock(&self.shared.task).running.take();
        if let Some(running) = running {
            running.abort();
        }
    }
}

impl<B> fmt::Debug for Link<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Link").field("prefix", &self.shared.prefix).finish_non_exhaustive()
    }
}

/// How long the broker may take: to let us in, to subscribe, to confirm.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);
