//! Our client and our server.

use gongular::Shutdown;
use gongular::http::StatusCode;
use gongular::neffos::client::{Backoff, Client, Dial, DialError, Namespace as Known, NsConn as Space};
use tokio::sync::Semaphore;

use super::*;

/// A client that knows the namespace `default` and answers questions.
fn dial(addr: SocketAddr) -> Dial {
    url(addr).namespace(Known::new("default").on("question", async |text: String| format!("{text}!")))
}

fn url(addr: SocketAddr) -> Dial {
    Client::dial(&format!("ws://{addr}/"))
}

/// Opens a connection to the namespace `default`.
async fn connect(dial: Dial) -> (Client, Space) {
    let client = soon(dial.open()).await.unwrap();
    let space = soon(client.connect("default")).await.unwrap();
    (client, space)
}

#[tokio::test]
async fn both_sides_send_and_ask_texts_and_bytes() {
    let namespace = chat()
        .on("whoami", async |client: NsConn| client.id().to_owned())
        .on("field", async |conn: Conn| conn.headers()["x-name"].to_str().unwrap_or_default().to_owned());
    let (_hub, addr) = start(Events::new().namespace(namespace)).await;
    let (known, mut events) = Known::new("default").on("question", async || "as asked").events(8);
    let (client, space) = connect(url(addr).header("X-Name", "Ada").namespace(known)).await;
    for (event, body, answer) in
        [("echo", "ping;pong", "ping;pong"), ("askme", "why", "as asked"), ("field", "", "Ada")]
    {
        assert_eq!(soon(space.ask(event, body)).await.unwrap().text(), Some(answer));
    }
    assert_eq!(soon(space.ask("whoami", "")).await.unwrap().text(), Some(client.id().as_str()));
    let bytes = soon(space.ask("echo", b"\x00;\xff".to_vec())).await.unwrap();
    assert_eq!((&bytes.body()[..], bytes.is_binary()), (&b"\x00;\xff"[..], true));
    soon(space.emit("all", "hello")).await.unwrap();
    let event = soon(events.recv()).await.unwrap();
    assert_eq!((event.message().event(), event.message().text()), ("said", Some("hello")));
    soon(client.close()).await;
    assert!(client.closed().await.is_local());
}

#[tokio::test]
async fn every_refusal_reaches_the_caller_with_its_text() {
    let let_in = async |conn: Conn| match conn.headers().get("x-reject") {
        Some(_) => Err(Error::new(StatusCode::FORBIDDEN, "rejected: why")),
        None => Ok(()),
    };
    let refuse = async || Err::<(), _>(Error::new(StatusCode::FORBIDDEN, "forbidden"));
    let events = Events::new()
        .namespace(chat().on("fail", refuse).on_room_join(refuse))
        .namespace(Namespace::new("locked").on_connect(refuse))
        .namespace(Namespace::new("sticky").on_disconnect(refuse))
        .on_connect(let_in);
    let (_hub, addr) = start(events).await;

    let refused = soon(dial(addr).header("X-Reject", "1").open()).await.unwrap_err();
    assert_eq!(refused.refusal(), Some("rejected: why"));
    let foreign = soon(dial(addr).header("Origin", "https://elsewhere.example").open()).await.unwrap_err();
    assert_eq!((foreign.status(), foreign.is_final()), (Some(StatusCode::FORBIDDEN), true));
    let said: serde_json::Value = serde_json::from_slice(foreign.body().unwrap()).unwrap();
    assert!(said.to_string().contains("origin"), "{said}");

    let others = ["locked", "nope", "sticky"].map(Known::new);
    let (client, space) = connect(others.into_iter().fold(dial(addr), Dial::namespace)).await;
    let sticky = soon(client.connect("sticky")).await.unwrap();
    for (error, text) in [
        (soon(client.connect("locked")).await.unwrap_err(), "forbidden"),
        (soon(client.connect("nope")).await.unwrap_err(), "bad namespace"),
        (soon(space.ask("fail", "")).await.unwrap_err(), "forbidden"),
        (soon(space.ask("unheard of", "")).await.unwrap_err(), "bad event"),
        (soon(space.join("private")).await.unwrap_err(), "forbidden"),
        (soon(sticky.disconnect()).await.unwrap_err(), "forbidden"),
    ] {
        assert_eq!(error.refusal(), Some(text));
    }
    assert_eq!(client.namespaces(), ["default", "sticky"]);
}

