//! One connection.

use std::any::TypeId;
use std::fmt;
use std::mem::take;
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex};

use http::HeaderMap;
use http::request::Parts;

use super::asks::{Answer, Pending, Then};
use super::place::{Entered, Phase, Space, State};
use super::token::Token;
use crate::neffos::codec::{Header, empty_reply};
use crate::neffos::lock::lock;
use crate::neffos::{AskError, Hub, Message, NsConn, Payload, error};
use crate::stats::Logger;
use crate::websocket::{self, CloseCode, Sender};
use crate::{ClientAddr, Error, RequestState};

/// One connection of a client (`Conn`), whatever namespaces it is in.
///
/// Clones are the same connection. It may be kept anywhere, and does not hold the connection open.
#[derive(Clone)]
pub struct Conn {
    inner: Arc<Inner>,
}

struct Inner {
    serial: u64,
    id: Box<str>,
    sender: Sender,
    hub: Hub,
    opening: Opening,
    state: Mutex<State>,
    /// How many errands there are, which is looked at often. Changed under the lock of the state.
    errands: AtomicUsize,
}

/// The request that opened the connection.
#[derive(Debug)]
pub(super) struct Opening {
    pub(super) parts: Parts,
    pub(super) state: RequestState,
    pub(super) tries: u32,
}

impl Conn {
    pub(super) fn new(serial: u64, id: String, sender: Sender, hub: Hub, opening: Opening) -> Self {
        let (id, state, errands) = (id.into(), Mutex::default(), AtomicUsize::new(0));
        Self { inner: Arc::new(Inner { serial, id, sender, hub, opening, state, errands }) }
    }

