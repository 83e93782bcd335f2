use super::*;

fn again() -> Backoff {
    Backoff::new().first(Duration::from_secs(1)).longest(Duration::from_secs(8))
}

#[tokio::test(start_paused = true)]
async fn a_client_that_is_closed_says_what_it_has_to_say_and_goodbye() {
    let (client, space, peer, _peers) = connected(dial().reconnect(again())).await;
    space.emit("last", "words").await.unwrap();
    let (rest, ()) = tokio::join!(peer.gone(), client.close());
    assert_eq!(rest[0], WsMessage::text(";default;;last;0;0;words"));
    assert!(matches!(&rest[1..], [WsMessage::Close(Some(frame))] if u16::from(frame.code) == 1000));
    assert!(client.closed().await.is_local() && client.is_closed());
    for error in [space.emit("e", "").await.unwrap_err(), client.connect("default").await.unwrap_err()] {
        assert!(error.is_closed());
    }
}

#[tokio::test(start_paused = true)]
async fn the_last_handle_closes_and_those_of_handlers_do_not_count() {
    let (client, space, peer, _peers) = connected(dial()).await;
    let second = client.clone();
    drop(client);
    assert!(space.is_connected());
    let loose = space.client();
    drop(second);
    let rest = peer.gone().await;
    assert!(matches!(rest[..], [WsMessage::Close(_)]), "{rest:?}");
    assert!(loose.closed().await.is_local());
}

#[tokio::test(start_paused = true)]
async fn a_server_that_does_not_say_goodbye_is_not_waited_for_longer_than_said() {
    let (client, _space, _peer, _peers) = connected(dial().close_timeout(Duration::from_secs(2))).await;
    let before = tokio::time::Instant::now();
    client.close().await;
    assert_eq!(before.elapsed().as_secs(), 2);
}

#[tokio::test(start_paused = true)]
async fn without_a_backoff_a_loss_is_the_end_and_says_why() {
    let (log, mut lines) = Log::new();
    let namespace = log.all(Namespace::new("default"));
    let (client, space, mut peer, _peers) = connected(Client::dial("ws://h/").namespace(namespace)).await;
    join(&space, &mut peer, "a").await;
    let server = async {
        peer.request("default;;e;0;0;").await;
        peer.socket.close(None).await.unwrap();
        peer.gone().await;
    };
    let (asked, ()) = tokio::join!(space.ask("e", ""), server);
    assert!(asked.unwrap_err().is_closed());
    let reason = client.closed().await;
    assert!(reason.is_server() && !reason.is_local(), "{reason}");
    let mut happened = Vec::new();
    for _ in 0..4 {
        happened.push(next(&mut lines).await);
    }
    let expected =
        ["connected default/", "joined default/a", "left default/a forced", "disconnect default/ forced"];
    assert_eq!(happened, expected);
}

