//! What a connection was asked and has not answered.

use tokio::sync::oneshot;

use super::instances::Instances;
use super::place::Entered;
use super::token::Token;
use crate::neffos::exchange::Heard;
use crate::neffos::{AskError, Message};

/// The asks of one connection. When it is dropped, those who wait are told that the connection is closed.
#[derive(Debug, Default)]
pub(super) struct Asks {
    pending: Vec<Pending>,
}

#[derive(Debug)]
pub(super) struct Pending {
    token: Token,
    pub(super) then: Then,
    pub(super) done: oneshot::Sender<Answer>,
}

/// What the client answered, and what became of what it agreed to.
pub(super) type Answer = Result<(Message, Entered), AskError>;

/// What follows when the client agrees.
#[derive(Debug)]
pub(super) enum Then {
    Connect(usize, Heard, Instances),
    Join(usize, Box<str>, Heard),
    Nothing,
}

impl Asks {
    pub(super) fn add(&mut self, token: Token, then: Then) -> oneshot::Receiver<Answer> {
        let (done, answer) = oneshot::channel();
        self.pending.push(Pending { token, then, done });
        answer
    }

    pub(super) fn take(&mut self, token: Token) -> Option<Pending> {
        let place = self.pending.iter().position(|pending| pending.token == token)?;
        let pending = self.pending.swap_remove(place);
        if self.pending.is_empty() {
            // An idle connection keeps no room.
            self.pending = Vec::new();
        }
        Some(pending)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.pending.is_empty()
    }
}
