//! The application's side of a connection: its handlers, one after the other.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, mpsc};

use super::asks::Then;
use super::context::EventContext;
use super::dial::Callbacks;
use super::events::Event;
use super::handler::Hook;
use super::shared::Shared;
use super::state::{Change, Epoch, Phase};
use super::{Client, CloseReason, Namespace, NsConn, Reconnected};
use crate::Error;
use crate::neffos::codec::{system, text};
use crate::neffos::running::run;
use crate::neffos::{AskError, Message, Payload};

/// Something that the application is told.
#[derive(Debug)]
pub(super) enum Job {
    /// A namespace or a room was entered or left.
    Changed(Change, Message),
    /// Nothing follows.
    End,
    Lost(CloseReason),
    Message(Incoming),
    Reconnected(Reconnected),
}

/// A message of the server that is no answer.
#[derive(Debug)]
pub(super) struct Incoming {
    pub(super) epoch: Epoch,
    pub(super) message: Message,
    /// Its share of what may wait, until it was handled.
    pub(super) share: OwnedSemaphorePermit,
}

/// Runs handlers and hooks.
pub(super) struct Handling {
    pub(super) shared: Arc<Shared>,
    pub(super) callbacks: Callbacks,
    /// Streams end with the connection, though handles of it may be kept.
    pub(super) streams: HashMap<Box<str>, mpsc::Sender<Event>>,
}

impl Handling {
    /// Works until there is nothing to do any more.
    pub(super) async fn work(self, mut jobs: mpsc::UnboundedReceiver<Job>) {
        while let Some(job) = jobs.recv().await {
            match job {
                Job::Changed(change, message) => self.changed(&change, message).await,
                Job::End => return,
                Job::Lost(reason) => self.call_back(self.callbacks.lost.as_ref(), reason).await,
                Job::Message(Incoming { epoch, message, share }) => {
                    self.message(epoch, message).await;
                    drop(share);
                }
                Job::Reconnected(reconnected) => {
                    self.call_back(self.callbacks.reconnect.as_ref(), reconnected).await;
                }
            }
        }
    }

    async fn call_back<T>(&self, callback: Option<&super::dial::Callback<T>>, value: T) {
        if let Some(callback) = callback {
            let client = Client::loose(Arc::clone(&self.shared));
            let running = run(|| callback(client, value), self.shared.settings.handler_timeout);
            // What went wrong there is nobody else's matter.
            let _ = running.await;
        }
    }

    async fn changed(&self, change: &Change, message: Message) {
        let (name, ..) = change.parts();
        let Some(namespace) = self.shared.namespaces.get(name) else { return };
        let hook = match change {
            Change::Connected(_) => &namespace.hooks.connected,
            Change::Disconnected(_) => &namespace.hooks.disconnect,
            Change::Joined(..) => &namespace.hooks.room_joined,
            Change::Left(..) => &namespace.hooks.room_left,
        };
        // The server has decided; what a hook says to it changes nothing.
        let _ = self.run(hook.as_ref(), name, message).await;
    }

    async fn run(
        &self,
        hook: Option<&Hook>,
        namespace: &str,
        message: Message,
    ) -> Result<Option<Payload>, Error> {
        decide(&self.shared, hook, namespace, message).await
    }

    async fn message(&self, epoch: Epoch, message: Message) {
        if message.is_native() {
            return self.native(epoch, message).await;
        }
        let Some(namespace) = self.shared.namespaces.get(message.namespace()) else {
            return self.refuse(epoch, &message, text::BAD_NAMESPACE).await;
        };
        let then = match message.event() {
            system::CONNECT => Then::Connect(message.namespace().into()),
            system::DISCONNECT => Then::Disconnect(message.namespace().into()),
            system::JOIN => Then::Join(message.namespace().into(), message.room().into()),
            system::LEAVE => Then::Leave(message.namespace().into(), message.room().into()),
            _ => return self.event(epoch, namespace, message).await,
        };
        if !message.frame.is_error && !message.frame.is_no_op {
            self.follow(epoch, namespace, message, then).await;
        }
    }