#[tokio::test]
async fn where_nothing_listens_there_is_an_error_at_once() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    drop(listener);
    let error = soon(dial(addr).open()).await.unwrap_err();
    assert_eq!(error.to_string(), "the server cannot be reached");
    assert!(!error.is_final() && !error.is_timeout());
}

#[tokio::test]
async fn rooms_hear_their_members_until_they_leave() {
    let (hub, addr) = start(Events::new().namespace(chat())).await;
    let (known, mut heard) = Known::new("default").events(8);
    let (_first, one) = connect(url(addr).namespace(known)).await;
    let (_second, other) = connect(dial(addr)).await;
    for room in ["a", "b", "c"] {
        soon(one.join(room)).await.unwrap();
    }
    let room = soon(other.join("a")).await.unwrap();
    assert_eq!(soon(one.ask("rooms", "")).await.unwrap().text(), Some("a,b,c"));
    soon(room.emit("all", "hi")).await.unwrap();
    let event = soon(heard.recv()).await.unwrap();
    assert_eq!((event.message().room(), event.message().text()), ("a", Some("hi")));

    soon(one.leave_all()).await.unwrap();
    assert!(one.rooms().is_empty());
    assert_eq!(soon(one.ask("rooms", "")).await.unwrap().text(), Some(""));
    assert_eq!(hub.to("default").unwrap().room("a").count(), 1);
    assert_eq!(one.room("a").try_emit("all", "").unwrap_err().refusal(), Some("bad room"));
}

#[tokio::test]
async fn the_servers_will_is_followed() {
    let namespace = chat()
        .on("joinme", async |client: NsConn, room: String| client.join(&room).await.map(drop))
        .on("leaveme", async |client: NsConn, room: String| client.room(&room).leave().await)
        .on("kick", async |client: NsConn| client.disconnect().await);
    let events = Events::new()
        .namespace(namespace)
        .on_connected(async |conn: Conn| conn.connect("default").await.map(drop));
    let (hub, addr) = start(events).await;
    let (log, mut lines) = log();
    let note = |line: &'static str| {
        let log = log.clone();
        move |message: gongular::neffos::Message| {
            log.add(format!("{line} {}", message.room()));
            std::future::ready(())
        }
    };
    let known = Known::new("default")
        .on_connected(note("connected"))
        .on_disconnect(note("disconnected"))
        .on_room_joined(note("joined"))
        .on_room_left(note("left"));
    let client = soon(url(addr).namespace(known).open()).await.unwrap();
    lines.are(["connected "]).await;
    let space = client.namespace("default").unwrap();
    soon(space.ask("joinme", "a")).await.unwrap();
    soon(space.ask("joinme", "b")).await.unwrap();
    assert_eq!(space.rooms(), ["a", "b"]);
    soon(space.ask("leaveme", "a")).await.unwrap();
    assert_eq!(space.rooms(), ["b"]);
    soon(space.emit("kick", "")).await.unwrap();
    lines.are(["joined a", "joined b", "left a", "left b", "disconnected "]).await;
    assert!(!space.is_connected() && client.is_connected());
    assert_eq!(hub.count(), 1);

    let reason = {
        hub.conns()[0].close();
        soon(client.closed()).await
    };
    assert_eq!((reason.is_server(), reason.close_code()), (true, Some(1000)));
}

