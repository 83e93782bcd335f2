//! Follows one request from its arrival to its end, wherever it may end.

use std::any::Any;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::task::Poll;
use std::time::Instant;

use bytes::Buf;
use gongular_core::__private::{declared_length, is_bodiless};
use gongular_core::Error;
use gongular_core::error::{BoxError, ErrorKind};
use gongular_core::stats::{Ending, Outcome, Recorder};
use http::{HeaderMap, Method, StatusCode};
use http_body::Frame;

use super::RouteCallback;

/// Fires the callback when it is dropped, which happens once: with the future, or with the body it was handed on to.
///
/// It must be dropped after what it watches, so that all that is recorded on the way down is in the statistic.
#[doc(hidden)]
#[derive(Debug)]
pub struct Tracker {
    recorder: Option<Recorder>,
    callback: Callback,
    kind: Kind,
    stage: Stage,
    /// Whether code of others is running; when this is dropped meanwhile, that code panicked.
    watching: bool,
    /// The status of the answer, and when its head was ready.
    head: Option<(StatusCode, Instant)>,
    sent_bytes: u64,
    /// How many bytes of body the head promised; the host stops reading after them.
    declared: Option<u64>,
    ended: Option<Instant>,
}

/// Who is told at the end.
struct Callback(Arc<dyn RouteCallback>);

impl fmt::Debug for Callback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Callback")
    }
}

/// What the method says about the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Connect,
    Head,
    Other,
}

/// How far the answer came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Waiting,
    InBody,
    Ended(Outcome),
}

impl Tracker {
    /// Follows the request that a recorder was begun for.
    #[inline]
    #[must_use]
    pub fn new(recorder: Recorder, callback: Arc<dyn RouteCallback>, method: &Method) -> Self {
        let kind = match *method {
            Method::CONNECT => Kind::Connect,
            Method::HEAD => Kind::Head,
            _ => Kind::Other,
        };
        Self {
            recorder: Some(recorder),
            callback: Callback(callback),
            kind,
            stage: Stage::Waiting,
            watching: false,
            head: None,
            sent_bytes: 0,
            declared: None,
            ended: None,
        }
    }

    /// Returns the recorder of the request.
    #[must_use]
    pub const fn recorder(&self) -> Option<&Recorder> {
        self.recorder.as_ref()
    }

    /// Runs code of others: when this is dropped meanwhile, it panicked, and the thread's `tracing` events belong to this
    /// request.
    #[inline]
    pub fn watch<T>(&mut self, foreign: impl FnOnce() -> T) -> T {
        self.watching = true;
        #[cfg(feature = "tracing")]
        let _entered = super::capture::enter(self.recorder.as_ref());
        let result = foreign();
        self.watching = false;
        result
    }

    /// Notes the answer when its head is ready. `length` is that of its body, if it knows it.
    #[inline]
    pub fn answered(
        &mut self,
        code: StatusCode,
        headers: &HeaderMap,
        error: Option<&Error>,
        length: Option<u64>,
    ) {
        if let Some(error) = error {
            self.failed(error);
        }
        self.declared = length.or_else(|| declared_length(headers));
        self.head = Some((code, Instant::now()));
        self.stage = if self.is_upgrade(code) {
            Stage::Ended(Outcome::Upgraded)
        } else if self.kind == Kind::Head || is_bodiless(code) {
            Stage::Ended(Outcome::Complete)
        } else {
            Stage::InBody
        };
    }

