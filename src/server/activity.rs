//! What a connection is doing, as its socket, its requests and its bodies tell it.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;

use tokio::time::Instant;

use super::Protocol;
use super::head::SentHeads;
use super::pace::BodyRate;
use super::settings::Settings;

/// The notes of one connection. They are written on the way of a request and read by the one who watches the time, so
/// that no request needs a timer, and hardly one a clock.
///
/// Everything is relaxed: the reader runs behind the writers, on their task or woken by them, and a note that is seen
/// late delays a deadline and does no harm else.
pub(super) struct Activity {
    protocol: Protocol,
    peer: Option<SocketAddr>,
    began: Instant,
    /// How many requests have begun.
    begun: AtomicUsize,
    /// How many of them have no complete answer.
    open: AtomicUsize,
    /// HTTP/2: how many of them have an answer that is held up by the client, and how often one got on.
    held_up: AtomicUsize,
    got_on: AtomicUsize,
    /// HTTP/2: when the last open one was answered, or more of an answer was sent, in milliseconds from the beginning
    /// of the connection.
    idle_since: AtomicU64,
    /// Bytes have come that belong to no request that began.
    head_started: AtomicBool,
    /// HTTP/1: the request's body has not ended.
    body_open: AtomicBool,
    /// HTTP/1: somebody waits for more of the body.
    body_wanted: AtomicBool,
    /// Whom to wake when another task than the connection's begins to wait for the body.
    watcher: Mutex<Option<Waker>>,
    /// HTTP/1: how often the body had its least amount.
    body_window: AtomicUsize,
    /// HTTP/1: the body came too slowly; reading ends.
    body_late: AtomicBool,
    /// The socket takes no more bytes.
    send_blocked: AtomicBool,
    /// How often the socket took bytes.
    sent: AtomicUsize,
    /// The end was written, and what still comes in is thrown away.
    lingering: AtomicBool,
    /// HTTP/1: the heads of requests that came, as long as there are heads.
    heads: Mutex<SentHeads>,
    keeps_heads: AtomicBool,
    settings: Arc<Settings>,
}

/// What a connection waits for. A number tells one waiting from the next of the same sort.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wait {
    /// More of a request's body.
    Body(usize),
    /// The application; nothing is due.
    Handler,
    /// The rest of a request's head.
    Head(usize),
    /// The next request.
    Idle(usize),
    /// The end of a client that was told the end.
    Linger,
    /// A client that reads.
    Send(usize),
}

impl Activity {
    pub(super) fn new(
        protocol: Protocol,
        peer: Option<SocketAddr>,
        began: Instant,
        settings: Arc<Settings>,
    ) -> Self {
        Self {
            protocol,
            peer,
            began,
            begun: AtomicUsize::new(0),
            open: AtomicUsize::new(0),
            held_up: AtomicUsize::new(0),
            got_on: AtomicUsize::new(0),
            idle_since: AtomicU64::new(0),
            head_started: AtomicBool::new(false),
            body_open: AtomicBool::new(false),
            body_wanted: AtomicBool::new(false),
            watcher: Mutex::default(),
            body_window: AtomicUsize::new(0),
            body_late: AtomicBool::new(false),
            send_blocked: AtomicBool::new(false),
            sent: AtomicUsize::new(0),
            lingering: AtomicBool::new(false),
            heads: Mutex::default(),
            keeps_heads: AtomicBool::new(protocol == Protocol::Http1),
            settings,
        }
    }

    pub(super) const fn protocol(&self) -> Protocol {
        self.protocol
    }

    pub(super) fn body_rate(&self) -> Option<BodyRate> {
        self.settings.body_rate
    }

    pub(super) const fn peer(&self) -> Option<SocketAddr> {
        self.peer
    }

    pub(super) fn wait(&self) -> Wait {
        if self.lingering.load(Relaxed) {
            return Wait::Linger;
        }
        if self.send_blocked.load(Relaxed) {
            return Wait::Send(self.sent.load(Relaxed));
        }
        let open = self.open.load(Relaxed);
        if open > 0 {
            if self.held_up.load(Relaxed) == open {
                return Wait::Send(self.got_on.load(Relaxed));
            }
            let is_waiting = self.body_wanted.load(Relaxed) && !self.body_late.load(Relaxed);
            return if is_waiting { Wait::Body(self.body_window.load(Relaxed)) } else { Wait::Handler };
        }
        let begun = self.begun.load(Relaxed);
        let is_head = self.protocol == Protocol::Http1 && (begun == 0 || self.head_started.load(Relaxed));
        if is_head { Wait::Head(begun) } else { Wait::Idle(begun) }
    }

