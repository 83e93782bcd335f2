//! Clients that the server brings in: the hook of an entry runs once, before any of the leaving.

use std::future::ready;

use super::*;

/// A namespace that logs who comes and goes; the hooks of an entry wait at a gate.
fn watched(log: &Log, gate: &Gate) -> Namespace {
    let [connected, joined, left, gone] = [log.clone(), log.clone(), log.clone(), log.clone()];
    let (first, second) = (gate.clone(), gate.clone());
    chat()
        .on_connected(move || greeting(&connected, &first, "connected"))
        .on_room_joined(move || greeting(&joined, &second, "joined"))
        .on_room_left(move || {
            left.add("left");
            ready(())
        })
        .on_disconnect(move || {
            gone.add("disconnected");
            ready(())
        })
}

/// Logs that a hook begins and that it ends.
fn greeting(log: &Log, gate: &Gate, what: &'static str) -> impl Future<Output = ()> + use<> {
    let (log, gate) = (log.clone(), gate.clone());
    log.add(what);
    async move {
        gate.passed().await;
        log.add(format!("{what}: done"));
    }
}

/// Lets a client in, as it is and as the server sees it.
async fn open(events: Events) -> (Hub, Client, Conn) {
    let hub = events.build();
    let addr = serve(hub.route().linger(SHORT), empty().await).await;
    let client = Client::open(addr).await;
    let conn = hub.find(&client.id).unwrap();
    (hub, client, conn)
}

#[tokio::test]
async fn the_hook_of_a_namespace_runs_to_its_end_though_nobody_waits_for_it() {
    let ((log, mut lines), gate) = (log(), Gate::shut());
    let (_hub, mut client, conn) = open(Events::new().namespace(watched(&log, &gate))).await;
    let connecting = tokio::spawn(async move { conn.connect("default").await });
    let asked = client.next().await;
    client.send(format!("{};;;;;;", token(&asked))).await;
    lines.are(["connected"]).await;
    connecting.abort();
    assert!(soon(connecting).await.unwrap_err().is_cancelled());
    drop(client);
    gate.open();
    lines.are(["connected: done", "disconnected"]).await;
}

#[tokio::test]
async fn a_client_that_agrees_is_in_though_nobody_waits_for_it() {
    let ((log, mut lines), gate) = (log(), Gate::shut());
    gate.open();
    let (_hub, mut client, conn) = open(Events::new().namespace(watched(&log, &gate))).await;
    let connecting = conn.clone();
    let connecting = tokio::spawn(async move { connecting.connect("default").await });
    let asked = client.next().await;
    connecting.abort();
    assert!(soon(connecting).await.unwrap_err().is_cancelled());
    // Whoever answers twice has agreed once.
    for _ in 0..2 {
        client.send(format!("{};;;;;;", token(&asked))).await;
    }
    lines.are(["connected", "connected: done"]).await;
    client.is_quiet().await;

    let space = conn.namespace("default").unwrap();
    let joining = tokio::spawn(async move { space.join("a").await });
    let asked = client.next().await;
    joining.abort();
    assert!(soon(joining).await.unwrap_err().is_cancelled());
    for _ in 0..2 {
        client.send(format!("{};;;;;;", token(&asked))).await;
    }
    client.is_quiet().await;
    lines.are(["joined", "joined: done"]).await;
    assert!(conn.namespace("default").unwrap().room("a").is_joined());
    assert!(lines.0.try_recv().is_err());
}

