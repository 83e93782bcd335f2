//! Sending to many.

use std::fmt;

use bytes::Bytes;

use super::ns_conn::check_event;
use super::place::{Phase, Space};
use crate::Error;
use crate::neffos::codec::{Header, Name};
use crate::neffos::exchange::channel;
use crate::neffos::exchange::packet::{Packet, Sort};
use crate::neffos::{Conn, Hub, IntoPayload, Payload};
use crate::websocket::Message;

/// Members of a namespace to send to: all of them, or those of a room, or single ones, or all save some.
///
/// The message is made once, and its bytes are shared. It goes to those who are members at that moment, in the order in
/// which messages are sent; two that are sent at the same time arrive in the same order at all members of one room on one
/// server, but may not at those on others. Nobody is waited for: a client that does not read is cut off when its queue is full,
/// and delays nobody else.
#[derive(Clone)]
#[must_use = "nothing is sent before `emit`"]
pub struct To {
    hub: Hub,
    index: usize,
    room: Option<Box<str>>,
    only: Option<Vec<Box<str>>>,
    except: Vec<Box<str>>,
}

impl To {
    pub(super) const fn new(hub: Hub, index: usize) -> Self {
        Self { hub, index, room: None, only: None, except: Vec::new() }
    }

    /// Sends to members of a room only.
    pub fn room(self, name: &str) -> Self {
        Self { room: Some(name.into()), ..self }
    }

    /// Sends to the connection of an id only; again, to those of several ids. An id that is not known is passed over.
    pub fn only(mut self, id: &str) -> Self {
        self.only.get_or_insert_default().push(id.into());
        self
    }

    /// Leaves a connection out.
    pub fn except(self, conn: &Conn) -> Self {
        self.except_id(conn.id())
    }

    /// Leaves the connection of an id out.
    pub fn except_id(mut self, id: &str) -> Self {
        self.except.push(id.into());
        self
    }

    /// Sends an event.
    ///
    /// # Errors
    ///
    /// The event's name is kept for the protocol, `_On` and what follows: [`ErrorKind::App`](crate::ErrorKind::App). The body
    /// cannot be serialised: [`ErrorKind::Serialize`](crate::ErrorKind::Serialize). The exchange between servers does
    /// not take it: [`ErrorKind::App`](crate::ErrorKind::App); it was sent to the clients of this server.
    pub fn emit(&self, event: &str, body: impl IntoPayload) -> Result<(), Error> {
        check_event(event)?;
        let payload = body.into_payload()?;
        let (namespace, room) = self.place();
        let message: Message = payload.frame(&Header { namespace, room, event, ..Header::default() });
        self.deliver(&message);
        self.publish(message, matches!(payload, Payload::Binary(_)))
    }

    /// Returns the connections of this server that would be sent to.
    #[must_use]
    pub fn conns(&self) -> Vec<Conn> {
        let conns = match &self.only {
            Some(ids) => ids.iter().filter_map(|id| self.member(id)).collect(),
            None => match &self.room {
                None => self.hub.directory().members(self.index).conns(),
                Some(room) => {
                    let group = self.hub.directory().room(self.index, room);
                    group.map(|group| group.conns()).unwrap_or_default()
                }
            },
        };
        conns.into_iter().filter(|conn: &Conn| self.means(conn.id())).collect()
    }

    /// Returns how many connections of this server would be sent to.
    #[must_use]
    pub fn count(&self) -> usize {
        if self.only.is_some() || !self.except.is_empty() {
            return self.conns().len();
        }
        match &self.room {
            None => self.hub.directory().members(self.index).len(),
            Some(room) => self.hub.directory().room(self.index, room).map_or(0, |group| group.len()),
        }
    }

    /// Sends a frame to the members here.
    pub(super) fn deliver(&self, message: &Message) {
        if let Some(ids) = &self.only {
            for conn in ids.iter().filter(|id| self.means(id)).filter_map(|id| self.hub.find(id)) {
                // Under the lock, so that nothing is sent behind the word that the room was left.
                let state = conn.state();
                let is_in_room = |space: &Space| self.room.as_ref().is_none_or(|room| space.has(room));
                if state.phase == Phase::Open && state.space(self.index).is_some_and(is_in_room) {
                    // A client that is gone, or does not read, leaves by itself.
                    let _ = conn.sender().send(message.clone());
                }
            }
            return;
        }
        let except: Vec<u64> =
            self.except.iter().filter_map(|id| Some(self.hub.find(id)?.serial())).collect();
        match &self.room {
            None => self.hub.directory().members(self.index).send(message, &except),
            Some(room) => {
                if let Some(group) = self.hub.directory().room(self.index, room) {
                    group.send(message, &except);
                }
            }
        }
    }

    pub(super) const fn hub(&self) -> &Hub {
        &self.hub
    }

    /// Returns the names of the namespace and the room.
    pub(super) fn place(&self) -> (&str, &str) {
        (self.hub.namespace_at(self.index).name(), self.room.as_deref().unwrap_or_default())
    }

    /// Returns whether a connection would be sent to, if it were a member.
    pub(super) fn means(&self, id: &str) -> bool {
        let has = |ids: &[Box<str>]| ids.iter().any(|listed| **listed == *id);
        !has(&self.except) && self.only.as_ref().is_none_or(|ids| has(ids))
    }

    pub(super) fn channel(&self) -> String {
        let (namespace, room) = self.place();
        match &self.room {
            None => channel::namespace(namespace),
            Some(_) => channel::room(namespace, room),
        }
    }

    /// Returns the connection of an id, if it is a member.
    fn member(&self, id: &str) -> Option<Conn> {
        let conn = self.hub.find(id)?;
        let is_member = match &self.room {
            None => self.hub.directory().members(self.index).contains(&conn),
            Some(room) => self.hub.directory().room(self.index, room)?.contains(&conn),
        };
        is_member.then_some(conn)
    }

    /// Tells the other servers.
    fn publish(&self, message: Message, is_binary: bool) -> Result<(), Error> {
        if !self.hub.has_exchange() {
            return Ok(());
        }
        let packet = |is_except, ids: &[Box<str>], frame: Bytes| Packet {
            sort: Sort::Deliver,
            server: self.hub.server(),
            ask: 0,
            is_binary,
            is_except,
            ids: ids.iter().map(|id| Name::from(&**id)).collect(),
            frame,
        };
        let frame = message.into_bytes();
        let Some(ids) = &self.only else {
            return self.hub.publish(&self.channel(), packet(true, &self.except, frame).encode());
        };
        let mut first = Ok(());
        for id in ids.iter().filter(|id| self.means(id) && self.hub.find(id).is_none()) {
            let packet = packet(false, std::slice::from_ref(id), frame.clone());
            // One that cannot be reached is no reason to leave out those behind it.
            first = first.and(self.hub.publish(&channel::conn(id), packet.encode()));
        }
        first
    }
}

impl fmt::Debug for To {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("To")
            .field("room", &self.room)
            .field("only", &self.only)
            .field("except", &self.except)
            .finish_non_exhaustive()
    }
}
