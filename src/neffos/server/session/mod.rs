//! A connection from the handshake to the end of its last hook.
//!
//! Two sides run in the task of the websocket: one reads, and hands answers to those who asked; the other runs handlers, one
//! after the other. So a handler may ask its own client, and what else the client sends meanwhile waits in between, in
//! bounds.

mod dispatch;
mod farewell;
mod inbox;

use std::any::TypeId;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;

use tokio::time::Instant;

use self::dispatch::Dispatch;
use self::farewell::Farewell;
use self::inbox::Inbox;
use super::conn::Opening;
use super::instances::Instances;
use super::place::Phase;
use super::token;
use crate::Error;
use crate::neffos::codec::{Ack, Frame, HELLO, system};
use crate::neffos::exchange::Heard;
use crate::neffos::running::run;
use crate::neffos::{AskError, Conn, EventContext, Hub, Message, NsConn, error};
use crate::websocket::{self, CloseCode, SocketError, WebSocket};

/// Serves a connection.
pub(super) async fn serve<T: Send + Sync + 'static>(
    hub: Hub,
    opening: Opening,
    read: T,
    socket: WebSocket,
) -> Result<(), Error> {
    let (serial, id) = (hub.next_serial(), token::id()?);
    let conn = Conn::new(serial, id, socket.sender(), hub, opening);
    if TypeId::of::<T>() != TypeId::of::<()>() {
        conn.insert(read);
    }
    let settings = conn.hub().settings();
    let inbox = Inbox::new(settings.waiting_messages, settings.waiting_bytes);
    let is_native = conn.hub().is_native_only();
    Session { conn, inbox, is_native, is_full: AtomicBool::new(false) }.run(socket).await
}

struct Session {
    conn: Conn,
    inbox: Inbox,
    /// Whether the client does not speak the protocol, so that there is no handshake.
    is_native: bool,
    /// Whether nothing is read since too much waits.
    is_full: AtomicBool,
}

impl Session {
    async fn run(&self, socket: WebSocket) -> Result<(), Error> {
        let mut failure = None;
        let mut reading = pin!(self.read(socket));
        let mut handling = pin!(self.handle());
        poll_fn(|cx| {
            loop {
                if failure.is_none()
                    && let Poll::Ready(ended) = reading.as_mut().poll(cx)
                {
                    failure = Some(ended);
                }
                // Behind what was read, which may be the answer that one waits for.
                if self.conn.has_errands() {
                    self.conn.poll_errands(cx);
                }
                if handling.as_mut().poll(cx).is_ready() {
                    return Poll::Ready(());
                }
                // What was read was seen by the other side just now; that it took something may be what reading waits for.
                if !self.is_full.load(Ordering::Relaxed) || !self.may_read() {
                    return Poll::Pending;
                }
            }
        })
        .await;
        failure.flatten().map_or(Ok(()), |failure| Err(failure.into()))
    }

    /// Reads until the client is gone; returns why, unless it left in good order.
    async fn read(&self, mut socket: WebSocket) -> Option<SocketError> {
        let failure = loop {
            poll_fn(|_| {
                let mut may_read = self.may_read();
                if !may_read {
                    // Looked at again, since something may have been asked before that was noted.
                    self.conn.state().is_paused = true;
                    may_read = self.may_read();
                }
                self.is_full.store(!may_read, Ordering::Relaxed);
                if may_read { Poll::Ready(()) } else { Poll::Pending }
            })
            .await;
            match socket.recv().await {
                Some(Ok(message)) => self.take(message),
                Some(Err(failure)) => break Some(failure),
                None => break None,
            }
        };
        self.conn.leave_all();
        self.inbox.close();
        failure
    }

    fn may_read(&self) -> bool {
        // Before the client has begun, what waits is bounded otherwise.
        self.inbox.has_room(1)
            || !self.has_begun()
            || (self.inbox.has_room(MORE_WHILE_ASKED) && !self.conn.state().asks.is_empty())
            || self.conn.is_closed()
    }

    fn has_begun(&self) -> bool {
        self.is_native || self.inbox.has_begun()
    }

    fn take(&self, message: websocket::Message) {
        if !self.has_begun() {
            if message.as_text() == Some(HELLO) {
                return self.inbox.begin();
            }
            if !self.inbox.has_room(1) {
                return self.conn.sender().close(CloseCode::POLICY, "too much before the handshake");
            }
        } else if !self.is_native
            && let Some(wait) = Frame::wait_of(message.as_bytes())
            && let Some(token) = self.conn.hub().tokens().read(self.conn.serial(), wait)
        {
            let is_binary = matches!(message, websocket::Message::Binary(_));
            if let Some(frame) = Frame::decode(&message.into_bytes()) {
                self.conn.answered(token, Message::new(frame, is_binary));
            }
            return;
        }
        if !message.is_empty() {
            self.inbox.push(message);
        }
    }

    /// Lets the client in and runs its handlers. What is idle most of the time has room of its own only while it runs.
    async fn handle(&self) {
        let mut farewell = Farewell::new(self.conn.clone());
        if !Box::pin(self.let_in()).await {
            return;
        }
        farewell.is_due();
        if let Some(hook) = &self.conn.hub().inner().hooks.connected {
            self.log("on_connected", Box::pin(self.hook(hook)).await);
        }
        let dispatch = Dispatch::new(&self.conn, self.is_native);
        while let Some(message) = self.inbox.next().await {
            if self.inbox.is_closed() {
                Box::pin(self.handle_rest(&dispatch, message)).await;
                break;
            }
            Box::pin(dispatch.handle(message)).await;
        }
        Box::pin(self.end(farewell)).await;
    }

