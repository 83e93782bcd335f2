//! A connection in one namespace, and in one room.

use std::fmt;

use super::broadcast::To;
use super::place::{Phase, State};
use super::{entering, leaving};
use crate::Error;
use crate::neffos::codec::{Header, system};
use crate::neffos::{AskError, Conn, Hub, IntoPayload, Message};

/// A connection in one namespace (`NSConn`).
///
/// Clones are the same. It does not keep the namespace connected: once the client has left, nothing can be sent.
#[derive(Clone)]
pub struct NsConn {
    conn: Conn,
    index: usize,
}

impl NsConn {
    pub(super) const fn new(conn: Conn, index: usize) -> Self {
        Self { conn, index }
    }

    pub(super) const fn index(&self) -> usize {
        self.index
    }

    /// Returns the connection.
    #[must_use]
    pub const fn conn(&self) -> &Conn {
        &self.conn
    }

    /// Returns the id of the connection.
    #[must_use]
    pub fn id(&self) -> &str {
        self.conn.id()
    }

    /// Returns the handle of all connections.
    #[must_use]
    pub fn hub(&self) -> &Hub {
        self.conn.hub()
    }

    /// Returns the name of the namespace.
    #[must_use]
    pub fn name(&self) -> &str {
        self.hub().namespace_at(self.index).name()
    }

    /// Returns whether the client is still in the namespace.
    #[must_use]
    pub fn is_connected(&self) -> bool {
        let state = self.conn.state();
        state.phase == Phase::Open && state.space(self.index).is_some()
    }

    /// Sends an event to this client.
    ///
    /// It does not wait: a client whose queue is full since it does not read is cut off.
    ///
    /// # Errors
    ///
    /// The client has left the namespace, or is gone; the body cannot be serialised; the event's name is kept for the protocol,
    /// `_On` and what follows. Nothing was sent.
    pub fn emit(&self, event: &str, body: impl IntoPayload) -> Result<(), AskError> {
        self.emit_in("", event, body)
    }

    /// Asks this client, and waits for its answer, at most for the [time](crate::neffos::Events::ask_timeout) that an answer may
    /// take.
    ///
    /// Other messages of the client are handled meanwhile as ever: in order, so that those after the one whose handler asks
    /// wait until it is done. Only this connection can answer.
    ///
    /// # Errors
    ///
    /// - the client refuses: [`AskError::refusal`]
    /// - it does not answer in time: [`AskError::is_timeout`]
    /// - it has left the namespace: [`AskError::is_outside`], or is gone: [`AskError::is_closed`]
    ///
    /// # Cancel safety
    ///
    /// Dropped before it is done, the answer is thrown away when it comes.
    pub async fn ask(&self, event: &str, body: impl IntoPayload + Send) -> Result<Message, AskError> {
        self.ask_in("", event, body).await
    }

    /// Returns a room of the namespace, whether the client is in it or not.
    #[must_use]
    pub fn room(&self, name: &str) -> Room {
        Room { space: self.clone(), name: name.into() }
    }

    /// Returns the names of the rooms that the client is in, in order.
    #[must_use]
    pub fn rooms(&self) -> Vec<String> {
        let state = self.conn.state();
        let rooms = state.space(self.index).map(|space| &space.rooms[..]);
        rooms.unwrap_or_default().iter().map(|room| (**room).to_owned()).collect()
    }

    /// Makes the client join a room, from the server's side.
    ///
    /// The hook that decides on it runs, then the client is asked, and then the other hook runs, for which
    /// this waits. A client that is in the room already is left as it is.
    ///
    /// Hooks run in the connection's own task, beside its handlers. When the client is in, the other hook
    /// runs once, and before any hook of its leaving, in any case.
    ///
    /// # Errors
    ///
    /// - the hook refuses, or the client does, or it does not answer in time
    /// - the name is too long or empty, or the client is in too many rooms: [`AskError::is_outside`]
    /// - the client has left the namespace, or is gone
    /// - too many have it enter or leave something at the same time: more than 1024. Nothing was done.
    ///
    /// # Cancel safety
    ///
    /// Dropped once it was polled, it goes on all the same: the client is asked, and is in when it agrees.
    pub async fn join(&self, room: &str) -> Result<Room, AskError> {
        let joined = self.room(room);
        if joined.has_client()? {
            return Ok(joined);
        }
        if self.conn.state().rooms() >= self.hub().settings().max_rooms {
            return Err(AskError::bad_room());
        }
        self.conn.entrust(entering::join(self.clone(), room.into())).await?;
        Ok(joined)
    }

    /// Takes the client out of the namespace, from the server's side.
    ///
    /// It cannot be refused: hooks run as for one who is gone, first those of its rooms. Then the client is told, and this
    /// waits for its answer. A client that is not in the namespace is left as it is.
    ///
    /// Each hook runs once, also when the client leaves at the same time, or is gone. Hooks that run there
    /// already, such as that of its entry, are waited for; unless a hook calls this, be it of another
    /// connection: two that have each other's client leave would wait for ever. A task that a hook starts is
    /// not known to be of that hook, which must not wait for what such a task has leave.
    ///
    /// # Errors
    ///
    /// - the client answers with an error, or not in time, or is gone. It has left in any case.
    /// - too many have it enter or leave something at the same time: more than 1024. Nothing was done.
    ///
    /// # Cancel safety
    ///
    /// Dropped once it was polled, it goes on all the same: the hooks run, and the client is told.
    pub async fn disconnect(&self) -> Result<(), AskError> {
        if !self.is_connected() {
            return Ok(());
        }
        leaving::take_out(self).await
    }

