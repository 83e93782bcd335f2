//! What becomes of servers when their broker is away.

use gongular::neffos::exchange::{Nats, Redis};

use super::broker::{Broker, Kind, reach_each_other, url};
use super::*;

with_each_broker! {
    what_a_broker_took_along_is_counted_and_nothing_arrives_twice
    a_client_that_comes_while_the_broker_is_away_is_let_in_when_it_is_back
    a_full_queue_is_an_error_of_who_sends
    a_wrong_password_is_told
    a_server_works_on_when_the_runtime_that_it_was_made_in_has_ended
}

async fn what_a_broker_took_along_is_counted_and_nothing_arrives_twice(kind: Kind) {
    let mut broker = Broker::start(kind).await;
    let [(hub, _), (other, there)] = [broker.server().await, broker.server().await];
    let mut client = Client::connect(there).await;
    client.join("room").await;
    let room = hub.to("default").unwrap().room("room");
    let (mut taken, mut came) = (Vec::new(), Vec::<i32>::new());
    for number in 0..100 {
        room.emit("said", number.to_string()).unwrap();
        taken.push(number);
        tokio::task::yield_now().await;
    }
    // NATS confirms what it has not passed on yet, and nobody could count that: so it is passed on here.
    while matches!(kind, Kind::Nats) && came.len() < taken.len() {
        came.push(client.next().await.strip_prefix(";default;room;said;0;0;").unwrap().parse().unwrap());
    }
    let (mut health, mut others) = (hub.exchange_health().unwrap(), other.exchange_health().unwrap());
    broker.kill();
    // Until it is noticed, packets are taken; from then on, they are refused.
    soon(async {
        for number in 100.. {
            match room.emit("said", number.to_string()) {
                Ok(()) => taken.push(number),
                Err(error) => {
                    let text = error.to_string();
                    assert!(text.starts_with("not published: no connection to the broker: "), "{text}");
                    break;
                }
            }
            tokio::task::yield_now().await;
        }
    })
    .await;
    soon(async { while others.now().is_connected() && others.changed().await.is_some() {} }).await;
    assert!(health.now().lost_since().is_some());

    broker.start_again().await;
    assert!(soon(health.connected()).await && soon(others.connected()).await);
    for hub in [&hub, &other] {
        let now = hub.exchange_health().unwrap().now();
        assert_eq!((now.outages(), now.is_connected()), (1, true), "{now:?}");
    }
    room.emit("said", "last").unwrap();
    loop {
        let frame = client.next().await;
        match frame.strip_prefix(";default;room;said;0;0;").unwrap() {
            "last" => break,
            number => came.push(number.parse().unwrap()),
        }
    }
    assert!(came.is_sorted_by(|a, b| a < b), "in order, and none twice: {came:?}");
    let now = health.now();
    // Nothing is missing between others: the broker took along what was sent last.
    assert_eq!(came, taken[..came.len()]);
    let missing = taken.len() - came.len();
    assert!(missing as u64 <= now.unconfirmed(), "{missing} did not come: {now:?}");
    assert_eq!(now.refused(), 1);
    assert!(now.reason().is_some());
}

async fn a_client_that_comes_while_the_broker_is_away_is_let_in_when_it_is_back(kind: Kind) {
    let mut broker = Broker::start(kind).await;
    let (hub, here) = broker.server().await;
    let mut health = hub.exchange_health().unwrap();
    let mut before = Client::connect(here).await;
    broker.kill();
    while health.now().is_connected() && soon(health.changed()).await.is_some() {}
    let mut client = Client::silent(here, "").await;
    client.send("M").await;
    // Those who are there go on among themselves.
    before.is_quiet().await;
    broker.start_again().await;
    client.id = client.next().await.strip_prefix('A').unwrap().to_owned();
    assert_eq!(client.ask("default", "", "_OnNamespaceConnect", "").await, "$1;;;;;;");
    let (other, _) = broker.server().await;
    other.to("default").unwrap().emit("said", "again").unwrap();
    for client in [&mut before, &mut client] {
        assert_eq!(client.next().await, ";default;;said;0;0;again");
    }
}

async fn a_full_queue_is_an_error_of_who_sends(kind: Kind) {
    let broker = Broker::start(kind).await;
    let events = Events::new().namespace(chat());
    let hub = match kind {
        Kind::Nats => events.exchange(Nats::new(&url("nats", broker.port, None)).unwrap().queue(4, 1 << 20)),
        Kind::Redis => {
            events.exchange(Redis::new(&url("redis", broker.port, None)).unwrap().queue(4, 1 << 20))
        }
    };
    let hub = hub.build();
    let mut health = hub.exchange_health().unwrap();
    assert!(soon(health.connected()).await);
    let all = hub.to("default").unwrap();
    // Nothing else runs in between, so that nothing leaves the queue.
    let results: Vec<_> = (0..6).map(|_| all.emit("said", "x")).collect();
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 4);
    let error = results[5].as_ref().unwrap_err();
    let text = error.to_string();
    assert_eq!(text, "not published: too much waits for the broker");
    assert_eq!(health.now().refused(), 2);
    soon(async {
        while all.emit("said", "y").is_err() {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

async fn a_wrong_password_is_told(kind: Kind) {
    let broker = Broker::with_password(kind, "r:ght@1").await;
    let scheme = if kind == Kind::Redis { "redis" } else { "nats" };
    let (right, wrong) =
        (url(scheme, broker.port, Some("r%3Aght%401")), url(scheme, broker.port, Some("wrong-word")));
    let (right, refusal) = match kind {
        Kind::Nats => (
            soon(Nats::new(&right).unwrap().check()).await,
            soon(Nats::new(&wrong).unwrap().check()).await.unwrap_err(),
        ),
        Kind::Redis => (
            soon(Redis::new(&right).unwrap().check()).await,
            soon(Redis::new(&wrong).unwrap().check()).await.unwrap_err(),
        ),
    };
    right.unwrap();
    let text = refusal.to_string();
    let says = |text: &str| {
        let text = text.to_lowercase();
        text.contains("password") || text.contains("authorization")
    };
    assert!(says(&text) && !text.contains("wrong-word"), "{text}");

    let events = Events::new().namespace(chat());
    let hub = match kind {
        Kind::Nats => events.exchange(Nats::new(&wrong).unwrap()),
        Kind::Redis => events.exchange(Redis::new(&wrong).unwrap()),
    }
    .build();
    let now = soon(hub.exchange_health().unwrap().changed()).await.unwrap();
    assert!(!now.is_connected() && now.reason().is_some_and(says), "{now:?}");
    assert!(!format!("{hub:?}").contains("wrong-word"));
}

async fn a_server_works_on_when_the_runtime_that_it_was_made_in_has_ended(kind: Kind) {
    let broker = Broker::start(kind).await;
    let first = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let events = broker.events_at(broker.port);
    let (hub, _) = first.spawn(async { connected(start(events).await).await }).await.unwrap();
    let mut health = hub.exchange_health().unwrap();
    first.shutdown_background();
    while health.now().is_connected() && soon(health.changed()).await.is_some() {}
    let now = health.now();
    let reason = "the runtime that the exchange worked in has ended";
    assert_eq!((now.outages(), now.reason()), (1, Some(reason)));

    let (addr, (_, there)) = (serve(hub.route(), empty().await).await, broker.server().await);
    reach_each_other(addr, there).await;
    assert!(health.now().is_connected());
}
