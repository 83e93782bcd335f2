//! What a request takes with it from the engine's door to the end of its answer.

use std::pin::Pin;
use std::task::Context;

use gongular_core::ResponseBody;
use gongular_layers::inject::Escort;
use gongular_layers::stats::Tracker;
use http::{HeaderName, Response};
use http_body::{Body as _, SizeHint};

use super::body::{Body, Polled, caught};
use super::stay::error_of;

/// What ends with a request: its dependencies and its statistic.
///
/// It passes from the future to the body of the answer, in a box. Those who end something look at the answer where it
/// stands, so that it is moved only once, into what the host gets.
#[derive(Default)]
pub(super) struct Trip {
    is_timed: bool,
    escort: Option<Escort<ResponseBody>>,
    // Stands last, so that what is recorded on the way down is in the statistic.
    tracker: Option<Tracker>,
}

impl Trip {
    /// Begins a trip whose statistic somebody gets; with `is_timed` its times go into the answer's head.
    pub(super) fn tracked(tracker: Tracker, is_timed: bool) -> Box<Self> {
        let trip = Self { is_timed, escort: None, tracker: Some(tracker) };
        Box::write(Box::new_uninit(), trip)
    }

    /// Takes what ends the request's dependencies with the body of the answer.
    pub(super) fn take_on(&mut self, escort: Escort<ResponseBody>) {
        self.escort = Some(escort);
    }

    /// Runs what answers the request.
    #[inline]
    pub(super) fn watch<T>(&mut self, inside: impl FnOnce() -> T) -> T {
        match &mut self.tracker {
            Some(tracker) => tracker.watch(inside),
            None => inside(),
        }
    }

    /// Notes the answer, whose head may then leave.
    #[inline]
    pub(super) fn answered(&mut self, response: &mut Response<Body>) {
        let Some(tracker) = &mut self.tracker else { return };
        if self.is_timed
            && let Some(recorder) = tracker.recorder()
        {
            response.headers_mut().insert(SERVER_TIMING, recorder.server_timing());
        }
        let length = response.body().inner().size_hint().exact();
        tracker.answered(response.status(), response.headers(), error_of(response), length);
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

/// <https://www.w3.org/TR/server-timing/>
const SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");