    /// HTTP/2: when the last answer was complete or got on; the beginning of the connection if there was none.
    pub(super) fn idle_since(&self) -> Instant {
        self.began + std::time::Duration::from_millis(self.idle_since.load(Relaxed))
    }

    /// Whether something was sent to us that nobody read, or that may be under way.
    fn has_unread(&self) -> bool {
        self.body_open.load(Relaxed) || self.head_started.load(Relaxed)
    }

    /// A request begins.
    pub(super) fn begin(&self, has_body: bool) {
        if self.protocol == Protocol::Http1 {
            self.head_started.store(false, Relaxed);
            self.body_open.store(has_body, Relaxed);
            if has_body {
                self.next_window();
            }
        }
        self.begun.fetch_add(1, Relaxed);
        self.open.fetch_add(1, Relaxed);
    }

    /// A request was answered, or given up.
    pub(super) fn end(&self) {
        if self.open.fetch_sub(1, Relaxed) == 1 && self.protocol == Protocol::Http2 {
            self.idle_from_now();
        }
    }

    fn idle_from_now(&self) {
        let elapsed = self.began.elapsed().as_millis();
        self.idle_since.store(u64::try_from(elapsed).unwrap_or(u64::MAX), Relaxed);
    }

    /// HTTP/2: an answer waits for its client to take more.
    pub(super) fn hold_up(&self) {
        self.held_up.fetch_add(1, Relaxed);
    }

    /// HTTP/2: an answer that was held up gets on, or is given up.
    pub(super) fn get_on(&self) {
        self.got_on.fetch_add(1, Relaxed);
        self.held_up.fetch_sub(1, Relaxed);
    }

    /// HTTP/1: nobody waits for the body any more.
    pub(super) fn end_waiting_for_body(&self) {
        self.body_wanted.store(false, Relaxed);
    }

    /// HTTP/1: a reader begins to wait for more of the body.
    ///
    /// On the connection's own task, the one who watches the time looks here next. From another task he is told, or he would
    /// not hear of it before something comes.
    pub(super) fn wait_for_body(&self, reader: &Waker) {
        if self.body_wanted.swap(true, Relaxed) {
            return;
        }
        let watcher = self.watcher().as_ref().filter(|watcher| !watcher.will_wake(reader)).cloned();
        if let Some(watcher) = watcher {
            watcher.wake();
        }
    }

    /// Somebody watches the time from now on.
    pub(super) fn watched_by(&self, watcher: &Waker) {
        *self.watcher() = Some(watcher.clone());
    }

    fn watcher(&self) -> MutexGuard<'_, Option<Waker>> {
        self.watcher.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn next_window(&self) {
        self.body_window.fetch_add(1, Relaxed);
    }

    pub(super) fn end_body(&self) {
        self.body_open.store(false, Relaxed);
        self.head_started.store(false, Relaxed);
    }

    pub(super) fn cut_body(&self) {
        self.body_late.store(true, Relaxed);
    }

    pub(super) fn is_body_cut(&self) -> bool {
        self.body_late.load(Relaxed)
    }

    /// Bytes came in.
    pub(super) fn received(&self, bytes: &[u8]) {
        if !self.keeps_heads.load(Relaxed) {
            return;
        }
        let is_first = self.open.load(Relaxed) == 0 && !self.head_started.load(Relaxed);
        if is_first {
            self.heads().begin(bytes, self.settings.max_head_bytes());
        } else if !self.body_open.load(Relaxed) {
            self.heads().add(bytes, self.settings.max_head_bytes());
        }
        self.head_started.store(true, Relaxed);
    }