    /// Returns the id, which the client knows, too: a UUID that nobody can guess.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.inner.id
    }

    /// Returns the handle of all connections.
    #[must_use]
    pub fn hub(&self) -> &Hub {
        &self.inner.hub
    }

    /// Returns the head of the request that opened the connection. Header fields that came as URL parameters are there, if
    /// they are [allowed](crate::neffos::Events::allow_headers).
    #[must_use]
    pub fn request(&self) -> &Parts {
        &self.inner.opening.parts
    }

    /// Returns the header fields of that request.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.request().headers
    }

    /// Returns the address of the client, where the server left it.
    #[must_use]
    pub fn client_addr(&self) -> Option<ClientAddr> {
        self.inner.opening.state.client_addr().or_else(|| ClientAddr::of(&self.request().extensions))
    }

    /// Returns how often the client says that it tried to connect again; 0 for a first connection (`ReconnectTries`).
    #[must_use]
    pub fn reconnect_tries(&self) -> u32 {
        self.inner.opening.tries
    }

    /// Returns the logger of the request, whose lines stand in the connection's statistic.
    #[must_use]
    pub fn logger(&self) -> Logger {
        Logger::of_state(Some(&self.inner.opening.state))
    }

    /// Keeps a value with the connection, one for each type; returns the one that was there.
    ///
    /// It is kept until the last hook of the connection has run; a value that comes later is dropped at once.
    pub fn insert<T: Send + Sync + 'static>(&self, value: T) -> Option<Arc<T>> {
        // Declared first, so that it is dropped where nothing is locked: it may look at the connection.
        let (id, value) = (TypeId::of::<T>(), Arc::new(value));
        let mut state = self.state();
        if state.is_over {
            return None;
        }
        if let Some((_, kept)) = state.kept.iter_mut().find(|(kept, _)| *kept == id) {
            return std::mem::replace(kept, value).downcast().ok();
        }
        state.kept.push((id, value));
        None
    }

    /// Returns the value of a type that is kept with the connection.
    #[must_use]
    pub fn get<T: Send + Sync + 'static>(&self) -> Option<Arc<T>> {
        let id = TypeId::of::<T>();
        let state = self.state();
        let (_, kept) = state.kept.iter().find(|(kept, _)| *kept == id)?;
        Arc::clone(kept).downcast().ok()
    }

    /// Returns the connection in a namespace, if it is connected.
    #[must_use]
    pub fn namespace(&self, name: &str) -> Option<NsConn> {
        let index = self.hub().find_namespace(name)?;
        self.state().space(index)?;
        Some(NsConn::new(self.clone(), index))
    }

    /// Returns the names of the namespaces that are connected.
    #[must_use]
    pub fn namespaces(&self) -> Vec<String> {
        let name = |space: &Space| self.hub().namespace_at(space.index).name().to_owned();
        self.state().spaces.iter().map(name).collect()
    }

    /// Connects the client to a namespace, from the server's side.
    ///
    /// The hook that decides on it runs, then the client is asked, and then the other hook runs, for which
    /// this waits. A client that is connected already is left as it is. It may be called once the client was
    /// let in, that is, not in `on_connect`.
    ///
    /// Hooks run in the connection's own task, beside its handlers. When the client is in, the other hook
    /// runs once, and before any hook of its leaving, in any case.
    ///
    /// # Errors
    ///
    /// - there is no such namespace, or the client has no handlers for it: [`AskError::is_outside`]
    /// - the hook refuses, or the client does not answer in time
    /// - the connection is closed, or not let in yet
    /// - too many have it enter or leave something at the same time: more than 1024
    ///
    /// # Cancel safety
    ///
    /// Dropped once it was polled, it goes on all the same: the client is asked, and is in when it agrees.
    pub async fn connect(&self, namespace: &str) -> Result<NsConn, AskError> {
        let index = self.hub().find_namespace(namespace).ok_or_else(|| AskError::no_namespace(namespace))?;
        let space = NsConn::new(self.clone(), index);
        {
            let state = self.state();
            if state.phase != Phase::Open {
                return Err(AskError::closed());
            }
            if state.space(index).is_some() {
                return Ok(space);
            }
        }
        self.entrust(super::entering::connect(space.clone())).await?;
        Ok(space)
    }

    /// Sends a native message: the body alone, for clients that do not speak the protocol.
    ///
    /// # Errors
    ///
    /// The connection is closed; the client does not read; the body cannot be serialised.
    pub fn send_native(&self, body: impl crate::neffos::IntoPayload) -> Result<(), AskError> {
        let payload = body.into_payload().map_err(AskError::failed)?;
        if self.state().phase != Phase::Open {
            return Err(AskError::closed());
        }
        Ok(self.inner.sender.send(payload.native::<websocket::Message>())?)
    }

    /// Closes the connection, with code 1000, once what was sent has left. The hooks run as if the client had left.
    pub fn close(&self) {
        self.inner.sender.close(CloseCode::NORMAL, "");
    }

    /// Returns whether the connection is closed or being closed.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.inner.sender.is_closed()
    }
}

impl Conn {
    pub(super) fn serial(&self) -> u64 {
        self.inner.serial
    }

    pub(super) fn sender(&self) -> &Sender {
        &self.inner.sender
    }

    pub(super) fn opening(&self) -> &Opening {
        &self.inner.opening
    }

