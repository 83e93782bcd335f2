//! What handlers take, and what clients read when it is not there.

use std::future::ready;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use gongular::inject::Provider;
use gongular::{Body, Inject, Query, Unchecked};
use serde::Deserialize;
use validator::Validate;

use super::*;

#[derive(Deserialize, Validate)]
struct Line {
    #[validate(length(min = 1, max = 5))]
    text: String,
    #[serde(default)]
    count: u8,
}

#[tokio::test]
async fn a_body_is_bound_and_what_is_wrong_with_it_is_told_by_field() {
    let line = async |line: Body<Line>| format!("{} {}", line.text, line.count);
    let (_hub, addr) = start(Events::new().namespace(chat().on("line", line))).await;
    let mut client = Client::connect(addr).await;
    for (body, expected) in [
        (r#"{"text":"hi","count":3}"#, "0;0;hi 3"),
        (
            r#"{"count":300}"#,
            "1;0;Body count: expected a whole number from 0 to 255, got 300; Body text: a value is required",
        ),
        (r#"{"text":"far too long"}"#, "1;0;Body text: must have at least 1 and at most 5 characters"),
    ] {
        let answer = client.ask("default", "", "line", body).await;
        assert_eq!(answer, format!("$1;default;;line;{expected}"), "{body}");
    }
    for body in ["", "{", "null", &"[".repeat(10_000)] {
        let answer = client.ask("default", "", "line", body).await;
        assert!(answer.starts_with("$1;default;;line;1;0;Body"), "{answer}");
        assert!(answer.len() < 4200);
    }
    client.is_quiet().await;
}

#[tokio::test]
async fn the_text_of_an_error_that_is_not_for_clients_is_not_sent() {
    let fail = async || Err::<(), _>(Error::app("the pool is at 10.0.0.7"));
    let missing = async |_: Kept<Line>| {};
    let namespace = chat().on("fail", fail).on("missing", missing);
    let (_hub, addr) = start(Events::new().namespace(namespace)).await;
    let mut client = Client::connect(addr).await;
    for event in ["fail", "missing"] {
        let answer = client.ask("default", "", event, "").await;
        assert_eq!(answer, format!("$1;default;;{event};1;0;internal server error"));
    }
}

#[tokio::test]
async fn what_a_handler_says_of_a_failed_ask_is_what_the_client_reads() {
    let plain = async |hub: Hub| hub.ask("nobody", "default", "question", "").await.map(drop);
    let said = async |hub: Hub| {
        let asked = hub.ask("nobody", "default", "question", "").await;
        asked.map(drop).map_err(|error| Error::from(error).with_public("they have left"))
    };
    let (_hub, addr) = start(Events::new().namespace(chat().on("plain", plain).on("said", said))).await;
    let mut client = Client::connect(addr).await;
    for (event, text) in [("plain", "internal server error"), ("said", "they have left")] {
        let answer = client.ask("default", "", event, "").await;
        assert_eq!(answer, format!("$1;default;;{event};1;0;{text}"));
    }
}

#[tokio::test]
async fn a_handler_that_takes_a_room_wants_the_message_in_one() {
    let here = async |room: Room| room.name().to_owned();
    let (_hub, addr) = start(Events::new().namespace(chat().on("here", here))).await;
    let mut client = Client::connect(addr).await;
    client.join("red").await;
    assert_eq!(client.ask("default", "red", "here", "").await, "$1;default;red;here;0;0;red");
    assert_eq!(client.ask("default", "", "here", "").await, "$1;default;;here;1;0;send it in a room");
}

#[tokio::test]
async fn a_text_must_be_one_and_the_error_of_a_binary_message_is_one() {
    let text = async |text: String| text;
    let (_hub, addr) = start(Events::new().namespace(chat().on("text", text))).await;
    let mut client = Client::connect(addr).await;
    let frame = [&b"$2;default;;text;0;0;"[..], b"\xff;\0"].concat();
    soon(client.stream.send(Frame::binary(frame))).await.unwrap();
    assert_eq!(client.next().await, "$2;default;;text;1;0;Body: the text is not valid UTF-8");
    let frame = [&b"$3;default;;echo;0;0;"[..], b"\xff;\0"].concat();
    soon(client.stream.send(Frame::binary(frame.clone()))).await.unwrap();
    assert_eq!(client.frame().await.unwrap().unwrap(), Frame::binary(frame));
}

/// Built for each request, that is, for each connection.
struct Session(usize);

#[tokio::test]
async fn dependencies_live_as_long_as_the_connection() {
    let count = Arc::new(AtomicUsize::new(0));
    let (log, mut lines) = log();
    let session = Provider::<Session>::per_request(move || Session(count.fetch_add(1, Ordering::SeqCst)));
    let ended = log.clone();
    let session = session.teardown(
        move |session: gongular::inject::Finished<Session>, _: gongular::inject::Completion| {
            ended.add(format!("ended {}", session.0));
        },
    );
    let container = Container::builder().provide(log).register(session).build().await.unwrap();
    let tell = async |session: Inject<Session>, _: Inject<Log>| session.0.to_string();
    let gone = async |session: Inject<Session>, log: Inject<Log>| log.add(format!("gone {}", session.0));
    let hub = Events::new().namespace(chat().on("tell", tell)).on_disconnect(gone).build();
    let addr = serve(hub.route(), container).await;
    for number in ["0", "1"] {
        let mut client = Client::connect(addr).await;
        for _ in 0..3 {
            let answer = client.ask("default", "", "tell", "").await;
            assert_eq!(answer, format!("$1;default;;tell;0;0;{number}"));
        }
        drop(client);
        lines.are([&*format!("gone {number}"), &*format!("ended {number}")]).await;
    }
}

#[derive(Deserialize, Validate)]
struct Ticket {
    ticket: u8,
}

#[tokio::test]
async fn what_is_read_before_the_upgrade_refuses_or_is_kept() {
    let tell = async |ticket: Kept<Query<Ticket>>, conn: Conn| {
        conn.insert(Unchecked("second"));
        format!("{} {}", ticket.0.ticket, conn.get::<Unchecked<&str>>().unwrap().0)
    };
    let hub = Events::new().namespace(chat().on("tell", tell)).build();
    let addr = serve(hub.route_reading::<Query<Ticket>>(), empty().await).await;
    let mut client = Client::silent(addr, "?ticket=7").await.let_in().await;
    assert_eq!(client.ask("default", "", "_OnNamespaceConnect", "").await, "$1;;;;;;");
    assert_eq!(client.ask("default", "", "tell", "").await, "$1;default;;tell;0;0;7 second");

    let stream = TcpStream::connect(addr).await.unwrap();
    match client_async(format!("ws://{addr}/?ticket=x"), stream).await {
        Err(tungstenite::Error::Http(response)) => assert_eq!(response.status(), 400),
        other => panic!("{other:?} is no refusal"),
    }
}

#[tokio::test]
async fn hooks_decide_on_what_they_are_about_and_in_order() {
    let (log, mut lines) = log();
    let add = |what: &'static str| {
        let log = log.clone();
        move |message: Message| {
            log.add(format!("{what} {} {}", message.room(), message.is_local()));
            ready(())
        }
    };
    let namespace = chat()
        .on_connect(add("connect"))
        .on_connected(add("connected"))
        .on_disconnect(add("disconnect"))
        .on_room_join(add("join"))
        .on_room_joined(add("joined"))
        .on_room_leave(add("leave"))
        .on_room_left(add("left"))
        .on_any_event(add("any"));
    let (hub, addr) = start(Events::new().namespace(namespace)).await;
    let mut client = Client::connect(addr).await;
    client.join("a").await;
    client.emit("whatever", "").await;
    lines.are(["connect  false", "connected  false", "join a false", "joined a false", "any  false"]).await;

    let space = hub.find(&client.id).unwrap().namespace("default").unwrap();
    let leaving = tokio::spawn(async move { space.room("a").leave().await.map(|()| space) });
    let asked = client.next().await;
    client.send(format!("{};;;;;;", token(&asked))).await;
    let space = soon(leaving).await.unwrap().unwrap();
    lines.are(["leave a true", "left a true"]).await;

    let kicking = tokio::spawn(async move { space.disconnect().await.map(|()| space) });
    let asked = client.next().await;
    assert_eq!(asked, format!("{};default;;_OnNamespaceDisconnect;0;0;", token(&asked)));
    client.send(format!("{};;;;;;", token(&asked))).await;
    let space = soon(kicking).await.unwrap().unwrap();
    lines.are(["disconnect  true"]).await;
    assert!(!space.is_connected());
    assert!(space.emit("x", "").unwrap_err().is_outside());
}
