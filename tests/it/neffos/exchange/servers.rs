//! What servers do together, whatever joins them.

use gongular::neffos::InProcess;

#[cfg(all(feature = "nats", feature = "redis"))]
use super::broker::{Broker, Kind};
use super::*;

/// Runs a case with each exchange.
macro_rules! with_each_exchange {
    ($($case:ident)*) => {
        mod in_process {
            $(#[tokio::test]
            async fn $case() {
                super::$case(&super::InProcess::new()).await;
            })*
        }

        #[cfg(all(feature = "nats", feature = "redis"))]
        mod redis {
            $(#[tokio::test]
            async fn $case() {
                super::$case(&super::Broker::start(super::Kind::Redis).await).await;
            })*
        }

        #[cfg(all(feature = "nats", feature = "redis"))]
        mod nats {
            $(#[tokio::test]
            async fn $case() {
                super::$case(&super::Broker::start(super::Kind::Nats).await).await;
            })*
        }
    };
}

with_each_exchange! {
    what_is_sent_on_one_server_reaches_members_on_all
    names_are_never_patterns
    the_client_of_another_server_answers_and_no_other
    who_is_present_is_known_everywhere_and_a_server_that_crashed_has_nobody
}

/// What joins servers.
trait Joins {
    /// Describes one more server.
    fn events(&self) -> Events;

    /// Starts one more server, and waits until it is connected.
    async fn server(&self) -> (Hub, SocketAddr) {
        connected(start(self.events()).await).await
    }
}

impl Joins for InProcess {
    fn events(&self) -> Events {
        Events::new().namespace(chat()).exchange(self.join()).ask_timeout(Duration::from_secs(2))
    }
}

#[cfg(all(feature = "nats", feature = "redis"))]
impl Joins for Broker {
    fn events(&self) -> Events {
        self.events_at(self.port)
    }
}

async fn what_is_sent_on_one_server_reaches_members_on_all(joins: &impl Joins) {
    let [(hub, here), (_, there), (_, yonder)] =
        [joins.server().await, joins.server().await, joins.server().await];
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

async fn names_are_never_patterns(joins: &impl Joins) {
    let [(hub, _), (_, there)] = [joins.server().await, joins.server().await];
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

async fn the_client_of_another_server_answers_and_no_other(joins: &impl Joins) {
    let [(hub, here), (_, there)] = [joins.server().await, joins.server().await];
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

async fn who_is_present_is_known_everywhere_and_a_server_that_crashed_has_nobody(joins: &impl Joins) {
    let [(hub, here), (_, there)] = [joins.server().await, joins.server().await];
    // It has a runtime of its own, which ends without a word to anybody.
    let doomed = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let events = joins.events();
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
    let some = room.clone().except_id(&b.id).except_id(&c.id);
    assert_eq!(some.ids_everywhere(SHORT).await.unwrap(), [&*a.id]);
    doomed.shutdown_background();
    soon(are_present(&[&a.id, &b.id])).await;
}