    /// Returns everybody in the namespace, this client included, to send to.
    pub fn everyone(&self) -> To {
        To::new(self.hub().clone(), self.index)
    }

    /// Returns everybody in the namespace but this client, to send to.
    pub fn others(&self) -> To {
        self.everyone().except(&self.conn)
    }

    fn emit_in(&self, room: &str, event: &str, body: impl IntoPayload) -> Result<(), AskError> {
        check_event(event).map_err(AskError::failed)?;
        let payload = body.into_payload().map_err(AskError::failed)?;
        let header = Header { namespace: self.name(), room, event, ..Header::default() };
        let state = self.conn.state();
        check(&state, self.index, room)?;
        // Under the lock, so that nothing is sent behind the word that the namespace was left.
        Ok(self.conn.sender().send(payload.frame::<crate::websocket::Message>(&header))?)
    }

    async fn ask_in(&self, room: &str, event: &str, body: impl IntoPayload) -> Result<Message, AskError> {
        check_event(event).map_err(AskError::failed)?;
        let payload = body.into_payload().map_err(AskError::failed)?;
        check(&self.conn.state(), self.index, room)?;
        let header = Header { namespace: self.name(), room, event, ..Header::default() };
        self.conn.ask(&header, &payload).await
    }
}

/// Checks that an event is the application's: the other side would take one of the protocol's own for what it says.
pub(super) fn check_event(event: &str) -> Result<(), Error> {
    match system::is_own(event) {
        true => {
            Err(Error::app(format!("the event {event:?} is the protocol's own: send one of another name")))
        }
        false => Ok(()),
    }
}

/// Checks that a client is where something is to be sent.
fn check(state: &State, index: usize, room: &str) -> Result<(), AskError> {
    if state.phase != Phase::Open {
        return Err(AskError::closed());
    }
    let space = state.space(index).ok_or_else(AskError::bad_namespace)?;
    if room.is_empty() || space.has(room) { Ok(()) } else { Err(AskError::bad_room()) }
}

impl fmt::Debug for NsConn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NsConn").field("conn", &self.conn).field("name", &self.name()).finish()
    }
}

/// A room of a namespace, as seen by one connection (`Room`).
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

    /// Returns whether the client is in the room.
    #[must_use]
    pub fn is_joined(&self) -> bool {
        self.has_client().unwrap_or(false)
    }

    fn has_client(&self) -> Result<bool, AskError> {
        let is_name = !self.name.is_empty() && self.name.len() <= self.space.hub().settings().max_name;
        match check(&self.space.conn.state(), self.space.index, &self.name) {
            _ if !is_name => Err(AskError::bad_room()),
            Ok(()) => Ok(true),
            Err(error) if error.refusal() == Some(crate::neffos::codec::text::BAD_ROOM) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Sends an event to this client, in the room.
    ///
    /// # Errors
    ///
    /// As [`NsConn::emit`], and the client is not in the room.
    pub fn emit(&self, event: &str, body: impl IntoPayload) -> Result<(), AskError> {
        self.space.emit_in(&self.name, event, body)
    }

    /// Asks this client, in the room.
    ///
    /// # Errors
    ///
    /// As [`NsConn::ask`], and the client is not in the room.
    pub async fn ask(&self, event: &str, body: impl IntoPayload + Send) -> Result<Message, AskError> {
        self.space.ask_in(&self.name, event, body).await
    }

    /// Makes the client leave the room, from the server's side.
    ///
    /// The hook that decides on it runs. Then the client is out of the room, which it cannot refuse, and the other hook runs.
    /// At last the client is told, and this waits for its answer. A client that is not in the room is left as it is.
    ///
    /// Each hook runs at most once, also when the client leaves at the same time, or is gone; one that has
    /// refused is asked again. Hooks that run there already, such as that of its entry, are waited for; unless
    /// a hook calls this, as with [`NsConn::disconnect`].
    ///
    /// # Errors
    ///
    /// - the hook refuses: the client is still in the room
    /// - the client answers with an error, or not in time, or is gone. It has left in any case.
    /// - too many have it enter or leave something at the same time: more than 1024. Nothing was done.
    ///
    /// # Cancel safety
    ///
    /// Dropped once it was polled, it goes on all the same: the hooks run, and the client is told.
    pub async fn leave(&self) -> Result<(), AskError> {
        if !self.has_client()? {
            return Ok(());
        }
        leaving::take_out_of_room(&self.space, &self.name).await
    }

    /// Returns everybody in the room, to send to.
    pub fn everyone(&self) -> To {
        self.space.everyone().room(&self.name)
    }

    /// Returns everybody in the room but this client, to send to.
    pub fn others(&self) -> To {
        self.space.others().room(&self.name)
    }
}