#[tokio::test(start_paused = true)]
async fn after_a_loss_namespaces_and_rooms_are_entered_again_and_the_application_is_told() {
    let (log, mut lines) = Log::new();
    let (lost, found) = (log.clone(), log.clone());
    let dial = Client::dial("ws://h/")
        .namespace(log.all(Namespace::new("default")))
        .namespace(log.all(Namespace::new("second")))
        .reconnect(again())
        .on_lost(move |_, reason| {
            lost.add(format!("lost: {reason}"));
            std::future::ready(())
        })
        .on_reconnect(move |client, reconnected: Reconnected| {
            found.add(format!("again {} {} {:?}", client.id(), reconnected.tries(), reconnected.missing()));
            std::future::ready(())
        });
    let (client, space, mut peer, mut peers) = connected(dial).await;
    let (second, ()) = tokio::join!(client.connect("second"), peer.agree("second;;_OnNamespaceConnect"));
    second.unwrap();
    for room in ["a", "b"] {
        join(&space, &mut peer, room).await;
    }
    let asking = tokio::spawn({
        let space = space.clone();
        async move { space.ask("e", "").await }
    });
    peer.request("default;;e;0;0;").await;
    drop(peer);
    assert!(asking.await.unwrap().unwrap_err().is_lost());
    assert!(space.emit("e", "").await.unwrap_err().is_lost());

    // The first two tries fail.
    for tries in 1..=2 {
        assert_eq!(peers.recv().await.unwrap().tries, tries);
    }
    let mut peer = accept(&mut peers, "two").await;
    assert_eq!(peer.tries, 3);
    peer.agree("default;;_OnNamespaceConnect;0;0;").await;
    let token = peer.request("second;;_OnNamespaceConnect;0;0;").await;
    peer.send(&format!("{token};second;;_OnNamespaceConnect;1;0;forbidden")).await;
    peer.agree("default;a;_OnRoomJoin;0;0;").await;
    peer.agree("default;b;_OnRoomJoin;0;0;").await;
    let mut happened = Vec::new();
    while happened.last().is_none_or(|line: &String| !line.starts_with("again")) {
        happened.push(next(&mut lines).await);
    }
    let expected = [
        "left default/a forced",
        "left default/b forced",
        "disconnect default/ forced",
        "disconnect second/ forced",
        "lost: the connection was lost",
        "connected default/",
        "joined default/a",
        "joined default/b",
        "again two 3 [\"second\"/\"\": forbidden]",
    ];
    assert_eq!(happened[4..], expected);
    assert_eq!((client.reconnect_tries(), client.namespaces()), (3, vec!["default".to_owned()]));
    space.room("b").emit("e", "").await.unwrap();
    assert_eq!(peer.text().await, ";default;b;e;0;0;", "and nothing was sent twice");
}

#[tokio::test(start_paused = true)]
async fn what_is_emitted_while_away_is_kept_in_order_up_to_the_bound_when_asked_for() {
    let dial = dial().reconnect(again()).keep_while_away().queue(4, 1 << 10);
    let (_client, space, mut peer, mut peers) = connected(dial).await;
    let room = join(&space, &mut peer, "a").await;
    drop(peer);
    // The client notices by what it is asked next.
    let mut dropped = peers.recv().await.unwrap();
    dropped.socket.close(None).await.unwrap();
    for number in 0..4 {
        let emitted = if number % 2 == 0 {
            space.emit("n", number.to_string()).await
        } else {
            room.emit("n", number.to_string()).await
        };
        emitted.unwrap();
    }
    assert!(space.emit("n", "4").await.unwrap_err().is_full());
    assert!(space.ask("n", "").await.unwrap_err().is_lost());
    assert!(space.room("b").emit("n", "").await.unwrap_err().is_lost());
    drop(dropped);

    let mut peer = accept(&mut peers, "two").await;
    peer.agree("default;;_OnNamespaceConnect").await;
    let token = peer.request("default;a;_OnRoomJoin").await;
    peer.send(&format!("{token};default;a;_OnRoomJoin;1;0;no entry")).await;
    // What was meant for the room that is closed now goes nowhere.
    assert_eq!(peer.text().await, ";default;;n;0;0;0");
    assert_eq!(peer.text().await, ";default;;n;0;0;2");
    space.emit("n", "5").await.unwrap();
    assert_eq!(peer.text().await, ";default;;n;0;0;5");
}

