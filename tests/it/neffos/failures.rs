//! What is told of handlers and hooks that fail.

use gongular::http::StatusCode;
use gongular::neffos::Failure;

use super::*;

/// Tells of a failure in one line.
fn told(log: &Log) -> impl Fn(&Failure<'_>) + Send + Sync + use<> {
    let log = log.clone();
    move |failure| {
        let (namespace, event, kind) = (failure.namespace(), failure.event(), failure.error().kind());
        assert!(!failure.conn().id().is_empty());
        log.add(format!("{namespace}/{event} {kind:?}"));
    }
}

fn broken() -> Error {
    Error::app("out of order")
}

fn refused() -> Error {
    Error::new(StatusCode::FORBIDDEN, "forbidden")
}

async fn fell_over() -> Result<(), Error> {
    panic!("on purpose")
}

#[tokio::test]
async fn errors_of_the_server_panics_and_lateness_are_told_and_refusals_are_not() {
    let (log, mut lines) = log();
    let namespace = chat()
        .on("refuses", async || Err::<(), _>(refused()))
        .on("breaks", async || Err::<(), _>(broken()))
        .on("panics", async || -> String { panic!("on purpose") })
        .on("hangs", async || std::future::pending::<()>().await)
        .on("misnames", async |client: NsConn| client.conn().connect("chta").await.map(drop))
        .on_any_event(async || Err::<(), _>(broken()));
    let events = Events::new().namespace(namespace).handler_timeout(SHORT).on_failure(told(&log));
    let (_hub, addr) = start(events).await;
    let mut client = Client::connect(addr).await;
    for (event, answer) in [
        ("refuses", "forbidden"),
        ("breaks", "internal server error"),
        ("panics", "internal server error"),
        ("hangs", "the request took too long"),
        ("misnames", "bad namespace"),
        ("another", "internal server error"),
    ] {
        let answered = client.ask("default", "", event, "").await;
        assert_eq!(answered, format!("$1;default;;{event};1;0;{answer}"));
    }
    lines.are(["default/breaks App", "default/panics Panic", "default/hangs Timeout"]).await;
    lines.are(["default/misnames App", "default/another App"]).await;
}

#[tokio::test]
async fn hooks_are_told_once_whoever_waits_for_them() {
    let (log, mut lines) = log();
    let locked = Namespace::new("locked").on_connect(async || Err::<(), _>(broken()));
    let namespace = chat()
        .on("lock", async |conn: Conn| conn.connect("locked").await.map(drop))
        .on_connected(async || -> Result<(), Error> { panic!("on purpose") })
        .on_room_join(async |room: Room| -> Result<(), Error> {
            match room.name() {
                "refused" => Err(refused()),
                _ => Err(broken()),
            }
        })
        .on_disconnect(async || Err::<(), _>(refused()));
    let events = Events::new()
        .namespace(namespace)
        .namespace(locked)
        .on_connected(async || Err::<(), _>(broken()))
        .on_disconnect(async || Err::<(), _>(broken()))
        .on_failure(told(&log));
    let (_hub, addr) = start(events).await;
    let mut client = Client::connect(addr).await;
    lines.are(["/on_connected App", "default/_OnNamespaceConnect Panic"]).await;
    for room in ["refused", "broken"] {
        let answer = client.ask("default", room, "_OnRoomJoin", "").await;
        assert!(answer.starts_with(&format!("$1;default;{room};_OnRoomJoin;1;0;")), "{answer}");
    }
    lines.are(["default/_OnRoomJoin App"]).await;
    let answer = client.ask("default", "", "lock", "").await;
    assert_eq!(answer, "$1;default;;lock;1;0;internal server error");
    lines.are(["locked/_OnNamespaceConnect App"]).await;
    drop(client);
    lines.are(["/on_disconnect App"]).await;
}

/// Takes an ask of the server, and agrees.
async fn agree(client: &mut Client, event: &str) {
    let asked = client.next().await;
    assert!(asked.contains(event), "{asked}");
    client.send(format!("{};;;;;;", token(&asked))).await;
}

