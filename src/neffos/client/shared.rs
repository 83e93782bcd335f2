//! What the handles of a connection and its task share.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard};

use tokio::sync::{Notify, Semaphore, SemaphorePermit, TryAcquireError, mpsc, watch};
use tokio_tungstenite::tungstenite::Message as WsMessage;

use super::asks::{Pending, Then};
use super::handling::Job;
use super::settings::Settings;
use super::state::{Change, Item, Phase, State};
use super::{CloseReason, Namespace, Reconnected};
use crate::Error;
use crate::neffos::codec::{Header, empty_reply, system};
use crate::neffos::lock::lock;
use crate::neffos::{AskError, Message, Payload, error};

pub(super) use super::state::Epoch;

/// The lock of the state is held for a few moves only, and never while code of others runs.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) settings: Settings,
    pub(super) namespaces: HashMap<Box<str>, Namespace>,
    pub(super) jobs: mpsc::UnboundedSender<Job>,
    /// Whether this side wants to close.
    pub(super) closing: watch::Sender<bool>,
    /// Why it is closed for good.
    pub(super) ended: watch::Sender<Option<CloseReason>>,
    /// Says that there is something to write.
    pub(super) work: Notify,
    /// What is free of the queue.
    pub(super) room: Semaphore,
    state: Mutex<State>,
}

impl Shared {
    pub(super) fn new(
        settings: Settings,
        namespaces: HashMap<Box<str>, Namespace>,
        jobs: mpsc::UnboundedSender<Job>,
        state: State,
    ) -> Self {
        let room = Semaphore::new(settings.queue.total());
        let (closing, ended) = (watch::Sender::new(false), watch::Sender::new(None));
        Self {
            settings,
            namespaces,
            jobs,
            closing,
            ended,
            work: Notify::new(),
            room,
            state: Mutex::new(state),
        }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// Says that this side wants to close.
    pub(super) fn begin_close(&self) {
        let mut state = self.state();
        if matches!(state.phase, Phase::Open) {
            state.phase = Phase::Closing;
        }
        // Under the lock, so that a connection that is opened this moment sees it, too.
        self.closing.send_replace(true);
        drop(state);
        self.work.notify_one();
    }

    /// Waits until this side wants to close.
    pub(super) async fn closing(&self) {
        // The sender is this very value, so that the channel cannot end before.
        let _ = self.closing.subscribe().wait_for(|closing| *closing).await;
    }

    /// Puts the connection into use again, under the id that the server gave it now.
    pub(super) fn reopen(&self, id: &str, tries: u32, is_native: bool) {
        let mut state = self.state();
        state.phase = if *self.closing.borrow() { Phase::Closing } else { Phase::Open };
        state.id = id.into();
        state.tries = tries;
        state.is_restoring = true;
        if is_native {
            state.spaces = std::mem::take(&mut state.wanted);
        }
    }

    /// Notes that the connection is lost, and is tried again.
    pub(super) fn lose(&self, reason: CloseReason) {
        let mut state = self.state();
        let lost = state.lose(Phase::Away, self.settings.keeps_while_away);
        self.tell(lost.changes, Message::forced);
        self.job(Job::Lost(reason));
        drop(state);
        self.room.add_permits(lost.share);
    }

    /// Notes that the connection is over for good.
    pub(super) fn end(&self, reason: CloseReason) {
        let mut state = self.state();
        if matches!(state.phase, Phase::Closed) {
            return;
        }
        let lost = state.lose(Phase::Closed, false);
        state.held = VecDeque::new();
        state.wanted.clear();
        self.tell(lost.changes, Message::forced);
        self.job(Job::End);
        drop(state);
        self.room.close();
        self.closing.send_replace(true);
        self.ended.send_replace(Some(reason));
    }

    /// Notes that the namespaces and rooms of the connection before were entered again.
    pub(super) fn restored(&self, reconnected: Reconnected) {
        let mut state = self.state();
        state.restored();
        self.job(Job::Reconnected(reconnected));
        drop(state);
        self.work.notify_one();
    }

    /// Has the hooks of changes run. It is done under the lock, so that they run in the order of the changes.
    fn tell(&self, changes: Vec<Change>, message: fn(&str, &str, &str) -> Message) {
        for change in changes {
            let (namespace, room, event) = change.parts();
            let message = message(namespace, room, event);
            self.job(Job::Changed(change, message));
        }
    }

    pub(super) fn job(&self, job: Job) {
        // Nobody is there when the runtime is being shut down.
        let _ = self.jobs.send(job);
    }
}

/// What goes out.
impl Shared {
    /// Sends an event, and waits for room in the queue.
    pub(super) async fn emit(&self, header: &Header<'_>, payload: &Payload) -> Result<(), AskError> {
        let Some(item) = self.put(header, self.event(header, payload), None)? else { return Ok(()) };
        let room = self.reserve(item.share).await?;
        self.put(header, item, Some(room)).map(drop)
    }

    /// Sends an event if there is room in the queue.
    pub(super) fn try_emit(&self, header: &Header<'_>, payload: &Payload) -> Result<(), AskError> {
        let Some(item) = self.put(header, self.event(header, payload), None)? else { return Ok(()) };
        let room = self.room.try_acquire_many(item.share).map_err(|error| match error {
            TryAcquireError::Closed => AskError::closed(),
            TryAcquireError::NoPermits => AskError::full(),
        })?;
        self.put(header, item, Some(room)).map(drop)
    }

    fn event(&self, header: &Header<'_>, payload: &Payload) -> Item {
        let frame = payload.frame::<WsMessage>(header);
        let share = self.settings.queue.share(frame.len());
        Item { frame, share, is_counted: false, place: Some((header.namespace.into(), header.room.into())) }
    }

