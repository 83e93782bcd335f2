//! Controllers whose methods are events of a namespace.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use gongular::http::StatusCode;
use gongular::inject::Provider;
use gongular::mvc::{Controller, controller, controller_with};
use gongular::neffos::websocket_controller;
use gongular::{Body, Inject};
use serde::Deserialize;
use validator::Validate;

use super::*;

#[derive(Deserialize, Validate)]
struct Line {
    #[validate(length(min = 1, max = 5))]
    text: String,
}

/// Built once for each connection.
struct Session(usize);

struct Name(&'static str);

#[derive(Controller)]
struct Chat {
    client: NsConn,
    session: Inject<Session>,
    #[query]
    name: Option<String>,
    #[given]
    log: Log,
    #[given]
    count: Arc<AtomicUsize>,
}

impl Drop for Chat {
    fn drop(&mut self) {
        self.count.fetch_sub(1, Ordering::SeqCst);
        self.log.add("dropped");
    }
}

#[websocket_controller(namespace = "default")]
impl Chat {
    async fn on_namespace_connect(&self) -> Result<(), Error> {
        self.count.fetch_add(1, Ordering::SeqCst);
        if self.name.as_deref() == Some("evil") {
            return Err(Error::new(StatusCode::FORBIDDEN, "not you"));
        }
        Ok(())
    }

    async fn on_namespace_connected(&self, message: Message) {
        self.log.add(format!("connected {}", message.event()));
    }

    async fn on_namespace_disconnect(&self, message: Message) -> Result<(), Error> {
        self.log.add(format!("disconnect {}", message.is_forced()));
        if self.name.as_deref() == Some("sticky") {
            return Err(Error::new(StatusCode::CONFLICT, "not yet"));
        }
        Ok(())
    }

    async fn on_room_join(&self, room: Room) -> Result<(), Error> {
        match room.name() {
            "private" => Err(Error::new(StatusCode::FORBIDDEN, "no entry")),
            _ => Ok(()),
        }
    }

    async fn on_room_left(&self, room: Room) {
        self.log.add(format!("left {}", room.name()));
    }

    async fn on_any_event(&self, message: Message) -> String {
        format!("any {}", message.event())
    }

    async fn echo(&self, message: Message) -> Payload {
        Payload::Text(message.text().unwrap_or_default().to_owned().into())
    }

    /// Two names for one method.
    #[event("we;ird")]
    #[event("Session")]
    async fn session(&self, name: Inject<Name>) -> String {
        format!("{} of {} in {}", self.session.0, name.0, self.client.name())
    }

    async fn line(&self, line: Body<Line>) -> Result<(), Error> {
        self.client.everyone().emit("line", line.text.as_str())
    }

    async fn askme(&self, text: String) -> Result<String, AskError> {
        let answer = self.client.ask("question", text).await?;
        Ok(answer.text().unwrap_or_default().to_owned())
    }

    fn version(&self) -> &'static str {
        "1"
    }

    #[skip]
    #[expect(dead_code, reason = "it is no event")]
    fn helper(&self) {}
}

struct Served {
    addr: SocketAddr,
    lines: Lines,
    count: Arc<AtomicUsize>,
}

async fn serve_chat() -> Served {
    let (log, lines) = log();
    let count = Arc::new(AtomicUsize::new(0));
    let sessions = AtomicUsize::new(0);
    let session = Provider::<Session>::per_request(move || Session(sessions.fetch_add(1, Ordering::SeqCst)));
    let container = Container::builder().register(session).provide(Name("ann")).build().await.unwrap();
    let namespace = Namespace::of(controller_with::<Chat>((log, Arc::clone(&count))));
    let hub = Events::new().namespace(namespace).build();
    Served { addr: serve(hub.route(), container).await, lines, count }
}

