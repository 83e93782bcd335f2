//! Servers of one process.

use gongular::neffos::InProcess;

use super::*;

#[tokio::test]
async fn a_server_is_subscribed_to_what_it_has_members_of() {
    let exchange = InProcess::new();
    let events = || Events::new().namespace(chat()).exchange(exchange.join());
    let [(hub, here), (_, there)] = [start(events()).await, start(events()).await];
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