    /// Waits until all errands are done, and says farewell. No errand is added any more, since the client is
    /// gone.
    async fn end(&self, farewell: Farewell) {
        poll_fn(|_| match self.conn.has_errands() {
            true => Poll::Pending,
            false => Poll::Ready(()),
        })
        .await;
        farewell.say().await;
    }

    /// Handles what a client has sent that is gone, in the time of one handler.
    async fn handle_rest(&self, dispatch: &Dispatch<'_>, first: websocket::Message) {
        let end = self.conn.hub().settings().handler_timeout.map(|time| Instant::now() + time);
        let mut next = Some(first);
        while let Some(message) = next.filter(|_| end.is_none_or(|end| Instant::now() < end)) {
            let handling = dispatch.handle(message.clone());
            match end {
                None => handling.await,
                Some(end) => {
                    // One that takes longer is dropped where it waits.
                    if tokio::time::timeout_at(end, handling).await.is_err() {
                        dispatch.cut(message);
                    }
                }
            }
            next = self.inbox.next().await;
        }
    }

    /// Lets the client in; false when it is not.
    async fn let_in(&self) -> bool {
        poll_fn(|cx| {
            // The task of a websocket is the same to its end.
            self.conn.state().task = Some(cx.waker().clone());
            Poll::Ready(())
        })
        .await;
        if !self.is_native {
            let patience = self.conn.hub().settings().hello_timeout;
            match tokio::time::timeout(patience, self.inbox.begun()).await {
                Ok(true) => {}
                Ok(false) => return false,
                Err(_) => {
                    self.conn.sender().close(CloseCode::POLICY, "no handshake");
                    return false;
                }
            }
        }
        if let Some(hook) = &self.conn.hub().inner().hooks.connect
            && let Err(refusal) = self.hook(hook).await
        {
            self.refuse(&refusal);
            return false;
        }
        match self.hear().await {
            Ok((own, namespace)) => self.conn.let_in(own, namespace),
            Err(failure) => {
                self.refuse(&failure.into());
                false
            }
        }
    }

    /// Hears what other servers send to the connection, and to the namespace that it is in without asking for it.
    async fn hear(&self) -> Result<(Heard, Option<(Heard, Instances)>), AskError> {
        let hub = self.conn.hub();
        let own = hub.hear_conn(self.conn.id()).await?;
        if !self.is_native {
            return Ok((own, None));
        }
        let space = NsConn::new(self.conn.clone(), 0);
        let instances = self.conn.admit(&space, &Message::local("", "", system::CONNECT)).await?;
        Ok((own, Some((hub.hear_namespace(0).await?, instances))))
    }

    async fn hook(&self, hook: &super::handler::Hook) -> Result<(), Error> {
        let cx = EventContext::new(self.conn.clone(), Message::default());
        run(|| hook(cx), self.conn.hub().settings().handler_timeout).await.map(drop)
    }

    fn refuse(&self, refusal: &Error) {
        self.conn.failed("", "on_connect", refusal);
        if !self.is_native {
            let text = Ack::Refused(&error::public(refusal)).encode();
            // Who is gone needs no answer.
            let _ = self.conn.sender().send(text);
        }
        self.conn.sender().close(CloseCode::POLICY, "refused");
    }

    fn log(&self, event: &str, result: Result<(), Error>) {
        if let Err(error) = result {
            self.conn.failed_in_vain(event, &error);
        }
    }
}

impl Conn {
    /// Sends the answer to the handshake, before anything else can be sent; false when the client is gone.
    ///
    /// With a `namespace` there is no handshake, and the client is in the only namespace from the start.
    fn let_in(&self, own: Heard, namespace: Option<(Heard, Instances)>) -> bool {
        let mut state = self.state();
        if state.phase != Phase::New {
            return false;
        }
        if namespace.is_none() && self.sender().send(Ack::Accepted(self.id()).encode()).is_err() {
            return false;
        }
        if !self.hub().directory().add(self) {
            return false;
        }
        own.keep();
        state.phase = Phase::Open;
        if let Some((namespace, instances)) = namespace {
            let message = Message::local("", "", system::CONNECT);
            let entered = self.enter(&mut state, 0, namespace, instances, &message, || {});
            drop(state);
            drop(entered);
        }
        true
    }

    /// Takes the connection out of every group at once. Those who asked it are told, and nothing more reaches it.
    ///
    /// What it was in is remembered, for the hooks that run later.
    fn leave_all(&self) {
        let mut state = self.state();
        let before = std::mem::replace(&mut state.phase, Phase::Gone);
        if before != Phase::Open {
            return;
        }
        let asks = std::mem::take(&mut state.asks);
        let hub = self.hub();
        for space in &state.spaces {
            for room in &space.rooms {
                hub.directory().leave(space.index, room, self);
                hub.unsubscribe_room(space.index, room);
            }
            hub.directory().members(space.index).remove(self);
            hub.unsubscribe_namespace(space.index);
        }
        hub.directory().remove(self);
        hub.unsubscribe_conn(self.id());
        drop(state);
        drop(asks);
    }
}

/// How many times as much may wait for handlers while an answer of the client is awaited.
const MORE_WHILE_ASKED: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes<A, B, C, D, F>(_: impl Fn(A, B, C, D) -> F) -> usize {
        size_of::<F>()
    }

    #[test]
    fn an_idle_connection_has_no_room_for_what_runs_seldom() {
        assert!(bytes(serve::<()>) <= 1 << 10);
    }
}
