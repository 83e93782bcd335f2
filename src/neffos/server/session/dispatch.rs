//! From a message to its handler, and back to the client.

use std::time::Duration;

use crate::Error;
use crate::neffos::codec::{Frame, Header, empty_reply, system, text};
use crate::neffos::running::run;
use crate::neffos::server::entering::greet;
use crate::neffos::server::failures::NATIVE;
use crate::neffos::server::leaving::{self, How};
use crate::neffos::server::place::{Entered, Space};
use crate::neffos::{Conn, EventContext, Message, NsConn, error};
use crate::websocket;

/// How long the hook that greets waits behind the answer to who enters.
///
/// The original client in Node looks at everything that came in one piece before it takes note of the namespace, and passes
/// over what was sent in it. So what the hook sends is not to come in one piece with the answer.
const SETTLING: Duration = Duration::from_millis(5);

/// Handles the messages of one connection.
pub(super) struct Dispatch<'c> {
    conn: &'c Conn,
    is_native: bool,
}

impl<'c> Dispatch<'c> {
    pub(super) const fn new(conn: &'c Conn, is_native: bool) -> Self {
        Self { conn, is_native }
    }

    pub(super) async fn handle(&self, message: websocket::Message) {
        let message = self.read(message);
        if message.is_native { self.native(message).await } else { self.message(message).await }
    }

    /// Tells of a message whose handler was dropped where it waited. A message of the protocol itself may have
    /// waited for others.
    #[cold]
    pub(super) fn cut(&self, message: websocket::Message) {
        let message = self.read(message);
        let event = if message.is_native { NATIVE } else { message.event() };
        if message.is_native || !system::is_own(event) {
            self.conn.failed(message.namespace(), event, &Error::timeout());
        }
    }

    fn read(&self, message: websocket::Message) -> Message {
        let is_binary = matches!(message, websocket::Message::Binary(_));
        let bytes = message.into_bytes();
        let frame = if self.is_native { None } else { Frame::decode(&bytes) };
        match frame {
            None => Message::native(bytes, is_binary),
            Some(frame) => Message::new(frame, is_binary),
        }
    }

    async fn message(&self, message: Message) {
        let frame = &message.frame;
        let max = self.conn.hub().settings().max_name;
        let is_long = |name: &&str| name.len() > max;
        if [&*frame.wait, &*frame.namespace, &*frame.room, &*frame.event].iter().any(is_long) {
            if frame.is_error {
                return;
            }
            // The names are not sent back, which are too long.
            let wait = if frame.wait.len() > max { "" } else { &*frame.wait };
            return self.conn.refuse(&Header { wait, ..Header::default() }, text::INVALID);
        }
        let Some(index) = self.conn.hub().find_namespace(&frame.namespace) else {
            return self.refuse(&message, text::BAD_NAMESPACE);
        };
        let space = NsConn::new(self.conn.clone(), index);
        match message.event() {
            system::CONNECT | system::DISCONNECT | system::JOIN | system::LEAVE | system::LEFT
                if frame.is_no_op || frame.is_error => {}
            // What is rare has room of its own, so that an event needs little.
            system::CONNECT => Box::pin(self.connect(space, message)).await,
            system::DISCONNECT => Box::pin(self.disconnect(space, message)).await,
            system::JOIN => Box::pin(self.join(space, message)).await,
            system::LEAVE | system::LEFT => Box::pin(self.leave(space, message)).await,
            _ => self.event(space, message).await,
        }
    }

    /// Answers with the text of an error, unless the message is an error itself, to which nothing is ever answered.
    fn refuse(&self, message: &Message, text: &str) {
        if !message.frame.is_error {
            self.conn.refuse(&message.frame.header(), text);
        }
    }

    /// Says that a request is done, to a client that waits for the word.
    fn done(&self, message: &Message) {
        if message.is_ask() {
            // Who is gone needs no answer.
            let _ = self.conn.sender().send(empty_reply(&message.frame.wait));
        }
    }

    async fn connect(&self, space: NsConn, message: Message) {
        if self.conn.state().space(space.index()).is_some() {
            return self.done(&message);
        }
        let instances = match self.conn.admit(&space, &message).await {
            Ok(instances) => instances,
            Err(refusal) => return self.fail(&message, refusal),
        };
        let heard = match self.conn.hub().hear_namespace(space.index()).await {
            Ok(heard) => heard,
            Err(failure) => return self.fail(&message, failure),
        };
        let entered = self.conn.enter_if_open(|conn, state| {
            conn.enter(state, space.index(), heard, instances, &message, || self.done(&message))
        });
        if let Some(Ok(())) = entered {
            let hooks = &self.conn.hub().namespace_at(space.index()).hooks;
            if hooks.connected.is_some() {
                tokio::time::sleep(SETTLING).await;
                greet(&space, "").await;
            }
        }
    }

