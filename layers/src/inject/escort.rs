//! The way of an answer out of its request's scope, from the head to the end of the body.

use std::fmt;
use std::future::Future as _;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Buf;
use gongular_core::__private::{declared_length, is_bodiless};
use gongular_core::inject::{BeforeResponse, Completion, OpenScope, ScopeKeeper};
use gongular_core::{Error, ErrorKind};
use http::{Extensions, HeaderMap, StatusCode};
use http_body::{Body, Frame, SizeHint};

use super::end::End;

/// Goes with an answer out of its request's scope, and ends the scope at the end of the answer.
///
/// It looks at the answer where it stands, so that futures and bodies of any shape share it. In this order: [`watch`] while
/// the answer is made, [`poll_before`] and [`poll_head`] when its head is there, [`start_body`], then [`poll_frame`]. It must
/// be dropped after what it watches.
///
/// [`watch`]: Self::watch
/// [`poll_before`]: Self::poll_before
/// [`poll_head`]: Self::poll_head
/// [`start_body`]: Self::start_body
/// [`poll_frame`]: Self::poll_frame
#[doc(hidden)]
pub struct Escort<B: Body> {
    before: Before,
    completion: Completion,
    /// Whether the method says that hosts drop the body of a good answer unread.
    is_bodiless: bool,
    /// How many bytes are still to come, where the head promised a number.
    left: Option<u64>,
    /// A frame that waits for the teardowns; in a box, since few have to.
    last: Option<Box<Polled<B>>>,
    end: End,
}

/// What a body hands out.
type Polled<B> = Result<Frame<<B as Body>::Data>, <B as Body>::Error>;

/// What has to be done before the head leaves.
#[derive(Debug)]
enum Before {
    Unknown,
    Hooks(Box<BeforeResponse>),
    Done,
}

impl<B: Body> Escort<B> {
    /// Takes care of an open scope, without a spawner for teardowns that nobody awaits. `is_bodiless` says that the method
    /// is one whose good answers have no body.
    #[inline]
    #[must_use]
    pub const fn open(open: OpenScope, is_bodiless: bool) -> Self {
        Self::new(End::new(open, None), is_bodiless)
    }

    pub(super) const fn new(end: End, is_bodiless: bool) -> Self {
        Self {
            before: Before::Unknown,
            completion: Completion::Success,
            is_bodiless,
            left: None,
            last: None,
            end,
        }
    }

    /// Runs what is inside of the scope, and remembers if it panics.
    #[inline]
    pub fn watch<T>(&mut self, inside: impl FnOnce() -> T) -> T {
        self.end.watch(inside)
    }

    /// Says that what is inside has panicked.
    pub const fn panicked(&mut self) {
        self.end.set_known(Completion::Panicked);
    }

    /// Says that there will be no answer.
    pub(super) const fn fail(&mut self) {
        self.end.set_known(Completion::Failure);
    }

    /// Does what has to be done before the head of a good answer leaves; to be polled until it is ready. `error` is what the
    /// answer is one of. A scope whose end
    /// nobody could see ends here.
    ///
    /// # Errors
    ///
    /// What it failed with, once: the answer has to be one of this error from then on.
    #[inline]
    pub fn poll_before(
        &mut self,
        status: StatusCode,
        error: Option<&Error>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), Error>> {
        match self.before {
            Before::Done => return Poll::Ready(Ok(())),
            Before::Hooks(_) => {}
            Before::Unknown => {
                if status != StatusCode::SWITCHING_PROTOCOLS {
                    self.end.end_unseen();
                }
                if self.end.is_closed() {
                    self.before = Before::Done;
                    return Poll::Ready(Ok(()));
                }
                // An error handler may have answered an error with any status.
                let is_good = status.as_u16() < 400 && error.is_none();
                self.completion = if is_good {
                    Completion::Success
                } else {
                    // Whoever caught a panic may have answered it.
                    error.map_or(Completion::Failure, failure_of)
                };
                let hooks = if is_good { self.end.before_response() } else { None };
                self.before = hooks.map_or(Before::Done, |hooks| Before::Hooks(Box::new(hooks)));
            }
        }
        self.poll_hooks(cx)
    }

