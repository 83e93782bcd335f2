//! What was built for the request that opened a connection ends behind the last hook of the connection, once.

use std::future::{pending, ready};
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use gongular::inject::{Completion, Finished, Provider};
use gongular::layers::StatsLayer;
use gongular::stats::RouteStat;
use gongular::{Inject, Shutdown};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

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

/// What serves a hub, with a statistic that is logged.
macro_rules! stack {
    ($log:expr, $hub:expr) => {{
        let log = $log.clone();
        let stats = StatsLayer::new(move |_: &RouteStat| log.add("stat"));
        let inject = InjectLayer::new(container(&$log).await);
        let stack = ServiceBuilder::new().layer(stats).layer(ErrorLayer::new()).layer(inject);
        stack.service(service($hub.route().linger(SHORT)))
    }};
}

/// A stream that panics when it is read from, once it is broken.
struct Fragile {
    stream: TcpStream,
    is_broken: Arc<AtomicBool>,
}

impl AsyncRead for Fragile {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        assert!(!self.is_broken.load(Ordering::SeqCst), "chair fell over");
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Fragile {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// Serves one connection of a hub; returns where, and what breaks its stream.
async fn fragile(log: &Log, hub: &Hub) -> (SocketAddr, Arc<AtomicBool>) {
    let stack = stack!(log, hub);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    let is_broken = Arc::new(AtomicBool::new(false));
    let broken = Arc::clone(&is_broken);
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let io = TokioIo::new(Fragile { stream, is_broken });
        let http = hyper::server::conn::http1::Builder::new();
        http.serve_connection(io, TowerToHyperService::new(stack)).with_upgrades().await
    });
    (addr, broken)
}

#[tokio::test]
async fn a_handler_that_is_dropped_takes_nothing_from_the_hooks_of_the_end() {
    let (log, mut lines) = log();
    let hub = events(&log).build();
    let (addr, _) = fragile(&log, &hub).await;
    let mut client = Client::connect(addr).await;
    client.join("a").await;
    client.emit("stuck", "").await;
    lines.are(["stuck"]).await;
    drop(client);
    lines.are(["left a", "disconnected", "gone", "teardown Cancelled", "stat"]).await;
    assert!(lines.0.try_recv().is_err(), "each once");
}

#[tokio::test]
async fn a_stream_that_panics_takes_nothing_from_the_hooks_of_the_end() {
    for is_stuck in [false, true] {
        let (log, mut lines) = log();
        let hub = events(&log).build();
        let (addr, broken) = fragile(&log, &hub).await;
        let mut client = Client::connect(addr).await;
        client.join("a").await;
        if is_stuck {
            client.emit("stuck", "").await;
            lines.are(["stuck"]).await;
        }
        broken.store(true, Ordering::SeqCst);
        client.emit("echo", "").await;
        lines.are(["left a", "disconnected", "gone", "teardown Panicked", "stat"]).await;
        assert!(lines.0.try_recv().is_err(), "each once");
    }
}

async fn fell_over() {
    panic!("chair fell over")
}

#[tokio::test]
async fn a_hook_of_the_end_that_panics_keeps_nothing_from_being_torn_down() {
    let (log, mut lines) = log();
    let ended = log.clone();
    let end = move |_: Inject<Session>| {
        ended.add("gone");
        fell_over()
    };
    let hub = Events::new().namespace(chat()).on_disconnect(end).build();
    let (addr, _) = fragile(&log, &hub).await;
    let mut client = Client::connect(addr).await;
    soon(client.stream.close(None)).await.unwrap();
    lines.are(["gone", "teardown Success", "stat"]).await;
    assert!(lines.0.try_recv().is_err());
}

/// Is kept with a connection, which it holds.
struct Holds {
    log: Log,
    _conn: Conn,
}

impl Drop for Holds {
    fn drop(&mut self) {
        self.log.add("let go");
    }
}

