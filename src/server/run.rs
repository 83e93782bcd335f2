//! The server from its first connection to its last.

use std::future::poll_fn;
use std::io;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use tokio::time::{sleep, timeout};
use tower_service::Service;

use super::bind::Listener;
use super::body::IncomingBody;
use super::connection::{Shared, serve};
use super::notify::notify;
use super::stream::Socket;
use super::tracker::{Stage, Tracker};
use crate::BoxError;

/// Accepts connections until the word to stop is said, and waits for those that run.
pub(super) async fn run<S, B>(service: S, listeners: Vec<Listener>, shared: Arc<Shared>)
where
    S: Service<Request<IncomingBody>, Response = Response<B>> + Clone + Send + 'static,
    S::Error: Into<BoxError>,
    S::Future: Send + 'static,
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    let tracker = Tracker::new(shared.settings.max_connections);
    notify("READY=1");
    tokio::select! {
        biased;
        () = shared.shutdown.triggered() => {}
        never = accept_all(service, &listeners, &tracker, &shared) => match never {},
    }
    notify("STOPPING=1");
    drop(listeners);
    tracker.enter(Stage::Draining);
    if timeout(shared.settings.drain_timeout, tracker.all_gone()).await.is_err() {
        tracker.enter(Stage::Stopped);
        // Connections end as soon as they hear of it; those that were upgraded are in other hands.
        let _ = timeout(LAST_WORD, tracker.all_gone()).await;
    }
}

/// How long connections may take to hear that they are dropped.
const LAST_WORD: Duration = Duration::from_millis(500);

async fn accept_all<S, B>(
    service: S,
    listeners: &[Listener],
    tracker: &Tracker,
    shared: &Arc<Shared>,
) -> std::convert::Infallible
where
    S: Service<Request<IncomingBody>, Response = Response<B>> + Clone + Send + 'static,
    S::Error: Into<BoxError>,
    S::Future: Send + 'static,
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    let mut pause = SHORTEST_PAUSE;
    let mut turn = 0;
    loop {
        match accept(listeners, &mut turn).await {
            Ok(socket) => {
                pause = SHORTEST_PAUSE;
                // One too many is closed here and now: a queue of them would only be longer.
                if let Some(ticket) = tracker.ticket() {
                    tokio::spawn(serve(socket, ticket, service.clone(), Arc::clone(shared)));
                }
            }
            Err(error) if is_of_connection(&error) => {}
            Err(_) => {
                // There are no descriptors or no memory left. The connection stays in the queue, so asking again at once
                // would only keep the processor busy; those that run will give some back.
                sleep(pause).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
        }
    }
}

const SHORTEST_PAUSE: Duration = Duration::from_millis(10);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// Accepts the next connection of any listener, beginning with another one each time.
async fn accept(listeners: &[Listener], turn: &mut usize) -> io::Result<Socket> {
    poll_fn(|cx| {
        *turn = turn.wrapping_add(1);
        let (after, before) = listeners.split_at(*turn % listeners.len().max(1));
        for listener in before.iter().chain(after) {
            if let Poll::Ready(accepted) = listener.poll_accept(cx) {
                return Poll::Ready(accepted);
            }
        }
        Poll::Pending
    })
    .await
}

/// Whether an accepted connection failed, and not the accepting.
fn is_of_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::Interrupted
    )
}
