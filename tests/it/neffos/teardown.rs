//! What was built for the request that opened a connection ends behind the last hook of the connection, once.

use std::future::{pending, ready};

use gongular::Inject;
use gongular::inject::{Completion, Finished, Provider};

use super::*;

/// Built once for each connection.
struct Session;

/// Dependencies whose end is logged.
async fn container(log: &Log) -> Container {
    let log = log.clone();
    let session = Provider::<Session>::per_request(|| Session).teardown(
        move |_: Finished<Session>, completion: Completion| {
            log.add(format!("teardown {completion:?}"));
        },
    );
    Container::builder().register(session).build().await.unwrap()
}

/// A namespace whose end needs what was built for the request, and an event that never ends.
fn events(log: &Log) -> Events {
    let [left, gone, ended, stuck] = [log.clone(), log.clone(), log.clone(), log.clone()];
    let namespace = chat()
        .on_room_left(move |_: Inject<Session>, room: Room| {
            left.add(format!("left {}", room.name()));
            ready(())
        })
        .on_disconnect(move |_: Inject<Session>| later(&gone, "disconnected"))
        .on("stuck", move || {
            stuck.add("stuck");
            pending::<()>()
        });
    let events = Events::new().namespace(namespace).handler_timeout(None);
    events.on_disconnect(move |_: Inject<Session>| later(&ended, "gone"))
}

/// Logs a line, not at once.
fn later(log: &Log, line: &'static str) -> impl Future<Output = ()> + use<> {
    let log = log.clone();
    async move {
        tokio::task::yield_now().await;
        log.add(line);
    }
}

#[tokio::test]
async fn a_handler_that_is_dropped_takes_nothing_from_the_hooks_of_the_end() {
    let (log, mut lines) = log();
    let hub = events(&log).build();
    let addr = serve(hub.route().linger(SHORT), container(&log).await).await;
    let mut client = Client::connect(addr).await;
    client.join("a").await;
    client.emit("stuck", "").await;
    lines.are(["stuck"]).await;
    drop(client);
    lines.are(["left a", "disconnected", "gone", "teardown Cancelled"]).await;
    assert!(lines.0.try_recv().is_err(), "each once");
}
