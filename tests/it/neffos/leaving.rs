//! Rooms and namespaces that are left by several at once: each hook runs once.

use std::future::ready;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

/// A namespace that logs whatever leaves; the hook that decides on rooms waits at a gate, and refuses so many
/// times.
fn watched(log: &Log, gate: &Gate, refusals: usize) -> Namespace {
    let [deciding, left, gone] = [log.clone(), log.clone(), log.clone()];
    let (gate, refusals) = (gate.clone(), Arc::new(AtomicUsize::new(refusals)));
    let refuses =
        move || refusals.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok();
    let decide = move |room: Room| {
        deciding.add(format!("leave {}", room.name()));
        let (gate, refuses) = (gate.clone(), refuses.clone());
        async move {
            gate.passed().await;
            match refuses() {
                true => Err(Error::new(gongular::http::StatusCode::CONFLICT, "not yet")),
                false => Ok(()),
            }
        }
    };
    chat()
        .on_room_leave(decide)
        .on_room_left(move |room: Room, message: Message| {
            left.add(format!("left {} {}", room.name(), message.is_forced()));
            ready(())
        })
        .on_disconnect(move |message: Message| {
            gone.add(format!("disconnected {}", message.is_forced()));
            ready(())
        })
}

/// Lets a client in that is in rooms; returns it as the server sees it, too.
async fn joined(events: Events, rooms: &[&str]) -> (Hub, Client, NsConn) {
    let hub = events.build();
    let addr = serve(hub.route().linger(SHORT), empty().await).await;
    let mut client = Client::connect(addr).await;
    for room in rooms {
        client.join(room).await;
    }
    let space = hub.find(&client.id).unwrap().namespace("default").unwrap();
    (hub, client, space)
}

/// Waits until the server has begun with whatever the client has sent.
async fn is_heard(client: &mut Client, space: &NsConn) {
    let asking = space.clone();
    let asked = tokio::spawn(async move { asking.ask("heard", "").await });
    let question = client.next().await;
    client.send(question).await;
    soon(asked).await.unwrap().unwrap();
}

/// Takes an ask of the server, and agrees.
async fn agree(client: &mut Client, event: &str) {
    let asked = client.next().await;
    assert!(asked.contains(event), "{asked}");
    client.send(format!("{};;;;;;", token(&asked))).await;
}

#[tokio::test]
async fn a_room_that_both_sides_leave_at_once_is_left_once() {
    let ((log, mut lines), gate) = (log(), Gate::shut());
    let (_hub, mut client, space) = joined(Events::new().namespace(watched(&log, &gate, 0)), &["a"]).await;
    let room = space.room("a");
    let leaving = tokio::spawn(async move { room.leave().await });
    lines.are(["leave a"]).await;
    client.send("$1;default;a;_OnRoomLeave;0;0;").await;
    is_heard(&mut client, &space).await;
    gate.open();
    let mut frames = [client.next().await, client.next().await];
    frames.sort_unstable();
    assert_eq!(frames[0], "$1;;;;;;");
    client.send(format!("{};;;;;;", token(&frames[1]))).await;
    soon(leaving).await.unwrap().unwrap();
    client.is_quiet().await;
    lines.are(["left a false"]).await;
    assert!(lines.0.try_recv().is_err());
}

#[tokio::test]
async fn who_waits_for_a_hook_that_refuses_asks_it_again() {
    let ((log, mut lines), gate) = (log(), Gate::shut());
    let (_hub, mut client, space) = joined(Events::new().namespace(watched(&log, &gate, 1)), &["a"]).await;
    let room = space.room("a");
    let leaving = tokio::spawn(async move { room.leave().await });
    lines.are(["leave a"]).await;
    client.send("$1;default;a;_OnRoomLeave;0;0;").await;
    is_heard(&mut client, &space).await;
    gate.open();
    assert_eq!(soon(leaving).await.unwrap().unwrap_err().to_string(), "not yet");
    assert_eq!(client.next().await, "$1;;;;;;");
    lines.are(["leave a", "left a false"]).await;
}