#[tokio::test]
async fn hooks_of_what_others_have_a_connection_do_are_told_once() {
    let ((log, mut lines), gate) = (log(), Gate::shut());
    let waits = gate.clone();
    let namespace = chat()
        .on_connected(move || {
            let gate = waits.clone();
            async move {
                gate.passed().await;
                fell_over().await
            }
        })
        .on_room_joined(fell_over)
        .on_room_leave(|room: Room| async move {
            match room.name() {
                "refused" => Err(refused()),
                _ => fell_over().await,
            }
        })
        .on("leave", async |client: NsConn, room: String| client.room(&room).leave().await);
    let (hub, addr) = start(Events::new().namespace(namespace).on_failure(told(&log))).await;
    let mut client = Client::open(addr).await;
    let conn = hub.find(&client.id).unwrap();

    let connecting = conn.clone();
    let connecting = tokio::spawn(async move { connecting.connect("default").await });
    agree(&mut client, "_OnNamespaceConnect").await;
    until(|| conn.namespace("default").is_some()).await;
    connecting.abort();
    assert!(soon(connecting).await.unwrap_err().is_cancelled());
    // Nobody waits for the hook any more.
    gate.open();
    lines.are(["default/_OnNamespaceConnect Panic"]).await;

    let space = conn.namespace("default").unwrap();
    for room in ["a", "refused"] {
        let joining = space.clone();
        let joining = tokio::spawn(async move { joining.join(room).await });
        agree(&mut client, "_OnRoomJoin").await;
        soon(joining).await.unwrap().unwrap();
        lines.are(["default/_OnRoomJoin Panic"]).await;
    }
    assert_eq!(soon(space.room("refused").leave()).await.unwrap_err().to_string(), "forbidden");
    soon(space.room("a").leave()).await.unwrap_err();
    lines.are(["default/_OnRoomLeave Panic"]).await;
    // The handler fails with what the hook did.
    for (room, answer) in [("refused", "forbidden"), ("a", "internal server error")] {
        assert_eq!(client.ask("default", "", "leave", room).await, format!("$1;default;;leave;1;0;{answer}"));
    }
    lines.are(["default/_OnRoomLeave Panic"]).await;
    client.is_quiet().await;
    assert!(lines.0.try_recv().is_err());
}

