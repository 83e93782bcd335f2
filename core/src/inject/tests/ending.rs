//! The end of a request: teardowns, in which order, with which completion, how often.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use super::{Take, request, scopes, take, yield_once};
use crate::Error;
use crate::inject::cell::{Polled, Site};
use crate::inject::scope::Spot;
use crate::inject::{Completion, Container, ContainerBuilder, OpenScope, Provider};
use crate::stats::Recorder;

#[derive(Debug)]
struct First(&'static str);

struct Second;

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    fn add(&self, line: String) {
        self.0.lock().unwrap().push(line);
    }

    fn lines(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

fn builder(log: &Log) -> ContainerBuilder {
    let (first, second) = (log.clone(), log.clone());
    Container::builder()
        .register(Provider::<First>::per_request(|| First("one")).teardown(move |value, completion| {
            let value = value.into_inner().unwrap();
            first.add(format!("{} {completion:?}", value.0));
        }))
        .register(Provider::<Second>::per_request(|_: Take<First>| Second).teardown(move |_, completion| {
            let second = second.clone();
            async move {
                yield_once().await;
                second.add(format!("two {completion:?}"));
            }
        }))
}

#[tokio::test]
async fn values_are_torn_down_once_the_last_one_first() {
    let log = Log::default();
    let scopes = scopes(&builder(&log).build().await.unwrap());
    for completion in [Completion::Success, Completion::Failure] {
        let open = scopes.open(None);
        drop(take::<Second>(&mut request(&open)).await.unwrap());
        open.close(completion).await;
        assert_eq!(log.lines(), [format!("two {completion:?}"), format!("one {completion:?}")]);
    }
    scopes.open(None).close(Completion::Success).await;
    assert!(log.lines().is_empty(), "what was not built is not torn down");
}

#[tokio::test]
async fn a_scope_whose_end_nobody_could_see_ends_at_once() {
    struct Plain(u32);
    struct Freed(#[expect(dead_code, reason = "it is only dropped")] String);
    let log = Log::default();
    let container =
        builder(&log)
            .register(Provider::<Plain>::per_request(|| Plain(7)))
            .register(Provider::<Freed>::per_request(|| Freed("seven".to_owned())));
    let scopes = scopes(&container.build().await.unwrap());

    let mut open = scopes.open(None);
    let mut parts = request(&open);
    let plain = take::<Plain>(&mut parts).await.unwrap();
    assert!(!open.end_unseen(), "the request holds it");
    drop(parts);
    assert!(open.end_unseen());
    assert_eq!(plain.0, 7, "a value that somebody holds stays");

    let mut open = scopes.open(None);
    drop(take::<First>(&mut request(&open)).await.unwrap());
    assert!(!open.end_unseen(), "a teardown is seen");
    open.close(Completion::Success).await;
    assert_eq!(log.lines(), ["one Success"]);

    let mut open = scopes.open(None);
    drop(take::<Freed>(&mut request(&open)).await.unwrap());
    assert!(!open.end_unseen(), "what is dropped may be seen");
}

#[tokio::test]
async fn values_whose_end_nobody_could_see_are_given_up_above_one_that_is_torn_down() {
    struct Count(u32);
    let log = Log::default();
    let built = AtomicU32::new(0);
    let count =
        Provider::<Count>::per_request(move |_: Take<First>| Count(built.fetch_add(1, Ordering::Relaxed)));
    let scopes = scopes(&builder(&log).register(count).build().await.unwrap());
    for number in 0..3 {
        let mut open = scopes.open(None);
        let mut parts = request(&open);
        let count = take::<Count>(&mut parts).await.unwrap();
        drop(parts);
        assert!(!open.end_unseen(), "a teardown is seen");
        open.close(Completion::Success).await;
        assert_eq!(log.lines(), ["one Success"]);
        assert_eq!(count.0, number, "each request has its own, and who holds it keeps it");
    }
}

#[tokio::test]
async fn a_scope_that_is_dropped_ends_as_cancelled_or_panicked() {
    let log = Log::default();
    let scopes = scopes(&builder(&log).build().await.unwrap());
    let open = scopes.open(None);
    drop(take::<First>(&mut request(&open)).await.unwrap());
    drop(open);
    assert_eq!(log.lines(), ["one Cancelled"]);

    let open = scopes.open(None);
    drop(take::<First>(&mut request(&open)).await.unwrap());
    let panicked = catch_unwind(AssertUnwindSafe(move || {
        let _open = open;
        panic!("the handler fell over");
    }));
    assert!(panicked.is_err());
    assert_eq!(log.lines(), ["one Panicked"]);
}

#[tokio::test]
async fn what_is_left_of_a_closing_that_nobody_awaits_can_go_on_elsewhere() {
    let log = Log::default();
    let scopes = scopes(&builder(&log).build().await.unwrap());
    let open = scopes.open(None);
    drop(take::<Second>(&mut request(&open)).await.unwrap());
    let rest = open.close(Completion::Cancelled).now().expect("the second one yields");
    assert!(log.lines().is_empty());
    rest.await;
    assert_eq!(log.lines(), ["two Cancelled", "one Cancelled"]);

    // Dropped, the async teardown is lost at its first await; all others still run.
    let open = scopes.open(None);
    drop(take::<Second>(&mut request(&open)).await.unwrap());
    drop(open.close(Completion::Cancelled));
    assert_eq!(log.lines(), ["one Cancelled"]);
}

#[tokio::test]
async fn a_panicking_teardown_does_not_keep_the_others_from_running() {
    let log = Log::default();
    let fall_over = |_, completion| assert_eq!(completion, Completion::Cancelled, "the teardown falls over");
    let panics = Provider::<u8>::per_request(|_: Take<First>| 1).teardown(fall_over);
    let scopes = scopes(&builder(&log).register(panics).build().await.unwrap());
    for _ in 0..2 {
        let open = scopes.open(None);
        drop(take::<u8>(&mut request(&open)).await.unwrap());
        open.close(Completion::Success).await;
        assert_eq!(log.lines(), ["one Success"]);
    }
}

#[tokio::test]
async fn a_value_that_somebody_keeps_cannot_be_taken_by_its_teardown() {
    let log = Log::default();
    let kept = log.clone();
    let provider = Provider::<First>::per_request(|| First("kept")).teardown(move |value, _| {
        kept.add(format!("{:?}", value.into_inner().map(|_| "owned")));
    });
    let scopes = scopes(&Container::builder().register(provider).build().await.unwrap());
    let open = scopes.open(None);
    let value = take::<First>(&mut request(&open)).await.unwrap();
    open.close(Completion::Success).await;
    assert_eq!(log.lines(), [r#"Err(First("kept"))"#]);
    assert_eq!(value.0, "kept");
}

#[tokio::test]
async fn nothing_is_built_in_a_scope_that_has_ended() {
    let log = Log::default();
    let scopes = scopes(&builder(&log).build().await.unwrap());
    let open = scopes.open(None);
    let mut parts = request(&open);
    open.close(Completion::Success).await;
    let error = take::<First>(&mut parts).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot inject gongular_core::inject::tests::ending::First: the request it belongs to is over"
    );
    assert!(log.lines().is_empty());
}

/// Lets the request end just after somebody looked whether it is over.
struct EndsAfterTheLook<'s> {
    spot: Spot<'s>,
    enlisted: Cell<bool>,
    open: RefCell<Option<OpenScope>>,
}

impl Site for EndsAfterTheLook<'_> {
    fn enlist(&self) -> u32 {
        self.enlisted.set(true);
        self.spot.enlist()
    }

    fn is_over(&self) -> bool {
        let over = self.spot.is_over();
        if self.enlisted.get() {
            drop(self.open.take());
        }
        over
    }

    fn recorder(&self) -> Option<&Recorder> {
        None
    }
}

#[tokio::test]
async fn a_value_that_comes_to_be_while_its_request_ends_is_torn_down_with_the_scope() {
    let log = Log::default();
    let late = log.clone();
    let provider = Provider::<First>::per_request(|| First("late")).teardown(move |value, completion| {
        late.add(format!("{} {completion:?}", value.0));
        assert_ne!(completion, Completion::Cancelled, "nobody hears of it");
    });
    let open = scopes(&Container::builder().register(provider).build().await.unwrap()).open(None);
    let (scope, mut parts) = (open.scope().clone(), request(&open));
    {
        let site = EndsAfterTheLook {
            spot: scope.spot(0),
            enlisted: Cell::new(false),
            open: RefCell::new(Some(open)),
        };
        let cell = scope.spot(0).typed::<First>().unwrap();
        let polled = cell.poll(
            &site,
            &mut crate::request::Head::new(&mut parts),
            &mut Context::from_waker(Waker::noop()),
        );
        assert!(matches!(polled, Polled::Ready(_)) && site.open.borrow().is_none());
        assert!(log.lines().is_empty());
    }
    drop((scope, parts));
    assert_eq!(log.lines(), ["late Cancelled"]);
}

#[tokio::test]
async fn a_factory_that_is_still_running_at_the_end_is_dropped() {
    struct Slow;
    let count = Arc::new(());
    let held = Arc::clone(&count);
    let provider = Provider::<Slow>::per_request(move || {
        let held = Arc::clone(&held);
        async move {
            std::future::pending::<()>().await;
            drop(held);
            Slow
        }
    });
    let scopes = scopes(&Container::builder().register(provider).build().await.unwrap());
    let open = scopes.open(None);
    let mut parts = request(&open);
    {
        let slow = pin!(take::<Slow>(&mut parts));
        assert!(slow.poll(&mut Context::from_waker(Waker::noop())).is_pending());
    }
    assert_eq!(Arc::strong_count(&count), 3, "it goes on for whoever asks next");
    drop(parts);
    open.close(Completion::Cancelled).await;
    assert_eq!(Arc::strong_count(&count), 2);
}

#[tokio::test]
async fn a_factory_that_panics_can_be_tried_again() {
    let tries = Arc::new(Mutex::new(0));
    let counter = Arc::clone(&tries);
    let provider = Provider::<First>::per_request(move || {
        let mut tries = counter.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *tries += 1;
        assert!(*tries > 1, "the first time it falls over");
        First("second try")
    });
    let container = Container::builder().register(provider).build().await.unwrap();
    let open = scopes(&container).open(None);
    let mut parts = request(&open);
    let first = catch_unwind(AssertUnwindSafe(|| {
        let mut resolving = pin!(take::<First>(&mut parts));
        matches!(resolving.as_mut().poll(&mut Context::from_waker(Waker::noop())), Poll::Ready(_))
    }));
    assert!(first.is_err());
    assert_eq!(take::<First>(&mut parts).await.unwrap().0, "second try");
}

#[tokio::test]
async fn hooks_before_the_response_run_the_last_one_first_and_the_first_error_ends_them() {
    let log = Log::default();
    let (first, second) = (log.clone(), log.clone());
    let builder = Container::builder()
        .register(Provider::<First>::per_request(|| First("one")).before_response(move |value| {
            first.add(value.0.to_owned());
            async { Ok::<_, Error>(()) }
        }))
        .register(Provider::<Second>::per_request(|_: Take<First>| Second).before_response(move |_| {
            let second = second.clone();
            async move {
                yield_once().await;
                second.add("two".to_owned());
                Err(std::io::Error::other("the commit failed"))
            }
        }));
    let scopes = scopes(&builder.build().await.unwrap());
    let open = scopes.open(None);
    drop(take::<Second>(&mut request(&open)).await.unwrap());
    let error = open.before_response().unwrap().await.unwrap_err();
    assert_eq!(error.to_string(), "the commit failed");
    assert_eq!(log.lines(), ["two"]);
}
