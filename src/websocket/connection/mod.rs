//! The connection's side of a websocket: one task that runs the handler, reads, writes and keeps time.

mod read;
mod write;

use std::any::Any;
use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http::HeaderValue;
use hyper::upgrade::{OnUpgrade, Upgraded};
use tokio::time::{Instant, Sleep, sleep_until};

use super::clock::{Alarm, Clock};
use super::decode::Decoder;
use super::last_words::LastWords;
use super::outgoing::Frame;
use super::settings::Settings;
use super::shared::Shared;
use super::{CloseCode, SocketError, WebSocket, close};
use crate::inject::{Completion, ScopeKeeper};
use crate::shutdown::Listener;
use crate::stats::{Hold, Outcome, WebSocketStat};
use crate::{Error, Shutdown};

/// What a connection needs that is about to be upgraded.
pub(super) struct Task {
    pub(super) upgrade: OnUpgrade,
    pub(super) settings: Arc<Settings>,
    pub(super) shutdown: Option<Shutdown>,
    pub(super) protocol: Option<HeaderValue>,
    /// Keeps what was built for the request. Should the task be dropped, it ends before the statistic.
    pub(super) scopes: ScopeKeeper,
    /// Keeps the statistic of the request open.
    pub(super) hold: Option<Hold>,
}

pub(super) type Handling = Pin<Box<dyn Future<Output = Result<(), Error>> + Send>>;

/// Starts the handler, once there is a connection.
pub(super) type Start = Box<dyn FnOnce(WebSocket) -> Handling + Send>;

/// Serves a connection from the upgrade to its end.
pub(super) async fn run(task: Task, start: Start) {
    // When the answer does not leave, nothing was upgraded, and everything is dropped as for a request that is given up.
    let Ok(io) = task.upgrade.await else { return };
    let mut connection = Connection::new(io, &task.settings);
    let socket = WebSocket::new(Arc::clone(&connection.shared), task.protocol);
    match catch_unwind(AssertUnwindSafe(|| start(socket))) {
        Ok(handling) => connection.handling = Some(handling),
        Err(payload) => {
            connection.handled(Ending::Panicked(payload), &Context::from_waker(Waker::noop()));
        }
    }
    if let Some(shutdown) = task.shutdown {
        connection.shutdown = Some(Listener::new(shutdown));
    }
    serve(&mut connection, Stage::Shut).await;
    let (ending, stat) = (connection.ending.take(), connection.stat());
    let (completion, error) = match ending {
        None => (Completion::Cancelled, None),
        Some(Ending::Returned(Ok(()))) => (Completion::Success, None),
        Some(Ending::Returned(Err(error))) => (Completion::Failure, Some(error)),
        Some(Ending::Panicked(payload)) => (Completion::Panicked, Some(Error::panic(payload))),
    };
    task.scopes.close(completion).await;
    if let Some(hold) = task.hold {
        if completion == Completion::Panicked {
            hold.set_outcome(Outcome::Panic);
        }
        if let Some(error) = error {
            hold.fail(&error);
        }
        hold.finish(stat);
    }
    serve(&mut connection, Stage::Gone).await;
}

/// Runs the handler to its end, and the connection until it is as far as `stage`.
async fn serve(connection: &mut Connection, stage: Stage) {
    let mut sleep = pin!(sleep_until(connection.alarm_at));
    poll_fn(|cx| {
        let polled = catch_unwind(AssertUnwindSafe(|| connection.poll(stage, sleep.as_mut(), cx)));
        polled.unwrap_or_else(|payload| {
            connection.broken(payload, cx);
            Poll::Pending
        })
    })
    .await;
}

struct Connection {
    io: Upgraded,
    shared: Arc<Shared>,
    /// None once it has ended.
    handling: Option<Handling>,
    /// What a handler has left that was dropped.
    last_words: Option<LastWords>,
    ending: Option<Ending>,
    shutdown: Option<Listener>,
    stage: Stage,
    /// Whether the client said goodbye, so that nothing more comes from it.
    is_client_done: bool,
    is_shut: bool,
    clock: Clock,
    /// When the task is woken to look at the clock; deadlines move on without it.
    alarm_at: Instant,
    decoder: Decoder,
    /// What was read and has to wait, since the handler has not taken the message before it.
    rest: Bytes,
    frames: VecDeque<Frame>,
    /// Whether what was written may lie in a buffer of the stream.
    is_dirty: bool,
    /// Whether the handler was given something since it ran.
    is_notified: bool,
    close_code: Option<u16>,
    frames_out: u64,
    messages_out: u64,
    bytes_out: u64,
}

/// How far the connection is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    /// Messages go both ways.
    Open,
    /// Our close frame is under way; the client's is awaited.
    Closing,
    /// Nothing that the client sends counts any more; what is queued is written.
    Leaving,
    /// All is written and our side is being shut. What arrives is thrown away until the client's side is shut as well: a socket
    /// that is closed with something unread would take the close frame from the client.
    Shut,
    Gone,
}