    /// The heads that came since the connection waited for a request.
    pub(super) fn heads(&self) -> MutexGuard<'_, SentHeads> {
        self.heads.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The socket took bytes.
    pub(super) fn sent(&self, bytes: usize) {
        self.send_blocked.store(false, Relaxed);
        self.sent.fetch_add(1, Relaxed);
        // The end of a large answer is sent long after nobody is asked for more of it. Fewer bytes are a ping.
        if bytes >= ANSWER_BYTES && self.protocol == Protocol::Http2 {
            self.idle_from_now();
        }
    }

    pub(super) fn is_send_blocked(&self) -> bool {
        self.send_blocked.load(Relaxed)
    }

    /// HTTP is no longer spoken; whoever took the connection over need not be watched.
    pub(super) fn hand_over(&self) {
        self.keeps_heads.store(false, Relaxed);
        self.heads().forget();
    }

    pub(super) fn send_blocked(&self) {
        self.send_blocked.store(true, Relaxed);
    }

    /// The end was written. Returns whether to wait for the client's.
    pub(super) fn linger(&self) -> bool {
        let lingers = self.protocol == Protocol::Http1 && self.has_unread();
        self.send_blocked.store(false, Relaxed);
        self.lingering.store(lingers, Relaxed);
        lingers
    }
}

/// So many bytes at a time are part of an answer, and not only a sign of life.
const ANSWER_BYTES: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    fn activity(protocol: Protocol) -> Activity {
        Activity::new(protocol, None, Instant::now(), Arc::new(Settings::default()))
    }

    #[test]
    fn a_connection_waits_for_one_thing_after_the_other() {
        let activity = activity(Protocol::Http1);
        assert_eq!(activity.wait(), Wait::Head(0));
        activity.received(b"POST /");
        assert_eq!(activity.wait(), Wait::Head(0));
        activity.begin(true);
        assert_eq!(activity.wait(), Wait::Handler);
        activity.wait_for_body(Waker::noop());
        assert_eq!(activity.wait(), Wait::Body(1));
        activity.next_window();
        assert_eq!(activity.wait(), Wait::Body(2));
        activity.end_waiting_for_body();
        activity.end_body();
        activity.send_blocked();
        assert_eq!(activity.wait(), Wait::Send(0));
        activity.sent(1);
        assert_eq!(activity.wait(), Wait::Handler);
        activity.end();
        assert_eq!(activity.wait(), Wait::Idle(1));
        activity.received(b"G");
        assert_eq!(activity.wait(), Wait::Head(1));
    }

    #[test]
    fn a_body_that_was_cut_is_not_waited_for_again() {
        let activity = activity(Protocol::Http1);
        activity.begin(true);
        activity.wait_for_body(Waker::noop());
        activity.cut_body();
        assert_eq!(activity.wait(), Wait::Handler);
        assert!(activity.linger());
        assert_eq!(activity.wait(), Wait::Linger);
    }

    #[test]
    fn over_http2_bytes_are_no_heads_and_requests_run_side_by_side() {
        let activity = activity(Protocol::Http2);
        activity.received(b"frames");
        assert_eq!((activity.wait(), activity.heads().len()), (Wait::Idle(0), 0));
        activity.begin(false);
        activity.begin(false);
        activity.end();
        assert_eq!(activity.wait(), Wait::Handler);
        activity.end();
        assert_eq!(activity.wait(), Wait::Idle(2));
        assert!(!activity.linger());
    }

    #[test]
    fn a_client_that_holds_up_all_its_answers_is_waited_for() {
        let activity = activity(Protocol::Http2);
        activity.begin(false);
        activity.begin(false);
        activity.hold_up();
        assert_eq!(activity.wait(), Wait::Handler);
        activity.hold_up();
        assert_eq!(activity.wait(), Wait::Send(0));
        activity.get_on();
        activity.hold_up();
        assert_eq!(activity.wait(), Wait::Send(1));
        activity.get_on();
        activity.end();
        activity.get_on();
        assert_eq!(activity.wait(), Wait::Handler);
    }

    #[test]
    fn a_connection_that_was_taken_over_keeps_nothing_of_what_comes() {
        let activity = activity(Protocol::Http1);
        activity.received(b"GET /");
        assert_eq!(activity.heads().len(), 5);
        activity.hand_over();
        activity.received(b"words");
        assert_eq!(activity.heads().len(), 0);
    }
}
