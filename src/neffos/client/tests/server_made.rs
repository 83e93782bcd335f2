use super::*;
use crate::Body;

#[tokio::test(start_paused = true)]
async fn the_server_connects_joins_leaves_and_disconnects_and_is_answered() {
    let (log, mut lines) = Log::new();
    let namespace = log.all(Namespace::new("default"));
    let (client, mut peer, _peers) = open(Client::dial("ws://h/").namespace(namespace)).await;
    for (frame, happened) in [
        ("default;;_OnNamespaceConnect", &["connected default/"][..]),
        ("default;a;_OnRoomJoin", &["joined default/a"]),
        ("default;b;_OnRoomJoin", &["joined default/b"]),
        // A second time changes nothing.
        ("default;b;_OnRoomJoin", &[]),
        ("default;a;_OnRoomLeave", &["left default/a"]),
        ("default;a;_OnRoomLeave", &[]),
        ("default;;_OnNamespaceDisconnect", &["left default/b forced", "disconnect default/"]),
        ("default;;_OnNamespaceDisconnect", &[]),
    ] {
        peer.send(&format!("1795169732129090042;{frame};0;0;")).await;
        assert_eq!(peer.text().await, "1795169732129090042;;;;;;", "{frame}");
        for line in happened {
            assert_eq!(next(&mut lines).await, *line, "{frame}");
        }
        assert!(lines.try_recv().is_err(), "{frame}");
    }
    assert!(client.namespaces().is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_the_client_does_not_know_or_want_is_refused() {
    let refuse = async || Err::<(), _>(Error::new(http::StatusCode::FORBIDDEN, "not today"));
    let namespace = Namespace::new("default").on_room_join(refuse);
    let (_client, space, mut peer, _peers) = connected(Client::dial("ws://h/").namespace(namespace)).await;
    for (frame, answer) in [
        ("7;nope;;_OnNamespaceConnect;0;0;", "7;nope;;_OnNamespaceConnect;1;0;bad namespace"),
        ("8;default;a;_OnRoomJoin;0;0;", "8;default;a;_OnRoomJoin;1;0;not today"),
        ("9;default;;_OnRoomJoin;0;0;", "9;default;;_OnRoomJoin;1;0;bad room"),
        ("10;default;;unknown;0;0;x", "10;default;;unknown;1;0;bad event"),
        ("11;other;;e;0;0;x", "11;other;;e;1;0;bad namespace"),
    ] {
        peer.send(frame).await;
        assert_eq!(peer.text().await, answer);
    }
    // Who does not ask is not answered.
    peer.send(";other;;e;0;0;x").await;
    peer.send(";default;;unknown;0;0;x").await;
    peer.send("12;default;;unknown;0;0;x").await;
    assert_eq!(peer.text().await, "12;default;;unknown;1;0;bad event");
    assert!(space.rooms().is_empty());
}

#[derive(serde::Deserialize)]
struct Line {
    text: String,
}

impl crate::Rules for Line {
    fn check(&self) -> Result<(), crate::BrokenRules> {
        match self.text.as_str() {
            "" => Err(crate::BrokenRule::of_field("text", "length", "must not be empty").into()),
            _ => Ok(()),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn handlers_answer_a_server_that_asks() {
    let namespace = Namespace::new("default")
        .on("question", async |text: String| format!("{text}!"))
        .on("nothing", async || ())
        .on("fails", async || Err::<(), _>(Error::new(http::StatusCode::CONFLICT, "boom")))
        .on("secret", async || Err::<(), _>(Error::app("the password is 1234")))
        .on("panics", async || {
            if true {
                panic!("on purpose")
            }
        })
        .on("slow", async || std::future::pending::<()>().await)
        .on("line", async |line: Body<Line>| line.0.text);
    let (_client, _space, mut peer, _peers) =
        connected(Client::dial("ws://h/").namespace(namespace).ping(None)).await;
    for (body, answer) in [
        ("question;0;0;yes", "question;0;0;yes!"),
        ("fails;0;0;", "fails;1;0;boom"),
        ("secret;0;0;", "secret;1;0;internal server error"),
        ("panics;0;0;", "panics;1;0;internal server error"),
        ("slow;0;0;", "slow;1;0;the request took too long"),
        ("line;0;0;{\"text\":\"hi\"}", "line;0;0;hi"),
    ] {
        peer.send(&format!("1795169732129090042;default;;{body}")).await;
        assert_eq!(peer.text().await, format!("1795169732129090042;default;;{answer}"));
    }
    peer.send("5;default;;line;0;0;{\"text\":\"\"}").await;
    assert!(peer.text().await.contains("text: must not be empty"));
    peer.send("6;default;;nothing;0;0;").await;
    assert_eq!(peer.text().await, "6;;;;;;");
    // Bytes are answered by bytes.
    peer.socket.send(WsMessage::binary(&b"7;default;;question;0;0;yes"[..])).await.unwrap();
    assert_eq!(peer.frame().await, WsMessage::binary(&b"7;default;;question;0;0;yes!"[..]));
}

#[tokio::test(start_paused = true)]
async fn a_handler_may_ask_while_other_messages_come() {
    let (log, mut lines) = Log::new();
    let asking = {
        let log = log.clone();
        move |space: NsConn| {
            let log = log.clone();
            async move {
                let answer = space.ask("who", "").await?;
                log.add(answer.text().unwrap_or_default());
                Ok::<_, Error>(())
            }
        }
    };
    let other = move |message: Message| {
        log.add(message.event());
        std::future::ready(())
    };
    let namespace = Namespace::new("default").on("begin", asking).on_any_event(other);
    let (_client, _space, mut peer, _peers) = connected(Client::dial("ws://h/").namespace(namespace)).await;
    peer.send(";default;;begin;0;0;").await;
    let token = peer.request("default;;who;0;0;").await;
    peer.send(";default;;between;0;0;").await;
    peer.send(&format!("{token};default;;who;0;0;Ada")).await;
    assert_eq!((next(&mut lines).await, next(&mut lines).await), ("Ada".into(), "between".into()));
}

#[tokio::test(start_paused = true)]
async fn errors_of_the_servers_handlers_are_told_and_not_answered() {
    let (log, mut lines) = Log::new();
    let on_error = move |message: Message| {
        log.add(format!("{} {}", message.event(), message.error().unwrap()));
        std::future::ready("an answer that nobody gets")
    };
    let namespace = Namespace::new("default").on_error(on_error).on("fail", async || {
        if true {
            panic!("it is no event")
        }
    });
    let (_client, space, mut peer, _peers) = connected(Client::dial("ws://h/").namespace(namespace)).await;
    peer.send(";default;;fail;1;0;boom").await;
    assert_eq!(next(&mut lines).await, "fail boom");
    space.emit("next", "").await.unwrap();
    assert_eq!(peer.text().await, ";default;;next;0;0;");
}

#[tokio::test(start_paused = true)]
async fn events_without_a_handler_come_as_a_stream_that_can_answer() {
    let (namespace, mut events) = Namespace::new("default").on("own", async || "handled").events(1);
    let (client, space, mut peer, _peers) = connected(Client::dial("ws://h/").namespace(namespace)).await;
    peer.send(";default;room9;chat;0;0;one").await;
    peer.send("3;default;;own;0;0;").await;
    assert_eq!(peer.text().await, "3;default;;own;0;0;handled");
    peer.send("4;default;;question;0;0;two").await;
    let first = events.recv().await.unwrap();
    assert_eq!((first.message().room(), first.message().text()), ("room9", Some("one")));
    let second = events.recv().await.unwrap();
    assert!(second.message().is_ask());
    second.reply("answer").await.unwrap();
    assert_eq!(peer.text().await, "4;default;;question;0;0;answer");
    client.close().await;
    assert!(events.recv().await.is_none(), "the stream ends with the client, whoever keeps a handle");
    drop(space);
}
