//! Watches over a connection while hyper serves it.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use http_body::Body;
use hyper::server::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::task::coop::unconstrained;
use tokio::time::{Instant, Sleep, sleep_until};

use super::activity::{Activity, Wait};
use super::deadline::Deadlines;
use super::io::Io;
use super::tracker::{Stage, StageReceiver};
use crate::BoxError;

/// A connection of hyper's.
pub(super) trait Connection: Future {
    /// Lets it finish what runs and begin nothing new.
    fn finish(self: Pin<&mut Self>);
}

impl<S, B> Connection for http1::UpgradeableConnection<TokioIo<Io>, S>
where
    S: hyper::service::HttpService<hyper::body::Incoming, ResBody = B>,
    S::Error: Into<BoxError>,
    B: Body + 'static,
    B::Error: Into<BoxError>,
    Self: Future,
{
    fn finish(self: Pin<&mut Self>) {
        self.graceful_shutdown();
    }
}

impl<S, B> Connection for Pin<Box<http2::Connection<TokioIo<Io>, S, TokioExecutor>>>
where
    S: hyper::service::HttpService<hyper::body::Incoming, ResBody = B>,
    S::Error: Into<BoxError>,
    B: Body + 'static,
    B::Error: Into<BoxError>,
    TokioExecutor: hyper::rt::bounds::Http2ServerConnExec<S::Future, B>,
    Self: Future,
{
    fn finish(self: Pin<&mut Self>) {
        self.get_mut().as_mut().graceful_shutdown();
    }
}

/// Watches over a connection: its deadlines, and the end of the server.
pub(super) struct Watch {
    activity: Arc<Activity>,
    deadlines: Deadlines,
    stops: StageReceiver,
    is_finishing: bool,
}

impl Watch {
    pub(super) const fn new(activity: Arc<Activity>, deadlines: Deadlines, stops: StageReceiver) -> Self {
        Self { activity, deadlines, stops, is_finishing: false }
    }

    /// Lets the connection run until it ends, or has to.
    pub(super) async fn drive<C: Connection>(mut self, connection: C) {
        let mut connection = pin!(connection);
        // Whoever is told to wait by tokio's budget is woken at once but registered nowhere, and would not be asked again.
        let mut bell = pin!(unconstrained(self.stops.clone().wake_on_news()));
        let sleep = pin!(sleep_until(self.deadlines.at()));
        let mut alarm = Alarm { sleep, is_set: false };
        // The bell and the alarm are asked again only when they may have something to say, or have to wake somebody else
        // than before: most turns of a connection are none of their business.
        let mut known: Option<Waker> = None;
        poll_fn(|cx| {
            loop {
                if connection.as_mut().poll(cx).is_ready() {
                    return Poll::Ready(());
                }
                if !known.as_ref().is_some_and(|known| known.will_wake(cx.waker())) {
                    known = Some(cx.waker().clone());
                    self.activity.watched_by(cx.waker());
                    alarm.is_set = false;
                    let _ = bell.as_mut().poll(cx);
                }
                let verdict = if self.stops.has_news() {
                    let stage = self.stops.hear();
                    if stage == Stage::Stopped {
                        return Poll::Ready(());
                    }
                    let _ = bell.as_mut().poll(cx);
                    self.stage_changed(stage)
                } else {
                    match self.deadlines.update(&self.activity) {
                        Some(at) if alarm.poll(at, cx).is_ready() => self.too_late(),
                        Some(_) | None => return Poll::Pending,
                    }
                };
                match verdict {
                    Verdict::GoOn => {}
                    Verdict::Finish => connection.as_mut().finish(),
                    Verdict::Drop => return Poll::Ready(()),
                }
            }
        })
        .await;
        self.activity.hand_over();
    }

    fn stage_changed(&mut self, stage: Stage) -> Verdict {
        if stage == Stage::Serving {
            return Verdict::GoOn;
        }
        self.deadlines.update(&self.activity);
        if let Wait::Idle(_) | Wait::Linger = self.deadlines.wait() {
            self.is_finishing = true;
            self.deadlines.last_moment();
        }
        Verdict::Finish
    }

    /// The connection has waited too long.
    fn too_late(&mut self) -> Verdict {
        match self.deadlines.wait() {
            Wait::Body(_) => {
                self.activity.cut_body();
                Verdict::GoOn
            }
            Wait::Handler => {
                self.deadlines.renew();
                Verdict::GoOn
            }
            Wait::Idle(_) if self.deadlines.is_sending(&self.activity, self.is_finishing) => Verdict::GoOn,
            Wait::Idle(_) if !self.is_finishing => {
                self.is_finishing = true;
                self.deadlines.last_moment();
                Verdict::Finish
            }
            Wait::Head(_) | Wait::Idle(_) | Wait::Linger | Wait::Send(_) => Verdict::Drop,
        }
    }
}

enum Verdict {
    GoOn,
    Finish,
    Drop,
}

/// A timer that is set to the earliest time that was asked for; it may ring early, and is then set again.
///
/// Deadlines mostly move on long before they come, and a timer that is left alone costs nothing.
struct Alarm<'t> {
    sleep: Pin<&'t mut Sleep>,
    is_set: bool,
}

impl Alarm<'_> {
    fn poll(&mut self, at: Instant, cx: &mut Context<'_>) -> Poll<()> {
        if at < self.sleep.deadline() {
            self.sleep.as_mut().reset(at);
            self.is_set = false;
        }
        while !self.is_set || self.sleep.is_elapsed() {
            // As for the bell: waiting has to mean that the timer will wake us.
            if pin!(unconstrained(self.sleep.as_mut())).poll(cx).is_pending() {
                self.is_set = true;
                return Poll::Pending;
            }
            if at <= Instant::now() {
                return Poll::Ready(());
            }
            self.sleep.as_mut().reset(at);
            self.is_set = false;
        }
        Poll::Pending
    }
}
