//! The end of connections, namespaces and handlers.

use std::future::ready;

use super::*;

/// What is logged at each end.
fn logged(log: &Log) -> Events {
    let [left, gone, ended] = [log.clone(), log.clone(), log.clone()];
    let namespace = chat()
        .on_room_left(move |room: Room| {
            left.add(format!("left {}", room.name()));
            ready(())
        })
        .on_disconnect(move |client: NsConn, message: Message| {
            gone.add(format!("disconnected {} {}", client.name(), message.is_forced()));
            ready(())
        });
    Events::new().namespace(namespace).on_disconnect(move |conn: Conn| {
        ended.add(format!("gone {}", conn.hub().count()));
        ready(())
    })
}

#[tokio::test]
async fn a_client_that_vanishes_leaves_everything_once() {
    let (log, mut lines) = log();
    let (hub, addr) = start(logged(&log)).await;
    for _ in 0..20 {
        let mut client = Client::connect(addr).await;
        client.join("a").await;
        client.join("b").await;
        assert_eq!(hub.to("default").unwrap().room("a").count(), 1);
        drop(client);
        lines.are(["left b", "left a", "disconnected default true", "gone 0"]).await;
        assert_eq!(hub.to("default").unwrap().count() + hub.to("default").unwrap().room("a").count(), 0);
    }
    assert!(lines.0.try_recv().is_err());
}

#[tokio::test]
async fn a_client_that_falls_silent_leaves_everything_within_the_time_of_a_ping() {
    let (log, mut lines) = log();
    let hub = logged(&log).build();
    let addr = serve(hub.route().ping(SHORT).pong_timeout(SHORT), empty().await).await;
    let _client = Client::connect(addr).await;
    lines.are(["disconnected default true", "gone 0"]).await;
}

#[tokio::test]
async fn whatever_was_sent_before_the_end_is_handled_and_then_hooks_run() {
    let (log, mut lines) = log();
    let note = log.clone();
    let namespace = Namespace::new("other").on("note", move |text: String| {
        note.add(text);
        ready(())
    });
    let (_hub, addr) = start(logged(&log).namespace(namespace)).await;
    let mut client = Client::connect(addr).await;
    assert_eq!(client.ask("other", "", "_OnNamespaceConnect", "").await, "$1;;;;;;");
    for text in ["one", "two"] {
        client.send(format!(";other;;note;0;0;{text}")).await;
    }
    soon(client.stream.close(None)).await.unwrap();
    lines.are(["one", "two", "disconnected default true", "gone 0"]).await;
}

#[tokio::test]
async fn a_handler_that_never_returns_holds_no_membership_and_the_end_comes_once() {
    let (log, mut lines) = log();
    let begun = log.clone();
    let namespace = Namespace::new("other").on("stuck", move || {
        begun.add("stuck");
        std::future::pending::<()>()
    });
    let hub = logged(&log).namespace(namespace).handler_timeout(None).build();
    let addr = serve(hub.route().linger(SHORT), empty().await).await;
    let mut client = Client::connect(addr).await;
    assert_eq!(client.ask("other", "", "_OnNamespaceConnect", "").await, "$1;;;;;;");
    client.send(";other;;stuck;0;0;").await;
    lines.are(["stuck"]).await;
    drop(client);
    until(|| hub.count() == 0 && hub.to("default").unwrap().count() == 0).await;
    lines.are(["disconnected default true", "gone 0"]).await;
    drop((hub, log));
    assert!(lines.0.try_recv().is_err());
}

#[tokio::test]
async fn a_handler_that_takes_too_long_is_cut_and_the_next_message_handled() {
    let stuck = async || std::future::pending::<()>().await;
    let (_hub, addr) = start(Events::new().namespace(chat().on("stuck", stuck)).handler_timeout(SHORT)).await;
    let mut client = Client::connect(addr).await;
    let cut = client.ask("default", "", "stuck", "").await;
    assert_eq!(cut, "$1;default;;stuck;1;0;the request took too long");
    client.is_quiet().await;
}

#[tokio::test]
async fn whoever_waits_for_an_answer_is_told_when_the_client_is_gone() {
    let (hub, addr) = start(Events::new().namespace(chat())).await;
    let mut client = Client::connect(addr).await;
    let (asker, id) = (hub.clone(), client.id.clone());
    let asking = tokio::spawn(async move { asker.ask(&id, "default", "q", "").await });
    client.next().await;
    let id = client.id.clone();
    drop(client);
    assert!(soon(asking).await.unwrap().unwrap_err().is_closed());
    until(|| hub.find(&id).is_none()).await;
    assert!(hub.ask(&id, "default", "q", "").await.unwrap_err().is_closed());
}

#[tokio::test]
async fn a_refused_client_has_no_end() {
    let (log, mut lines) = log();
    let refuse = async || Err::<(), _>(Error::app("the pool is at 10.0.0.7"));
    let (hub, addr) = start(logged(&log).on_connect(refuse)).await;
    let mut client = Client::silent(addr, "").await;
    client.send("M").await;
    assert_eq!(client.next().await, "Hinternal server error");
    assert_eq!(client.closed().await, 1008);
    drop(client);
    until(|| hub.count() == 0).await;
    assert!(lines.0.try_recv().is_err());
}

#[tokio::test]
async fn a_panic_is_an_error_to_its_asker_and_the_connection_goes_on() {
    let fall = async || -> String { panic!("chair fell over") };
    let panics = async || -> Result<(), Error> { panic!("chair fell over") };
    let namespace = chat().on("panic", fall).on_room_join(panics);
    let (_hub, addr) = start(Events::new().namespace(namespace)).await;
    let mut client = Client::connect(addr).await;
    let error = "1;0;internal server error";
    assert_eq!(client.ask("default", "", "panic", "").await, format!("$1;default;;panic;{error}"));
    assert_eq!(
        client.ask("default", "a", "_OnRoomJoin", "").await,
        format!("$1;default;a;_OnRoomJoin;{error}")
    );
    client.is_quiet().await;
}

#[tokio::test]
async fn at_the_end_of_the_server_clients_are_told_and_hooks_run() {
    let (log, mut lines) = log();
    let (hub, shutdown) = (logged(&log).build(), gongular::Shutdown::new());
    let addr = serve(hub.route().shutdown(shutdown.clone()), empty().await).await;
    let mut client = Client::connect(addr).await;
    shutdown.trigger();
    assert_eq!(client.closed().await, 1001);
    lines.are(["disconnected default true", "gone 0"]).await;
}

#[tokio::test]
async fn what_a_client_left_behind_has_the_time_of_one_handler() {
    let (log, mut lines) = log();
    let gone = log.clone();
    let hang = move || {
        log.add("hang");
        std::future::pending::<()>()
    };
    let left = move || {
        gone.add("gone");
        std::future::ready(())
    };
    let events = Events::new().namespace(chat().on("hang", hang).on_disconnect(left)).handler_timeout(SHORT);
    let (_hub, addr) = start(events).await;
    let mut client = Client::connect(addr).await;
    for _ in 0..20 {
        client.emit("hang", "").await;
    }
    drop(client);
    // The one that ran when the client left, and one of those behind it.
    lines.are(["hang", "hang", "gone"]).await;
}
