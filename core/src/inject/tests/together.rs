//! Several tasks in one scope.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};

use super::{Take, request, scopes, take, yield_once};
use crate::inject::{BeforeResponse, Completion, Container, Provider, Value};
use crate::{Error, FromRequest, RequestContext};

#[derive(Debug)]
struct Number(u32);

struct Sum(u32);

#[derive(Default)]
struct Wakes(AtomicUsize);

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

#[tokio::test]
async fn who_waits_takes_over_when_the_one_who_polls_gives_up() {
    let (sender, receiver) = tokio::sync::oneshot::channel();
    let receiver = Mutex::new(Some(receiver));
    let provider = Provider::<Number>::per_request(move || {
        let receiver = receiver.lock().unwrap().take().expect("it is called once");
        async move { Number(receiver.await.unwrap()) }
    });
    let container = Container::builder().register(provider).build().await.unwrap();
    let open = scopes(&container).open(None);
    let (mut one, mut two) = (request(&open), request(&open));
    let mut second = pin!(take::<Number>(&mut two));
    let (first_wakes, second_wakes) = (Arc::new(Wakes::default()), Arc::new(Wakes::default()));
    let (first_waker, second_waker) =
        (Waker::from(Arc::clone(&first_wakes)), Waker::from(Arc::clone(&second_wakes)));
    assert!(second.as_mut().poll(&mut Context::from_waker(&second_waker)).is_pending());
    {
        let first = pin!(take::<Number>(&mut one));
        assert!(first.poll(&mut Context::from_waker(&first_waker)).is_pending());
    }
    assert_eq!(second_wakes.0.load(Ordering::SeqCst), 1, "it has to poll now that the first one is gone");
    assert!(second.as_mut().poll(&mut Context::from_waker(&second_waker)).is_pending());
    sender.send(7).unwrap();
    assert_eq!(second_wakes.0.load(Ordering::SeqCst), 2);
    let Poll::Ready(Ok(number)) = second.as_mut().poll(&mut Context::from_waker(&second_waker)) else {
        panic!("it is there");
    };
    assert_eq!(number.0, 7);
}

#[tokio::test]
async fn arguments_of_a_factory_are_tried_once_and_then_awaited() {
    static BEGUN: AtomicU32 = AtomicU32::new(0);
    struct Late;

    impl<B: Send> FromRequest<B> for Late {
        async fn from_request(_: &mut RequestContext<'_, B>) -> Result<Self, Error> {
            BEGUN.fetch_add(1, Ordering::Relaxed);
            yield_once().await;
            Ok(Self)
        }
    }

    async fn number(first: Take<Sum>, _: Late) -> Result<Number, Error> {
        Ok(Number(first.0.0))
    }
    async fn sum() -> Result<Sum, Error> {
        Ok(Sum(7))
    }
    let container = Container::builder().per_request(sum).per_request(number).build().await.unwrap();
    let open = scopes(&container).open(None);
    assert_eq!(take::<Number>(&mut request(&open)).await.unwrap().0, 7);
    assert_eq!(BEGUN.load(Ordering::Relaxed), 2);
}