#[tokio::test]
async fn a_room_is_left_though_nobody_waits_for_it_any_more() {
    let ((log, mut lines), gate) = (log(), Gate::shut());
    let (_hub, mut client, space) = joined(Events::new().namespace(watched(&log, &gate, 0)), &["a"]).await;
    let room = space.room("a");
    let leaving = tokio::spawn(async move { room.leave().await });
    lines.are(["leave a"]).await;
    leaving.abort();
    assert!(soon(leaving).await.unwrap_err().is_cancelled());
    gate.open();
    lines.are(["left a false"]).await;
    agree(&mut client, "_OnRoomLeave").await;
    // Nothing is left behind: it can be joined and left again.
    client.join("a").await;
    assert_eq!(client.ask("default", "a", "_OnRoomLeave", "").await, "$1;;;;;;");
    lines.are(["leave a", "left a false"]).await;
}

#[tokio::test]
async fn a_connection_that_ends_while_a_hook_decides_does_not_ask_it_again() {
    let ((log, mut lines), gate) = (log(), Gate::shut());
    let events = Events::new().namespace(watched(&log, &gate, 0));
    let (hub, client, space) = joined(events, &["a", "b"]).await;
    let room = space.room("b");
    let leaving = tokio::spawn(async move { room.leave().await });
    lines.are(["leave b"]).await;
    drop(client);
    until(|| hub.count() == 0).await;
    gate.open();
    assert!(soon(leaving).await.unwrap().unwrap_err().is_closed());
    lines.are(["left b false", "leave a", "left a true", "disconnected true"]).await;
    assert!(lines.0.try_recv().is_err());
}

#[tokio::test]
async fn a_hook_that_never_decides_is_dropped_with_the_connection_and_not_asked_again() {
    let ((log, mut lines), gate) = (log(), Gate::shut());
    let events = Events::new().namespace(watched(&log, &gate, 0)).handler_timeout(None);
    let (_hub, client, space) = joined(events, &["a"]).await;
    let room = space.room("a");
    let leaving = tokio::spawn(async move { room.leave().await });
    lines.are(["leave a"]).await;
    drop(client);
    assert!(soon(leaving).await.unwrap().unwrap_err().is_closed());
    lines.are(["left a true", "disconnected true"]).await;
    assert!(lines.0.try_recv().is_err());
}

#[tokio::test]
async fn a_namespace_that_the_server_ends_is_left_by_its_rooms_first() {
    let ((log, mut lines), gate) = (log(), Gate::shut());
    gate.open();
    let events = Events::new().namespace(watched(&log, &gate, 9));
    let (hub, mut client, space) = joined(events, &["a", "b"]).await;
    let ends =
        [space.clone(), space.clone()].map(|space| tokio::spawn(async move { space.disconnect().await }));
    agree(&mut client, "default;;_OnNamespaceDisconnect").await;
    for end in ends {
        soon(end).await.unwrap().unwrap();
    }
    lines.are(["leave b", "left b true", "leave a", "left a true", "disconnected false"]).await;
    assert!(!space.is_connected() && hub.to("default").unwrap().count() == 0);
    drop(client);
    until(|| hub.count() == 0).await;
    assert!(lines.0.try_recv().is_err());
}

#[tokio::test]
async fn a_room_that_is_being_left_is_out_before_the_hook_of_its_namespace() {
    let ((log, mut lines), gate) = (log(), Gate::shut());
    let (_hub, mut client, space) = joined(Events::new().namespace(watched(&log, &gate, 0)), &["a"]).await;
    client.send("$1;default;a;_OnRoomLeave;0;0;").await;
    lines.are(["leave a"]).await;
    let end = tokio::spawn(async move { space.disconnect().await });
    client.send("$2;default;;_OnNamespaceDisconnect;0;0;").await;
    tokio::task::yield_now().await;
    gate.open();
    assert_eq!(client.next().await, "$1;;;;;;");
    let mut frames = [client.next().await, client.next().await];
    frames.sort_unstable();
    assert_eq!(frames[0], "$2;;;;;;");
    client.send(format!("{};;;;;;", token(&frames[1]))).await;
    soon(end).await.unwrap().unwrap();
    lines.are(["left a false", "disconnected false"]).await;
    assert!(lines.0.try_recv().is_err());
}

