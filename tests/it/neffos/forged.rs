//! Clients that lie.

use super::*;

#[tokio::test]
async fn only_the_connection_that_was_asked_can_answer() {
    let (_hub, addr) = start(Events::new().namespace(chat())).await;
    let (mut asked, mut other) = (Client::connect(addr).await, Client::connect(addr).await);
    asked.send("$2;default;;askme;0;0;well?").await;
    let question = asked.next().await;
    let token = token(&question).to_owned();
    assert_eq!(question, format!("{token};default;;question;0;0;well?"));

    // To another connection the token means nothing: it is an ask as any other.
    other.send(format!("{token};default;;echo;0;0;forged")).await;
    assert_eq!(other.next().await, format!("{token};default;;echo;0;0;forged"));
    let changed = format!("{}{token}", 9);
    asked.send(format!("{changed};default;;question;0;0;forged")).await;

    asked.send(format!("{token};default;;question;0;0;true")).await;
    assert_eq!(asked.next().await, "$2;default;;askme;0;0;true");
    assert_eq!(asked.next().await, format!("{changed};default;;question;1;0;bad event"));
}

#[tokio::test]
async fn an_answer_counts_once_and_a_late_one_is_forgotten() {
    let (_hub, addr) = start(Events::new().namespace(chat()).ask_timeout(SHORT)).await;
    let mut client = Client::connect(addr).await;
    client.send("$2;default;;askme;0;0;well?").await;
    let question = client.next().await;
    assert_eq!(client.next().await, "$2;default;;askme;1;0;no answer in time");
    client.send(question.clone()).await;
    client.is_quiet().await;

    client.send("$3;default;;askme;0;0;well?").await;
    let question = client.next().await;
    client.send(question.clone()).await;
    assert_eq!(client.next().await, "$3;default;;askme;0;0;well?");
    client.send(question).await;
    client.is_quiet().await;
}

#[tokio::test]
async fn tokens_of_asks_have_nothing_in_common() {
    let (hub, addr) = start(Events::new().namespace(chat())).await;
    let mut client = Client::connect(addr).await;
    let mut tokens = std::collections::HashSet::new();
    for _ in 0..50 {
        let conn = hub.find(&client.id).unwrap();
        let asking = tokio::spawn(async move { conn.namespace("default").unwrap().ask("q", "").await });
        let question = client.next().await;
        assert!(token(&question).len() > 20, "{question}");
        assert!(tokens.insert(token(&question).to_owned()));
        client.send(question).await;
        soon(asking).await.unwrap().unwrap();
    }
    let heads: std::collections::HashSet<_> = tokens.iter().map(|token| &token[..6]).collect();
    assert!(heads.len() > 45, "they do not begin alike: {tokens:?}");
}

#[tokio::test]
async fn a_client_is_never_taken_for_another() {
    let (_hub, addr) = start(Events::new().namespace(chat())).await;
    let mut other = Client::connect(addr).await;
    let mut client = Client::silent(addr, "").await;
    client.send(format!("A{}", other.id)).await;
    client.send("M").await;
    let accepted = client.next().await;
    assert_eq!(accepted.len(), 37);
    assert_ne!(accepted[1..], other.id);
    assert_eq!(client.next().await, ";;;;1;0;invalid payload");
    assert_eq!(client.ask("default", "", "_OnNamespaceConnect", "").await, "$1;;;;;;");

    // What between servers of the original says who sent a message is a token here, and no more.
    let explicit = format!("neffos(0x7({}0x9))", other.id);
    client.send(format!("{explicit};default;;all;0;0;who?")).await;
    assert_eq!(client.next().await, ";default;;said;0;0;who?");
    assert_eq!(client.next().await, format!("{explicit};;;;;;"));
    assert_eq!(other.next().await, ";default;;said;0;0;who?");
}

#[tokio::test]
async fn a_client_cannot_stay_in_a_room_that_the_server_has_it_leave() {
    let (log, mut lines) = log();
    let left = move |room: Room| {
        log.add(format!("left {}", room.name()));
        std::future::ready(())
    };
    let events = Events::new().namespace(chat().on_room_left(left)).ask_timeout(SHORT);
    let (hub, addr) = start(events).await;
    let mut client = Client::connect(addr).await;
    for refusal in [Some("I stay"), None] {
        client.join("a").await;
        let room = hub.find(&client.id).unwrap().namespace("default").unwrap().room("a");
        let leaving = tokio::spawn(async move { room.leave().await });
        let asked = client.next().await;
        assert_eq!(asked, format!("{};default;a;_OnRoomLeave;0;0;", token(&asked)));
        if let Some(text) = refusal {
            client.send(format!("{};default;a;_OnRoomLeave;1;0;{text}", token(&asked))).await;
        }
        let error = soon(leaving).await.unwrap().unwrap_err();
        assert_eq!((error.refusal(), error.is_timeout()), (refusal, refusal.is_none()));
        lines.are(["left a"]).await;
        hub.to("default").unwrap().room("a").emit("said", "not for it").unwrap();
        client.is_quiet().await;
    }
    assert!(lines.0.try_recv().is_err());
}