    pub(super) fn state(&self) -> std::sync::MutexGuard<'_, State> {
        lock(&self.inner.state)
    }

    /// Returns how many errands there are, those that run included.
    pub(super) fn errands(&self) -> &AtomicUsize {
        &self.inner.errands
    }

    /// Drops what is kept with a connection that is over: it may hold the connection.
    pub(super) fn let_go(&self) {
        let dropped = {
            let mut state = self.state();
            state.is_over = true;
            let State { kept, spaces, moves, task, .. } = &mut *state;
            (take(kept), take(spaces), take(moves), task.take())
        };
        // Dropped out here, since a value may look at the connection.
        drop(dropped);
        self.drop_errands();
    }

    /// Asks the client with a message of the protocol itself; returns what became of what it agreed to.
    pub(super) async fn ask_to(&self, message: &Message, then: Then) -> Result<Entered, AskError> {
        let (_, entered) = self.ask_then(&message.frame.header(), &Payload::empty(), then).await?;
        Ok(entered)
    }

    /// Sends a message that awaits an answer, and waits for it.
    pub(super) async fn ask(&self, header: &Header<'_>, payload: &Payload) -> Result<Message, AskError> {
        let (answer, _) = self.ask_then(header, payload, Then::Nothing).await?;
        Ok(answer)
    }

    async fn ask_then(&self, header: &Header<'_>, payload: &Payload, then: Then) -> Answer {
        let token = self.hub().tokens().make(self.serial()).map_err(AskError::failed)?;
        let wait = token.to_string();
        let frame: websocket::Message = payload.frame(&Header { wait: &wait, ..*header });
        let answer = {
            let mut state = self.state();
            if state.phase != Phase::Open {
                return Err(AskError::closed());
            }
            let answer = state.asks.add(token, then);
            let paused = if take(&mut state.is_paused) { state.task.clone() } else { None };
            drop(state);
            // More is read while an answer is awaited, which stands behind what was not read.
            if let Some(reader) = paused {
                reader.wake();
            }
            answer
        };
        // From here on the ask is forgotten when nobody waits any more.
        let _pending = PendingAsk { conn: self, token };
        self.inner.sender.send(frame)?;
        match tokio::time::timeout(self.hub().settings().ask_timeout, answer).await {
            Err(_) => Err(AskError::timeout()),
            Ok(Err(_)) => Err(AskError::closed()),
            Ok(Ok(answer)) => answer,
        }
    }

    /// Takes an answer of the client. One that nobody waits for is late, and forgotten.
    pub(super) fn answered(&self, token: Token, message: Message) {
        let mut state = self.state();
        let Some(Pending { then, done, .. }) = state.asks.take(token) else { return };
        let mut completed = None;
        if !message.frame.is_error && state.phase == Phase::Open {
            completed = Some(self.complete(&mut state, then));
        }
        drop(state);
        let entered = completed.map_or(Entered::Already, |(entered, _unused)| entered);
        let answer = match message.error() {
            Some(text) => Err(AskError::refused(&text)),
            None if entered == Entered::Not => Err(AskError::bad_room()),
            None => Ok((message, entered)),
        };
        // The asker may have given up this very moment.
        let _ = done.send(answer);
    }

    /// Answers a message of the client. An answer that is empty is sent to those who wait for one only.
    pub(super) fn answer(&self, message: &Message, result: Result<Option<Payload>, Error>) {
        let header = message.frame.header();
        let sent = match result {
            Ok(None) if header.wait.is_empty() => return,
            Ok(None) => self.inner.sender.send(empty_reply(header.wait)),
            Ok(Some(payload)) => {
                let frame: websocket::Message = payload.answer(&header, message.is_binary);
                self.inner.sender.send(frame)
            }
            Err(error) => {
                self.failed(message.namespace(), message.event(), &error);
                return self.refuse(&header, &error::public(&error));
            }
        };
        // Who is gone needs no answer.
        let _ = sent;
    }

    /// Answers with the text of an error, always as a text.
    pub(super) fn refuse(&self, header: &Header<'_>, text: &str) {
        let frame = Header { is_error: true, is_no_op: false, ..*header }.text(text);
        let _ = self.inner.sender.send(websocket::Message::from(frame));
    }
}

/// Forgets an ask when nobody waits for it any more.
struct PendingAsk<'c> {
    conn: &'c Conn,
    token: Token,
}

impl Drop for PendingAsk<'_> {
    fn drop(&mut self) {
        let pending = self.conn.state().asks.take(self.token);
        drop(pending);
    }
}

impl fmt::Debug for Conn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Conn").field("id", &self.id()).finish_non_exhaustive()
    }
}