#[tokio::test]
async fn a_hook_may_have_its_own_connection_leave() {
    let (log, mut lines) = log();
    let (left, gone) = (log.clone(), log.clone());
    let namespace = chat()
        .on_room_joined(|room: Room| async move {
            match room.name() {
                "out" => room.leave().await,
                "away" => room.namespace().disconnect().await,
                _ => Ok(()),
            }
        })
        .on_room_left(move |room: Room| {
            left.add(format!("left {}", room.name()));
            async move {
                match room.name() {
                    "last" => room.namespace().disconnect().await,
                    _ => Ok(()),
                }
            }
        })
        .on_disconnect(move || {
            gone.add("disconnected");
            ready(())
        });
    // A hook that waits for itself would wait for ever.
    let (_hub, mut client, _) =
        joined(Events::new().namespace(namespace).handler_timeout(None), &["out"]).await;
    agree(&mut client, "default;out;_OnRoomLeave").await;
    client.join("away").await;
    agree(&mut client, "default;;_OnNamespaceDisconnect").await;
    assert_eq!(client.ask("default", "", "_OnNamespaceConnect", "").await, "$1;;;;;;");
    client.join("last").await;
    assert_eq!(client.ask("default", "last", "_OnRoomLeave", "").await, "$1;;;;;;");
    agree(&mut client, "default;;_OnNamespaceDisconnect").await;
    lines.are(["left out", "left away", "disconnected", "left last", "disconnected"]).await;
}

/// Serves a namespace, and lets two clients in; returns them as the server sees them, too.
async fn pair(namespace: Namespace) -> (Hub, [Client; 2], [NsConn; 2]) {
    // Hooks that wait for each other would wait for ever.
    let hub = Events::new().namespace(namespace).handler_timeout(None).build();
    let addr = serve(hub.route(), empty().await).await;
    let clients = [Client::connect(addr).await, Client::connect(addr).await];
    let spaces = clients.each_ref().map(|client| hub.find(&client.id).unwrap().namespace("default").unwrap());
    (hub, clients, spaces)
}

/// Returns the others of a namespace.
fn rest(space: &NsConn) -> Vec<NsConn> {
    let others = space.hub().conns().into_iter().filter(|conn| conn.id() != space.id());
    others.filter_map(|conn| conn.namespace(space.name())).collect()
}

#[tokio::test]
async fn a_hook_may_have_another_connection_leave_whose_hook_has_this_one_leave() {
    let (log, mut lines) = log();
    let namespace = chat().on_disconnect(move |space: NsConn| {
        log.add("disconnected");
        async move {
            for other in rest(&space) {
                other.disconnect().await?;
            }
            Ok::<_, Error>(())
        }
    });
    let (_hub, [mut a, mut b], _spaces) = pair(namespace).await;
    // The client leaves, and its hook decides: it is still there, and so the hook of the other has it leave.
    a.send("$1;default;;_OnNamespaceDisconnect;0;0;").await;
    agree(&mut a, "default;;_OnNamespaceDisconnect").await;
    agree(&mut b, "default;;_OnNamespaceDisconnect").await;
    assert_eq!(a.next().await, "$1;;;;;;");
    lines.are(["disconnected", "disconnected"]).await;
    assert!(lines.0.try_recv().is_err(), "each once");
}

#[tokio::test]
async fn hooks_that_have_each_others_connection_leave_a_room_at_the_same_time_do_not_wait() {
    let (log, mut lines) = log();
    let both = Arc::new(tokio::sync::Barrier::new(2));
    let namespace = chat().on_room_leave(move |room: Room| {
        log.add("leave");
        let both = Arc::clone(&both);
        async move {
            both.wait().await;
            for other in rest(room.namespace()) {
                other.room(room.name()).leave().await?;
            }
            Ok::<_, Error>(())
        }
    });
    let (_hub, mut clients, _spaces) = pair(namespace).await;
    for client in &mut clients {
        client.join("a").await;
    }
    for client in &mut clients {
        client.send("$1;default;a;_OnRoomLeave;0;0;").await;
    }
    for client in &mut clients {
        assert_eq!(client.next().await, "$1;;;;;;");
    }
    lines.are(["leave", "leave"]).await;
    assert!(lines.0.try_recv().is_err(), "each once");
}

#[tokio::test]
async fn hooks_of_entries_may_have_each_others_connection_leave() {
    let both = Arc::new(tokio::sync::Barrier::new(2));
    let namespace = chat().on_room_joined(move |room: Room| {
        let both = Arc::clone(&both);
        async move {
            both.wait().await;
            for other in rest(room.namespace()) {
                other.disconnect().await?;
            }
            Ok::<_, Error>(())
        }
    });
    let (hub, mut clients, _spaces) = pair(namespace).await;
    for client in &mut clients {
        client.send("$1;default;a;_OnRoomJoin;0;0;").await;
    }
    for client in &mut clients {
        assert_eq!(client.next().await, "$1;;;;;;");
        agree(client, "default;;_OnNamespaceDisconnect").await;
    }
    until(|| hub.to("default").unwrap().count() == 0).await;
}
