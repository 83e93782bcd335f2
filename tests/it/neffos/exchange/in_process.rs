//! Servers of one process.

use gongular::neffos::InProcess;

use super::*;

async fn two() -> (InProcess, [(Hub, SocketAddr); 2]) {
    let exchange = InProcess::new();
    let events = || Events::new().namespace(chat()).exchange(exchange.join()).ask_timeout(SHORT * 4);
    let servers = [start(events()).await, start(events()).await];
    (exchange, servers)
}

#[tokio::test]
async fn what_is_sent_on_one_server_reaches_members_on_all() {
    let (_exchange, [(hub, here), (_, there)]) = two().await;
    let mut clients =
        [Client::connect(here).await, Client::connect(there).await, Client::connect(there).await];
    let [a, b, c] = &mut clients;
    a.join("room").await;
    b.join("room").await;

    hub.to("default").unwrap().emit("said", "to all").unwrap();
    for client in [&mut *a, b, c] {
        assert_eq!(client.next().await, ";default;;said;0;0;to all");
    }
    hub.to("default").unwrap().room("room").emit("said", "to the room").unwrap();
    for client in [&mut *a, b] {
        assert_eq!(client.next().await, ";default;room;said;0;0;to the room");
    }
    hub.to("default").unwrap().except_id(&c.id).emit("said", Bytes::from_static(b"\xff")).unwrap();
    for client in [&mut *a, b] {
        let frame = client.frame().await.unwrap().unwrap();
        assert_eq!(frame, Frame::binary(&b";default;;said;0;0;\xff"[..]), "binary stays so");
    }
    hub.to("default").unwrap().only(&b.id).only("nobody").emit("said", "to one").unwrap();
    assert_eq!(b.next().await, ";default;;said;0;0;to one");
    for client in [a, b, c] {
        client.is_quiet().await;
    }
}

#[tokio::test]
async fn a_client_of_another_server_can_be_asked() {
    let (_exchange, [(hub, _), (_, there)]) = two().await;
    let mut client = Client::connect(there).await;
    for (answer, expected) in [("0;0;yes", Ok("yes")), ("1;0;no", Err("no"))] {
        let (asker, id) = (hub.clone(), client.id.clone());
        let asking = tokio::spawn(async move { asker.ask(&id, "default", "q", "well?").await });
        let question = client.next().await;
        assert_eq!(question, format!("{};default;;q;0;0;well?", token(&question)));
        client.send(format!("{};default;;q;{answer}", token(&question))).await;
        let answered = soon(asking).await.unwrap();
        let answered = answered.as_ref().map(|message| message.text().unwrap());
        assert_eq!(answered.map_err(|error| error.refusal().unwrap()), expected);
    }
    let silent = soon(hub.ask(&client.id, "default", "q", "well?")).await;
    assert!(silent.unwrap_err().is_timeout());
    let outside = soon(hub.ask(&client.id, "nope", "q", "well?")).await;
    assert!(outside.unwrap_err().is_outside());
}

#[tokio::test]
async fn who_is_present_is_known_everywhere() {
    let (_exchange, [(hub, here), (_, there)]) = two().await;
    let (mut a, mut b, c) =
        (Client::connect(here).await, Client::connect(there).await, Client::connect(there).await);
    a.join("room").await;
    b.join("room").await;
    let all = hub.to("default").unwrap().ids_everywhere(SHORT).await.unwrap();
    let mut expected = [a.id.clone(), b.id.clone(), c.id.clone()];
    let mut sorted = all.clone();
    sorted.sort();
    expected.sort();
    assert_eq!(sorted, expected);
    assert_eq!(all[0], a.id, "those of this server come first");
    let room = hub.to("default").unwrap().room("room").except_id(&b.id);
    assert_eq!(room.ids_everywhere(SHORT).await.unwrap(), [&*a.id]);
}

#[tokio::test]
async fn a_server_is_subscribed_to_what_it_has_members_of() {
    let (exchange, [(hub, here), (_, there)]) = two().await;
    let channels = |begin: &str| {
        let text = format!("{exchange:?}");
        text.split('"').filter(|part| part.starts_with(begin)).count()
    };
    let mut clients = [Client::connect(here).await, Client::connect(there).await];
    for client in &mut clients {
        client.join("a.b").await;
        client.join("c").await;
        client.join("c").await;
        assert_eq!(client.ask("default", "c", "_OnRoomLeave", "").await, "$1;;;;;;");
    }
    assert_eq!((channels("n."), channels("r."), channels("c."), channels("s.")), (1, 1, 2, 2));
    drop(clients);
    until(|| channels("n.") + channels("r.") + channels("c.") == 0).await;
    assert_eq!(hub.count(), 0);
}

#[tokio::test]
async fn clients_that_do_not_speak_the_protocol_are_subscribed_too() {
    let exchange = InProcess::new();
    let native = async |message: Message| message.body().clone();
    let events = Events::new().namespace(Namespace::new("").on_native_message(native));
    let (hub, addr) = start(events.exchange(exchange.join())).await;
    let mut client = Client::silent(addr, "").await;
    client.send("hello").await;
    assert_eq!(client.next().await, "hello");
    assert!(format!("{exchange:?}").contains("\"n.=\""));
    drop(client);
    until(|| hub.count() == 0 && !format!("{exchange:?}").contains("\"n.=\"")).await;
}

#[tokio::test]
async fn a_server_that_is_gone_leaves_nothing_behind_and_its_health_ends() {
    let exchange = InProcess::new();
    let nobody = format!("{exchange:?}");
    let events = || Events::new().namespace(chat()).exchange(exchange.join());
    let hubs = [events().build(), events().build()];
    let mut health = hubs[0].exchange_health().unwrap();
    // It begins to hear answers.
    assert_eq!(hubs[0].to("default").unwrap().ids_everywhere(Duration::ZERO).await.unwrap(), [""; 0]);
    let somebody = format!("{exchange:?}");
    assert!(somebody.contains("servers: 2") && somebody.contains("\"s."), "{somebody}");
    assert!(health.now().is_connected());
    drop(hubs);
    assert_eq!(format!("{exchange:?}"), nobody);
    assert!(soon(health.changed()).await.is_none());
}

#[tokio::test(start_paused = true)]
async fn a_client_that_is_nowhere_is_waited_for_as_long_as_an_answer_may_take() {
    let exchange = InProcess::new();
    let time = Duration::from_secs(10);
    let events = || Events::new().namespace(chat()).exchange(exchange.join()).ask_timeout(time);
    let (hub, _other) = (events().build(), events().build());
    let before = tokio::time::Instant::now();
    let nobody = hub.ask("nobody", "default", "q", "well?").await;
    assert!(nobody.unwrap_err().is_timeout());
    assert_eq!(before.elapsed().as_secs(), 10);
}