#[test]
fn many_threads_build_each_value_once_and_tear_it_down_once() {
    const REQUESTS: u32 = 200;
    const TASKS: usize = 4;
    let (built, torn) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
    let (counter, ended) = (Arc::clone(&built), Arc::clone(&torn));
    let number = Provider::<Number>::per_request(move || {
        let number = counter.fetch_add(1, Ordering::Relaxed);
        async move {
            yield_once().await;
            Number(number)
        }
    })
    .teardown(move |_, _| {
        ended.fetch_add(1, Ordering::Relaxed);
    });
    async fn sum(number: Take<Number>) -> Result<Sum, Error> {
        yield_once().await;
        Ok(Sum(number.0.0))
    }
    let runtime = || tokio::runtime::Builder::new_current_thread().build().unwrap();
    let container =
        runtime().block_on(Container::builder().register(number).per_request(sum).build()).unwrap();
    let scopes = scopes(&container);
    for _ in 0..REQUESTS {
        let open = scopes.open(None);
        let seen: Vec<u32> = std::thread::scope(|threads| {
            let task = |_| {
                let mut parts = request(&open);
                threads.spawn(move || runtime().block_on(async { take::<Sum>(&mut parts).await.unwrap().0 }))
            };
            let running: Vec<_> = (0..TASKS).map(task).collect();
            running.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(seen.iter().all(|number| *number == seen[0]), "{seen:?}");
        runtime().block_on(open.close(Completion::Success));
    }
    assert_eq!((built.load(Ordering::Relaxed), torn.load(Ordering::Relaxed)), (REQUESTS, REQUESTS));
}

#[tokio::test]
async fn who_finds_a_factory_polled_is_woken_though_it_panics() {
    let inside = Arc::new(Mutex::new(None::<http::request::Parts>));
    let wakes = Arc::new(Wakes::default());
    let (asks, waker) = (Arc::clone(&inside), Waker::from(Arc::clone(&wakes)));
    let provider = Provider::<Number>::per_request(move || {
        let mut parts = asks.lock().unwrap().take().expect("it is called once");
        let waker = waker.clone();
        let other = std::thread::spawn(move || {
            let number = pin!(take::<Number>(&mut parts));
            number.poll(&mut Context::from_waker(&waker)).is_pending()
        });
        assert!(!other.join().unwrap(), "the factory falls over while somebody waits");
        Number(1)
    });
    let container = Container::builder().register(provider).build().await.unwrap();
    let open = scopes(&container).open(None);
    *inside.lock().unwrap() = Some(request(&open));
    let mut parts = request(&open);
    let polled = catch_unwind(AssertUnwindSafe(|| {
        let number = pin!(take::<Number>(&mut parts));
        number.poll(&mut Context::from_waker(Waker::noop())).is_ready()
    }));
    assert!(polled.is_err());
    assert_eq!(wakes.0.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_hook_waits_for_whoever_has_the_value_in_his_hands_and_is_not_left_out() {
    let inner = Arc::new(Mutex::new(None::<BeforeResponse>));
    let (runs, wakes) = (Arc::new(AtomicU32::new(0)), Arc::new(Wakes::default()));
    let (asks, counter, waker) = (Arc::clone(&inner), Arc::clone(&runs), Waker::from(Arc::clone(&wakes)));
    let provider = Provider::<Number>::per_request(|| Number(1)).before_response(move |_| {
        counter.fetch_add(1, Ordering::Relaxed);
        // The value is in the hands of this one; another one comes for it.
        let other = &mut *asks.lock().unwrap();
        if counter.load(Ordering::Relaxed) == 1
            && let Some(other) = other
        {
            assert!(pin!(other).poll(&mut Context::from_waker(&waker)).is_pending());
        }
        async { Ok::<_, Error>(()) }
    });
    let container = Container::builder().register(provider).build().await.unwrap();
    let open = scopes(&container).open(None);
    drop(take::<Number>(&mut request(&open)).await.unwrap());
    *inner.lock().unwrap() = open.before_response();
    open.before_response().unwrap().await.unwrap();
    assert_eq!((runs.load(Ordering::Relaxed), wakes.0.load(Ordering::SeqCst)), (1, 1));
    let other = inner.lock().unwrap().take().unwrap();
    other.await.unwrap();
    assert_eq!(runs.load(Ordering::Relaxed), 2);
}

/// Takes a dependency and does not say so, after a while or at once.
struct Hidden<T, const LATE: bool>(Value<T>);

impl<B: Send, T: Send + Sync + 'static, const LATE: bool> FromRequest<B> for Hidden<T, LATE> {
    async fn from_request(cx: &mut RequestContext<'_, B>) -> Result<Self, Error> {
        if LATE {
            yield_once().await;
        }
        take::<T>(cx.parts).await.map(Self)
    }
}

async fn fails_as_a_cycle<const LATE: bool>() {
    let container = Container::builder()
        .register(Provider::<Number>::per_request(|sum: Hidden<Sum, LATE>| Number(sum.0.0)))
        .register(Provider::<Sum>::per_request(|number: Take<Number>| Sum(number.0.0)))
        .build()
        .await
        .unwrap();
    let scopes = scopes(&container);
    let error = take::<Number>(&mut request(&scopes.open(None))).await.unwrap_err();
    assert_eq!(error.kind(), crate::ErrorKind::Injection);
    assert_eq!(
        error.to_string(),
        "cannot inject gongular_core::inject::tests::together::Number: its factory waits for itself, through an \
         extractor that does not describe what it needs"
    );
}

#[tokio::test]
async fn a_cycle_that_nobody_described_fails_instead_of_waiting_for_ever() {
    fails_as_a_cycle::<false>().await;
    fails_as_a_cycle::<true>().await;
}
