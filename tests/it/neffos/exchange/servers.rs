//! Servers that share a broker.

use super::broker::{Broker, Kind, Tap, connected};
use super::*;

with_each_broker! {
    what_is_sent_on_one_server_reaches_members_on_all
    a_server_hears_only_what_it_has_members_of
    names_are_never_patterns
    the_client_of_another_server_answers_and_no_other
    who_is_present_is_known_everywhere_and_a_server_that_crashed_has_nobody
}

async fn what_is_sent_on_one_server_reaches_members_on_all(kind: Kind) {
    let broker = Broker::start(kind).await;
    let [(hub, here), (_, there), (_, yonder)] =
        [broker.server().await, broker.server().await, broker.server().await];
    let mut clients =
        [Client::connect(here).await, Client::connect(there).await, Client::connect(yonder).await];
    let [a, b, c] = &mut clients;
    a.join("room").await;
    b.join("room").await;

    hub.to("default").unwrap().emit("said", "to all").unwrap();
    for client in [&mut *a, b, c] {
        assert_eq!(client.next().await, ";default;;said;0;0;to all");
    }
    b.send(";default;room;all;0;0;from b").await;
    for client in [&mut *a, b] {
        assert_eq!(client.next().await, ";default;room;said;0;0;from b");
    }
    hub.to("default").unwrap().except_id(&c.id).emit("said", Bytes::from_static(b"\xff")).unwrap();
    for client in [&mut *a, b] {
        let frame = client.frame().await.unwrap().unwrap();
        assert_eq!(frame, Frame::binary(&b";default;;said;0;0;\xff"[..]), "binary stays so");
    }
    hub.to("default").unwrap().only(&c.id).only("nobody").emit("said", "to one").unwrap();
    assert_eq!(c.next().await, ";default;;said;0;0;to one");
    // A last one to all shows that nothing else was on its way.
    hub.to("default").unwrap().emit("said", "last").unwrap();
    for client in [a, b, c] {
        assert_eq!(client.next().await, ";default;;said;0;0;last");
    }
}

async fn a_server_hears_only_what_it_has_members_of(kind: Kind) {
    let broker = Broker::start(kind).await;
    let (hub, _) = broker.server().await;
    let taps = [Tap::before(&broker).await, Tap::before(&broker).await];
    let (_, there) = connected(start(broker.events_at(taps[0].port)).await).await;
    let (_, yonder) = connected(start(broker.events_at(taps[1].port)).await).await;
    let (mut b, mut b2, mut c) =
        (Client::connect(there).await, Client::connect(there).await, Client::connect(yonder).await);
    b.join("one").await;
    b2.join("one").await;
    c.join("two").await;
    let send = |room: &str, body: &str| hub.to("default").unwrap().room(room).emit("said", body).unwrap();
    for (room, times) in [("one", 5), ("two", 3), ("three", 2)] {
        for _ in 0..times {
            send(room, &format!("into-{room}"));
        }
    }
    for _ in 0..5 {
        assert_eq!(b.next().await, ";default;one;said;0;0;into-one");
        assert_eq!(b2.next().await, ";default;one;said;0;0;into-one");
    }
    for _ in 0..3 {
        assert_eq!(c.next().await, ";default;two;said;0;0;into-two");
    }
    hub.to("default").unwrap().emit("said", "last").unwrap();
    assert_eq!(b.next().await, ";default;;said;0;0;last");
    assert_eq!(c.next().await, ";default;;said;0;0;last");
    let counts = |tap: &Tap| ["into-one", "into-two", "into-three"].map(|text| tap.count(text));
    assert_eq!(counts(&taps[0]), [5, 0, 0], "once for both members");
    assert_eq!(counts(&taps[1]), [0, 3, 0]);

    // The first one who leaves changes nothing; the last one takes the subscription along.
    assert_eq!(b2.ask("default", "one", "_OnRoomLeave", "").await, ";default;;said;0;0;last");
    assert_eq!(b2.next().await, "$1;;;;;;");
    send("one", "still");
    assert_eq!(b.next().await, ";default;one;said;0;0;still");
    assert_eq!(b.ask("default", "one", "_OnRoomLeave", "").await, "$1;;;;;;");
    soon(async {
        loop {
            let before = taps[0].count("nobody-here");
            send("one", "nobody-here");
            hub.to("default").unwrap().emit("said", "round").unwrap();
            assert_eq!(b.next().await, ";default;;said;0;0;round");
            if taps[0].count("nobody-here") == before {
                break;
            }
        }
    })
    .await;
}

