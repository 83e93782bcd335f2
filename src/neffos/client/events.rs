//! Events as a stream.

use std::fmt;

use tokio::sync::mpsc;

use super::NsConn;
use super::shared::Epoch;
use crate::neffos::{AskError, IntoReply, Message};

/// The events of a namespace that have no handler, in the order in which they came; see
/// [`Namespace::events`](super::Namespace::events).
pub struct Events {
    receiver: mpsc::Receiver<Event>,
}

impl Events {
    pub(super) const fn new(receiver: mpsc::Receiver<Event>) -> Self {
        Self { receiver }
    }

    /// Waits for the next event; `None` when the client is closed for good and all that came before was received.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: no event is lost.
    pub async fn recv(&mut self) -> Option<Event> {
        self.receiver.recv().await
    }
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Events").finish_non_exhaustive()
    }
}

/// An event that came.
#[derive(Clone, Debug)]
pub struct Event {
    pub(super) space: NsConn,
    pub(super) message: Message,
    pub(super) epoch: Epoch,
}

impl Event {
    /// Returns the connection in the namespace.
    #[must_use]
    pub const fn namespace(&self) -> &NsConn {
        &self.space
    }

    /// Returns the message.
    #[must_use]
    pub const fn message(&self) -> &Message {
        &self.message
    }

    /// Answers it, as what a handler returns would. A server that asks and is not answered waits for as long as it likes.
    ///
    /// # Errors
    ///
    /// The connection that it came by is lost or closed.
    ///
    /// # Cancel safety
    ///
    /// Dropped before it is done, the answer is not sent.
    pub async fn reply(self, reply: impl IntoReply + Send) -> Result<(), AskError> {
        let reply = reply.into_reply();
        self.space.shared().answer(self.epoch, &self.message, reply).await
    }
}