/// How the handler ended.
enum Ending {
    Returned(Result<(), Error>),
    Panicked(Box<dyn Any + Send>),
}

impl Connection {
    fn new(io: Upgraded, settings: &Settings) -> Self {
        let limits = &settings.limits;
        let clock = Clock::new(limits);
        Self {
            io,
            shared: Arc::new(Shared::new(limits.queue_messages, limits.queue_bytes)),
            handling: None,
            last_words: None,
            ending: None,
            shutdown: None,
            stage: Stage::Open,
            is_client_done: false,
            is_shut: false,
            alarm_at: clock.due(true, false),
            clock,
            decoder: Decoder::new(limits.message_bytes, limits.frame_bytes.unwrap_or(limits.message_bytes)),
            rest: Bytes::new(),
            frames: VecDeque::new(),
            is_dirty: false,
            is_notified: false,
            close_code: None,
            frames_out: 0,
            messages_out: 0,
            bytes_out: 0,
        }
    }

    fn stat(&self) -> WebSocketStat {
        WebSocketStat::default()
            .with_received(self.decoder.frames, self.decoder.messages, self.decoder.bytes)
            .with_sent(self.frames_out, self.messages_out, self.bytes_out)
            .with_close_code(self.close_code)
    }

    fn poll(&mut self, until: Stage, mut sleep: Pin<&mut Sleep>, cx: &mut Context<'_>) -> Poll<()> {
        self.shared.begin(cx);
        self.hear_shutdown(cx);
        // What woke the task cannot be told, so that the handler runs once in any case.
        self.is_notified = true;
        loop {
            self.read(cx);
            if std::mem::take(&mut self.is_notified) {
                self.run_handler(cx);
            }
            self.take_work(cx);
            // What was read at once is answered at once: a client that sends many messages costs few writes.
            if !self.rest.is_empty() && self.frames.len() < MAX_BATCH && self.wants_input() {
                continue;
            }
            self.write(cx);
            if self.handling.is_none() && self.last_words.is_none() && self.stage >= until {
                return Poll::Ready(());
            }
            if !self.is_notified && self.shared.sleep() {
                self.keep_time(sleep.as_mut(), cx);
                if !self.is_notified {
                    return Poll::Pending;
                }
            }
        }
    }

    /// Gives the connection up, whose stream panicked. The handler is told, and whatever is to run at the end
    /// does.
    #[cold]
    fn broken(&mut self, payload: Box<dyn Any + Send>, cx: &Context<'_>) {
        if self.stage == Stage::Gone {
            // It was not the stream, which is not asked any more.
            resume_unwind(payload);
        }
        self.ending = Some(Ending::Panicked(payload));
        self.lose(SocketError::lost(None), cx);
        cx.waker().wake_by_ref();
    }

    fn run_handler(&mut self, cx: &mut Context<'_>) {
        let Some(handling) = &mut self.handling else { return self.say_last_words(cx) };
        let ending = match catch_unwind(AssertUnwindSafe(|| handling.as_mut().poll(cx))) {
            Ok(Poll::Pending) => return,
            Ok(Poll::Ready(result)) => Ending::Returned(result),
            Err(payload) => Ending::Panicked(payload),
        };
        self.handled(ending, cx);
    }

    /// Notes how the handler ended, and begins to close.
    fn handled(&mut self, ending: Ending, cx: &Context<'_>) {
        let code = match &ending {
            Ending::Returned(Ok(())) => CloseCode::NORMAL,
            Ending::Returned(Err(_)) | Ending::Panicked(_) => CloseCode::INTERNAL,
        };
        self.drop_handler();
        self.ending.get_or_insert(ending);
        self.begin_close(close::payload(Some(code), ""), cx);
    }

    /// Drops the handler where it is; should that panic, so did the handler.
    fn drop_handler(&mut self) {
        let handling = self.handling.take();
        if let Err(payload) = catch_unwind(AssertUnwindSafe(|| drop(handling))) {
            self.ending = Some(Ending::Panicked(payload));
        }
        self.last_words = self.shared.take_last_words();
        if self.last_words.is_some() {
            self.clock.speak();
        }
        self.is_notified = true;
    }

    fn say_last_words(&mut self, cx: &mut Context<'_>) {
        let Some(LastWords(words)) = &mut self.last_words else { return };
        match catch_unwind(AssertUnwindSafe(|| words.as_mut().poll(cx))) {
            Ok(Poll::Pending) => return,
            Ok(Poll::Ready(())) => {}
            Err(payload) => self.ending = Some(Ending::Panicked(payload)),
        }
        self.drop_last_words();
    }

