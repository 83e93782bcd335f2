//! Every way in which a websocket ends, with what the client, the statistics and the teardowns see of it.

use super::*;

/// Waits for the statistic of a websocket.
async fn ended(site: &mut Site) -> (Outcome, Option<u16>, Option<String>) {
    let stat = site.stat().await;
    assert_eq!(stat.code, Some(101));
    let websocket = stat.websocket.unwrap();
    assert_eq!(stat.sizes, (websocket.bytes_in(), websocket.bytes_out()));
    (stat.outcome, websocket.close_code(), stat.error)
}

#[tokio::test]
async fn a_client_that_closes_is_answered_and_the_handler_sees_the_end() {
    let mut site = Site::start(|route| route).await;
    let mut client = site.open("echo").await;
    client.send(text("hello")).await;
    assert_eq!(client.message().await, text("hello"));
    assert!(site.stats.try_recv().is_err(), "the statistic ends with the connection");
    let frame = tungstenite::protocol::CloseFrame { code: 4001.into(), reason: "done".into() };
    client.send(ClientMessage::Close(Some(frame))).await;
    assert_eq!(client.closed().await.map(|(code, _)| code), Some(4001));
    site.lines(["before echo", "closed", "dropped", "teardown Success"]).await;
    let stat = site.stat().await;
    assert_eq!((stat.outcome, stat.code, stat.error), (Outcome::Upgraded, Some(101), None));
    let websocket = stat.websocket.unwrap();
    assert_eq!((websocket.frames_in(), websocket.messages_in(), websocket.bytes_in()), (2, 1, 5));
    assert_eq!((websocket.frames_out(), websocket.messages_out(), websocket.bytes_out()), (2, 1, 5));
    assert_eq!((websocket.close_code(), stat.sizes), (Some(4001), (5, 5)));
    assert!(site.stats.try_recv().is_err() && site.log.try_recv().is_err(), "once");
}

#[tokio::test]
async fn a_close_frame_without_a_code_is_answered_without_one() {
    let mut site = Site::start(|route| route).await;
    let mut client = site.open("echo").await;
    client.send(ClientMessage::Close(None)).await;
    assert_eq!(client.closed().await, None);
    assert_eq!(ended(&mut site).await, (Outcome::Upgraded, None, None));
}

#[tokio::test]
async fn a_handler_that_returns_closes() {
    let mut site = Site::start(|route| route).await;
    assert_eq!(site.open("return").await.closed().await, Some((1000, String::new())));
    site.lines(["before return", "dropped", "teardown Success"]).await;
    assert_eq!(ended(&mut site).await, (Outcome::Upgraded, Some(1000), None));
}

#[tokio::test]
async fn a_handler_that_fails_closes_with_1011_and_says_nothing_of_why() {
    let mut site = Site::start(|route| route).await;
    assert_eq!(site.open("fail").await.closed().await, Some((1011, String::new())));
    site.lines(["before fail", "dropped", "teardown Failure"]).await;
    let error = Some("the pool is at 10.0.0.7".to_owned());
    assert_eq!(ended(&mut site).await, (Outcome::Upgraded, Some(1011), error));
}

#[tokio::test]
async fn a_handler_that_panics_ends_its_own_connection_only() {
    let mut site = Site::start(|route| route).await;
    let mut other = site.open("echo").await;
    assert_eq!(site.open("panic").await.closed().await, Some((1011, String::new())));
    site.lines(["before echo", "before panic", "dropped", "teardown Panicked"]).await;
    let error = Some("panicked: chair fell over".to_owned());
    assert_eq!(ended(&mut site).await, (Outcome::Panic, Some(1011), error));
    other.send(text("still here")).await;
    assert_eq!(other.message().await, text("still here"));
}

#[tokio::test]
async fn a_handler_that_closes_sends_what_was_queued_and_its_reason() {
    let mut site = Site::start(|route| route).await;
    let mut client = site.open("close").await;
    assert_eq!(client.message().await, text("last words"));
    assert_eq!(client.closed().await, Some((1008, "house rules".to_owned())));
    assert_eq!(ended(&mut site).await, (Outcome::Upgraded, Some(1008), None));
}