/// Serves until it is stopped, as a server does that is started anew.
async fn start_at(addr: SocketAddr, shutdown: &Shutdown, events: Events) -> (Hub, SocketAddr) {
    let hub = events.build();
    // The server before may still be about to let go of the address.
    let listener = soon(async {
        loop {
            match TcpListener::bind(addr).await {
                Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => tokio::task::yield_now().await,
                bound => return bound.unwrap(),
            }
        }
    })
    .await;
    let addr = listener.local_addr().unwrap();
    let stack = ServiceBuilder::new().layer(ErrorLayer::new()).layer(InjectLayer::new(empty().await));
    let stack = stack.service(service(hub.route().shutdown(shutdown.clone())));
    let shutdown = shutdown.clone();
    tokio::spawn(async move {
        loop {
            let (stream, _) = tokio::select! {
                accepted = listener.accept() => accepted.unwrap(),
                () = shutdown.triggered() => return,
            };
            let service = TowerToHyperService::new(stack.clone());
            let connection =
                hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service);
            tokio::spawn(connection.with_upgrades());
        }
    });
    (hub, addr)
}

#[tokio::test]
async fn a_client_outlives_its_server_and_is_where_it_was() {
    let described = || {
        let namespace = chat()
            .on("tries", async |conn: Conn| conn.reconnect_tries().to_string())
            .on("never", std::future::pending::<()>);
        Events::new().namespace(namespace).namespace(Namespace::new("second"))
    };
    let first = Shutdown::new();
    let (old, addr) = start_at("127.0.0.1:0".parse().unwrap(), &first, described()).await;
    let (log, mut lines) = log();
    let found = log.clone();
    let (known, mut heard) = Known::new("default").events(8);
    let dial = url(addr)
        .namespace(known)
        .namespace(Known::new("second"))
        .reconnect(Backoff::new().first(SHORT).longest(SHORT))
        .on_lost(move |_, reason| {
            log.add(reason.to_string());
            std::future::ready(())
        })
        .on_reconnect(move |_, again| {
            found.add(format!("again {:?}", again.missing()));
            std::future::ready(())
        });
    let (client, space) = connect(dial).await;
    soon(client.connect("second")).await.unwrap();
    for room in ["a", "b"] {
        soon(space.join(room)).await.unwrap();
    }
    let id = client.id();
    let asking = tokio::spawn({
        let space = space.clone();
        async move { space.ask("never", "").await }
    });
    assert_eq!(old.count(), 1);
    first.trigger();
    assert!(soon(asking).await.unwrap().unwrap_err().is_lost());
    lines.are(["closed by the server: 1001"]).await;
    assert!(space.emit("all", "unheard").await.unwrap_err().is_lost());

    let second = Shutdown::new();
    let (new, _) = start_at(addr, &second, described()).await;
    lines.are(["again []"]).await;
    assert_ne!(client.id(), id);
    assert_eq!(client.namespaces(), ["default", "second"]);
    assert_eq!(soon(space.ask("rooms", "")).await.unwrap().text(), Some("a,b"));
    let tries: u32 = soon(space.ask("tries", "")).await.unwrap().text().unwrap().parse().unwrap();
    assert!(tries >= 1 && tries == client.reconnect_tries());
    new.to("default").unwrap().room("b").emit("said", "welcome back").unwrap();
    assert_eq!(soon(heard.recv()).await.unwrap().message().text(), Some("welcome back"));
    soon(client.close()).await;
    until(|| new.count() == 0).await;
}

#[tokio::test]
async fn a_server_that_refuses_the_second_time_is_not_dialled_again() {
    let (first, second) = (Shutdown::new(), Shutdown::new());
    let (_old, addr) =
        start_at("127.0.0.1:0".parse().unwrap(), &first, Events::new().namespace(chat())).await;
    let (client, _space) = connect(dial(addr).reconnect(Backoff::new().first(SHORT))).await;
    first.trigger();
    let refuse = async || Err::<(), _>(Error::new(StatusCode::FORBIDDEN, "no more"));
    let _new = start_at(addr, &second, Events::new().namespace(chat()).on_connect(refuse)).await;
    let reason = soon(client.closed()).await;
    assert_eq!(reason.dial_error().and_then(DialError::refusal), Some("no more"));
}

