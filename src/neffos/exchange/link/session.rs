//! One session after the other.

use std::collections::HashSet;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::queue::Queued;
use super::{PATIENCE, Shared};
use crate::BoxError;
use crate::neffos::exchange::{Inbox, Reporter};
use crate::neffos::lock::lock;
use crate::neffos::random::random;

/// Makes sessions.
pub(in crate::neffos::exchange) trait Broker: Send + Sync + 'static {
    type Publish: Publish;
    type Subscribe: Subscribe;

    /// Makes a session; packets that it hears go into `inbox`.
    fn connect(
        &self,
        inbox: &Inbox,
        reporter: &Reporter,
    ) -> impl Future<Output = Result<Session<Self::Publish, Self::Subscribe>, BoxError>> + Send;
}

/// A session with a broker, over when any part of it fails.
pub(in crate::neffos::exchange) struct Session<P, S> {
    pub(in crate::neffos::exchange) publish: P,
    pub(in crate::neffos::exchange) subscribe: S,
    /// Hands in what is heard, until the connection is lost.
    pub(in crate::neffos::exchange) hear: Hear,
    pub(in crate::neffos::exchange) max_packet: usize,
}

/// The side of a session that publishes.
pub(in crate::neffos::exchange) trait Publish: Send {
    /// Publishes packets in order; done when the broker has them.
    fn publish(&mut self, batch: Vec<Queued>) -> impl Future<Output = Result<(), BoxError>> + Send;
}

/// The side of a session that says what is to be heard.
pub(in crate::neffos::exchange) trait Subscribe: Send {
    /// Subscribes; done when everything that is published from then on will be heard.
    fn subscribe(&mut self, channels: &[Arc<str>]) -> impl Future<Output = Result<(), BoxError>> + Send;

    fn unsubscribe(&mut self, channels: &[Arc<str>]) -> impl Future<Output = Result<(), BoxError>> + Send;

    /// Makes sure that the broker is there.
    fn ping(&mut self) -> impl Future<Output = Result<(), BoxError>> + Send;
}

/// Works until it is dropped.
pub(super) async fn run<B: Broker>(shared: Arc<Shared>, broker: Arc<B>, inbox: Inbox) {
    let mut tries = 0;
    let shared = Ending(shared);
    let shared = &*shared.0;
    loop {
        shared.table.reset();
        let (failure, rest) = match within(broker.connect(&inbox, &shared.reporter)).await {
            Ok(session) => {
                let (failure, rest) = serve(shared, session, &mut tries).await;
                (failure, Some(rest))
            }
            Err(failure) => (failure, None),
        };
        shared.lose(&failure.to_string());
        tokio::join!(tokio::time::sleep(pause(tries)), hear_rest(rest));
        tries = tries.saturating_add(1);
    }
}

/// Tells that nobody works any more, since the runtime has ended or nobody needs it.
struct Ending(Arc<Shared>);

impl Drop for Ending {
    fn drop(&mut self) {
        // Under the lock, so that who hears of it finds that there is no task, and begins a new one.
        let mut task = lock(&self.0.task);
        task.running = None;
        self.0.lose("the runtime that the exchange worked in has ended");
        drop(task);
    }
}

/// What is left of a session that failed: what it hears, unless that has ended, and its subscriptions.
type Rest<S> = (Option<Hear>, S);

type Hear = Pin<Box<dyn Future<Output = BoxError> + Send>>;

/// Hears what the broker sent before the session failed, which may lie unread: to whom it came, it is not lost.
async fn hear_rest<S>(rest: Option<Rest<S>>) {
    if let Some((Some(hear), _subscriptions)) = rest {
        // A broker that hangs does not end it.
        let _ = tokio::time::timeout(REST, hear).await;
    }
}