#[tokio::test]
async fn hooks_of_the_end_are_told_once_also_behind_a_handler_that_is_dropped() {
    for is_stuck in [false, true] {
        let (log, mut lines) = log();
        let stuck = log.clone();
        let namespace = chat()
            .on_room_leave(async |room: Room| match room.name() {
                "refused" => Err::<(), _>(refused()),
                _ => Err(broken()),
            })
            .on_room_left(fell_over)
            .on_disconnect(async || Err::<(), _>(broken()))
            .on("stuck", move || {
                stuck.add("stuck");
                std::future::pending::<()>()
            });
        let events = Events::new().namespace(namespace).on_disconnect(fell_over).handler_timeout(None);
        let hub = events.on_failure(told(&log)).build();
        let (addr, accepting) = serving(hub.route().linger(SHORT), empty().await).await;
        let mut client = Client::connect(addr).await;
        for room in ["a", "refused"] {
            client.join(room).await;
        }
        if is_stuck {
            client.emit("stuck", "").await;
            lines.are(["stuck"]).await;
        }
        drop(client);
        lines.are(["default/_OnRoomLeft Panic", "default/_OnRoomLeave App"]).await;
        lines.are(["default/_OnRoomLeft Panic", "default/_OnNamespaceDisconnect App"]).await;
        lines.are(["/on_disconnect Panic"]).await;
        accepting.abort();
        drop((hub, log));
        lines.end().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_has_no_time_left_behind_its_client_is_told_of() {
    let (log, mut lines) = log();
    let (hangs, gone) = (log.clone(), log.clone());
    let namespace = Namespace::new("default")
        .on("lasts", async || tokio::time::sleep(Duration::from_secs(20)).await)
        .on("hangs", move || {
            hangs.add("hangs");
            std::future::pending::<()>()
        })
        .on_disconnect(move || {
            gone.add("gone");
            std::future::ready(())
        });
    let hub = Events::new().namespace(namespace).on_failure(told(&log)).build();
    let route = hub.route().linger(Duration::from_secs(120));
    let stack = ServiceBuilder::new().layer(ErrorLayer::new()).service(service(route));
    // Time stands still as long as something is under way, which a stream of the system does not show.
    let (client, server) = tokio::io::duplex(1 << 12);
    let http = hyper::server::conn::http1::Builder::new();
    let serving = http.serve_connection(TokioIo::new(server), TowerToHyperService::new(stack));
    tokio::spawn(serving.with_upgrades());
    let (mut client, _) = client_async("ws://localhost/", client).await.unwrap();
    for text in ["M", "$1;default;;_OnNamespaceConnect;0;0;"] {
        client.send(Frame::text(text)).await.unwrap();
        client.next().await.unwrap().unwrap();
    }
    // The second one begins when the client is gone, and has the time of one handler with all behind it.
    for event in ["lasts", "lasts", "hangs", "hangs"] {
        client.send(Frame::text(format!(";default;;{event};0;0;"))).await.unwrap();
    }
    drop(client);
    for expected in ["hangs", "default/hangs Timeout", "gone"] {
        assert_eq!(lines.0.recv().await.unwrap(), expected);
    }
}

#[tokio::test]
async fn a_client_that_refuses_is_late_or_leaves_is_no_failure_of_the_server() {
    let (log, mut lines) = log();
    let namespace = chat()
        .on("ask", async |client: NsConn| client.ask("question", "").await.map(drop))
        .on_disconnect(async || Err::<(), _>(broken()));
    let hub = Events::new().namespace(namespace).ask_timeout(SHORT).on_failure(told(&log)).build();
    let (addr, accepting) = serving(hub.route(), empty().await).await;
    let mut client = Client::connect(addr).await;
    let asked = client.ask("default", "", "ask", "").await;
    client.send(format!("{};default;;question;1;0;no", token(&asked))).await;
    assert_eq!(client.next().await, "$1;default;;ask;1;0;no");
    client.ask("default", "", "ask", "").await;
    assert_eq!(client.next().await, "$1;default;;ask;1;0;no answer in time");
    client.ask("default", "", "ask", "").await;
    drop(client);
    lines.are(["default/_OnNamespaceDisconnect App"]).await;
    accepting.abort();
    drop((hub, log));
    lines.end().await;
}

#[tokio::test]
async fn a_handler_that_fails_with_the_hook_of_another_connection_is_told_of_as_well() {
    let (log, mut lines) = log();
    let namespace = chat().on_room_join(async || Err::<(), _>(broken())).on(
        "bring",
        async |client: NsConn, id: String| {
            let other = client.hub().find(&id).and_then(|conn| conn.namespace("default"));
            other.unwrap().join("a").await.map(drop)
        },
    );
    let (_hub, addr) = start(Events::new().namespace(namespace).on_failure(told(&log))).await;
    let (mut a, b) = (Client::connect(addr).await, Client::connect(addr).await);
    for (id, all) in [
        (b.id.clone(), &["default/_OnRoomJoin App", "default/bring App"][..]),
        (a.id.clone(), &["default/_OnRoomJoin App"][..]),
    ] {
        assert_eq!(a.ask("default", "", "bring", &id).await, "$1;default;;bring;1;0;internal server error");
        for line in all {
            assert_eq!(lines.next().await, *line);
        }
        a.is_quiet().await;
        assert!(lines.0.try_recv().is_err());
    }
}

/// A namespace whose rooms are joined at once, but for one whose hook never ends, and leaves something behind.
fn mined(log: &Log) -> Namespace {
    let log = log.clone();
    chat().on_room_join(move |room: Room| {
        let log = log.clone();
        async move {
            if room.name() == "mined" {
                let _bomb = Bomb;
                log.add("mined");
                std::future::pending::<()>().await;
            }
        }
    })
}

#[tokio::test]
async fn what_panics_by_itself_takes_nothing_from_what_others_have_the_connection_do() {
    let (log, mut lines) = log();
    let events = Events::new().namespace(mined(&log)).handler_timeout(SHORT).on_failure(told(&log));
    let (hub, addr) = start(events).await;
    let mut client = Client::connect(addr).await;
    let space = hub.find(&client.id).unwrap().namespace("default").unwrap();
    let joining = space.clone();
    let joining = tokio::spawn(async move { joining.join("fine").await });
    let asked = client.next().await;
    let error = soon(space.join("mined")).await.unwrap_err();
    assert!(!error.is_closed(), "{error}");
    client.send(format!("{};;;;;;", token(&asked))).await;
    soon(joining).await.unwrap().unwrap();
    lines.are(["mined", "/errand Panic"]).await;
    client.is_quiet().await;
}

#[tokio::test]
async fn what_panics_when_the_connection_ends_takes_nothing_from_the_hooks_of_the_end() {
    let (log, mut lines) = log();
    let gone = log.clone();
    let namespace = mined(&log).on_disconnect(move || {
        gone.add("disconnected");
        std::future::ready(())
    });
    let events = Events::new().namespace(namespace).handler_timeout(None).on_failure(told(&log));
    let hub = events.build();
    let addr = serve(hub.route().linger(SHORT), empty().await).await;
    let client = Client::connect(addr).await;
    let space = hub.find(&client.id).unwrap().namespace("default").unwrap();
    let joining = tokio::spawn(async move { space.join("mined").await });
    lines.are(["mined"]).await;
    drop(client);
    assert!(soon(joining).await.unwrap().unwrap_err().is_closed());
    lines.are(["/errand Panic", "disconnected"]).await;
}

#[tokio::test]
async fn who_is_not_let_in_by_a_failure_is_told_of() {
    let (log, mut lines) = log();
    let events = Events::new().on_connect(async || Err::<(), _>(broken())).on_failure(told(&log));
    let (_hub, addr) = start(events).await;
    let mut client = Client::silent(addr, "").await;
    client.send("M").await;
    assert_eq!(client.next().await, "Hinternal server error");
    lines.are(["/on_connect App"]).await;
}

#[tokio::test]
async fn native_messages_are_told_of_by_the_name_of_their_hook() {
    let (log, mut lines) = log();
    let namespace = Namespace::new("").on_native_message(async || Err::<(), _>(broken()));
    let (_hub, addr) = start(Events::new().namespace(namespace).on_failure(told(&log))).await;
    let mut client = Client::silent(addr, "").await;
    client.send("hi").await;
    assert_eq!(client.next().await, "internal server error");
    lines.are(["/_OnNativeMessage App"]).await;
}

#[cfg(feature = "mvc")]
#[tokio::test]
async fn a_controller_that_cannot_be_made_is_told_of() {
    use gongular::Inject;
    use gongular::inject::Provider;
    use gongular::mvc::{Controller, controller};
    use gongular::neffos::websocket_controller;

    struct Session;

    #[derive(Controller)]
    struct Chat {
        session: Inject<Session>,
    }

    #[websocket_controller(namespace = "default")]
    impl Chat {
        async fn echo(&self) {
            let Session = *self.session;
        }
    }

    let (log, mut lines) = log();
    let broken = Provider::<Session>::per_request(async || Err::<Session, _>(broken()));
    let container = Container::builder().register(broken).build().await.unwrap();
    let hub = Events::new().namespace(controller::<Chat>()).on_failure(told(&log)).build();
    let addr = serve(hub.route(), container).await;
    let mut client = Client::open(addr).await;
    let answer = client.ask("default", "", "_OnNamespaceConnect", "").await;
    assert_eq!(answer, "$1;default;;_OnNamespaceConnect;1;0;internal server error");
    lines.are(["default/_OnNamespaceConnect Injection"]).await;
}

#[tokio::test]
async fn a_connection_goes_on_when_who_is_told_panics() {
    let events = Events::new()
        .namespace(chat().on("breaks", async || Err::<(), _>(broken())))
        .on_failure(|_: &Failure<'_>| panic!("on purpose"));
    let (_hub, addr) = start(events).await;
    let mut client = Client::connect(addr).await;
    let answer = client.ask("default", "", "breaks", "").await;
    assert_eq!(answer, "$1;default;;breaks;1;0;internal server error");
    client.is_quiet().await;
}
