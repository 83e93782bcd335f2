//! What servers ask each other.

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::oneshot;

use super::hub::Inner;
use crate::neffos::codec::{Frame, Header, Name};
use crate::neffos::exchange::channel;
use crate::neffos::exchange::packet::{Packet, Sort};
use crate::neffos::lock::lock;
use crate::neffos::random::random;
use crate::neffos::{AskError, Hub, Message, Payload, To};
use crate::websocket;

/// Something that other servers were asked.
pub(super) enum Remote {
    Ask(oneshot::Sender<Result<Message, AskError>>),
    Who(Arc<Mutex<Vec<String>>>),
}

/// Asks a client of another server, which gives up after the same time; so does this one, if it hears no word of it.
pub(super) async fn ask(
    hub: &Hub,
    id: &str,
    namespace: &str,
    event: &str,
    payload: &Payload,
) -> Result<Message, AskError> {
    let asking = ask_patiently(hub, id, namespace, event, payload);
    let answer = tokio::time::timeout(hub.settings().ask_timeout, asking).await;
    answer.unwrap_or_else(|_| Err(AskError::timeout()))
}

async fn ask_patiently(
    hub: &Hub,
    id: &str,
    namespace: &str,
    event: &str,
    payload: &Payload,
) -> Result<Message, AskError> {
    hub.hear_answers().await?;
    let (done, answer) = oneshot::channel();
    let asked = Asked::new(hub, Remote::Ask(done))?;
    let frame =
        payload.frame::<websocket::Message>(&Header { namespace, event, ..Header::default() }).into_bytes();
    let packet = Packet {
        sort: Sort::Ask,
        is_binary: matches!(payload, Payload::Binary(_)),
        ids: vec![Name::from(id)],
        ..packet(hub, asked.number, frame)
    };
    hub.publish(&channel::conn(id), packet.encode()).map_err(AskError::failed)?;
    answer.await.unwrap_or_else(|_| Err(AskError::closed()))
}

impl To {
    /// Returns the ids of the members on all servers, those of this one first: who is present.
    ///
    /// Other servers get `patience` to answer, and all of it is waited for, since nobody knows how many there are: some 100 ms are
    /// plenty in one data centre. Without an exchange it returns at once.
    ///
    /// # Errors
    ///
    /// The exchange does not work.
    pub async fn ids_everywhere(&self, patience: Duration) -> Result<Vec<String>, AskError> {
        let hub = self.hub();
        let mut ids: Vec<String> = self.conns().iter().map(|conn| conn.id().to_owned()).collect();
        if !hub.has_exchange() {
            return Ok(ids);
        }
        hub.hear_answers().await?;
        let others = Arc::new(Mutex::new(Vec::new()));
        let asked = Asked::new(hub, Remote::Who(Arc::clone(&others)))?;
        let (namespace, room) = self.place();
        let frame = Header { namespace, room, ..Header::default() }.text("").into();
        let packet = Packet { sort: Sort::Who, ..packet(hub, asked.number, frame) };
        hub.publish(&self.channel(), packet.encode()).map_err(AskError::failed)?;
        tokio::time::sleep(patience).await;
        drop(asked);
        ids.extend(lock(&others).drain(..).filter(|id| self.means(id)));
        Ok(ids)
    }
}

fn packet(hub: &Hub, ask: u64, frame: Bytes) -> Packet {
    let server = hub.server();
    Packet { sort: Sort::Who, server, ask, is_binary: false, is_except: false, ids: Vec::new(), frame }
}

/// An ask that other servers answer by its number; it is forgotten when this is dropped.
struct Asked<'h> {
    hub: &'h Hub,
    number: u64,
}

impl<'h> Asked<'h> {
    fn new(hub: &'h Hub, remote: Remote) -> Result<Self, AskError> {
        let number = random().map_err(AskError::failed)?;
        lock(&hub.inner().remote).insert(number, remote);
        Ok(Self { hub, number })
    }
}

impl Drop for Asked<'_> {
    fn drop(&mut self) {
        let forgotten = lock(&self.hub.inner().remote).remove(&self.number);
        drop(forgotten);
    }
}

