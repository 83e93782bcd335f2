//! A connection in one namespace, and in one room.

use std::fmt;
use std::sync::Arc;

use futures_util::future::join_all;

use super::Client;
use super::asks::Then;
use super::handling::decide;
use super::shared::Shared;
use super::state::{Phase, State};
use crate::neffos::codec::{Header, system};
use crate::neffos::{AskError, IntoPayload, Message};

/// A connection in one namespace (`NSConn`).
///
/// Clones are the same. It does not keep the namespace or the connection open, and is good again when the namespace is
/// connected again.
#[derive(Clone)]
pub struct NsConn {
    shared: Arc<Shared>,
    name: Box<str>,
}

impl NsConn {
    pub(super) fn new(shared: Arc<Shared>, name: &str) -> Self {
        Self { shared, name: name.into() }
    }

    pub(super) const fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    /// Returns the client, as one that does not keep the connection open.
    #[must_use]
    pub fn client(&self) -> Client {
        Client::loose(Arc::clone(&self.shared))
    }

    /// Returns the name of the namespace.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns whether the namespace is connected now.
    #[must_use]
    pub fn is_connected(&self) -> bool {
        self.shared.state().check(&self.name, "").is_ok()
    }

    /// Sends an event: a text, or [`Json`](crate::Json), as a text; bytes as bytes.
    ///
    /// It waits for room if the [queue](super::Dial::queue) is full. What was queued is lost with the connection, unless it
    /// is [kept](super::Dial::keep_while_away); nothing is sent twice.
    ///
    /// # Errors
    ///
    /// - the namespace is not connected: [`AskError::is_outside`]
    /// - the connection is lost and tried again: [`AskError::is_lost`]; or [`AskError::is_full`] where events are kept and
    ///   there are too many
    /// - it is closed for good: [`AskError::is_closed`]
    /// - the body cannot be serialised
    ///
    /// # Cancel safety
    ///
    /// Dropped before it is done, the event is not sent.
    pub async fn emit(&self, event: &str, body: impl IntoPayload + Send) -> Result<(), AskError> {
        self.emit_in("", event, body).await
    }

    /// Sends an event without waiting.
    ///
    /// # Errors
    ///
    /// As [`emit`](Self::emit); and the queue is full: [`AskError::is_full`]. The event was not sent.
    pub fn try_emit(&self, event: &str, body: impl IntoPayload) -> Result<(), AskError> {
        self.try_emit_in("", event, body)
    }

    /// Asks the server, and waits for its answer, at most for the [time](super::Dial::ask_timeout) that one may take.
    ///
    /// A handler may ask, too: other messages wait until it is done, answers do not.
    ///
    /// # Errors
    ///
    /// - the server refuses: [`AskError::refusal`]
    /// - it does not answer in time: [`AskError::is_timeout`]
    /// - the namespace is not connected: [`AskError::is_outside`]
    /// - the connection is lost, also meanwhile: [`AskError::is_lost`]; or closed for good: [`AskError::is_closed`]. Whether
    ///   the server heard the question is not known then.
    /// - the body cannot be serialised
    ///
    /// # Cancel safety
    ///
    /// Dropped before it is done, the answer is thrown away when it comes.
    pub async fn ask(&self, event: &str, body: impl IntoPayload + Send) -> Result<Message, AskError> {
        self.ask_in("", event, body).await
    }

    /// Returns a room of the namespace, whether it is joined or not.
    #[must_use]
    pub fn room(&self, name: &str) -> Room {
        Room { space: self.clone(), name: name.into() }
    }

    /// Returns the names of the rooms that are joined, in order.
    #[must_use]
    pub fn rooms(&self) -> Vec<String> {
        let state = self.shared.state();
        state.spaces.get(&self.name).into_iter().flatten().map(|room| room.clone().into()).collect()
    }

    /// Joins a room; at once if it is joined already.
    ///
    /// The hook that decides on it runs, then the server is asked; the other hook runs in order with events.
    ///
    /// # Errors
    ///
    /// As [`ask`](Self::ask); and the hook refuses.
    ///
    /// # Cancel safety
    ///
    /// Dropped before it is done, the room may still be joined.
    pub async fn join(&self, room: &str) -> Result<Room, AskError> {
        let joined = self.room(room);
        let is_joined = {
            let state = self.shared.state();
            state.check(&self.name, "")?;
            state.check(&self.name, room).is_ok()
        };
        if room.is_empty() {
            return Err(AskError::bad_room());
        }
        if !is_joined {
            let message = Message::local(&self.name, room, system::JOIN);
            let hook =
                self.shared.namespaces.get(&self.name).and_then(|known| known.hooks.room_join.as_ref());
            decide(&self.shared, hook, &self.name, message).await.map_err(AskError::failed)?;
            self.shared.ask_to(Then::Join(self.name.clone(), room.into())).await?;
        }
        Ok(joined)
    }