    /// Does what the server asks for.
    async fn follow(&self, epoch: Epoch, namespace: &Namespace, message: Message, then: Then) {
        let decided = match self.decision(namespace, &then) {
            Ok(hook) => self.run(hook, message.namespace(), message.clone()).await,
            Err(error) => Err(error.into()),
        };
        if let Err(error) = decided {
            let _ = self.shared.answer(epoch, &message, Err(error)).await;
            return;
        }
        let mut changes = Vec::new();
        {
            let mut state = self.shared.state();
            if state.epoch != epoch || !matches!(state.phase, Phase::Open) {
                return;
            }
            state.change(then, &mut changes);
        }
        // Who is gone needs no answer.
        let _ = self.shared.answer(epoch, &message, Ok(None)).await;
        for change in changes {
            let (namespace, room, event) = change.parts();
            let message = match room == message.room() {
                true => message.clone(),
                // A room that is left since its namespace is.
                false => Message::forced(namespace, room, event),
            };
            self.changed(&change, message).await;
        }
    }

    /// Returns the hook that decides on what the server asks for, if that changes anything and can be refused.
    fn decision<'n>(&self, namespace: &'n Namespace, then: &Then) -> Result<Option<&'n Hook>, AskError> {
        let state = self.shared.state();
        let rooms = state.spaces.get(namespace.name());
        match (then, rooms) {
            (Then::Connect(_), None) => Ok(namespace.hooks.connect.as_ref()),
            (Then::Join(..), None) => Err(AskError::bad_namespace()),
            (Then::Join(_, room), Some(_)) if room.is_empty() => Err(AskError::bad_room()),
            (Then::Join(_, room), Some(rooms)) if !rooms.contains(room) => {
                Ok(namespace.hooks.room_join.as_ref())
            }
            _ => Ok(None),
        }
    }

    async fn event(&self, epoch: Epoch, namespace: &Namespace, message: Message) {
        if !self.shared.state().spaces.contains_key(message.namespace()) {
            return self.refuse(epoch, &message, text::BAD_NAMESPACE).await;
        }
        let hook = match message.frame.is_error {
            true => namespace.hooks.error.as_ref(),
            false => namespace.event(message.event()),
        };
        match hook {
            Some(hook) => {
                let result = self.run(Some(hook), message.namespace(), message.clone()).await;
                if !message.frame.is_error {
                    let _ = self.shared.answer(epoch, &message, result).await;
                }
            }
            None => self.stream(epoch, message).await,
        }
    }

    async fn stream(&self, epoch: Epoch, message: Message) {
        let space = NsConn::new(Arc::clone(&self.shared), message.namespace());
        let event = Event { space, message, epoch };
        let unheard = match self.streams.get(event.message.namespace()) {
            Some(stream) => stream.send(event).await.err().map(|unsent| unsent.0),
            None => Some(event),
        };
        if let Some(event) = unheard.filter(|event| !event.message.frame.is_error) {
            self.refuse(epoch, &event.message, text::BAD_EVENT).await;
        }
    }

    async fn native(&self, epoch: Epoch, message: Message) {
        let Some(namespace) = self.shared.namespaces.get("") else { return };
        let is_connected = self.shared.state().spaces.contains_key("");
        if let Some(hook) = namespace.hooks.native.as_ref().filter(|_| is_connected) {
            let result = self.run(Some(hook), "", message.clone()).await;
            let _ = self.shared.answer(epoch, &message, result).await;
        }
    }

    /// Refuses a message whose sender awaits an answer.
    async fn refuse(&self, epoch: Epoch, message: &Message, text: &str) {
        if message.is_ask() {
            let error = AskError::refused(text);
            let _ = self.shared.answer(epoch, message, Err(error.into())).await;
        }
    }
}

/// Runs a hook, if there is one.
pub(super) async fn decide(
    shared: &Arc<Shared>,
    hook: Option<&Hook>,
    namespace: &str,
    message: Message,
) -> Result<Option<Payload>, Error> {
    let Some(hook) = hook else { return Ok(None) };
    let space = NsConn::new(Arc::clone(shared), namespace);
    run(|| hook(EventContext::new(space, message)), shared.settings.handler_timeout).await
}