    /// Polls the answer's body and counts what it hands out; its end is the end of the request.
    #[inline]
    pub fn poll_frame<D: Buf, E: 'static>(
        &mut self,
        poll: impl FnOnce() -> Poll<Option<Result<Frame<D>, E>>>,
    ) -> Poll<Option<Result<Frame<D>, E>>> {
        let polled = self.watch(poll);
        match &polled {
            Poll::Ready(Some(Ok(frame))) => {
                if let Some(data) = frame.data_ref() {
                    self.sent(data.remaining());
                }
            }
            Poll::Ready(Some(Err(error))) => self.broken(error),
            Poll::Ready(None) => self.end(Outcome::Complete),
            Poll::Pending => {}
        }
        polled
    }

    /// Says that nobody will read the answer's body any more, and whether it was at its end.
    #[inline]
    pub fn let_go(&mut self, is_at_end: bool) {
        // A host does not ask for more when it knows that there is no more.
        if is_at_end || self.declared.is_some_and(|declared| self.sent_bytes >= declared) {
            self.end(Outcome::Complete);
        }
    }

    /// Notes bytes of the body that are handed out.
    const fn sent(&mut self, bytes: usize) {
        // Whoever reads a body that does not belong to the answer, as of HEAD, throws it away.
        if matches!(self.stage, Stage::InBody) {
            self.sent_bytes += bytes as u64;
        }
    }

    /// Returns whether it is known how the request ended.
    #[inline]
    #[must_use]
    pub(super) const fn has_ended(&self) -> bool {
        matches!(self.stage, Stage::Ended(_))
    }

    /// Notes how the request ended; what comes later does not count.
    #[inline]
    pub(super) fn end(&mut self, outcome: Outcome) {
        if !self.has_ended() {
            self.stage = Stage::Ended(outcome);
            self.ended = Some(Instant::now());
        }
    }

    /// Notes the error that an error layer inside has made the answer of.
    #[cold]
    fn failed(&self, error: &Error) {
        let Some(recorder) = &self.recorder else { return };
        recorder.fail(error);
        match error.kind() {
            ErrorKind::Panic => recorder.set_outcome(Outcome::Panic),
            ErrorKind::Timeout => recorder.set_outcome(Outcome::Timeout),
            _ => {}
        }
    }

    /// Notes that the body of the answer failed; a panic that an error layer inside has caught is told apart.
    #[cold]
    fn broken<E: 'static>(&mut self, error: &E) {
        let ours = as_error(error).and_then(Error::in_chain);
        if let (Some(error), Some(recorder)) = (ours, &self.recorder) {
            recorder.fail(error);
        }
        self.end(match ours.map(Error::kind) {
            Some(ErrorKind::Panic) => Outcome::Panic,
            _ => Outcome::BodyError,
        });
    }

    fn is_upgrade(&self, code: StatusCode) -> bool {
        code == StatusCode::SWITCHING_PROTOCOLS || (self.kind == Kind::Connect && code.is_success())
    }

    #[inline]
    fn ending(&self) -> Ending {
        let outcome = match self.stage {
            _ if self.watching => Outcome::Panic,
            Stage::Ended(outcome) => outcome,
            Stage::Waiting | Stage::InBody if std::thread::panicking() => Outcome::Panic,
            Stage::Waiting => Outcome::ClientGoneBeforeHead,
            Stage::InBody => Outcome::ClientGoneInBody,
        };
        let ending = Ending::new(outcome, self.ended.unwrap_or_else(Instant::now));
        match self.head {
            Some((code, at)) => ending.with_response(code, at, self.sent_bytes),
            None => ending,
        }
    }
}

impl Drop for Tracker {
    fn drop(&mut self) {
        let ending = self.ending();
        let Some(recorder) = self.recorder.take() else { return };
        if self.stage == Stage::Ended(Outcome::Upgraded) {
            return finish_upgraded(recorder, ending, Arc::clone(&self.callback.0));
        }
        let callback = &*self.callback.0;
        // A callback must not break the answer, nor abort the process when this is dropped by a panic. The panic hook has
        // said what happened, and the half-done work of the callback is its own affair.
        let _ = catch_unwind(AssertUnwindSafe(|| recorder.finish(ending, |stat| callback.on_route(stat))));
    }
}

/// Ends the statistic when whoever took the connection over lets go of it; at once when nobody did.
#[cold]
fn finish_upgraded(recorder: Recorder, ending: Ending, callback: Arc<dyn RouteCallback>) {
    recorder.finish_when_released(ending, move |stat| {
        let _ = catch_unwind(AssertUnwindSafe(|| callback.on_route(stat)));
    });
}

/// Returns the error of a body where its type is one that may hold another.
fn as_error<E: 'static>(error: &E) -> Option<&(dyn std::error::Error + 'static)> {
    let error: &dyn Any = error;
    if let Some(error) = error.downcast_ref::<BoxError>() {
        return Some(&**error);
    }
    #[cfg(feature = "axum")]
    if let Some(error) = error.downcast_ref::<axum_core::Error>() {
        return Some(error);
    }
    None
}