#[tokio::test]
async fn methods_are_events_hooks_and_answers() {
    let mut served = serve_chat().await;
    let mut client = Client::connect(served.addr).await;
    served.lines.are(["connected _OnNamespaceConnect"]).await;
    for (event, body, expected) in [
        ("echo", "hi", "0;0;hi"),
        ("Session", "", "0;0;0 of ann in default"),
        ("we@%!semicolon@%!ird", "", "0;0;0 of ann in default"),
        ("version", "", "0;0;1"),
        ("other", "", "0;0;any other"),
        ("session", "", "0;0;any session"),
        ("helper", "", "0;0;any helper"),
        (
            "line",
            r#"{"text":"far too long"}"#,
            "1;0;Body text: must have at least 1 and at most 5 characters",
        ),
    ] {
        let answer = client.ask("default", "", event, body).await;
        assert_eq!(answer, format!("$1;default;;{event};{expected}"));
    }
    client.emit("line", r#"{"text":"hi"}"#).await;
    assert_eq!(client.next().await, ";default;;line;0;0;hi");
    client.send("$7;default;;askme;0;0;age").await;
    let asked = client.next().await;
    client.send(format!("{};default;;question;0;0;7", token(&asked))).await;
    assert_eq!(client.next().await, "$7;default;;askme;0;0;7");
    assert_eq!(
        client.ask("default", "private", "_OnRoomJoin", "").await,
        "$1;default;private;_OnRoomJoin;1;0;no entry"
    );
}

#[tokio::test]
async fn each_connection_has_an_instance_until_it_leaves_the_namespace() {
    let mut served = serve_chat().await;
    let mut first = Client::connect(served.addr).await;
    served.lines.are(["connected _OnNamespaceConnect"]).await;
    let mut second = Client::connect(served.addr).await;
    served.lines.are(["connected _OnNamespaceConnect"]).await;
    let session = second.ask("default", "", "Session", "").await;
    assert_eq!(session, "$1;default;;Session;0;0;1 of ann in default");
    assert_eq!(served.count.load(Ordering::SeqCst), 2);

    first.join("a").await;
    assert_eq!(first.ask("default", "", "_OnNamespaceDisconnect", "").await, "$1;;;;;;");
    served.lines.are(["disconnect false", "left a", "dropped"]).await;
    // What is built for the request lives on: it is the connection's.
    assert_eq!(first.ask("default", "", "_OnNamespaceConnect", "").await, "$1;;;;;;");
    served.lines.are(["connected _OnNamespaceConnect"]).await;
    let session = first.ask("default", "", "Session", "").await;
    assert_eq!(session, "$1;default;;Session;0;0;0 of ann in default");

    drop(first);
    drop(second);
    for _ in 0..2 {
        served.lines.are(["disconnect true", "dropped"]).await;
    }
    assert_eq!(served.count.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn what_a_controller_refuses_leaves_no_instance_behind() {
    let mut served = serve_chat().await;
    let mut client = Client::silent(served.addr, "?name=evil").await.let_in().await;
    let answer = client.ask("default", "", "_OnNamespaceConnect", "").await;
    assert_eq!(answer, "$1;default;;_OnNamespaceConnect;1;0;not you");
    served.lines.are(["dropped"]).await;

    let mut client = Client::silent(served.addr, "?name=sticky").await.let_in().await;
    assert_eq!(client.ask("default", "", "_OnNamespaceConnect", "").await, "$1;;;;;;");
    let answer = client.ask("default", "", "_OnNamespaceDisconnect", "").await;
    assert_eq!(answer, "$1;default;;_OnNamespaceDisconnect;1;0;not yet");
    // It stays, with its instance.
    assert_eq!(client.ask("default", "", "echo", "x").await, "$1;default;;echo;0;0;x");
    drop(client);
    served
        .lines
        .are(["connected _OnNamespaceConnect", "disconnect false", "disconnect true", "dropped"])
        .await;
}

#[derive(Controller)]
struct Tenant {
    #[header("x-tenant")]
    tenant: String,
}

#[websocket_controller(namespace = "default")]
impl Tenant {
    async fn tenant(&self) -> String {
        self.tenant.clone()
    }
}

#[tokio::test]
async fn a_field_that_cannot_be_read_refuses_the_namespace() {
    let namespace = Namespace::of(controller::<Tenant>());
    let (_hub, addr) = start(Events::new().namespace(namespace).allow_headers(["x-tenant"])).await;
    let mut client = Client::open(addr).await;
    let answer = client.ask("default", "", "_OnNamespaceConnect", "").await;
    assert_eq!(answer, "$1;default;;_OnNamespaceConnect;1;0;Header x-tenant: a value is required");
    let mut client = Client::silent(addr, "?X-Websocket-Header-X-Tenant=t1").await.let_in().await;
    assert_eq!(client.ask("default", "", "_OnNamespaceConnect", "").await, "$1;;;;;;");
    assert_eq!(client.ask("default", "", "tenant", "").await, "$1;default;;tenant;0;0;t1");
}

#[tokio::test]
async fn events_may_be_named_otherwise_than_methods() {
    let name = |method: &str| Some(format!("On{}", method.to_uppercase()));
    let namespace = Namespace::of_named(controller::<Tenant>(), name);
    let (_hub, addr) = start(Events::new().namespace(namespace).allow_headers(["x-tenant"])).await;
    let mut client = Client::silent(addr, "?X-Websocket-Header-X-Tenant=t1").await.let_in().await;
    assert_eq!(client.ask("default", "", "_OnNamespaceConnect", "").await, "$1;;;;;;");
    assert_eq!(client.ask("default", "", "OnTENANT", "").await, "$1;default;;OnTENANT;0;0;t1");
    assert_eq!(client.ask("default", "", "tenant", "").await, "$1;default;;tenant;1;0;bad event");
}
