//! A request's stay in its scope, from the engine's door to the head of its answer.

use std::sync::Arc;
use std::task::{Context, Poll, ready};

use gongular_core::error::Carried;
use gongular_core::inject::OpenScope;
use gongular_core::{Error, ResponseBody};
use gongular_layers::error::RequestHead;
use gongular_layers::inject::Escort;
use http::{Response, StatusCode};
use http_body::Body as _;

use super::body::Body;
use super::future::{Answered, Way};
use crate::chain::Steps;

/// What goes with a request that something may be built for, until the head of its answer leaves.
///
/// It is small, since it is moved with the future: what only few have stands in boxes.
pub(super) struct Stay {
    open: OpenScope,
    /// Whether the method says that hosts drop the body of a good answer unread.
    is_bodiless: bool,
    /// True while the route runs: what is dropped with it true has panicked.
    is_watching: bool,
    /// The head of the request, where hooks before the response may fail.
    head: Option<Box<RequestHead>>,
    /// The chain, whose error handler answers what hooks fail with.
    steps: Arc<Steps>,
    /// An answer whose head has to wait for hooks or teardowns.
    waiting: Option<Box<Waiting>>,
}

/// An answer whose head has to wait, and what goes along with its body.
struct Waiting {
    response: Response<Body>,
    escort: Escort<ResponseBody>,
}

impl Stay {
    /// Takes care of a request's dependencies. `head` is wanted where hooks before the response may fail.
    #[inline]
    pub(super) const fn new(
        open: OpenScope,
        is_bodiless: bool,
        head: Option<Box<RequestHead>>,
        steps: Arc<Steps>,
    ) -> Self {
        Self { open, is_bodiless, is_watching: false, head, steps, waiting: None }
    }

    /// Polls for the answer, and lets it out of the request's scope. What has to go with its body, if the scope is still open then,
    /// is left in `escort`.
    #[inline]
    pub(super) fn poll(
        &mut self,
        way: &mut Way,
        escort: &mut Option<Escort<ResponseBody>>,
        cx: &mut Context<'_>,
    ) -> Poll<Answered> {
        if let Some(waiting) = self.waiting.take() {
            return self.poll_again(*waiting, escort, cx);
        }
        self.is_watching = true;
        let mut polled = way.poll(cx);
        self.is_watching = false;
        // The answer is looked at where it came to be, since it is large.
        if let Poll::Ready(Ok(response)) = &mut polled {
            let is_upgrade = response.status() == StatusCode::SWITCHING_PROTOCOLS;
            if !is_upgrade && self.open.end_unseen() {
                self.answer_rest(response);
            } else {
                let open = std::mem::replace(&mut self.open, OpenScope::over());
                *escort = Some(Escort::open(open, self.is_bodiless));
                self.cross(&mut polled, escort, cx);
            }
        }
        polled
    }

    /// Polls what an answer waits for that has come out before.
    #[inline(never)]
    fn poll_again(
        &mut self,
        waiting: Waiting,
        escort: &mut Option<Escort<ResponseBody>>,
        cx: &mut Context<'_>,
    ) -> Poll<Answered> {
        *escort = Some(waiting.escort);
        let mut polled = Poll::Ready(Ok(waiting.response));
        self.cross(&mut polled, escort, cx);
        polled
    }

    /// Lets an answer out of a scope whose end somebody may see.
    #[inline(never)]
    fn cross(
        &mut self,
        polled: &mut Poll<Answered>,
        escort: &mut Option<Escort<ResponseBody>>,
        cx: &mut Context<'_>,
    ) {
        let (Poll::Ready(Ok(response)), Some(goes_along)) = (&mut *polled, &mut *escort) else { return };
        if self.poll_crossing(response, goes_along, cx).is_ready() {
            escort.take_if(|escort| escort.is_closed());
            return;
        }
        if let (Poll::Ready(Ok(response)), Some(escort)) =
            (std::mem::replace(polled, Poll::Pending), escort.take())
        {
            self.waiting = Some(Box::new(Waiting { response, escort }));
        }
    }

    fn poll_crossing(
        &self,
        response: &mut Response<Body>,
        escort: &mut Escort<ResponseBody>,
        cx: &mut Context<'_>,
    ) -> Poll<()> {
        match ready!(escort.poll_before(response.status(), error_of(response), cx)) {
            Ok(()) => self.answer_rest(response),
            Err(error) => self.refuse(error, response),
        }
        let is_empty = response.body().inner().is_end_stream();
        ready!(escort.poll_head(response.status(), response.extensions(), is_empty, cx));
        escort.start_body(response.headers(), response.body().inner().size_hint().exact());
        Poll::Ready(())
    }

    /// Answers what a layer of the route left to those outside, as an injection layer does whose hooks failed.
    #[inline]
    fn answer_rest(&self, response: &mut Response<Body>) {
        if let Some(carried) = response.extensions().get::<Carried>().filter(|carried| !carried.is_settled())
        {
            let error = carried.error().clone();
            self.refuse(error, response);
        }
    }

    /// Answers what a hook before the response failed with, in the place of the handlers' answer.
    #[cold]
    fn refuse(&self, error: Error, response: &mut Response<Body>) {
        let said = std::mem::take(response.headers_mut());
        let unknown = RequestHead::default();
        let head = self.head.as_deref().unwrap_or(&unknown);
        *response = self.steps.errors().answer(error, head, said).map(Body::of);
    }
}

impl Drop for Stay {
    /// A request that is given up, or whose route panicked, ends here.
    #[inline]
    fn drop(&mut self) {
        if !self.open.is_over() {
            let open = std::mem::replace(&mut self.open, OpenScope::over());
            end(open, self.is_bodiless, self.is_watching);
        }
    }
}

/// Returns what an answer is one of, if something has failed.
#[inline]
pub(super) fn error_of(response: &Response<Body>) -> Option<&Error> {
    response.body().error().or_else(|| response.extensions().get::<Carried>().map(Carried::error))
}

#[cold]
fn end(open: OpenScope, is_bodiless: bool, has_panicked: bool) {
    let mut escort = Escort::<ResponseBody>::open(open, is_bodiless);
    if has_panicked {
        escort.panicked();
    }
}
