//! Several tasks in one scope.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use super::{Take, request, scopes, take, yield_once};
use crate::Error;
use crate::inject::{Completion, Container, Provider};

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
    let receiver = std::sync::Mutex::new(Some(receiver));
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
