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

#[tokio::test]
async fn errors_of_the_server_panics_and_lateness_are_told_and_refusals_are_not() {
    let (log, mut lines) = log();
    let namespace = chat()
        .on("refuses", async || Err::<(), _>(refused()))
        .on("breaks", async || Err::<(), _>(broken()))
        .on("panics", async || -> String { panic!("on purpose") })
        .on("hangs", async || std::future::pending::<()>().await)
        .on_any_event(async || Err::<(), _>(broken()));
    let events = Events::new().namespace(namespace).handler_timeout(SHORT).on_failure(told(&log));
    let (_hub, addr) = start(events).await;
    let mut client = Client::connect(addr).await;
    for (event, answer) in [
        ("refuses", "forbidden"),
        ("breaks", "internal server error"),
        ("panics", "internal server error"),
        ("hangs", "the request took too long"),
        ("another", "internal server error"),
    ] {
        let answered = client.ask("default", "", event, "").await;
        assert_eq!(answered, format!("$1;default;;{event};1;0;{answer}"));
    }
    lines
        .are(["default/breaks App", "default/panics Panic", "default/hangs Timeout", "default/another App"])
        .await;
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