#[tokio::test]
async fn bursts_arrive_whole_and_in_order_both_ways() {
    let (log, mut lines) = log();
    let noted = log.clone();
    let namespace = chat().on("number", move |text: String| {
        noted.add(format!("up {text}"));
        std::future::ready(())
    });
    let (hub, addr) = start(Events::new().namespace(namespace)).await;
    let known = Known::new("default").on("number", move |text: String| {
        log.add(format!("down {text}"));
        std::future::ready(())
    });
    let (_client, space) = connect(url(addr).namespace(known)).await;
    for number in 0..500 {
        soon(space.emit("number", number.to_string())).await.unwrap();
    }
    for number in 0..500 {
        assert_eq!(lines.next().await, format!("up {number}"));
    }
    for number in 0..500 {
        hub.to("default").unwrap().emit("number", number.to_string()).unwrap();
    }
    for number in 0..500 {
        assert_eq!(lines.next().await, format!("down {number}"));
    }
}

#[tokio::test]
async fn asks_that_are_dropped_harm_no_others() {
    let gate = std::sync::Arc::new(Semaphore::new(0));
    let opened = gate.clone();
    let namespace = chat().on("slow", move || {
        let gate = gate.clone();
        async move { gate.acquire().await.map(|permit| permit.forget()).is_ok().to_string() }
    });
    let (_hub, addr) = start(Events::new().namespace(namespace)).await;
    let (_client, space) = connect(dial(addr)).await;
    for _ in 0..20 {
        let asked = tokio::time::timeout(Duration::from_millis(2), space.ask("slow", ""));
        assert!(asked.await.is_err());
    }
    opened.add_permits(20);
    for number in 0..20 {
        let number = number.to_string();
        assert_eq!(soon(space.ask("echo", number.as_str())).await.unwrap().text(), Some(&*number));
    }
}

#[tokio::test]
async fn a_slow_server_slows_its_client_down_and_gets_everything() {
    let (log, mut lines) = log();
    let gate = std::sync::Arc::new(Semaphore::new(0));
    let opened = gate.clone();
    let namespace = chat().on("slow", move |text: String| {
        let (gate, log) = (gate.clone(), log.clone());
        async move {
            if let Ok(permit) = gate.acquire().await {
                permit.forget();
                log.add(text.split_once(' ').unwrap().0);
            }
        }
    });
    let (_hub, addr) = start(Events::new().namespace(namespace).waiting(4, 64 << 10)).await;
    let (_client, space) = connect(dial(addr).queue(8, 256 << 10)).await;
    let body = "x".repeat(30 << 10);
    let mut sent = 0;
    // Until everything on the way is full: the server's queue, the network's and the client's.
    while tokio::time::timeout(SHORT * 4, space.emit("slow", format!("{sent} {body}"))).await.is_ok() {
        sent += 1;
        assert!(sent < 5000, "what is not taken has to wait here");
    }
    opened.add_permits(sent + 1);
    for number in 0..sent {
        assert_eq!(lines.next().await, number.to_string());
    }
}

#[tokio::test]
async fn header_fields_may_travel_in_the_url() {
    let namespace = chat().on("field", async |conn: Conn| {
        conn.headers().get("x-name").and_then(|name| name.to_str().ok()).unwrap_or("none").to_owned()
    });
    let (_hub, addr) = start(Events::new().namespace(namespace).allow_headers(["x-name"])).await;
    let (_client, space) =
        connect(dial(addr).header("X-Name", "Ada & Bea").header("X-Other", "1").headers_as_parameters())
            .await;
    assert_eq!(soon(space.ask("field", "")).await.unwrap().text(), Some("Ada & Bea"));
}