#[tokio::test]
async fn hooks_behind_a_handler_that_is_dropped_do_not_go_on_for_ever() {
    let (log, mut lines) = log();
    let (left, stuck, keeper) = (log.clone(), log.clone(), log.clone());
    let namespace = chat()
        .on_room_left(move |room: Room| {
            left.add(format!("left {}", room.name()));
            pending::<()>()
        })
        .on("stuck", move |conn: Conn| {
            conn.insert(Holds { log: keeper.clone(), _conn: conn.clone() });
            stuck.add("stuck");
            pending::<()>()
        });
    let (gone, session) = (log.clone(), |_: Inject<Session>| ready(()));
    let events = Events::new().namespace(namespace).handler_timeout(None).on_connected(session);
    let hub = events.on_disconnect(move || later(&gone, "gone")).build();
    let (addr, _) = fragile(&log, &hub).await;
    let mut client = Client::connect(addr).await;
    client.join("a").await;
    client.emit("stuck", "").await;
    lines.are(["stuck"]).await;
    drop((client, log));
    lines.are(["left a", "let go", "teardown Cancelled", "stat"]).await;
}

#[test]
fn a_runtime_that_ends_lets_everything_go_in_order() {
    let (log, mut lines) = log();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let keeper = log.clone();
    let keep = move |conn: Conn, _: Inject<Session>| {
        conn.insert(Holds { log: keeper.clone(), _conn: conn.clone() });
        ready(())
    };
    let hub = events(&log).on_connected(keep).build();
    let _client = runtime.block_on(async {
        let (addr, _) = fragile(&log, &hub).await;
        let mut client = Client::connect(addr).await;
        client.emit("stuck", "").await;
        lines.are(["stuck"]).await;
        client
    });
    drop(runtime);
    // No hook can run any more.
    for expected in ["let go", "teardown Cancelled", "stat"] {
        assert_eq!(lines.0.try_recv().unwrap(), expected);
    }
    assert!(lines.0.try_recv().is_err());
}

#[test]
fn a_runtime_that_ends_lets_everything_go_though_a_handler_panics_as_it_is_dropped() {
    let (log, mut lines) = log();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let keeper = log.clone();
    let mined = move |conn: Conn| {
        conn.insert(Holds { log: keeper.clone(), _conn: conn.clone() });
        keeper.add("mined");
        async {
            let _bomb = Bomb;
            pending::<()>().await;
        }
    };
    let hub = Events::new().namespace(chat().on("mined", mined)).handler_timeout(None).build();
    let _client = runtime.block_on(async {
        let (addr, _) = fragile(&log, &hub).await;
        let mut client = Client::connect(addr).await;
        client.emit("mined", "").await;
        lines.are(["mined"]).await;
        client
    });
    drop(runtime);
    assert_eq!(lines.0.try_recv().unwrap(), "let go");
}

#[cfg(feature = "server")]
#[tokio::test]
async fn a_server_that_stops_waits_for_the_hooks_of_the_end() {
    for is_stuck in [false, true] {
        let (log, mut lines) = log();
        let hub = events(&log).build();
        let shutdown = Shutdown::new();
        let server = gongular::server::Server::new(stack!(log, hub)).with_shutdown(shutdown.clone());
        let server = server.bind("127.0.0.1:0").unwrap();
        let addr = server.local_addr().unwrap();
        let running = tokio::spawn(server.run_until(pending::<()>()));
        let mut clients = [Client::connect(addr).await, Client::connect(addr).await];
        for client in &mut clients {
            client.join("a").await;
            if is_stuck {
                client.emit("stuck", "").await;
                lines.are(["stuck"]).await;
            }
        }
        shutdown.trigger();
        for client in &mut clients {
            assert_eq!(client.closed().await, 1001);
            // Its side of the closing.
            assert!(client.frame().await.is_none());
        }
        soon(running).await.unwrap();
        let teardown = if is_stuck { "teardown Cancelled" } else { "teardown Success" };
        let all: Vec<_> = std::iter::from_fn(|| lines.0.try_recv().ok()).collect();
        for expected in ["left a", "disconnected", "gone", teardown, "stat"] {
            assert_eq!(all.iter().filter(|line| *line == expected).count(), 2, "{expected}: {all:?}");
        }
    }
}