#[tokio::test]
async fn a_sender_elsewhere_sends_and_closes() {
    let mut site = Site::start(|route| route).await;
    let mut client = site.open("echo").await;
    let sender = site.sender("echo").await;
    sender.send("from elsewhere").unwrap();
    assert_eq!(client.message().await, text("from elsewhere"));
    sender.close(CloseCode::AGAIN, "full");
    assert!(sender.is_closed());
    assert!(sender.send("too late").unwrap_err().is_closed());
    assert_eq!(client.closed().await, Some((1013, "full".to_owned())));
    site.lines(["closed", "dropped", "teardown Success"]).await;
}

#[tokio::test]
async fn a_client_that_vanishes_is_an_error_for_the_handler() {
    let mut site = Site::start(|route| route).await;
    drop(site.open("echo").await);
    let lost = "error: the connection was lost";
    site.lines(["before echo", lost, "dropped", "teardown Failure"]).await;
    let error = Some("the connection was lost".to_owned());
    assert_eq!(ended(&mut site).await, (Outcome::Upgraded, None, error));
}

#[tokio::test]
async fn a_handler_that_does_not_care_is_dropped_when_the_client_is_gone() {
    for mode in ["busy", "deaf"] {
        let mut site = Site::start(|route| route.linger(SHORT)).await;
        let client = site.open(mode).await;
        let _sender = site.sender(mode).await;
        if mode == "busy" {
            site.lines(["handling"]).await;
        }
        drop(client);
        site.lines(["dropped", "teardown Cancelled"]).await;
        assert_eq!(ended(&mut site).await, (Outcome::Upgraded, None, None));
    }
}

#[tokio::test]
async fn a_server_that_stops_says_1001() {
    let shutdown = Shutdown::new();
    let word = shutdown.clone();
    let mut site = Site::start(|route| route.shutdown(word)).await;
    let mut clients = [site.open("echo").await, site.open("echo").await];
    site.lines(["before echo", "before echo"]).await;
    shutdown.trigger();
    for client in &mut clients {
        assert_eq!(client.closed().await, Some((1001, String::new())));
        site.stat().await;
    }
    // Whoever comes too late hears it at once.
    assert_eq!(site.open("busy").await.closed().await, Some((1001, String::new())));
}

#[tokio::test]
async fn a_client_that_does_not_answer_a_close_is_not_waited_for_forever() {
    let mut site = Site::start(|route| route.close_timeout(SHORT)).await;
    let mut stream = raw(site.addr, "return").await;
    let mut all = Vec::new();
    soon(stream.read_to_end(&mut all)).await.unwrap();
    assert_eq!(all, [0x88, 2, 0x03, 0xe8]);
    assert_eq!(ended(&mut site).await.1, Some(1000));
}

#[tokio::test]
async fn a_client_that_closes_and_shuts_its_side_gets_the_answer() {
    let site = Site::start(|route| route).await;
    let mut stream = raw(site.addr, "echo").await;
    stream.write_all(&[frame(0x81, b"a"), frame(0x88, b"\x03\xe8")].concat()).await.unwrap();
    stream.shutdown().await.unwrap();
    let mut all = Vec::new();
    soon(stream.read_to_end(&mut all)).await.unwrap();
    assert_eq!(all, b"\x81\x01a\x88\x02\x03\xe8");
}

#[tokio::test]
async fn an_upgrade_that_never_happens_is_given_up() {
    let mut site = Site::start(|route| route).await;
    // The client leaves with the request under way; whether the answer was made by then, the request ends once.
    let mut stream = TcpStream::connect(site.addr).await.unwrap();
    let head = "GET /?mode=echo HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
                sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.set_zero_linger().unwrap();
    drop(stream);
    site.stat().await;
    assert!(site.stats.try_recv().is_err());
}