    async fn disconnect(&self, space: NsConn, message: Message) {
        let done = || self.done(&message);
        match leaving::leave_namespace(&space, message.clone(), How::CLIENT, done).await {
            Ok(true) => {}
            Ok(false) => self.done(&message),
            Err(refusal) => self.fail(&message, refusal),
        }
    }

    async fn join(&self, space: NsConn, message: Message) {
        let hooks = &self.conn.hub().namespace_at(space.index()).hooks;
        let room = message.room();
        {
            let state = self.conn.state();
            let Some(joined) = state.space(space.index()) else {
                drop(state);
                return self.refuse(&message, text::BAD_NAMESPACE);
            };
            if joined.has(room) {
                drop(state);
                return self.done(&message);
            }
        }
        // Looked at again on the way in; here, so that who is in too many rooms costs neither a hook nor a subscription.
        let is_full = self.conn.state().rooms() >= self.conn.hub().settings().max_rooms;
        if room.is_empty() || is_full {
            return self.refuse(&message, text::BAD_ROOM);
        }
        if let Err(refusal) = self.conn.decide(hooks.room_join.as_ref(), &space, message.clone()).await {
            return self.fail(&message, refusal);
        }
        let heard = match self.conn.hub().hear_room(space.index(), room).await {
            Ok(heard) => heard,
            Err(failure) => return self.fail(&message, failure),
        };
        let joined = self.conn.enter_if_open(|conn, state| {
            conn.enter_room(state, space.index(), heard, &message, || self.done(&message))
        });
        match joined {
            None | Some(Entered::Already) => {}
            Some(Entered::Not) => self.refuse(&message, text::BAD_ROOM),
            Some(Entered::Now) => greet(&space, room).await,
        }
    }

    async fn leave(&self, space: NsConn, message: Message) {
        match leaving::leave_room(&space, message.clone(), How::CLIENT, || self.done(&message)).await {
            Ok(true) => {}
            Ok(false) => self.done(&message),
            Err(refusal) => self.fail(&message, refusal),
        }
    }

    async fn event(&self, space: NsConn, message: Message) {
        let found = {
            let state = self.conn.state();
            let is_in_room = |joined: &Space| message.room().is_empty() || joined.has(message.room());
            state.space(space.index()).map(|joined| is_in_room(joined).then(|| joined.instances.clone()))
        };
        let instances = match found {
            None => return self.refuse(&message, text::BAD_NAMESPACE),
            Some(None) => return self.refuse(&message, text::BAD_ROOM),
            Some(Some(instances)) => instances,
        };
        let described = self.conn.hub().namespace_at(space.index());
        if message.frame.is_error {
            let hook = described.hooks.error.as_ref();
            return Box::pin(self.conn.tell_with(hook, &space, message, instances)).await;
        }
        let Some(hook) = described.event(message.event()) else {
            return self.refuse(&message, text::BAD_EVENT);
        };
        let cx = EventContext::of(space, message.clone(), instances);
        let result = run(|| hook(cx), self.conn.hub().settings().handler_timeout).await;
        self.conn.answer(&message, result);
    }

    async fn native(&self, message: Message) {
        let index = self.conn.hub().find_namespace("");
        let hook = index.and_then(|index| self.conn.hub().namespace_at(index).hooks.native.as_ref());
        let (Some(index), Some(hook)) = (index, hook) else {
            return self.conn.refuse(&Header::default(), text::INVALID);
        };
        let instances = self.conn.state().space(index).map(|space| space.instances.clone());
        let Some(instances) = instances else {
            return self.conn.refuse(&Header::default(), text::BAD_NAMESPACE);
        };
        let is_binary = message.is_binary();
        let cx = EventContext::of(NsConn::new(self.conn.clone(), index), message, instances);
        match run(|| hook(cx), self.conn.hub().settings().handler_timeout).await {
            Ok(None) => {}
            Ok(Some(payload)) => {
                // Who is gone needs no answer.
                let _ = self.conn.sender().send(payload.native_answer::<websocket::Message>(is_binary));
            }
            Err(failure) => {
                self.conn.failed("", NATIVE, &failure);
                let _ = self.conn.sender().send(error::public(&failure).into_owned());
            }
        }
    }

    /// Answers that a request was refused.
    fn fail(&self, message: &Message, refusal: crate::neffos::AskError) {
        self.conn.answer(message, Err(refusal.into()));
    }
}
