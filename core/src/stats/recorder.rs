//! The recorder of a request.

use std::fmt;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use http::{Extensions, Method, Request, Uri, Version};

use super::entry::{HandlerStat, Progress, Span};
use super::hold::Parked;
use super::running::What;
use super::{
    DependencyStat, Detail, Ending, Hold, Level, Outcome, RouteStat, Running, StepStat, WebSocketStat, pool,
};
use crate::Error;
use crate::inject::Key;
use crate::request::{MatchedPath, RequestState};

/// Collects what happens in one request, for its statistics layer.
///
/// A handle: clones write to the same statistic. It may outlive the request; what is written after the end is lost.
#[derive(Clone)]
pub struct Recorder {
    slot: Arc<Slot>,
}

pub(super) struct Slot {
    // Written only while the slot has one owner, before anybody inside sees it.
    detail: Detail,
    started: Instant,
    request_bytes: AtomicU64,
    // Where the framework's pattern that was reported last stands in memory.
    framework_path: AtomicUsize,
    stat: Mutex<Shared>,
}

#[derive(Default)]
struct Shared {
    stat: RouteStat,
    outcome: Option<Outcome>,
    // The recorder of a statistics layer further out.
    outer: Option<Recorder>,
    // How many keep it open, and the end that waits for them.
    holds: usize,
    parked: Option<Parked>,
}

impl Recorder {
    /// Starts the statistic of a request, and leaves the recorder with the request for everybody inside.
    ///
    /// The room it needs is taken over from a request that ended on this thread, so that in a steady state nothing is
    /// allocated. Under another statistics layer, that one learns the matched path too; the rest is recorded here.
    #[must_use]
    pub fn start<B>(request: &mut Request<B>, detail: Detail) -> Self {
        let recorder = Self::begin(request.method(), request.uri(), request.version(), detail);
        let framework = MatchedPath::of_framework(request.extensions());
        let state = RequestState::entry(request.extensions_mut());
        let route = state.route().cloned().or(framework);
        let outer = state.set_recorder(recorder.clone());
        if route.is_some() || outer.is_some() {
            recorder.lock().outer = outer;
            if let Some(route) = route {
                recorder.set_matched_path(route);
            }
        }
        recorder
    }

    /// Tells the recorder of a layer further out about the route that matches.
    pub fn set_outer(&self, outer: Self) {
        self.lock().outer = Some(outer);
    }

    /// Begins the statistics of a request, without leaving them with it.
    ///
    /// For engines, which hand the recorder on in a [`RequestState`] of their own.
    #[must_use]
    pub fn begin(method: &Method, uri: &Uri, version: Version, detail: Detail) -> Self {
        let mut slot = pool::take();
        if let Some(slot) = Arc::get_mut(&mut slot) {
            slot.detail = detail;
            *slot.request_bytes.get_mut() = 0;
            *slot.framework_path.get_mut() = 0;
            let shared = slot.stat.get_mut().unwrap_or_else(PoisonError::into_inner);
            shared.stat.begin(method, uri, version);
            slot.started = shared.stat.started;
        }
        Self { slot }
    }

    /// Ends the statistic and hands it to `callback`.
    ///
    /// Only the one who started it may call this.
    pub fn finish(mut self, ending: Ending, callback: impl FnOnce(&RouteStat)) {
        let Some(slot) = Arc::get_mut(&mut self.slot) else { return self.finish_shared(ending, callback) };
        let request_bytes = *slot.request_bytes.get_mut();
        let shared = slot.stat.get_mut().unwrap_or_else(PoisonError::into_inner);
        shared.end(ending, request_bytes);
        callback(&shared.stat);
        shared.stat.reset();
        pool::give(self.slot);
    }

    /// Does the same while somebody still holds the recorder, so that it cannot be used again; what they write now is lost.
    #[cold]
    fn finish_shared(self, ending: Ending, callback: impl FnOnce(&RouteStat)) {
        let request_bytes = self.slot.request_bytes.load(Ordering::Relaxed);
        let mut shared = std::mem::take(&mut *self.lock());
        shared.end(ending, request_bytes);
        callback(&shared.stat);
    }

