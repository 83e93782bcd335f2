//! What the server was asked and has not answered.

use std::collections::HashMap;

use tokio::sync::{oneshot, watch};

use crate::neffos::random::random;
use crate::neffos::{AskError, Message};

/// The asks of one connection, by their tokens.
#[derive(Debug, Default)]
pub(super) struct Asks {
    pending: HashMap<Box<str>, Pending>,
    is_asking: watch::Sender<bool>,
}

#[derive(Debug)]
pub(super) struct Pending {
    pub(super) then: Then,
    pub(super) done: oneshot::Sender<Result<Message, AskError>>,
}

/// What follows when the server agrees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Then {
    Connect(Box<str>),
    Disconnect(Box<str>),
    Join(Box<str>, Box<str>),
    Leave(Box<str>, Box<str>),
    Nothing,
}

pub(super) type Answer = oneshot::Receiver<Result<Message, AskError>>;

impl Asks {
    /// Adds an ask and returns its token, which nobody can guess and no other ask of this connection has.
    pub(super) fn add(&mut self, then: Then) -> Result<(Box<str>, Answer), AskError> {
        let token: Box<str> = format!("${}", random().map_err(AskError::failed)?).into();
        // Of the same change that nobody waits for any more one is enough: the last answer says how it is.
        if then != Then::Nothing {
            self.pending.retain(|_, old| old.then != then || !old.done.is_closed());
        }
        let (done, answer) = oneshot::channel();
        self.pending.insert(token.clone(), Pending { then, done });
        self.tell();
        Ok((token, answer))
    }

    pub(super) fn take(&mut self, token: &str) -> Option<Pending> {
        let pending = self.pending.remove(token);
        self.tell();
        pending
    }

    /// Forgets an ask that nobody waits for any more. One whose answer changes something is kept, since the server may have
    /// agreed, and both sides must see it the same way.
    pub(super) fn forget(&mut self, token: &str) {
        if self.pending.get(token).is_some_and(|pending| pending.then == Then::Nothing) {
            self.take(token);
        }
    }

    pub(super) fn fail(&mut self, error: &AskError) {
        for (_, pending) in self.pending.drain() {
            // Whoever gave up needs no answer.
            let _ = pending.done.send(Err(error.clone()));
        }
        self.tell();
    }

    /// Returns what says whether somebody waits for an answer.
    pub(super) fn is_asking(&self) -> watch::Receiver<bool> {
        self.is_asking.subscribe()
    }

    fn tell(&self) {
        let is_asking = !self.pending.is_empty();
        self.is_asking.send_if_modified(|before| std::mem::replace(before, is_asking) != is_asking);
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.pending.len()
    }
}