    /// Drops last words, where they wait if they do.
    fn drop_last_words(&mut self) {
        self.clock.spoken();
        self.is_notified = true;
        let words = self.last_words.take();
        if let Err(payload) = catch_unwind(AssertUnwindSafe(|| drop(words))) {
            self.ending = Some(Ending::Panicked(payload));
        }
    }

    fn hear_shutdown(&mut self, cx: &mut Context<'_>) {
        if let Some(shutdown) = &mut self.shutdown
            && shutdown.poll(cx).is_ready()
        {
            self.shutdown = None;
            self.begin_close(close::payload(Some(CloseCode::GOING_AWAY), ""), cx);
        }
    }

    /// Takes over what the handler's side wants.
    fn take_work(&mut self, cx: &Context<'_>) {
        let work = self.shared.take_work(&mut self.frames);
        if work.overflow {
            self.lose(SocketError::overflow(), cx);
        } else if let Some(payload) = work.close {
            self.begin_close(payload, cx);
        }
    }

    /// Says goodbye, and awaits that the client does.
    fn begin_close(&mut self, payload: Bytes, cx: &Context<'_>) {
        if self.stage == Stage::Open {
            self.queue_close(Stage::Closing, payload, None, cx);
        }
    }

    /// Answers the client's goodbye, or tells it what it did wrong; there is nothing more to hear from it.
    fn leave(&mut self, payload: Bytes, failure: Option<SocketError>, cx: &Context<'_>) {
        match self.stage {
            Stage::Open => self.queue_close(Stage::Leaving, payload, failure, cx),
            _ => self.stage = Stage::Leaving,
        }
    }

    fn queue_close(&mut self, next: Stage, payload: Bytes, failure: Option<SocketError>, cx: &Context<'_>) {
        self.end(failure, cx);
        // What was queued before goes before, and a close frame that was asked for goes in the place of this one.
        let work = self.shared.take_work(&mut self.frames);
        if work.overflow {
            return self.lose(SocketError::overflow(), cx);
        }
        let payload = work.close.unwrap_or(payload);
        if let Some((code, _)) = payload.split_first_chunk() {
            self.close_code = Some(u16::from_be_bytes(*code));
        }
        self.frames.push_back(Frame::close(payload));
        self.stage = next;
    }

    /// Gives the connection up.
    #[cold]
    fn lose(&mut self, failure: SocketError, cx: &Context<'_>) {
        self.stage = Stage::Gone;
        self.rest = Bytes::new();
        self.frames = VecDeque::new();
        self.end(Some(failure), cx);
    }

    /// Ends it for the handler.
    fn end(&mut self, failure: Option<SocketError>, cx: &Context<'_>) {
        self.clock.close();
        for waker in self.shared.end(failure) {
            self.notify(waker, cx);
        }
        self.is_notified = true;
    }

    /// Wakes whoever waits: this very task, or another one that the socket was handed to.
    fn notify(&mut self, waker: Option<Waker>, cx: &Context<'_>) {
        if let Some(waker) = waker {
            self.is_notified = true;
            if !waker.will_wake(cx.waker()) {
                waker.wake();
            }
        }
    }
}

impl Connection {
    fn keep_time(&mut self, mut sleep: Pin<&mut Sleep>, cx: &mut Context<'_>) {
        loop {
            let (is_handling, is_gone) = (self.handling.is_some(), self.stage == Stage::Gone);
            let due = self.clock.due(is_handling, is_gone);
            if due < self.alarm_at {
                sleep.as_mut().reset(due);
                self.alarm_at = due;
            }
            if sleep.as_mut().poll(cx).is_pending() {
                return;
            }
            let is_paused = self.stage == Stage::Open && !self.shared.takes_message();
            match self.clock.ring(is_handling, is_gone, is_paused) {
                None => {}
                Some(Alarm::Ping) => {
                    self.frames.push_back(Frame::ping());
                    self.is_notified = true;
                }
                Some(Alarm::Silent | Alarm::Stalled) => self.lose(SocketError::silent(), cx),
                Some(Alarm::CloseTimeout) => self.lose(SocketError::lost(None), cx),
                Some(Alarm::Linger) => self.drop_handler(),
                Some(Alarm::LastWords) => self.drop_last_words(),
            }
            self.alarm_at = self.clock.due(self.handling.is_some(), self.stage == Stage::Gone);
            sleep.as_mut().reset(self.alarm_at);
        }
    }
}

impl Drop for Connection {
    /// The runtime ends with the connection in it: nothing can be waited for any more.
    fn drop(&mut self) {
        let handling = self.handling.take();
        // What panics here was told of by the panic hook; what the handler has left behind is dropped in any case, since it
        // would hold itself otherwise.
        let _ = catch_unwind(AssertUnwindSafe(|| drop(handling)));
        drop(self.shared.abandon());
    }
}

/// How many frames may wait for the next message that was read already.
const MAX_BATCH: usize = 16;