    /// Does the same as [`finish`](Self::finish), but not before everybody who [holds](Self::hold) the statistic has let go
    /// of it; until then it goes on.
    #[cold]
    pub fn finish_when_released(self, ending: Ending, callback: impl FnOnce(&RouteStat) + Send + 'static) {
        let mut shared = self.lock();
        if shared.holds > 0 {
            shared.parked = Some(Parked { ending, callback: Box::new(callback) });
            return;
        }
        drop(shared);
        self.finish(ending, callback);
    }

    /// Keeps the statistic open beyond the end of the answer, until what is returned is dropped.
    ///
    /// It does so for an answer that hands the connection over, such as 101; others end as ever.
    pub fn hold(&self) -> Hold {
        Hold::new(self.clone())
    }

    /// Counts one who keeps the statistic open; returns the recorder of a layer further out.
    pub(super) fn begin_hold(&self) -> Option<Self> {
        let mut shared = self.lock();
        shared.holds += 1;
        shared.outer.clone()
    }

    /// Counts one less; returns the end that waited for the last one.
    pub(super) fn end_hold(&self) -> Option<Parked> {
        let mut shared = self.lock();
        // When the answer has failed meanwhile, the statistic is over, and a new one stands here.
        shared.holds = shared.holds.saturating_sub(1);
        if shared.holds == 0 { shared.parked.take() } else { None }
    }

    /// Notes what passed over a websocket; its bytes count as those of the request and of the answer.
    pub(super) fn set_websocket(&self, websocket: WebSocketStat) {
        self.add_request_bytes(websocket.bytes_in());
        let mut shared = self.lock();
        if let Some(parked) = &mut shared.parked {
            parked.ending.response_size += websocket.bytes_out();
        }
        shared.stat.websocket = Some(Box::new(websocket));
    }

    /// Returns when the request arrived.
    #[must_use]
    pub fn started(&self) -> Instant {
        self.slot.started
    }

