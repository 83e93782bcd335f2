//! The end of a server, in good order.

use std::time::Instant;

use super::*;

#[tokio::test]
async fn running_requests_finish_and_idle_connections_close_at_once() {
    let site = Site::start(|server| server);
    let mut idle = site.connect().await;
    idle.send("GET /idle HTTP/1.1\r\nhost: x\r\n\r\n").await;
    assert_eq!(idle.answer().await, (200, "GET /idle".to_owned()));
    let mut fresh = site.connect().await;
    let mut busy = site.connect().await;
    busy.send("GET /wait HTTP/1.1\r\nhost: x\r\n\r\n").await;
    soon(site.app.0.entered.notified()).await;

    site.shutdown.trigger();
    assert_eq!((idle.rest().await, fresh.rest().await), (String::new(), String::new()));
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