/// Serves a session until it fails; returns why it did.
async fn serve<P: Publish, S: Subscribe>(
    shared: &Shared,
    session: Session<P, S>,
    tries: &mut u32,
) -> (BoxError, Rest<S>) {
    let Session { publish, mut subscribe, mut hear, max_packet } = session;
    shared.max_packet.store(max_packet, Ordering::Relaxed);
    let (failure, hears) = tokio::select! {
        failure = &mut hear => (failure, false),
        failure = publish_all(shared, publish) => (failure, true),
        failure = subscribe_all(shared, &mut subscribe, tries) => (failure, true),
    };
    (failure, (hears.then_some(hear), subscribe))
}

async fn publish_all(shared: &Shared, mut publish: impl Publish) -> BoxError {
    loop {
        let batch = shared.queue.take().await;
        match within(publish.publish(batch)).await {
            Ok(()) => shared.queue.confirm(),
            Err(failure) => return failure,
        }
    }
}

async fn subscribe_all(shared: &Shared, subscribe: &mut impl Subscribe, tries: &mut u32) -> BoxError {
    let mut held = HashSet::new();
    let mut is_new = true;
    loop {
        let changes = shared.table.changes(&held);
        if let Err(failure) = tell(shared, subscribe, &mut held, &changes).await {
            return failure;
        }
        if changes.has_more {
            continue;
        }
        if std::mem::take(&mut is_new) {
            *tries = 0;
            shared.queue.open();
            shared.reporter.set_connected();
        }
        tokio::select! {
            () = shared.table.changed() => {}
            () = tokio::time::sleep(SILENCE) => {
                if let Err(failure) = within(subscribe.ping()).await {
                    return failure;
                }
            }
        }
    }
}

/// Tells the broker of changes.
async fn tell(
    shared: &Shared,
    subscribe: &mut impl Subscribe,
    held: &mut HashSet<Arc<str>>,
    changes: &super::table::Changes,
) -> Result<(), BoxError> {
    if !changes.add.is_empty() {
        within(subscribe.subscribe(&changes.add)).await?;
        held.extend(changes.add.iter().cloned());
        shared.table.heard(&changes.add);
    }
    if !changes.remove.is_empty() {
        within(subscribe.unsubscribe(&changes.remove)).await?;
        for channel in &changes.remove {
            held.remove(channel);
        }
    }
    Ok(())
}

async fn within<T>(work: impl Future<Output = Result<T, BoxError>>) -> Result<T, BoxError> {
    tokio::time::timeout(PATIENCE, work).await.unwrap_or_else(|_| Err("the broker does not answer".into()))
}

/// Returns how long to wait before the next try: longer each time, and not the same for all servers.
fn pause(tries: u32) -> Duration {
    let longest = FIRST_PAUSE.saturating_mul(1 << tries.min(16)).min(LONGEST_PAUSE);
    let part = random().map_or(1.0, |random| (random >> 40) as f64 / (1u64 << 24) as f64);
    longest / 2 + longest.mul_f64(part / 2.0)
}

/// How long nothing may be heard of the broker before it is asked whether it is there.
const SILENCE: Duration = Duration::from_secs(5);

/// How long what was sent before a session failed may take.
const REST: Duration = Duration::from_secs(1);

const FIRST_PAUSE: Duration = Duration::from_millis(50);