    /// Returns the time since the request arrived.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.slot.started.elapsed()
    }

    /// Returns what the statistics layer wants to know.
    #[must_use]
    pub fn detail(&self) -> Detail {
        self.slot.detail
    }

    /// Says which route matched.
    pub fn set_matched_path(&self, path: MatchedPath) {
        let mut shared = self.lock();
        // Locked from the inside out only, so two threads cannot wait for each other.
        if let Some(outer) = &shared.outer {
            outer.set_matched_path(path.clone());
        }
        shared.stat.matched_path = Some(path);
    }

    /// Notes that a handler begins; what is returned notes its end.
    #[inline]
    pub fn handler(&self, name: &'static str) -> Running {
        Running::new(self.clone(), What::Handler, name, Instant::now())
    }

    /// Notes a handler of the chain whose turn does not come.
    pub fn skipped_handler(&self, name: &'static str) {
        let handler = HandlerStat {
            name,
            time: Span::none(),
            error: None,
            stopped: false,
            progress: Progress::Skipped,
        };
        self.lock().stat.handlers.push(handler);
    }

    /// Notes that a named layer is entered; what is returned notes that it is left.
    pub fn layer(&self, name: &'static str) -> Running {
        Running::new(self.clone(), What::Layer, name, Instant::now())
    }

    /// Notes that a dependency was built, from `begun` until now.
    ///
    /// Ask [`Detail::dependencies`] before reading a clock for it.
    pub fn dependency(&self, type_name: &'static str, key: Key, begun: Instant) {
        let time = Span { begun, ended: Instant::now() };
        self.lock().stat.dependencies.push(DependencyStat { type_name, key, time });
    }

    /// Notes that an extractor read the request.
    ///
    /// Ask [`Detail::binding_steps`] before reading a clock for it.
    pub fn step(&self, type_name: &'static str, duration: Duration) {
        self.lock().stat.steps.push(StepStat { type_name, duration });
    }

    /// Notes the error that the request fails with.
    ///
    /// The first one stays; another one, which came up on the way out, becomes a log line.
    #[cold]
    pub fn fail(&self, error: &Error) {
        self.fail_with(error.to_string());
    }

    #[cold]
    pub(super) fn fail_with(&self, text: String) {
        let after = self.elapsed();
        let mut shared = self.lock();
        match &shared.stat.error {
            None => shared.stat.error = Some(text),
            Some(first) if *first == text => {}
            Some(_) => shared.stat.logs.push(Level::Error, after, &text),
        }
    }

    /// Says how the request ended, for those who know better than the layer outside can: a timeout, or a panic that was
    /// caught and answered. The last one who says so is believed.
    pub fn set_outcome(&self, outcome: Outcome) {
        self.lock().outcome = Some(outcome);
    }

    /// Adds bytes of the request's body that were read.
    pub fn add_request_bytes(&self, bytes: u64) {
        self.slot.request_bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Adds a log line.
    pub fn log(&self, level: Level, line: fmt::Arguments<'_>) {
        let after = self.elapsed();
        // Formatted before the lock is taken: a value's `Display` may log itself.
        match line.as_str() {
            Some(text) => self.lock().stat.logs.push(level, after, text),
            None => {
                let text = line.to_string();
                self.lock().stat.logs.push(level, after, &text);
            }
        }
    }

    /// Notes which route of the framework around us matched, when our own router has not told already.
    ///
    /// Every extractor inside of a framework's route calls this; all but the first find that it is known.
    #[inline]
    pub(crate) fn report_framework(&self, state: &RequestState, extensions: &Extensions) {
        if state.route().is_some() {
            return;
        }
        let Some(address) = MatchedPath::address_in_framework(extensions) else { return };
        // The pattern lives as long as the router, and the statistic keeps it, so that its address means it alone.
        if self.slot.framework_path.load(Ordering::Relaxed) != address
            && let Some(path) = MatchedPath::of_framework(extensions)
        {
            self.set_matched_path(path);
            self.slot.framework_path.store(address, Ordering::Relaxed);
        }
    }

    /// Lets `change` see the statistic so far. It must not call back, nor run code of others.
    pub(super) fn with(&self, change: impl FnOnce(&mut RouteStat)) {
        change(&mut self.lock().stat);
    }

    /// Returns where the statistic is kept.
    #[cfg(test)]
    pub(super) fn room(&self) -> *const Slot {
        Arc::as_ptr(&self.slot)
    }

    #[inline]
    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.slot.stat.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Recorder")
    }
}

impl Shared {
    #[inline]
    fn end(&mut self, ending: Ending, request_bytes: u64) {
        let stat = &mut self.stat;
        stat.ended = ending.at;
        stat.first_byte = ending.first_byte;
        stat.response_size = ending.response_size;
        stat.response_code = ending.response_code;
        stat.outcome = self.outcome.take().unwrap_or(ending.outcome);
        stat.request_size = request_bytes;
        if stat.layers.len() > 1 {
            // They are noted when they are left, the innermost first.
            stat.layers.sort_by_key(|layer| layer.time.begun);
        }
        self.outer = None;
    }
}

impl Default for Slot {
    fn default() -> Self {
        Self {
            detail: Detail::default(),
            started: Instant::now(),
            request_bytes: AtomicU64::new(0),
            framework_path: AtomicUsize::new(0),
            stat: Mutex::new(Shared::default()),
        }
    }
}

/// Tells a statistics layer outside which route of the framework around us matched.
///
/// For those of ours that run inside a route of a framework, where alone its pattern is known. It does nothing without a
/// statistics layer, and when our own router has told already.
#[inline]
pub fn report_route(extensions: &Extensions) {
    if let Some(state) = RequestState::of(extensions)
        && let Some(recorder) = state.recorder()
    {
        recorder.report_framework(state, extensions);
    }
}