    /// Leaves all rooms of the namespace: the server is asked for each.
    ///
    /// # Errors
    ///
    /// Those of [`Room::leave`], the first one; the other rooms are left.
    pub async fn leave_all(&self) -> Result<(), AskError> {
        let rooms: Vec<_> = {
            let state = self.shared.state();
            let rooms =
                [&state.spaces, &state.wanted].into_iter().filter_map(|spaces| spaces.get(&self.name));
            rooms.flatten().map(|room| self.room(room)).collect()
        };
        join_all(rooms.iter().map(Room::leave)).await.into_iter().collect()
    }

    /// Disconnects the namespace; at once if it is not connected.
    ///
    /// While the connection is lost, nobody is asked: the namespace is not connected again, that is all.
    ///
    /// # Errors
    ///
    /// As [`ask`](Self::ask): the server may refuse.
    ///
    /// # Cancel safety
    ///
    /// Dropped before it is done, the namespace may still be disconnected.
    pub async fn disconnect(&self) -> Result<(), AskError> {
        {
            let mut state = self.shared.state();
            state.wanted.remove(&self.name);
            if !is_to_ask(&state, &self.name, "")? {
                return Ok(());
            }
        }
        self.shared.ask_to(Then::Disconnect(self.name.clone())).await
    }

    async fn emit_in(&self, room: &str, event: &str, body: impl IntoPayload) -> Result<(), AskError> {
        let payload = body.into_payload().map_err(AskError::failed)?;
        self.shared.emit(&self.header(room, event), &payload).await
    }

    fn try_emit_in(&self, room: &str, event: &str, body: impl IntoPayload) -> Result<(), AskError> {
        let payload = body.into_payload().map_err(AskError::failed)?;
        self.shared.try_emit(&self.header(room, event), &payload)
    }

    async fn ask_in(&self, room: &str, event: &str, body: impl IntoPayload) -> Result<Message, AskError> {
        let payload = body.into_payload().map_err(AskError::failed)?;
        self.shared.ask(&self.header(room, event), &payload, Then::Nothing).await
    }

    fn header<'h>(&'h self, room: &'h str, event: &'h str) -> Header<'h> {
        Header { namespace: &self.name, room, event, ..Header::default() }
    }
}

/// Returns whether the server has to be asked to leave something.
fn is_to_ask(state: &State, namespace: &str, room: &str) -> Result<bool, AskError> {
    match state.phase {
        Phase::Open => Ok(state.check(namespace, room).is_ok()),
        Phase::Away => Ok(false),
        Phase::Closing | Phase::Closed => Err(AskError::closed()),
    }
}

impl fmt::Debug for NsConn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NsConn").field("name", &self.name).finish_non_exhaustive()
    }
}

/// A room of a namespace (`Room`).
#[derive(Clone, Debug)]
pub struct Room {
    space: NsConn,
    name: Box<str>,
}

impl Room {
    /// Returns the name of the room.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the connection in the namespace.
    #[must_use]
    pub const fn namespace(&self) -> &NsConn {
        &self.space
    }

    /// Returns whether the room is joined now.
    #[must_use]
    pub fn is_joined(&self) -> bool {
        !self.name.is_empty() && self.space.shared.state().check(&self.space.name, &self.name).is_ok()
    }

    /// Sends an event to the room. Whom it reaches is for the server's handler to say.
    ///
    /// # Errors
    ///
    /// As [`NsConn::emit`], and the room is not joined: [`AskError::is_outside`].
    ///
    /// # Cancel safety
    ///
    /// Dropped before it is done, the event is not sent.
    pub async fn emit(&self, event: &str, body: impl IntoPayload + Send) -> Result<(), AskError> {
        self.space.emit_in(&self.name, event, body).await
    }

    /// Sends an event to the room without waiting.
    ///
    /// # Errors
    ///
    /// As [`NsConn::try_emit`], and the room is not joined.
    pub fn try_emit(&self, event: &str, body: impl IntoPayload) -> Result<(), AskError> {
        self.space.try_emit_in(&self.name, event, body)
    }

    /// Asks the server, in the room.
    ///
    /// # Errors
    ///
    /// As [`NsConn::ask`], and the room is not joined.
    ///
    /// # Cancel safety
    ///
    /// Dropped before it is done, the answer is thrown away when it comes.
    pub async fn ask(&self, event: &str, body: impl IntoPayload + Send) -> Result<Message, AskError> {
        self.space.ask_in(&self.name, event, body).await
    }

    /// Leaves the room; at once if it is not joined.
    ///
    /// While the connection is lost, nobody is asked: the room is not joined again, that is all.
    ///
    /// # Errors
    ///
    /// As [`NsConn::ask`]: the server may refuse.
    ///
    /// # Cancel safety
    ///
    /// Dropped before it is done, the room may still be left.
    pub async fn leave(&self) -> Result<(), AskError> {
        let (space, room) = (&self.space.name, &self.name);
        {
            let mut state = self.space.shared.state();
            if let Some(rooms) = state.wanted.get_mut(space) {
                rooms.remove(room);
            }
            if room.is_empty() || !is_to_ask(&state, space, room)? {
                return Ok(());
            }
        }
        self.space.shared.ask_to(Then::Leave(space.clone(), room.clone())).await
    }
}
