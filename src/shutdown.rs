//! The word that everything ends, for those who have something to end.

use std::fmt;
#[cfg(feature = "websocket")]
use std::future::Future;
#[cfg(feature = "websocket")]
use std::pin::Pin;
#[cfg(feature = "websocket")]
use std::task::{Context, Poll, Waker};

use http::Extensions;
use tokio::sync::watch;

/// A word that is said once and heard by everybody: stop, in good order.
///
/// Clones are one and the same. Whoever holds one may say the word, ask whether it was said, or wait for it. The server
/// listens to one and leaves it with each request that may become another protocol, so that a websocket can say
/// goodbye in time.
///
/// # Example
///
/// ```
/// use gongular::Shutdown;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let shutdown = Shutdown::new();
/// let heard = tokio::spawn({
///     let shutdown = shutdown.clone();
///     async move { shutdown.triggered().await }
/// });
/// assert!(!shutdown.is_triggered());
///
/// shutdown.trigger();
/// assert!(shutdown.is_triggered());
/// heard.await.unwrap();
/// # }
/// ```
#[derive(Clone)]
pub struct Shutdown {
    triggered: watch::Sender<bool>,
}

impl Shutdown {
    /// Makes a word that nobody has said.
    #[must_use]
    pub fn new() -> Self {
        Self { triggered: watch::Sender::new(false) }
    }

    /// Returns the one that the server left with a request, if it did.
    #[must_use]
    pub fn of(extensions: &Extensions) -> Option<&Self> {
        extensions.get()
    }

    /// Says the word. Saying it again changes nothing.
    pub fn trigger(&self) {
        self.triggered.send_replace(true);
    }

    /// Returns whether the word was said.
    #[must_use]
    pub fn is_triggered(&self) -> bool {
        *self.triggered.borrow()
    }

    /// Waits until the word is said; at once if it was.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: a word that was said stays said.
    pub async fn triggered(&self) {
        let mut listener = self.triggered.subscribe();
        // The sender is this very value, so the channel cannot end before the word.
        let _ = listener.wait_for(|triggered| *triggered).await;
    }
}

/// Hears the word for a task that is polled often: it looks at a number then, and takes no lock that all tasks share.
#[cfg(feature = "websocket")]
pub(crate) struct Listener {
    waiting: Pin<Box<dyn Future<Output = ()> + Send>>,
    /// Whom `waiting` wakes.
    waker: Option<Waker>,
    seen: watch::Receiver<bool>,
}

#[cfg(feature = "websocket")]
impl Listener {
    pub(crate) fn new(shutdown: Shutdown) -> Self {
        let seen = shutdown.triggered.subscribe();
        Self { waiting: Box::pin(async move { shutdown.triggered().await }), waker: None, seen }
    }

    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let is_known = self.waker.as_ref().is_some_and(|waker| waker.will_wake(cx.waker()));
        if is_known && self.seen.has_changed().is_ok_and(|changed| !changed) {
            return Poll::Pending;
        }
        self.waker = Some(cx.waker().clone());
        self.waiting.as_mut().poll(cx)
    }
}

impl Default for Shutdown {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Shutdown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shutdown").field("triggered", &self.is_triggered()).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::task::{Context, Poll, Waker};

    use super::*;

    #[cfg(feature = "websocket")]
    #[test]
    fn a_listener_hears_the_word_whenever_it_was_said_and_whoever_polls() {
        struct Woken(std::sync::atomic::AtomicBool);

        impl std::task::Wake for Woken {
            fn wake(self: std::sync::Arc<Self>) {
                self.0.store(true, std::sync::atomic::Ordering::Relaxed);
            }
        }

        let wakers = [(); 2].map(|()| std::sync::Arc::new(Woken(false.into())));
        let [first, second] = wakers.clone().map(Waker::from);
        let shutdown = Shutdown::new();
        let mut listener = Listener::new(shutdown.clone());
        for waker in [&first, &first, &second, &second] {
            assert_eq!(listener.poll(&mut Context::from_waker(waker)), Poll::Pending);
        }
        shutdown.trigger();
        let is_woken = wakers.map(|woken| woken.0.load(std::sync::atomic::Ordering::Relaxed));
        assert_eq!(is_woken, [false, true]);
        assert_eq!(listener.poll(&mut Context::from_waker(&second)), Poll::Ready(()));

        let mut late = Listener::new(shutdown);
        assert_eq!(late.poll(&mut Context::from_waker(&first)), Poll::Ready(()));
    }

    #[test]
    fn everybody_who_waits_hears_a_word_said_once() {
        let shutdown = Shutdown::new();
        let clone = shutdown.clone();
        let mut early = Box::pin(clone.triggered());
        let mut task = Context::from_waker(Waker::noop());
        assert_eq!(early.as_mut().poll(&mut task), Poll::Pending);
        assert!(!clone.is_triggered());

        shutdown.trigger();
        shutdown.trigger();
        assert_eq!(early.as_mut().poll(&mut task), Poll::Ready(()));
        assert_eq!(Box::pin(clone.triggered()).as_mut().poll(&mut task), Poll::Ready(()));
        assert!(clone.is_triggered());
    }

    #[test]
    fn a_request_carries_the_word_of_its_server() {
        let shutdown = Shutdown::new();
        let mut extensions = Extensions::new();
        assert!(Shutdown::of(&extensions).is_none());
        extensions.insert(shutdown.clone());
        shutdown.trigger();
        assert!(Shutdown::of(&extensions).is_some_and(Shutdown::is_triggered));
    }
}
