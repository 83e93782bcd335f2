//! What a request takes with it from the engine's door to the end of its answer.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use gongular_core::error::Carried;
use gongular_core::inject::OpenScope;
use gongular_core::{Error, ResponseBody};
use gongular_layers::error::RequestHead;
use gongular_layers::inject::Escort;
use gongular_layers::stats::Tracker;
use http::{Extensions, HeaderName};
use http_body::{Body as _, SizeHint};

use super::body::{Polled, caught};
use super::future::Way;
use crate::chain::Landed;

/// What ends with a request: its dependencies and its statistic.
///
/// It passes from the future to the body of the answer, in a box. Those who end something look at the answer where it
/// stands, so that it is moved only once, into what the host gets.
#[derive(Default)]
pub(super) struct Trip {
    /// An answer whose head has to wait for hooks or teardowns.
    waiting: Option<Landed>,
    /// The head of the request, where hooks before the response may fail.
    head: Option<Box<RequestHead>>,
    is_timed: bool,
    escort: Option<Escort<ResponseBody>>,
    // Stands last, so that what is recorded on the way down is in the statistic.
    tracker: Option<Tracker>,
}

impl Trip {
    /// Begins a trip whose statistic somebody gets; with `is_timed` its times go into the answer's head.
    pub(super) fn tracked(tracker: Tracker, is_timed: bool) -> Box<Self> {
        let trip = Self { waiting: None, head: None, is_timed, escort: None, tracker: Some(tracker) };
        Box::write(Box::new_uninit(), trip)
    }

    /// Takes care of the request's dependencies. `head` is wanted where hooks before the response may fail.
    #[inline]
    pub(super) fn open(&mut self, open: OpenScope, is_head: bool, head: Option<Box<RequestHead>>) {
        self.escort = Some(Escort::open(open, is_head));
        self.head = head;
    }

    /// Polls for the answer, whose head may then leave.
    #[inline]
    pub(super) fn poll(&mut self, way: &mut Way, cx: &mut Context<'_>) -> Poll<Landed> {
        let Self { waiting, head, is_timed, escort, tracker } = self;
        let mut inside = || match escort {
            Some(escort) => poll_out(escort, waiting, head, way, cx),
            None => way.poll(cx),
        };
        let Some(tracker) = tracker else { return inside() };
        let mut landed = ready!(tracker.watch(inside));
        if *is_timed && let Some(recorder) = tracker.recorder() {
            landed.headers_mut().insert(SERVER_TIMING, recorder.server_timing());
        }
        let length = landed.body().map_or(Some(0), |body| body.size_hint().exact());
        tracker.answered(landed.status(), landed.headers(), landed.extensions(), length);
        Poll::Ready(landed)
    }

    /// Polls the body of the answer; a panic in it is its error.
    pub(super) fn poll_frame(&mut self, body: &mut ResponseBody, cx: &mut Context<'_>) -> Polled {
        let Self { escort, tracker, .. } = self;
        let inside = || {
            caught(|| match escort {
                Some(escort) => escort.poll_frame(Some(Pin::new(body)), cx),
                None => Pin::new(body).poll_frame(cx),
            })
        };
        match tracker {
            Some(tracker) => tracker.poll_frame(inside),
            None => inside(),
        }
    }

    /// Returns whether there is no more to come of a body.
    pub(super) fn is_over(&self, body: &ResponseBody) -> bool {
        self.escort.as_ref().is_none_or(Escort::is_over) && body.is_end_stream()
    }

    /// Returns how much is to come of a body.
    pub(super) fn size_hint(&self, body: &ResponseBody) -> SizeHint {
        let hint = body.size_hint();
        match &self.escort {
            Some(escort) => escort.size_hint(hint),
            None => hint,
        }
    }

    /// Says that nobody will read the body any more.
    pub(super) fn let_go(&mut self, body: &ResponseBody) {
        let is_over = self.is_over(body);
        if let Some(tracker) = &mut self.tracker {
            tracker.let_go(is_over);
        }
    }
}

/// Polls for the answer and lets it out of the request's scope.
fn poll_out(
    escort: &mut Escort<ResponseBody>,
    waiting: &mut Option<Landed>,
    head: &Option<Box<RequestHead>>,
    way: &mut Way,
    cx: &mut Context<'_>,
) -> Poll<Landed> {
    let mut landed = match waiting.take() {
        Some(landed) => landed,
        None => ready!(escort.watch(|| way.poll(cx))),
    };
    match escort.poll_before(landed.status(), landed.extensions(), cx) {
        Poll::Ready(Ok(())) => {
            // A layer of the route left it to those outside, as an injection layer does whose hooks failed.
            if let Some(error) = unanswered(landed.extensions()) {
                landed = refuse(error, &mut landed, head.as_deref(), way);
            }
        }
        Poll::Ready(Err(error)) => landed = refuse(error, &mut landed, head.as_deref(), way),
        Poll::Pending => {
            *waiting = Some(landed);
            return Poll::Pending;
        }
    }
    let is_empty = landed.body().is_none_or(|body| body.is_end_stream());
    if is_empty {
        landed.release();
    }
    if escort.poll_head(landed.status(), landed.extensions(), is_empty, cx).is_pending() {
        *waiting = Some(landed);
        return Poll::Pending;
    }
    escort.start_body(landed.headers(), landed.body().map_or(Some(0), |body| body.size_hint().exact()));
    Poll::Ready(landed)
}

#[inline]
fn unanswered(extensions: &Extensions) -> Option<Error> {
    let carried = extensions.get::<Carried>().filter(|carried| !carried.is_settled())?;
    Some(carried.error().clone())
}

/// Answers what a hook before the response failed with, in the place of the handlers' answer.
#[cold]
fn refuse(error: Error, landed: &mut Landed, head: Option<&RequestHead>, way: &Way) -> Landed {
    let said = std::mem::take(landed.headers_mut());
    let unknown = RequestHead::default();
    way.answer(error, head.unwrap_or(&unknown), said)
}

/// <https://www.w3.org/TR/server-timing/>
const SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");