async fn names_are_never_patterns(kind: Kind) {
    let broker = Broker::start(kind).await;
    let [(hub, _), (_, there)] = [broker.server().await, broker.server().await];
    let rooms = ["*", ">", "a.b", "a", "h?llo", "[ab]", " ", "\r\n", "ü.", "a b"];
    let mut clients = Vec::new();
    for room in rooms {
        let mut client = Client::connect(there).await;
        client.join(room).await;
        clients.push(client);
    }
    for room in rooms.into_iter().chain(["x", "hello", "a.b.c"]) {
        hub.to("default").unwrap().room(room).emit("said", room).unwrap();
    }
    hub.to("default").unwrap().emit("said", "last").unwrap();
    for (room, client) in rooms.iter().zip(&mut clients) {
        assert_eq!(client.next().await, format!(";default;{room};said;0;0;{room}"));
        assert_eq!(client.next().await, ";default;;said;0;0;last");
    }
}

async fn the_client_of_another_server_answers_and_no_other(kind: Kind) {
    let broker = Broker::start(kind).await;
    let [(hub, here), (_, there)] = [broker.server().await, broker.server().await];
    let (mut client, mut liar, mut near) =
        (Client::connect(there).await, Client::connect(there).await, Client::connect(here).await);
    for (answer, expected) in [("0;0;yes", Ok("yes")), ("1;0;no", Err("no"))] {
        let (asker, id) = (hub.clone(), client.id.clone());
        let asking = tokio::spawn(async move { asker.ask(&id, "default", "q", "well?").await });
        let question = client.next().await;
        let token = token(&question);
        assert_eq!(question, format!("{token};default;;q;0;0;well?"));
        for liar in [&mut liar, &mut near] {
            let refused = format!("{token};default;;q;1;0;bad event");
            liar.send(format!("{token};default;;q;0;0;a lie")).await;
            assert_eq!(liar.next().await, refused, "it is an event like any other");
        }
        client.send(format!("{token};default;;q;{answer}")).await;
        let answered = soon(asking).await.unwrap();
        let answered = answered.as_ref().map(|message| message.text().unwrap());
        assert_eq!(answered.map_err(|error| error.refusal().unwrap()), expected);
    }
    let silent = soon(hub.ask(&client.id, "default", "q", "well?")).await;
    assert!(silent.unwrap_err().is_timeout());
    let outside = soon(hub.ask(&client.id, "nope", "q", "well?")).await;
    assert!(outside.unwrap_err().is_outside());
}

async fn who_is_present_is_known_everywhere_and_a_server_that_crashed_has_nobody(kind: Kind) {
    let broker = Broker::start(kind).await;
    let [(hub, here), (_, there)] = [broker.server().await, broker.server().await];
    // It has a runtime of its own, which ends without a word to anybody.
    let doomed = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let events = broker.events();
    let (_, yonder) = doomed.spawn(async { connected(start(events).await).await }).await.unwrap();
    let (mut a, mut b, mut c) =
        (Client::connect(here).await, Client::connect(there).await, Client::connect(yonder).await);
    for client in [&mut a, &mut b, &mut c] {
        client.join("room").await;
    }
    let room = hub.to("default").unwrap().room("room");
    let are_present = async |ids: &[&str]| {
        loop {
            let mut present = room.ids_everywhere(SHORT).await.unwrap();
            assert_eq!(present[0], a.id, "those of this server come first");
            present.sort();
            let mut ids = ids.to_vec();
            ids.sort_unstable();
            if present == ids {
                break;
            }
        }
    };
    soon(are_present(&[&a.id, &b.id, &c.id])).await;
    doomed.shutdown_background();
    soon(are_present(&[&a.id, &b.id])).await;
}
