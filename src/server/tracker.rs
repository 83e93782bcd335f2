//! Who is still there, and what they are told when the server stops.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

/// How far a server is on its way to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    Serving,
    /// What runs may finish, nothing new begins.
    Draining,
    /// Everything is dropped where it stands.
    Stopped,
}

/// Counts the connections of a server and tells them its stage.
pub(super) struct Tracker {
    stage: watch::Sender<Stage>,
    places: Option<Arc<Semaphore>>,
}

/// A connection's part of the [`Tracker`]: as long as it is held, the connection counts.
pub(super) struct Ticket {
    stage: watch::Receiver<Stage>,
    _place: Option<OwnedSemaphorePermit>,
}

impl Tracker {
    pub(super) fn new(max_connections: Option<usize>) -> Self {
        let places = max_connections.map(|max| Arc::new(Semaphore::new(max.min(Semaphore::MAX_PERMITS))));
        Self { stage: watch::Sender::new(Stage::Serving), places }
    }

    /// Returns the ticket of a new connection; `None` when there are as many as there may be.
    pub(super) fn ticket(&self) -> Option<Ticket> {
        let place = match &self.places {
            Some(places) => Some(Arc::clone(places).try_acquire_owned().ok()?),
            None => None,
        };
        Some(Ticket { stage: self.stage.subscribe(), _place: place })
    }

    pub(super) fn enter(&self, stage: Stage) {
        self.stage.send_replace(stage);
    }

    /// Waits until every ticket is given back.
    pub(super) async fn all_gone(&self) {
        self.stage.closed().await;
    }
}

impl Ticket {
    /// Returns a listener that does not make the connection count by itself longer than it lives.
    pub(super) fn listener(&self) -> StageReceiver {
        StageReceiver(self.stage.clone())
    }
}

/// Hears the stages of a server.
#[derive(Clone)]
pub(super) struct StageReceiver(watch::Receiver<Stage>);

impl StageReceiver {
    /// Returns whether there is news that was not heard.
    pub(super) fn has_news(&self) -> bool {
        // A server that is gone without a word has stopped.
        self.0.has_changed().unwrap_or(true)
    }

    /// Takes the news.
    pub(super) fn hear(&mut self) -> Stage {
        if self.0.has_changed().is_err() { Stage::Stopped } else { *self.0.borrow_and_update() }
    }

    /// Wakes whoever polls it at each news, and ends with the server.
    pub(super) async fn wake_on_news(mut self) {
        while self.0.changed().await.is_ok() {}
    }

    /// Waits until the server has come so far.
    pub(super) async fn at_least(&mut self, stage: Stage) -> Stage {
        match self.0.wait_for(|now| *now >= stage).await {
            Ok(now) => *now,
            Err(_) => Stage::Stopped,
        }
    }
}
