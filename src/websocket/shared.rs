//! What the handler's side and the connection's side of a websocket share.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;

use super::last_words::LastWords;
use super::outgoing::Frame;
use super::{CloseCode, Message, SocketError, close};

/// A mailbox in both directions. The lock is held for a few moves only, and never while code of others runs.
#[derive(Debug)]
pub(super) struct Shared {
    state: Mutex<State>,
    /// Whether the handler takes another message, or wants none at all. Changed under the lock, and looked at without it, since
    /// the connection looks often: it is the only one to make it false, and hears of what makes it true by `work`.
    takes_message: AtomicBool,
    max_messages: usize,
    max_bytes: usize,
}

#[derive(Debug)]
struct State {
    phase: Phase,
    /// The message that the handler takes next; the connection reads on when it is gone.
    incoming: Option<Message>,
    /// Whether messages are still wanted.
    has_receiver: bool,
    /// What the connection has not taken over yet.
    outgoing: VecDeque<Frame>,
    /// What was queued and is not yet written, including what the connection has taken over.
    queued_messages: usize,
    queued_bytes: usize,
    /// The payload of the close frame that somebody on the handler's side asked for.
    close: Option<Bytes>,
    overflow: bool,
    /// Why it is over, for the handler, who is told once.
    failure: Option<SocketError>,
    /// What is left to be done for a handler that was dropped.
    last_words: Option<LastWords>,
    /// Whether nobody is there who would do it.
    is_abandoned: bool,
    receiver: Option<Waker>,
    sender: Option<Waker>,
    connection: Option<Waker>,
    /// Whether the connection has to look here again before it sleeps.
    work: bool,
    /// Whether the connection is running, so that it needs no waking.
    is_running: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Open,
    /// Nothing is received or sent any more, except what lies here.
    Over,
}

/// What the connection finds when it looks.
#[derive(Debug, Default)]
pub(super) struct Work {
    pub(super) close: Option<Bytes>,
    pub(super) overflow: bool,
}

