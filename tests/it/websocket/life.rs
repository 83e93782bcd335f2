//! Clients that fall silent.

use super::*;

#[tokio::test]
async fn a_silent_client_is_pinged_and_dropped() {
    let mut site = Site::start(|route| route.ping(SHORT).pong_timeout(SHORT)).await;
    let mut stream = raw(site.addr, "echo").await;
    let mut all = Vec::new();
    soon(stream.read_to_end(&mut all)).await.unwrap();
    assert_eq!(all, [0x89, 0], "one ping, and no goodbye to one who is not there");
    let silent = "error: the client does not answer";
    site.lines(["before echo", silent, "dropped", "teardown Failure"]).await;
    let stat = site.stat().await;
    assert!(stat.lasted >= SHORT * 2);
    assert_eq!((stat.outcome, stat.websocket.unwrap().close_code()), (Outcome::Upgraded, None));
}

#[tokio::test]
async fn a_client_that_answers_pings_stays() {
    let site = Site::start(|route| route.ping(SHORT).pong_timeout(SHORT)).await;
    let mut stream = raw(site.addr, "echo").await;
    for _ in 0..6 {
        let mut ping = [0; 2];
        soon(stream.read_exact(&mut ping)).await.unwrap();
        assert_eq!(ping, [0x89, 0]);
        stream.write_all(&frame(0x8a, b"")).await.unwrap();
    }
}

#[tokio::test]
async fn a_client_that_sends_is_not_pinged_and_pings_may_be_switched_off() {
    let mut site = Site::start(|route| route.ping(None)).await;
    let mut client = site.open("echo").await;
    client.send(text("hello")).await;
    assert_eq!(client.message().await, text("hello"));
    site.lines(["before echo"]).await;
}

#[tokio::test]
async fn a_client_that_takes_nothing_is_dropped_though_its_handler_waits() {
    let mut site = Site::start(|route| route.pong_timeout(SHORT)).await;
    let _stream = raw(site.addr, "pour").await;
    site.lines(["before pour", "poured: the client does not answer", "dropped", "teardown Failure"]).await;
    assert_eq!(site.stat().await.error.as_deref(), Some("the client does not answer"));
}

#[tokio::test]
async fn a_client_whose_message_waits_for_the_handler_is_not_taken_for_silent() {
    let mut site = Site::start(|route| route.ping(SHORT).pong_timeout(SHORT)).await;
    let mut stream = raw(site.addr, "busy").await;
    stream.write_all(&[frame(0x81, b"a"), frame(0x81, b"b")].concat()).await.unwrap();
    // Pinged again and again, though its answers are not read.
    let mut pings = [0; 8];
    soon(stream.read_exact(&mut pings)).await.unwrap();
    assert_eq!(pings, [0x89, 0, 0x89, 0, 0x89, 0, 0x89, 0]);
    site.lines(["before busy", "handling"]).await;
    assert!(site.log.try_recv().is_err());
}
