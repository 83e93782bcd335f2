//! One websocket: what is read, written and timed while it lasts.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tokio_tungstenite::tungstenite::Message as WsMessage;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

use super::CloseReason;
use super::handling::{Incoming, Job};
use super::shared::{Epoch, Shared};
use super::state::{Item, Phase};
use super::transport::Socket;
use super::waiting::Waiting;
use crate::neffos::Message;
use crate::neffos::codec::Frame;

/// One websocket of a client.
pub(super) struct Connection<'s> {
    pub(super) shared: &'s Shared,
    pub(super) epoch: Epoch,
    pub(super) waiting: &'s Waiting,
    /// Whether there is no handshake, and no message but native ones.
    pub(super) is_native: bool,
    pub(super) pulse: Pulse,
}

/// When the server was last heard.
pub(super) struct Pulse {
    start: Instant,
    heard_ms: AtomicU64,
    /// Whether nothing is read since handlers are slow; silence says nothing then.
    is_paused: AtomicBool,
    is_ping_due: AtomicBool,
}

impl Pulse {
    pub(super) fn new() -> Self {
        Self {
            start: Instant::now(),
            heard_ms: AtomicU64::new(0),
            is_paused: AtomicBool::new(false),
            is_ping_due: AtomicBool::new(false),
        }
    }

    fn hear(&self) {
        let lasted = u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.heard_ms.store(lasted, Ordering::Relaxed);
    }

    fn heard(&self) -> Instant {
        self.start + Duration::from_millis(self.heard_ms.load(Ordering::Relaxed))
    }

    /// Waits until so much time has passed since the server was heard, and returns whether nothing was heard in it.
    async fn is_silent_since(&self, heard: Instant, time: Duration) -> bool {
        sleep_until(heard + time).await;
        if self.is_paused.load(Ordering::Relaxed) {
            self.hear();
        }
        heard == self.heard()
    }
}

impl Connection<'_> {
    /// Serves the websocket until it is over, and says why it is.
    pub(super) async fn serve(&self, socket: Socket, early: Vec<WsMessage>) -> CloseReason {
        let (sink, stream) = socket.split();
        tokio::select! {
            reason = self.read(stream, early) => reason,
            reason = self.write(sink) => reason,
            reason = self.watch() => reason,
            reason = self.close_in_time() => reason,
        }
    }

    async fn read(&self, mut stream: SplitStream<Socket>, early: Vec<WsMessage>) -> CloseReason {
        for frame in early {
            self.take(frame).await;
        }
        loop {
            match stream.next().await {
                None => return CloseReason::lost(None),
                Some(Err(error)) => return CloseReason::lost(Some(error)),
                Some(Ok(WsMessage::Close(frame))) => {
                    // The answer to it is written by reading on, and the server ends the connection then.
                    let rest = async { while let Some(Ok(_)) = stream.next().await {} };
                    let _ = timeout(self.shared.settings.close_timeout, rest).await;
                    return CloseReason::server(frame.as_ref());
                }
                Some(Ok(frame)) => {
                    self.pulse.hear();
                    self.take(frame).await;
                }
            }
        }
    }

    async fn take(&self, frame: WsMessage) {
        let (bytes, is_binary) = match frame {
            WsMessage::Text(text) => (Bytes::from(text), false),
            WsMessage::Binary(bytes) => (bytes, true),
            WsMessage::Close(_) | WsMessage::Frame(_) | WsMessage::Ping(_) | WsMessage::Pong(_) => return,
        };
        if bytes.is_empty() {
            return;
        }
        let length = bytes.len();
        let frame = if self.is_native { None } else { Frame::decode(&bytes) };
        let message = match frame {
            // Only this side makes tokens of this kind.
            Some(frame) if frame.wait.starts_with('$') => {
                return self.shared.answered(Message::new(frame, is_binary));
            }
            Some(frame) => Message::new(frame, is_binary),
            None => Message::native(bytes, is_binary),
        };
        self.pulse.is_paused.store(true, Ordering::Relaxed);
        let share = self.waiting.enter(length).await;
        self.pulse.is_paused.store(false, Ordering::Relaxed);
        self.pulse.hear();
        self.shared.job(Job::Message(Incoming { epoch: self.epoch, message, share }));
    }

    async fn write(&self, mut sink: SplitSink<Socket, WsMessage>) -> CloseReason {
        loop {
            let mut batch = Batch::take(self.shared);
            let frames = std::mem::take(&mut batch.items);
            let is_ping_due = self.pulse.is_ping_due.swap(false, Ordering::Relaxed);
            let writing = async {
                for frame in frames {
                    sink.feed(frame).await?;
                }
                if is_ping_due {
                    sink.feed(WsMessage::Ping(Bytes::new())).await?;
                }
                if batch.is_last {
                    let goodbye = CloseFrame { code: CloseCode::Normal, reason: "".into() };
                    sink.feed(WsMessage::Close(Some(goodbye))).await?;
                }
                sink.flush().await
            };
            let is_idle = batch.is_empty && !is_ping_due && !batch.is_last;
            if is_idle {
                self.shared.work.notified().await;
                continue;
            }
            match timeout(self.shared.settings.pong_timeout, writing).await {
                Err(_) => return CloseReason::silent(),
                Ok(Err(error)) => return CloseReason::lost(Some(error)),
                // The server's goodbye is awaited by the one who reads.
                Ok(Ok(())) if batch.is_last => return std::future::pending().await,
                Ok(Ok(())) => {}
            }
        }
    }

    /// Pings a server that is silent, and finds out one that does not answer.
    async fn watch(&self) -> CloseReason {
        let Some(ping) = self.shared.settings.ping else { return std::future::pending().await };
        loop {
            let heard = self.pulse.heard();
            if !self.pulse.is_silent_since(heard, ping).await {
                continue;
            }
            self.pulse.is_ping_due.store(true, Ordering::Relaxed);
            self.shared.work.notify_one();
            let limit = Instant::now() - heard + self.shared.settings.pong_timeout;
            if self.pulse.is_silent_since(heard, limit).await {
                return CloseReason::silent();
            }
        }
    }

    /// Ends a goodbye that takes too long.
    async fn close_in_time(&self) -> CloseReason {
        self.shared.closing().await;
        sleep(self.shared.settings.close_timeout).await;
        CloseReason::local()
    }
}

/// What is written at once.
struct Batch<'s> {
    shared: &'s Shared,
    items: Vec<WsMessage>,
    is_empty: bool,
    share: usize,
    /// Whether nothing follows.
    is_last: bool,
}

impl<'s> Batch<'s> {
    fn take(shared: &'s Shared) -> Self {
        let mut state = shared.state();
        let count = state.outgoing.len().min(MAX_BATCH);
        let taken: Vec<Item> = state.outgoing.drain(..count).collect();
        if state.outgoing.is_empty() && state.outgoing.capacity() > KEPT_ITEMS {
            state.outgoing = Default::default();
        }
        let is_last = matches!(state.phase, Phase::Closing) && state.outgoing.is_empty();
        drop(state);
        let share = taken.iter().map(Item::counted).sum();
        let items = taken.into_iter().map(|item| item.frame).collect();
        Self { shared, items, is_empty: count == 0, share, is_last }
    }
}

/// What was written, or is lost on the way, takes no room any more.
impl Drop for Batch<'_> {
    fn drop(&mut self) {
        self.shared.room.add_permits(self.share);
    }
}

/// How many frames are written before others may be added behind them.
const MAX_BATCH: usize = 64;

/// How many places for frames an idle connection keeps.
const KEPT_ITEMS: usize = 8;