#[tokio::test(start_paused = true)]
async fn what_is_kept_stays_within_its_bound_however_often_the_connection_is_lost() {
    let dial = dial().reconnect(again()).keep_while_away().queue(4, 1 << 10);
    let (client, space, mut peer, mut peers) = connected(dial).await;
    let mut kept = 0;
    for _ in 0..5 {
        drop(peer);
        until(|| !client.is_connected()).await;
        while space.emit("n", kept.to_string()).await.is_ok() {
            kept += 1;
        }
        assert_eq!(kept, 4);
        peer = accept(&mut peers, "again").await;
    }
    peer.agree("default;;_OnNamespaceConnect").await;
    for number in 0..4 {
        assert_eq!(peer.text().await, format!(";default;;n;0;0;{number}"));
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_left_while_away_is_not_entered_again() {
    let (client, space, mut peer, mut peers) = connected(dial().reconnect(again())).await;
    for room in ["a", "b"] {
        join(&space, &mut peer, room).await;
    }
    drop(peer);
    let first = peers.recv().await.unwrap();
    space.room("a").leave().await.unwrap();
    drop(first);
    let mut peer = accept(&mut peers, "two").await;
    peer.agree("default;;_OnNamespaceConnect").await;
    peer.agree("default;b;_OnRoomJoin").await;
    drop(peer);
    let first = peers.recv().await.unwrap();
    space.disconnect().await.unwrap();
    drop(first);
    let mut peer = accept(&mut peers, "three").await;
    until(|| client.is_connected()).await;
    let (connected, ()) = tokio::join!(client.connect("default"), peer.agree("default;;_OnNamespaceConnect"));
    connected.unwrap();
    assert!(space.rooms().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_refusal_ends_the_trying_and_so_does_the_last_try_and_so_does_close() {
    let (client, _space, peer, mut peers) = connected(dial().reconnect(again())).await;
    drop(peer);
    let mut peer = peers.recv().await.unwrap();
    assert_eq!(peer.text().await, "M");
    peer.send("Hgo away").await;
    let reason = client.closed().await;
    assert_eq!(reason.dial_error().and_then(DialError::refusal), Some("go away"));

    let (client, _space, peer, peers) = connected(dial().reconnect(again().max_tries(3))).await;
    drop((peer, peers));
    let reason = client.closed().await;
    assert_eq!(reason.to_string(), "the server could not be reached again in 3 tries");
    assert!(reason.dial_error().is_some());

    let (client, space, peer, peers) = connected(dial().reconnect(again())).await;
    drop((peer, peers));
    until(|| !client.is_connected()).await;
    assert!(!client.is_closed());
    client.close().await;
    assert!(client.closed().await.is_local() && space.emit("e", "").await.unwrap_err().is_closed());
}

#[tokio::test(start_paused = true)]
async fn waits_grow_for_a_server_that_takes_connections_and_drops_them() {
    let (_client, _space, peer, mut peers) = connected(dial().reconnect(again())).await;
    drop(peer);
    for tries in 1..=5 {
        let before = tokio::time::Instant::now();
        let peer = accept(&mut peers, "again").await;
        assert_eq!(peer.tries, tries);
        let whole = Duration::from_secs(1 << (tries - 1).min(3));
        let waited = before.elapsed();
        // Timers count in whole milliseconds.
        assert!(waited >= whole / 2 && waited <= whole + Duration::from_millis(2), "try {tries}: {waited:?}");
    }
    // One that lasted is another matter.
    let mut peer = accept(&mut peers, "stable").await;
    peer.agree("default;;_OnNamespaceConnect").await;
    tokio::time::sleep(Duration::from_secs(31)).await;
    drop(peer);
    assert_eq!(accept(&mut peers, "again").await.tries, 1);
}

#[tokio::test(start_paused = true)]
async fn an_answer_goes_to_the_connection_that_asked_or_nowhere() {
    let (started, mut starts) = Log::new();
    let gate = Arc::new(tokio::sync::Semaphore::new(0));
    let slow = {
        let gate = Arc::clone(&gate);
        move || {
            started.add("started");
            let gate = Arc::clone(&gate);
            async move {
                gate.acquire().await.unwrap().forget();
                "late"
            }
        }
    };
    let namespace = Namespace::new("default").on("slow", slow);
    let dial = Client::dial("ws://h/").namespace(namespace).reconnect(again());
    let (_client, space, mut peer, mut peers) = connected(dial).await;
    peer.send("7;default;;slow;0;0;").await;
    assert_eq!(next(&mut starts).await, "started");
    drop(peer);
    let mut peer = accept(&mut peers, "two").await;
    peer.agree("default;;_OnNamespaceConnect").await;
    gate.add_permits(1);
    until(|| space.is_connected()).await;
    let (answer, ()) = tokio::join!(space.ask("e", ""), peer.agree("default;;e;0;0;"));
    answer.unwrap();
}