#[tokio::test]
async fn the_hook_of_an_entry_ends_before_those_of_the_leaving_begin() {
    let ((log, mut lines), gate) = (log(), Gate::shut());
    let (_hub, mut client, conn) = open(Events::new().namespace(watched(&log, &gate))).await;
    let connecting = conn.clone();
    let connecting = tokio::spawn(async move { connecting.connect("default").await });
    let asked = client.next().await;
    // In one go: it leaves as soon as it is in.
    let (agreed, leave) = (format!("{};;;;;;", token(&asked)), "$1;default;;_OnNamespaceDisconnect;0;0;");
    client.stream.feed(Frame::text(agreed)).await.unwrap();
    client.send(leave).await;
    lines.are(["connected"]).await;
    client.send("$2;default;;echo;0;0;").await;
    gate.open();
    assert_eq!(client.next().await, "$1;;;;;;");
    assert_eq!(client.next().await, "$2;default;;echo;1;0;bad namespace");
    soon(connecting).await.unwrap().unwrap();
    lines.are(["connected: done", "disconnected"]).await;
    assert!(lines.0.try_recv().is_err());
}

#[tokio::test]
async fn a_namespace_that_ends_before_it_has_begun_is_told_of_in_order() {
    let ((log, mut lines), gate) = (log(), Gate::shut());
    gate.open();
    let (_hub, mut client, conn) = open(Events::new().namespace(watched(&log, &gate))).await;
    // The hook waits a little behind the answer, and the server does not.
    assert_eq!(client.ask("default", "", "_OnNamespaceConnect", "").await, "$1;;;;;;");
    let space = conn.namespace("default").unwrap();
    let ending = tokio::spawn(async move { space.disconnect().await });
    let asked = client.next().await;
    client.send(format!("{};;;;;;", token(&asked))).await;
    soon(ending).await.unwrap().unwrap();
    lines.are(["connected", "connected: done", "disconnected"]).await;
    assert!(lines.0.try_recv().is_err());
}

#[tokio::test]
async fn the_end_of_a_connection_waits_for_the_hook_of_an_entry() {
    let ((log, mut lines), gate) = (log(), Gate::shut());
    let (hub, mut client, conn) = open(Events::new().namespace(watched(&log, &gate))).await;
    let connecting = tokio::spawn(async move { conn.connect("default").await });
    let asked = client.next().await;
    client.send(format!("{};;;;;;", token(&asked))).await;
    lines.are(["connected"]).await;
    drop(client);
    until(|| hub.count() == 0).await;
    assert!(lines.0.try_recv().is_err());
    gate.open();
    lines.are(["connected: done", "disconnected"]).await;
    soon(connecting).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_hook_of_an_entry_that_never_ends_is_dropped_with_its_connection() {
    let ((log, mut lines), gate) = (log(), Gate::shut());
    let events = Events::new().namespace(watched(&log, &gate)).handler_timeout(None);
    let (_hub, mut client, conn) = open(events).await;
    let connecting = tokio::spawn(async move { conn.connect("default").await });
    let asked = client.next().await;
    client.send(format!("{};;;;;;", token(&asked))).await;
    lines.are(["connected"]).await;
    drop(client);
    lines.are(["disconnected"]).await;
    assert!(soon(connecting).await.unwrap().unwrap_err().is_closed());
    assert!(lines.0.try_recv().is_err());
}

#[tokio::test]
async fn hooks_may_bring_their_own_client_in_elsewhere() {
    let namespace = chat().on_connected(async |client: NsConn| client.join("lobby").await.map(drop));
    let namespace = namespace.on_room_joined(|room: Room| async move {
        match room.name() {
            "lobby" => room.namespace().join("welcome").await.map(drop),
            _ => Ok(()),
        }
    });
    let events = Events::new().namespace(namespace).handler_timeout(None);
    let events = events.on_connected(async |conn: Conn| conn.connect("default").await.map(drop));
    let (_hub, mut client, conn) = open(events).await;
    for expected in
        [";default;;_OnNamespaceConnect;", ";default;lobby;_OnRoomJoin;", ";default;welcome;_OnRoomJoin;"]
    {
        let asked = client.next().await;
        assert!(asked.contains(expected), "{asked}");
        client.send(format!("{};;;;;;", token(&asked))).await;
    }
    client.is_quiet().await;
    assert_eq!(conn.namespace("default").unwrap().rooms(), ["lobby", "welcome"]);
}
