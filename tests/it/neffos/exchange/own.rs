//! Exchanges of an application's own.

use std::sync::{Arc, Mutex};

use gongular::BoxError;
use gongular::neffos::Exchange;
use gongular::neffos::exchange::{Health, InProcess, Inbox, Subscribing};

use super::*;

/// Hears everything but channels that begin so.
struct DeafTo(&'static str);

impl Exchange for DeafTo {
    fn start(&self, _inbox: Inbox) -> Result<(), BoxError> {
        Ok(())
    }

    fn subscribe(&self, channel: &str) -> Subscribing {
        let is_deaf = channel.starts_with(self.0);
        Box::pin(async move { if is_deaf { Err("secret.example is away".into()) } else { Ok(()) } })
    }

    fn unsubscribe(&self, _channel: &str) {}

    fn publish(&self, _channel: &str, _packet: Bytes) -> Result<(), BoxError> {
        Ok(())
    }
}

#[tokio::test]
async fn who_cannot_be_heard_for_reads_that_it_may_try_again() {
    const REFUSAL: &str = "other servers are out of reach, try again later";
    let deaf_to = async |begin| start(Events::new().namespace(chat()).exchange(DeafTo(begin))).await;

    let (_hub, addr) = deaf_to("c.").await;
    let mut client = Client::silent(addr, "").await;
    client.send("M").await;
    assert_eq!(client.next().await, format!("H{REFUSAL}"));

    let (_hub, addr) = deaf_to("n.").await;
    let mut client = Client::open(addr).await;
    let answer = client.ask("default", "", "_OnNamespaceConnect", "").await;
    assert_eq!(answer, format!("$1;default;;_OnNamespaceConnect;1;0;{REFUSAL}"));

    let (_hub, addr) = deaf_to("r.").await;
    let mut client = Client::connect(addr).await;
    let answer = client.ask("default", "room", "_OnRoomJoin", "").await;
    assert_eq!(answer, format!("$1;default;room;_OnRoomJoin;1;0;{REFUSAL}"));
    client.is_quiet().await;
}

/// Takes nothing for one channel, and notes the channels of everything else.
struct Refuses(&'static str, Arc<Mutex<Vec<String>>>);

impl Exchange for Refuses {
    fn start(&self, _inbox: Inbox) -> Result<(), BoxError> {
        Ok(())
    }

    fn subscribe(&self, _channel: &str) -> Subscribing {
        Box::pin(std::future::ready(Ok(())))
    }

    fn unsubscribe(&self, _channel: &str) {}

    fn publish(&self, channel: &str, _packet: Bytes) -> Result<(), BoxError> {
        if channel.starts_with(self.0) {
            return Err(format!("{channel} is full").into());
        }
        self.1.lock().unwrap().push(channel.to_owned());
        Ok(())
    }
}

#[tokio::test]
async fn one_of_several_ids_that_is_refused_does_not_keep_the_others_from_it() {
    let published = Arc::new(Mutex::new(Vec::new()));
    let exchange = Refuses("c.full", Arc::clone(&published));
    let hub = Events::new().namespace(chat()).exchange(exchange).build();
    let to = ["a", "full1", "b", "full2", "c"].iter().fold(hub.to("default").unwrap(), |to, id| to.only(id));
    let error = to.emit("said", "x").unwrap_err();
    assert_eq!(error.to_string(), "c.full1 is full", "the first one is told");
    assert_eq!(*published.lock().unwrap(), ["c.a", "c.b", "c.c"]);
}

#[tokio::test(start_paused = true)]
async fn an_exchange_that_tells_no_health_is_connected_for_ever() {
    let hub = Events::new().namespace(chat()).exchange(DeafTo("c.")).build();
    let mut health: Health = hub.exchange_health().unwrap();
    assert!(health.now().is_connected() && health.connected().await);
    let changed = tokio::time::timeout(Duration::from_secs(3600), health.changed()).await;
    assert!(changed.is_err(), "nothing changes: {changed:?}");
}

/// The same exchange for whoever clones it, which it cannot be.
#[derive(Clone)]
struct Shared(Arc<InProcess>);

impl Exchange for Shared {
    fn start(&self, inbox: Inbox) -> Result<(), BoxError> {
        self.0.start(inbox)
    }

    fn subscribe(&self, channel: &str) -> Subscribing {
        self.0.subscribe(channel)
    }

    fn unsubscribe(&self, channel: &str) {
        self.0.unsubscribe(channel);
    }

    fn publish(&self, channel: &str, packet: Bytes) -> Result<(), BoxError> {
        self.0.publish(channel, packet)
    }
}

#[tokio::test]
async fn an_exchange_of_two_servers_is_a_mistake_that_the_build_tells() {
    let exchange = Shared(Arc::new(InProcess::new()));
    let events = || Events::new().namespace(chat()).exchange(exchange.clone());
    let _hub = events().try_build().unwrap();
    let error = events().try_build().unwrap_err();
    let place = error.mistakes()[0].place();
    assert_eq!(place.file(), file!());
    let text = format!(
        "the exchange ({place}) cannot work: it is of another server already; each needs one of its own"
    );
    assert_eq!(error.to_string(), format!("1 mistake in the events:\n  1. {text}"));
}