const LONGEST_PAUSE: Duration = Duration::from_secs(5);

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use bytes::Bytes;
    use tokio::sync::oneshot;

    use super::super::{Link, Settings};
    use super::*;

    #[test]
    fn pauses_grow_up_to_a_bound_and_are_never_none() {
        for tries in [0, 1, 5, 16, 40, u32::MAX] {
            let pause = pause(tries);
            assert!(pause >= FIRST_PAUSE / 2 && pause <= LONGEST_PAUSE, "{tries}: {pause:?}");
        }
        assert!(pause(0) < Duration::from_millis(51) && pause(20) >= LONGEST_PAUSE / 2);
    }

    /// Lets everybody in, and takes everything or nothing; is lost when the health says so.
    struct Silent {
        takes: bool,
        heard: Arc<Mutex<Option<oneshot::Sender<()>>>>,
    }

    impl Silent {
        fn new(takes: bool) -> (Self, oneshot::Receiver<()>) {
            let (heard, hearing) = oneshot::channel();
            (Self { takes, heard: Arc::new(Mutex::new(Some(heard))) }, hearing)
        }
    }

    impl Broker for Silent {
        type Publish = Self;
        type Subscribe = Self;

        async fn connect(&self, _: &Inbox, reporter: &Reporter) -> Result<Session<Self, Self>, BoxError> {
            let (mut health, heard) = (reporter.health(), self.heard.lock().unwrap().take());
            let hear = Box::pin(async move {
                while health.changed().await.is_some_and(|now| now.is_connected()) {}
                // The next session has nobody to tell.
                let _ = heard.map(|heard| heard.send(()));
                BoxError::from("closed")
            });
            let same = || Self { takes: self.takes, heard: Arc::clone(&self.heard) };
            Ok(Session { publish: same(), subscribe: same(), hear, max_packet: 100 })
        }
    }

    impl Publish for Silent {
        async fn publish(&mut self, _: Vec<Queued>) -> Result<(), BoxError> {
            if self.takes { Ok(()) } else { Err("gone".into()) }
        }
    }

    impl Subscribe for Silent {
        async fn subscribe(&mut self, _: &[Arc<str>]) -> Result<(), BoxError> {
            Ok(())
        }

        async fn unsubscribe(&mut self, _: &[Arc<str>]) -> Result<(), BoxError> {
            Ok(())
        }

        async fn ping(&mut self) -> Result<(), BoxError> {
            Ok(())
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_sent_before_a_session_failed_is_heard_to_its_end() {
        let (silent, heard) = Silent::new(false);
        let link = Link::new(silent, &Settings::new());
        link.start(Inbox::new(std::sync::Weak::new())).unwrap();
        assert!(link.health().connected().await);
        link.publish("c", Vec::new().into()).unwrap();
        heard.await.expect("the part that hears goes on when another one has failed");
        assert_eq!((link.health().now().outages(), link.health().now().unconfirmed()), (1, 1));
    }

    #[test]
    fn a_link_whose_runtime_has_ended_says_so_and_works_on_in_the_next_one() {
        let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let link = Link::new(Silent::new(true).0, &Settings::new());
        let first = runtime();
        first.block_on(async {
            link.start(Inbox::new(std::sync::Weak::new())).unwrap();
            assert!(link.health().connected().await);
            link.publish("c", Bytes::new()).unwrap();
        });
        drop(first);
        let now = link.health().now();
        assert_eq!((now.is_connected(), now.outages(), now.unconfirmed()), (false, 1, 1), "{now:?}");
        assert!(link.start(Inbox::new(std::sync::Weak::new())).is_err(), "it is of one server");
        let refused = link.publish("c", Bytes::new()).unwrap_err().to_string();
        let reason = "the runtime that the exchange worked in has ended";
        assert_eq!(refused, format!("not published: no connection to the broker: {reason}"));
        runtime().block_on(async {
            link.subscribe("c").await.unwrap();
            assert!(link.health().connected().await);
            link.publish("c", Bytes::new()).unwrap();
        });
    }

    #[test]
    fn who_hears_that_a_runtime_has_ended_begins_in_another_at_once() {
        let first = || tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let second = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        // The word and the use come from two threads, so that one try shows little.
        for _ in 0..200 {
            let link = Link::new(Silent::new(true).0, &Settings::new());
            let (first, mut health) = (first().unwrap(), link.health());
            first.block_on(async {
                link.start(Inbox::new(std::sync::Weak::new())).unwrap();
                assert!(health.connected().await);
            });
            first.shutdown_background();
            second.block_on(async {
                while health.now().is_connected() && health.changed().await.is_some() {}
                link.subscribe("c").await.expect("the task begins anew");
            });
        }
    }
}
