//! The end of a server, in good order.

use std::time::Instant;

use super::*;

#[tokio::test]
async fn running_requests_finish_and_idle_connections_close_at_once() {
    let site = Site::start(|server| server);
    let mut idle = site.connect().await;
    idle.send("GET /idle HTTP/1.1\r\nhost: x\r\n\r\n").await;
    assert_eq!(idle.answer().await, (200, "GET /idle".to_owned()));
    let mut greedy = site.connect().await;
    greedy.send("GET /greedy HTTP/1.1\r\nhost: x\r\n\r\n").await;
    assert_eq!(greedy.answer().await, (200, "had all".to_owned()));
    let fresh = site.connect().await;
    let mut busy = site.connect().await;
    busy.send("GET /wait HTTP/1.1\r\nhost: x\r\n\r\n").await;
    soon(site.app.0.entered.notified()).await;

    site.shutdown.trigger();
    for mut closed in [idle, greedy, fresh] {
        assert_eq!(closed.rest().await, "");
    }
    assert!(!site.running.is_finished());
    assert!(soon(TcpStream::connect(site.addr)).await.is_err(), "nothing new is accepted");

    site.app.0.leave.notify_one();
    let answer = busy.rest().await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.ends_with("waited"), "{answer}");
    assert!(answer.contains("connection: close"), "{answer}");
    soon(site.running).await.unwrap().unwrap();
}

#[tokio::test]
async fn what_does_not_finish_is_dropped_at_the_deadline() {
    let site = Site::start(|server| server.drain_timeout(SHORT));
    assert!(site.get("/first").await.ends_with("GET /first"));
    let mut busy = site.connect().await;
    busy.send("GET /wait HTTP/1.1\r\nhost: x\r\n\r\n").await;
    soon(site.app.0.entered.notified()).await;
    let app = site.app.clone();
    let began = Instant::now();
    site.stop().await;
    assert!(began.elapsed() >= SHORT);
    assert_eq!((busy.rest().await, app.running()), (String::new(), 0));
}

#[tokio::test]
async fn a_server_that_is_dropped_drops_its_connections() {
    let site = Site::start(|server| server);
    let mut busy = site.connect().await;
    busy.send("GET /wait HTTP/1.1\r\nhost: x\r\n\r\n").await;
    soon(site.app.0.entered.notified()).await;
    site.running.abort();
    assert_eq!(busy.rest().await, "");
    assert!(soon(TcpStream::connect(site.addr)).await.is_err());
}

#[tokio::test]
async fn requests_over_http2_finish_and_the_client_is_told_to_go() {
    let site = Site::start(|server| server);
    let stream = site.connect().await.stream;
    let asked = tokio::spawn(async move { super::http2::get(stream, "/wait").await });
    soon(site.app.0.entered.notified()).await;
    site.shutdown.trigger();
    while TcpStream::connect(site.addr).await.is_ok() {
        tokio::task::yield_now().await;
    }
    site.app.0.leave.notify_one();
    assert_eq!(asked.await.unwrap(), (200, "waited".to_owned()));
    soon(site.running).await.unwrap().unwrap();
}

/// Takes over every connection, says hello, and goodbye when the server stops.
async fn upgrade(
    mut request: Request<IncomingBody>,
) -> Result<Response<ResponseBody>, std::convert::Infallible> {
    let shutdown = Shutdown::of(request.extensions()).expect("it may be upgraded").clone();
    tokio::spawn(async move {
        let upgraded = hyper::upgrade::on(&mut request).await.unwrap();
        let mut io = hyper_util::rt::TokioIo::new(upgraded);
        io.write_all(b"hello").await.unwrap();
        shutdown.triggered().await;
        io.write_all(b"goodbye").await.unwrap();
    });
    let answer = Response::builder().status(101).header("connection", "upgrade").header("upgrade", "words");
    Ok(answer.body(ResponseBody::empty()).unwrap())
}

#[tokio::test]
async fn upgraded_connections_hear_of_the_end_and_are_waited_for() {
    let server = Server::new(tower::service_fn(upgrade)).bind("127.0.0.1:0").unwrap();
    let (addr, shutdown) = (server.local_addr().unwrap(), server.shutdown());
    let running = tokio::spawn(server.run());
    let mut client = Raw { stream: TcpStream::connect(addr).await.unwrap(), read: Vec::new() };
    client.send("GET / HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: words\r\n\r\n").await;
    assert_eq!(client.answer().await.0, 101);
    while client.read != b"hello" {
        client.more().await;
    }
    shutdown.trigger();
    assert_eq!(client.rest().await, "hellogoodbye");
    soon(running).await.unwrap().unwrap();
    assert_eq!(connections(addr), 0);
}

#[tokio::test]
async fn a_client_that_leaves_ends_its_handler_where_half_closed_ones_are_not_answered() {
    let site = Site::start(|server| server.half_close(false));
    let mut client = site.connect().await;
    client.send("GET /wait HTTP/1.1\r\nhost: x\r\n\r\n").await;
    soon(site.app.0.entered.notified()).await;
    assert_eq!(site.app.running(), 1);
    drop(client);
    soon(async {
        while site.app.running() > 0 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    site.stop().await;
}