    fn poll_hooks(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        let Before::Hooks(hooks) = &mut self.before else { return Poll::Ready(Ok(())) };
        let done = ready!(self.end.watch(|| Pin::new(&mut **hooks).poll(cx)));
        self.before = Before::Done;
        if let Err(error) = &done {
            self.completion = failure_of(error);
        }
        Poll::Ready(done)
    }

    /// Waits for what the head of the final answer has to wait for: the teardowns, if there is no body that could.
    #[inline]
    pub fn poll_head(
        &mut self,
        status: StatusCode,
        extensions: &Extensions,
        is_empty: bool,
        cx: &mut Context<'_>,
    ) -> Poll<()> {
        if status == StatusCode::SWITCHING_PROTOCOLS
            && let Some(keeper) = extensions.get::<ScopeKeeper>()
        {
            self.end.hand_over(keeper);
        }
        if is_empty {
            ready!(self.end.poll_close(self.completion, cx));
        }
        if self.is_bodiless || is_bodiless(status) {
            self.end.set_known(self.completion);
        }
        Poll::Ready(())
    }

    /// Says that the head leaves, and how long the body is, if that knows it.
    #[inline]
    pub fn start_body(&mut self, headers: &HeaderMap, length: Option<u64>) {
        self.left = length.or_else(|| declared_length(headers));
        if self.completion != Completion::Success || self.left == Some(0) {
            // A failure stays one when nobody reads this body, as when an error layer puts another in its place; and a
            // host does not read a body that has no bytes.
            self.end.set_known(self.completion);
        }
    }

    /// Polls the body. The last frame waits for `async` teardowns, since a host drops a body when it has all the bytes it
    /// was promised.
    pub fn poll_frame(
        &mut self,
        mut body: Option<Pin<&mut B>>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Polled<B>>> {
        if self.last.is_some() {
            ready!(self.end.poll_close(self.completion, cx));
            return Poll::Ready(self.last.take().map(|last| *last));
        }
        let frame = match &mut body {
            Some(body) if !self.end.is_closed() || !body.is_end_stream() => {
                ready!(self.end.watch(|| body.as_mut().poll_frame(cx)))
            }
            Some(_) | None => None,
        };
        let is_last = match &frame {
            Some(Ok(frame)) => {
                if let (Some(left), Some(data)) = (&mut self.left, frame.data_ref()) {
                    *left = left.saturating_sub(data.remaining() as u64);
                }
                self.left == Some(0) || body.is_none_or(|body| body.is_end_stream())
            }
            Some(Err(_)) => {
                self.completion = Completion::Failure;
                true
            }
            None => true,
        };
        if is_last && self.end.poll_close(self.completion, cx).is_pending() {
            self.last = frame.map(Box::new);
            return Poll::Pending;
        }
        Poll::Ready(frame)
    }

    /// Returns whether the scope has ended.
    #[inline]
    #[must_use]
    pub const fn is_closed(&self) -> bool {
        self.end.is_closed()
    }

    /// Returns whether everything has been handed out and torn down, as far as it is not the body's to know.
    #[inline]
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.last.is_none() && self.end.is_closed()
    }

    /// Returns how much is still to come, when the body says this of itself.
    #[inline]
    #[must_use]
    pub fn size_hint(&self, body: SizeHint) -> SizeHint {
        match self.last.as_deref() {
            Some(Ok(last)) => with_frame(body, last.data_ref().map_or(0, |data| data.remaining() as u64)),
            Some(Err(_)) | None => body,
        }
    }
}

impl<B: Body> fmt::Debug for Escort<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Escort").field("before", &self.before).field("end", &self.end).finish_non_exhaustive()
    }
}

#[cold]
fn failure_of(error: &Error) -> Completion {
    if error.kind() == ErrorKind::Panic { Completion::Panicked } else { Completion::Failure }
}

fn with_frame(mut hint: SizeHint, waiting: u64) -> SizeHint {
    if let Some(upper) = hint.upper() {
        hint.set_upper(upper.saturating_add(waiting));
    }
    hint.set_lower(hint.lower().saturating_add(waiting));
    hint
}