    /// Puts an event where it belongs; it comes back when there is no room for it yet.
    fn put(
        &self,
        header: &Header<'_>,
        mut item: Item,
        room: Option<SemaphorePermit<'_>>,
    ) -> Result<Option<Item>, AskError> {
        let mut state = self.state();
        if self.settings.keeps_while_away && state.is_held(header.namespace, header.room) {
            return state.hold(item, self.settings.queue.total()).map(|()| None);
        }
        state.check(header.namespace, header.room)?;
        let Some(room) = room else { return Ok(Some(item)) };
        room.forget();
        item.is_counted = true;
        state.outgoing.push_back(item);
        drop(state);
        self.work.notify_one();
        Ok(None)
    }

    async fn reserve(&self, share: u32) -> Result<SemaphorePermit<'_>, AskError> {
        self.room.acquire_many(share).await.map_err(|_| AskError::closed())
    }

    /// Sends a frame on the connection of this number, and on no other.
    pub(super) async fn send(&self, epoch: Option<Epoch>, frame: WsMessage) -> Result<(), AskError> {
        let share = self.settings.queue.share(frame.len());
        let room = self.reserve(share).await?;
        let mut state = self.state();
        state.check_open()?;
        if epoch.is_some_and(|epoch| epoch != state.epoch) {
            return Err(AskError::lost());
        }
        room.forget();
        state.outgoing.push_back(Item { frame, share, is_counted: true, place: None });
        drop(state);
        self.work.notify_one();
        Ok(())
    }

    /// Answers a message of the server. An answer that is empty is sent to those who wait for one only.
    pub(super) async fn answer(
        &self,
        epoch: Epoch,
        message: &Message,
        result: Result<Option<Payload>, Error>,
    ) -> Result<(), AskError> {
        let header = message.frame.header();
        let frame = match result {
            Ok(None) if header.wait.is_empty() => return Ok(()),
            Ok(None) => WsMessage::text(empty_reply(header.wait)),
            Ok(Some(payload)) if message.is_native() => payload.native_answer(message.is_binary()),
            Ok(Some(payload)) => payload.answer(&header, message.is_binary()),
            Err(error) if message.is_native() => WsMessage::text(error::public(&error).into_owned()),
            Err(error) => {
                let text = error::public(&error);
                WsMessage::text(Header { is_error: true, is_no_op: false, ..header }.text(&text))
            }
        };
        self.send(Some(epoch), frame).await
    }
}

/// What is asked.
impl Shared {
    /// Asks the server, and waits for its answer for as long as one may take.
    pub(super) async fn ask(
        &self,
        header: &Header<'_>,
        payload: &Payload,
        then: Then,
    ) -> Result<Message, AskError> {
        let asked = self.asked(header, payload, then);
        tokio::time::timeout(self.settings.ask_timeout, asked)
            .await
            .unwrap_or_else(|_| Err(AskError::timeout()))
    }

    /// Asks for a change.
    pub(super) async fn ask_to(&self, then: Then) -> Result<(), AskError> {
        let (namespace, room, event) = match &then {
            Then::Connect(namespace) => (namespace.clone(), Box::default(), system::CONNECT),
            Then::Disconnect(namespace) => (namespace.clone(), Box::default(), system::DISCONNECT),
            Then::Join(namespace, room) => (namespace.clone(), room.clone(), system::JOIN),
            Then::Leave(namespace, room) => (namespace.clone(), room.clone(), system::LEAVE),
            Then::Nothing => return Ok(()),
        };
        let header = Header { namespace: &namespace, room: &room, event, ..Header::default() };
        self.ask(&header, &Payload::empty(), then).await.map(drop)
    }

    async fn asked(&self, header: &Header<'_>, payload: &Payload, then: Then) -> Result<Message, AskError> {
        let check = |state: &State| match then {
            Then::Connect(_) => state.check_open(),
            Then::Disconnect(_) | Then::Join(..) => state.check(header.namespace, ""),
            Then::Leave(..) | Then::Nothing => state.check(header.namespace, header.room),
        };
        check(&self.state())?;
        let share = self.settings.queue.share(payload.frame::<WsMessage>(header).len());
        let room = self.reserve(share).await?;
        let (token, answer) = {
            let mut state = self.state();
            check(&state)?;
            let (token, answer) = state.asks.add(then.clone())?;
            room.forget();
            let frame = payload.frame(&Header { wait: &token, ..*header });
            state.outgoing.push_back(Item { frame, share, is_counted: true, place: None });
            (token, answer)
        };
        // From here on the ask is forgotten when nobody waits any more.
        let _pending = PendingAsk { shared: self, token };
        self.work.notify_one();
        answer.await.unwrap_or_else(|_| Err(AskError::lost()))
    }

    /// Takes an answer of the server. One that nobody waits for is late, and forgotten.
    pub(super) fn answered(&self, message: Message) {
        let mut state = self.state();
        let Some(Pending { then, done }) = state.asks.take(&message.frame.wait) else { return };
        if !message.frame.is_error {
            let mut changes = Vec::new();
            state.change(then, &mut changes);
            self.tell(changes, Message::local);
        }
        drop(state);
        let answer = match message.error() {
            Some(text) => Err(AskError::refused(&text)),
            None => Ok(message),
        };
        // The asker may have given up this very moment.
        let _ = done.send(answer);
    }
}

/// Forgets an ask when nobody waits for it any more.
struct PendingAsk<'s> {
    shared: &'s Shared,
    token: Box<str>,
}

impl Drop for PendingAsk<'_> {
    fn drop(&mut self) {
        self.shared.state().asks.forget(&self.token);
    }
}