impl Shared {
    pub(super) const fn new(max_messages: usize, max_bytes: usize) -> Self {
        Self {
            state: Mutex::new(State {
                phase: Phase::Open,
                incoming: None,
                has_receiver: true,
                outgoing: VecDeque::new(),
                queued_messages: 0,
                queued_bytes: 0,
                close: None,
                overflow: false,
                failure: None,
                last_words: None,
                is_abandoned: false,
                receiver: None,
                sender: None,
                connection: None,
                work: false,
                is_running: false,
            }),
            takes_message: AtomicBool::new(true),
            max_messages,
            max_bytes,
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The handler's side.
impl Shared {
    pub(super) fn poll_recv(&self, cx: &mut Context<'_>) -> Poll<Option<Result<Message, SocketError>>> {
        let mut state = self.lock();
        if let Some(message) = state.incoming.take() {
            self.takes_message.store(true, Ordering::Relaxed);
            let waker = state.want();
            drop(state);
            wake(waker);
            return Poll::Ready(Some(Ok(message)));
        }
        if state.phase == Phase::Over {
            return Poll::Ready(state.failure.take().map(Err));
        }
        remember(&mut state.receiver, cx);
        Poll::Pending
    }

    /// Queues a message when there is room; it is left in `message` otherwise.
    pub(super) fn poll_send(
        &self,
        message: &mut Option<Message>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), SocketError>> {
        let mut state = self.lock();
        if state.phase == Phase::Over {
            return Poll::Ready(Err(state.failure.clone().unwrap_or_else(SocketError::closed)));
        }
        let Some(waiting) = message.take() else { return Poll::Ready(Ok(())) };
        if !self.has_room(&state, waiting.len()) {
            *message = Some(waiting);
            remember(&mut state.sender, cx);
            return Poll::Pending;
        }
        let waker = state.push(Frame::message(waiting));
        drop(state);
        wake(waker);
        Poll::Ready(Ok(()))
    }

    /// Queues a message, or ends the connection when there is no room.
    pub(super) fn send_now(&self, message: Message) -> Result<(), SocketError> {
        let mut state = self.lock();
        if state.phase == Phase::Over {
            return Err(state.failure.clone().unwrap_or_else(SocketError::closed));
        }
        if self.has_room(&state, message.len()) {
            let waker = state.push(Frame::message(message));
            drop(state);
            wake(waker);
            return Ok(());
        }
        state.overflow = true;
        state.phase = Phase::Over;
        state.failure = Some(SocketError::overflow());
        let waker = state.want();
        drop(state);
        wake(waker);
        Err(SocketError::overflow())
    }

    pub(super) fn close(&self, code: CloseCode, reason: &str) {
        let mut state = self.lock();
        if state.phase == Phase::Over {
            return;
        }
        state.phase = Phase::Over;
        state.close = Some(close::payload(Some(code), reason));
        let wakers = [state.want(), state.receiver.take()];
        drop(state);
        wakers.into_iter().for_each(wake);
    }

    pub(super) fn is_over(&self) -> bool {
        self.lock().phase == Phase::Over
    }

    pub(super) fn receiver_is_gone(&self) {
        let mut state = self.lock();
        state.has_receiver = false;
        self.takes_message.store(true, Ordering::Relaxed);
        let (message, waker) = (state.incoming.take(), state.want());
        drop(state);
        drop(message);
        wake(waker);
    }

    /// Leaves to the connection what is to be done when the handler is gone.
    ///
    /// # Errors
    ///
    /// The connection is gone itself; what was to be left is to be dropped where nothing is locked.
    pub(super) fn leave(&self, words: LastWords) -> Result<(), LastWords> {
        let mut state = self.lock();
        if state.is_abandoned {
            return Err(words);
        }
        let before = state.last_words.replace(words);
        drop(state);
        before.map_or(Ok(()), Err)
    }

    /// A message of any size has room in a queue that is empty, else it could never be sent.
    fn has_room(&self, state: &State, bytes: usize) -> bool {
        state.queued_messages == 0
            || (state.queued_messages < self.max_messages
                && bytes <= self.max_bytes.saturating_sub(state.queued_bytes))
    }
}

/// The connection's side.
impl Shared {
    /// Says that the connection runs, and how to wake it later.
    pub(super) fn begin(&self, cx: &Context<'_>) {
        let mut state = self.lock();
        state.is_running = true;
        state.work = false;
        remember(&mut state.connection, cx);
    }

    /// Says that the connection sleeps, unless there is something to do for it.
    pub(super) fn sleep(&self) -> bool {
        let mut state = self.lock();
        state.is_running = std::mem::take(&mut state.work);
        !state.is_running
    }

    /// Takes over what was queued, and hands over what was asked for.
    pub(super) fn take_work(&self, frames: &mut VecDeque<Frame>) -> Work {
        let mut state = self.lock();
        if !state.outgoing.is_empty() {
            frames.append(&mut state.outgoing);
            if state.outgoing.capacity() > KEPT_FRAMES {
                state.outgoing = VecDeque::new();
            }
        }
        Work { close: state.close.take(), overflow: std::mem::take(&mut state.overflow) }
    }

    /// Returns whether the handler takes another message, or wants none at all.
    pub(super) fn takes_message(&self) -> bool {
        self.takes_message.load(Ordering::Relaxed)
    }

    /// Hands a message to the handler; returns whom to wake for it.
    pub(super) fn deliver(&self, message: Message) -> Option<Waker> {
        let mut state = self.lock();
        if state.has_receiver && state.phase == Phase::Open {
            state.incoming = Some(message);
            self.takes_message.store(false, Ordering::Relaxed);
        }
        state.receiver.take()
    }

    /// Notes that messages were written; returns whom to wake since there is room.
    pub(super) fn written(&self, messages: usize, bytes: usize) -> Option<Waker> {
        let mut state = self.lock();
        state.queued_messages = state.queued_messages.saturating_sub(messages);
        state.queued_bytes = state.queued_bytes.saturating_sub(bytes);
        state.sender.take()
    }

    /// Ends it for the handler; the first failure stays. Returns whom to wake for it.
    pub(super) fn end(&self, failure: Option<SocketError>) -> [Option<Waker>; 2] {
        let mut state = self.lock();
        if state.phase == Phase::Open {
            state.phase = Phase::Over;
            state.failure = failure;
        }
        [state.receiver.take(), state.sender.take()]
    }
}

/// What outlives the handler.
impl Shared {
    pub(super) fn take_last_words(&self) -> Option<LastWords> {
        self.lock().last_words.take()
    }

    /// Says that nobody takes last words any more; returns those that were left.
    pub(super) fn abandon(&self) -> Option<LastWords> {
        let mut state = self.lock();
        state.is_abandoned = true;
        state.last_words.take()
    }
}

impl State {
    fn push(&mut self, frame: Frame) -> Option<Waker> {
        self.queued_messages += 1;
        self.queued_bytes += frame.payload_bytes();
        self.outgoing.push_back(frame);
        self.want()
    }

    /// Asks the connection to look here; returns its waker if it sleeps.
    fn want(&mut self) -> Option<Waker> {
        self.work = true;
        if self.is_running { None } else { self.connection.take() }
    }
}

fn remember(slot: &mut Option<Waker>, cx: &Context<'_>) {
    match slot {
        Some(waker) if waker.will_wake(cx.waker()) => {}
        Some(waker) => waker.clone_from(cx.waker()),
        None => *slot = Some(cx.waker().clone()),
    }
}

fn wake(waker: Option<Waker>) {
    if let Some(waker) = waker {
        waker.wake();
    }
}

/// How many frames a queue keeps room for.
const KEPT_FRAMES: usize = 16;
