use super::*;

#[tokio::test(start_paused = true)]
async fn a_burst_arrives_whole_and_in_order_through_a_small_queue() {
    let (log, mut lines) = Log::new();
    let on = move |message: Message| {
        log.add(message.text().unwrap());
        std::future::ready(())
    };
    let namespace = Namespace::new("default").on("n", on);
    let dial = Client::dial("ws://h/").namespace(namespace).queue(4, 1 << 10).waiting(4, 1 << 10);
    let (_client, space, mut peer, _peers) = connected(dial).await;
    let sending = async {
        for number in 0..500 {
            space.emit("n", number.to_string()).await.unwrap();
        }
    };
    let echoing = async {
        for number in 0..500 {
            let text = peer.text().await;
            assert_eq!(text, format!(";default;;n;0;0;{number}"));
            peer.send(&text).await;
        }
    };
    tokio::join!(sending, echoing);
    for number in 0..500 {
        assert_eq!(next(&mut lines).await, number.to_string());
    }
    assert_eq!(space.shared().room.available_permits(), 1 << 10, "all room is given back");
}

#[tokio::test(start_paused = true)]
async fn a_slow_server_fills_the_queue_and_emitting_waits() {
    let (_client, space, mut peer, _peers) = connected(dial().queue(2, 64 << 10)).await;
    let body = "x".repeat(16 << 10);
    let mut accepted = 0;
    while space.try_emit("n", body.as_str()).is_ok() {
        accepted += 1;
        tokio::task::yield_now().await;
    }
    let error = space.try_emit("n", body.as_str()).unwrap_err();
    assert!(error.is_full(), "{error}");
    let waiting = space.emit("n", "last");
    let reading = async {
        for _ in 0..accepted {
            assert_eq!(peer.text().await.len(), body.len() + ";default;;n;0;0;".len());
        }
        assert_eq!(peer.text().await, ";default;;n;0;0;last");
    };
    let (sent, ()) = tokio::join!(waiting, reading);
    sent.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_server_that_takes_nothing_is_lost_in_time() {
    let (client, space, _peer, _peers) =
        connected(dial().queue(2, 64 << 10).pong_timeout(Duration::from_secs(5)).ping(None)).await;
    let before = tokio::time::Instant::now();
    let body = "x".repeat(16 << 10);
    let error = loop {
        if let Err(error) = space.emit("n", body.as_str()).await {
            break error;
        }
    };
    assert!(error.is_closed(), "{error}");
    assert!(client.closed().await.is_lost());
    assert_eq!(before.elapsed().as_secs(), 5);
}

#[tokio::test(start_paused = true)]
async fn a_silent_server_is_pinged_and_then_lost() {
    let dial = dial().ping(Duration::from_secs(10)).pong_timeout(Duration::from_secs(5));
    let (client, _space, mut peer, _peers) = connected(dial).await;
    let before = tokio::time::Instant::now();
    assert!(matches!(peer.frame().await, WsMessage::Ping(_)));
    // The answer to a ping goes out when the websocket is read again.
    assert!(matches!(peer.frame().await, WsMessage::Ping(_)));
    assert_eq!(before.elapsed().as_secs(), 20);
    assert!(client.is_connected());
    let reason = client.closed().await;
    assert!(reason.is_lost());
    assert_eq!((before.elapsed().as_secs(), reason.to_string().as_str()), (25, "the server does not answer"));
}

#[tokio::test(start_paused = true)]
async fn handlers_that_are_slow_stop_the_reading_and_lose_nothing() {
    let (log, mut lines) = Log::new();
    let gate = Arc::new(tokio::sync::Semaphore::new(0));
    let slow = {
        let gate = Arc::clone(&gate);
        move |message: Message| {
            let (gate, log) = (Arc::clone(&gate), log.clone());
            async move {
                gate.acquire().await.unwrap().forget();
                log.add(message.text().unwrap());
            }
        }
    };
    let namespace = Namespace::new("default").on("n", slow);
    let dial = Client::dial("ws://h/").namespace(namespace).waiting(2, 1 << 10).handler_timeout(None);
    let (_client, _space, mut peer, _peers) = connected(dial).await;
    let mut sent = 0;
    let body = "y".repeat(1000);
    while let Ok(()) =
        tokio::time::timeout(Duration::from_secs(1), peer.send(&format!(";default;;n;0;0;{sent} {body}")))
            .await
    {
        sent += 1;
        assert!(sent < 1000, "what is not read has to wait at the server");
    }
    gate.add_permits(sent);
    for number in 0..sent {
        assert_eq!(next(&mut lines).await, format!("{number} {body}"));
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_is_found_behind_more_messages_than_may_wait() {
    let (log, mut lines) = Log::new();
    let asking = {
        let log = log.clone();
        move |space: NsConn| {
            let log = log.clone();
            async move { log.add(space.ask("who", "").await.unwrap().text().unwrap()) }
        }
    };
    let other = log.hook("other");
    let namespace = Namespace::new("default").on("begin", asking).on_any_event(other);
    let dial = Client::dial("ws://h/").namespace(namespace).waiting(2, 1 << 10).handler_timeout(None);
    let (_client, _space, mut peer, _peers) = connected(dial).await;
    peer.send(";default;;begin;0;0;").await;
    for _ in 0..25 {
        peer.send(";default;;between;0;0;").await;
    }
    let token = peer.request("default;;who;0;0;").await;
    peer.send(&format!("{token};default;;who;0;0;Ada")).await;
    assert_eq!(next(&mut lines).await, "Ada");
    for _ in 0..25 {
        assert_eq!(next(&mut lines).await, "other default/");
    }
}

#[tokio::test(start_paused = true)]
async fn a_message_above_the_limit_ends_the_connection() {
    let (client, _space, mut peer, _peers) = connected(dial()).await;
    // The client is gone before all is sent.
    let _ = peer.socket.send(WsMessage::text("x".repeat((1 << 20) + 1))).await;
    assert!(client.closed().await.is_lost());
}
