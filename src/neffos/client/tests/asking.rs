use super::*;
use crate::Json;

#[tokio::test(start_paused = true)]
async fn what_is_sent_is_to_the_byte_what_was_recorded() {
    let (_client, space, mut peer, _peers) = connected(dial()).await;
    space.emit("OnChat", "hello").await.unwrap();
    assert_eq!(peer.text().await, ";default;;OnChat;0;0;hello");
    space.emit("we;ird", Json([1, 2])).await.unwrap();
    assert_eq!(peer.text().await, ";default;;we@%!semicolon@%!ird;0;0;[1,2]");
    space.emit("echo", b"\x00\x01\x02;;\xff\x80\x0a".to_vec()).await.unwrap();
    let WsMessage::Binary(bytes) = peer.frame().await else { panic!("bytes go in a binary frame") };
    assert_eq!(&bytes[..], b";default;;echo;0;0;\x00\x01\x02;;\xff\x80\x0a");

    let room = join(&space, &mut peer, "room1").await;
    room.emit("roomchat", "hi room").await.unwrap();
    assert_eq!(peer.text().await, ";default;room1;roomchat;0;0;hi room");
    assert_eq!((room.is_joined(), space.rooms()), (true, vec!["room1".to_owned()]));
}

#[tokio::test(start_paused = true)]
async fn answers_find_their_asks_in_any_order_and_kind() {
    let (_client, space, mut peer, _peers) = connected(dial()).await;
    let server = async {
        let first = peer.request("default;;echo;0;0;ping").await;
        let second = peer.request("default;;fail;0;0;x").await;
        let third = peer.request("default;;nothing;0;0;").await;
        assert!(first != second && second != third);
        peer.send(&format!("{third};;;;;;")).await;
        peer.send(&format!("{second};default;;fail;1;0;boom")).await;
        let binary = format!("{first};default;;echo;0;0;\x01;");
        peer.socket.send(WsMessage::binary(binary.into_bytes())).await.unwrap();
    };
    let (first, second, third, ()) =
        tokio::join!(space.ask("echo", "ping"), space.ask("fail", "x"), space.ask("nothing", ""), server);
    let first = first.unwrap();
    assert_eq!((&first.body()[..], first.is_binary()), (&b"\x01;"[..], true));
    assert_eq!(second.unwrap_err().refusal(), Some("boom"));
    assert!(third.unwrap().body().is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_ask_without_an_answer_ends_in_time_and_a_late_answer_is_no_event() {
    let (log, mut lines) = Log::new();
    let any = move |message: Message| {
        log.add(message.event());
        std::future::ready(())
    };
    let dial = Client::dial("ws://h/").namespace(Namespace::new("default").on_any_event(any));
    let (_client, space, mut peer, _peers) = connected(dial.ask_timeout(Duration::from_secs(2))).await;
    let before = tokio::time::Instant::now();
    let error = space.ask("slow", "").await.unwrap_err();
    assert!(error.is_timeout());
    assert_eq!(before.elapsed().as_secs(), 2);
    let token = peer.request("default;;slow;0;0;").await;
    peer.send(&format!("{token};default;;slow;0;0;late")).await;
    peer.send(";default;;after;0;0;").await;
    assert_eq!(next(&mut lines).await, "after");
}

#[tokio::test(start_paused = true)]
async fn a_dropped_ask_is_forgotten_and_others_go_on() {
    let (_client, space, mut peer, _peers) = connected(dial()).await;
    for _ in 0..100 {
        let asked = tokio::time::timeout(Duration::from_millis(1), space.ask("slow", "")).await;
        assert!(asked.is_err());
    }
    assert_eq!(space.shared().state().asks.len(), 0);
    let server = async {
        let mut first = None;
        for _ in 0..100 {
            let token = peer.request("default;;slow;0;0;").await;
            first.get_or_insert(token);
        }
        let token = peer.request("default;;echo;0;0;x").await;
        peer.send(&format!("{};default;;slow;0;0;late", first.unwrap())).await;
        peer.send(&format!("{token};default;;echo;0;0;y")).await;
    };
    let (answer, ()) = tokio::join!(space.ask("echo", "x"), server);
    assert_eq!(answer.unwrap().text(), Some("y"));
}

#[tokio::test(start_paused = true)]
async fn a_dropped_join_that_the_server_agreed_to_counts() {
    let (log, mut lines) = Log::new();
    let namespace = Namespace::new("default").on_room_joined(log.hook("joined"));
    let (_client, space, mut peer, _peers) = connected(Client::dial("ws://h/").namespace(namespace)).await;
    for _ in 0..3 {
        assert!(tokio::time::timeout(Duration::from_millis(1), space.join("room1")).await.is_err());
    }
    assert_eq!(space.shared().state().asks.len(), 1, "the last one is enough");
    for _ in 0..3 {
        peer.agree("default;room1;_OnRoomJoin").await;
    }
    assert_eq!(next(&mut lines).await, "joined default/room1");
    assert_eq!(space.rooms(), ["room1"]);
}

#[tokio::test(start_paused = true)]
async fn nothing_is_sent_to_where_the_client_is_not() {
    let dial = dial().namespace(Namespace::new("other"));
    let (client, space, mut peer, _peers) = connected(dial).await;
    let other = NsConn::new(Arc::clone(space.shared()), "other");
    for error in [
        other.emit("e", "").await.unwrap_err(),
        other.try_emit("e", "").unwrap_err(),
        other.ask("e", "").await.unwrap_err(),
        other.join("room1").await.unwrap_err(),
    ] {
        assert_eq!(error.refusal(), Some("bad namespace"));
    }
    for error in [
        space.room("room1").emit("e", "").await.unwrap_err(),
        space.room("room1").ask("e", "").await.unwrap_err(),
        space.join("").await.unwrap_err(),
    ] {
        assert_eq!(error.refusal(), Some("bad room"));
    }
    // What is not there is left already.
    space.room("room1").leave().await.unwrap();
    other.disconnect().await.unwrap();
    assert!(client.namespace("other").is_none());
    space.emit("only", "").await.unwrap();
    assert_eq!(peer.text().await, ";default;;only;0;0;");
}

#[tokio::test(start_paused = true)]
async fn rooms_are_left_one_by_one_and_before_their_namespace() {
    let (log, mut lines) = Log::new();
    let namespace = log.all(Namespace::new("default"));
    let (_client, space, mut peer, _peers) = connected(Client::dial("ws://h/").namespace(namespace)).await;
    for room in ["a", "b", "c"] {
        join(&space, &mut peer, room).await;
    }
    let server = async {
        peer.agree("default;a;_OnRoomLeave;0;0;").await;
        let token = peer.request("default;b;_OnRoomLeave;0;0;").await;
        peer.send(&format!("{token};default;b;_OnRoomLeave;1;0;stay here")).await;
        peer.agree("default;c;_OnRoomLeave;0;0;").await;
    };
    let (left, ()) = tokio::join!(space.leave_all(), server);
    assert_eq!(left.unwrap_err().refusal(), Some("stay here"));
    assert_eq!(space.rooms(), ["b"]);
    let (left, ()) = tokio::join!(space.disconnect(), peer.agree("default;;_OnNamespaceDisconnect;0;0;"));
    left.unwrap();
    assert!(!space.is_connected());
    let mut happened = Vec::new();
    for _ in 0..8 {
        happened.push(next(&mut lines).await);
    }
    let expected = [
        "connected default/",
        "joined default/a",
        "joined default/b",
        "joined default/c",
        "left default/a",
        "left default/c",
        "left default/b",
        "disconnect default/",
    ];
    assert_eq!(happened, expected);
}