/// Takes a packet of another server.
pub(in crate::neffos) fn receive(inner: &Arc<Inner>, packet: &Bytes) {
    let hub = Hub::of(Arc::clone(inner));
    let Some(packet) = Packet::decode(packet).filter(|packet| packet.server != hub.server()) else { return };
    let Some(frame) = Frame::decode(&packet.frame) else { return };
    match packet.sort {
        Sort::Deliver => deliver(&hub, &packet, &frame),
        Sort::Ask => answer(&hub, &packet, frame),
        Sort::Who => tell_members(&hub, &packet, &frame),
        Sort::Answer | Sort::Unanswered => {
            let asked = lock(&inner.remote).remove(&packet.ask);
            if let Some(Remote::Ask(done)) = asked {
                // The asker may have given up this very moment.
                let _ = done.send(answer_of(&packet, frame));
            }
        }
        Sort::Here => {
            if let Some(Remote::Who(ids)) = lock(&inner.remote).get(&packet.ask) {
                lock(ids).extend(packet.ids.iter().map(ToString::to_string));
            }
        }
    }
}

fn to(hub: &Hub, frame: &Frame) -> Option<To> {
    let to = hub.to(&frame.namespace).ok()?;
    Some(if frame.room.is_empty() { to } else { to.room(&frame.room) })
}

fn deliver(hub: &Hub, packet: &Packet, frame: &Frame) {
    let message = if packet.is_binary {
        Some(websocket::Message::Binary(packet.frame.clone()))
    } else {
        websocket::Text::new(packet.frame.clone()).map(websocket::Message::Text)
    };
    let (Some(to), Some(message)) = (to(hub, frame), message) else { return };
    let to =
        packet.ids.iter().fold(to, |to, id| if packet.is_except { to.except_id(id) } else { to.only(id) });
    to.deliver(&message);
}

fn tell_members(hub: &Hub, asked: &Packet, frame: &Frame) {
    let Some(to) = to(hub, frame) else { return };
    let ids = to.conns().iter().map(|conn| Name::from(conn.id())).collect();
    let frame = Header::default().text("").into();
    let here = Packet { sort: Sort::Here, ids, ..packet(hub, asked.ask, frame) };
    // The other server waits for a time only.
    let _ = hub.publish(&channel::server(asked.server), here.encode());
}

/// Asks the client here that another server asks.
fn answer(hub: &Hub, asked: &Packet, frame: Frame) {
    let conn = asked.ids.first().and_then(|id| hub.find(id));
    let (Some(conn), Ok(runtime)) = (conn, tokio::runtime::Handle::try_current()) else { return };
    let (hub, server, ask, is_binary) = (hub.clone(), asked.server, asked.ask, asked.is_binary);
    runtime.spawn(async move {
        let payload = match (is_binary, std::str::from_utf8(&frame.body)) {
            (false, Ok(text)) => Payload::Text(text.to_owned().into()),
            _ => Payload::Binary(frame.body.clone()),
        };
        let answer = match conn.namespace(&frame.namespace) {
            Some(space) => space.ask(&frame.event, payload).await,
            None => Err(AskError::bad_namespace()),
        };
        let packet = answered(&hub, ask, answer);
        // The other server waits for a time only.
        let _ = hub.publish(&channel::server(server), packet.encode());
    });
}

fn answered(hub: &Hub, ask: u64, answer: Result<Message, AskError>) -> Packet {
    let header = Header::default();
    let refused = |text: &str| Bytes::from(Header { is_error: true, ..header }.text(text));
    match answer {
        Ok(message) => {
            let frame = header.binary(message.body()).into();
            Packet { sort: Sort::Answer, is_binary: message.is_binary(), ..packet(hub, ask, frame) }
        }
        Err(error) => match error.refusal() {
            Some(text) => Packet { sort: Sort::Answer, ..packet(hub, ask, refused(text)) },
            None => {
                let text = if error.is_timeout() { TIMEOUT } else { "closed" };
                Packet { sort: Sort::Unanswered, ..packet(hub, ask, refused(text)) }
            }
        },
    }
}

fn answer_of(packet: &Packet, frame: Frame) -> Result<Message, AskError> {
    let message = Message::new(frame, packet.is_binary);
    match message.error() {
        None if packet.sort == Sort::Answer => Ok(message),
        Some(text) if packet.sort == Sort::Answer => Err(AskError::refused(&text)),
        Some(text) if text == TIMEOUT => Err(AskError::timeout()),
        Some(_) | None => Err(AskError::closed()),
    }
}

impl fmt::Debug for Remote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Remote")
    }
}

const TIMEOUT: &str = "timeout";