#[tokio::test]
async fn errors_of_clients_are_told_to_the_application_and_never_answered() {
    let (log, mut lines) = log();
    let told = move |message: Message| {
        log.add(format!("{}: {}", message.event(), message.error().unwrap_or_default()));
        std::future::ready(Err::<(), _>(Error::app("which is not sent")))
    };
    let (_hub, addr) = start(Events::new().namespace(chat().on_error(told))).await;
    let mut client = Client::connect(addr).await;
    for frame in [
        ";default;;echo;1;0;it failed",
        "$2;default;;unknown;1;0;it failed",
        "$2;nope;;echo;1;0;it failed",
        "$2;default;nowhere;echo;1;0;it failed",
        "$2;default;;_OnNamespaceDisconnect;1;0;it failed",
        &format!("$2;default;;{};1;0;it failed", "x".repeat(300)),
    ] {
        client.send(frame).await;
    }
    client.is_quiet().await;
    lines.are(["echo: it failed", "unknown: it failed"]).await;
    assert!(lines.0.try_recv().is_err());
}

#[tokio::test]
async fn a_client_that_is_in_no_room_and_no_namespace_is_told_so() {
    let (_hub, addr) = start(Events::new().namespace(chat()).namespace(Namespace::new("other"))).await;
    let mut client = Client::connect(addr).await;
    for (namespace, room, event, error) in [
        ("nope", "", "echo", "bad namespace"),
        ("other", "", "echo", "bad namespace"),
        ("nope", "", "_OnNamespaceConnect", "bad namespace"),
        ("other", "a", "_OnRoomJoin", "bad namespace"),
        ("default", "", "_OnRoomJoin", "bad room"),
        ("default", "a", "echo", "bad room"),
        ("default", "", "nothing", "bad event"),
        ("default", "", "_OnRoomJoined", "bad event"),
    ] {
        let answer = client.ask(namespace, room, event, "").await;
        assert_eq!(answer, format!("$1;{namespace};{room};{event};1;0;{error}"));
    }
    // To leave where one is not is no error.
    for (namespace, room, event) in [
        ("other", "", "_OnNamespaceDisconnect"),
        ("default", "a", "_OnRoomLeave"),
        ("default", "a", "_OnRoomLeft"),
    ] {
        assert_eq!(client.ask(namespace, room, event, "").await, "$1;;;;;;", "{event}");
    }
    client.join("a").await;
    assert_eq!(client.ask("default", "", "rooms", "").await, "$1;default;;rooms;0;0;a");
    assert_eq!(client.ask("default", "a", "_OnRoomLeft", "").await, "$1;;;;;;");
    assert_eq!(client.ask("default", "", "rooms", "").await, "$1;default;;rooms;0;0;");
}

#[tokio::test]
async fn names_that_the_protocol_keeps_are_neither_heard_nor_sent() {
    let relay = async |client: NsConn, message: Message| -> Result<(), Error> {
        let name = message.text().unwrap_or_default();
        client.everyone().emit(name, "")
    };
    let any = async || "any";
    let (hub, addr) = start(Events::new().namespace(chat().on("relay", relay).on_any_event(any))).await;
    let mut client = Client::connect(addr).await;
    for event in ["_OnRoomJoined", "_OnNamespaceConnected", "_OnAnyEvent", "_OnFoo"] {
        let answer = client.ask("default", "", event, "").await;
        assert_eq!(answer, format!("$1;default;;{event};1;0;bad event"));
        let answer = client.ask("default", "", "relay", event).await;
        assert_eq!(answer, "$1;default;;relay;1;0;internal server error");
        let space = hub.find(&client.id).unwrap().namespace("default").unwrap();
        assert!(space.emit(event, "").is_err() && space.ask(event, "").await.is_err());
    }
    assert_eq!(client.ask("default", "", "other", "").await, "$1;default;;other;0;0;any");
}
