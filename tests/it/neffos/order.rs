//! What comes before what.

use super::*;

#[tokio::test]
async fn messages_of_a_connection_are_handled_in_order_though_handlers_wait() {
    let lazy = async |text: String| {
        for _ in 0..text.len() % 5 {
            tokio::task::yield_now().await;
        }
        text
    };
    let (_hub, addr) = start(Events::new().namespace(chat().on("lazy", lazy))).await;
    let mut client = Client::connect(addr).await;
    for number in 0..300 {
        client.emit("lazy", &"x".repeat(number)).await;
    }
    for number in 0..300 {
        assert_eq!(client.next().await.len(), ";default;;lazy;0;0;".len() + number);
    }
}

#[tokio::test]
async fn a_handler_that_waits_keeps_no_other_client_waiting() {
    let stuck = async || std::future::pending::<()>().await;
    let (_hub, addr) = start(Events::new().namespace(chat().on("stuck", stuck))).await;
    let (mut one, mut other) = (Client::connect(addr).await, Client::connect(addr).await);
    one.emit("stuck", "").await;
    other.is_quiet().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn everybody_in_a_room_sees_one_order_and_everything() {
    const SENDERS: usize = 4;
    const MESSAGES: usize = 200;
    let (hub, addr) = start(Events::new().namespace(chat())).await;
    let mut clients = Vec::new();
    for _ in 0..8 {
        let mut client = Client::connect(addr).await;
        client.join("a").await;
        clients.push(client);
    }
    let mut sending = Vec::new();
    for sender in 0..SENDERS {
        let room = hub.to("default").unwrap().room("a");
        sending.push(tokio::spawn(async move {
            for number in 0..MESSAGES {
                room.emit("said", format!("{sender} {number}")).unwrap();
                tokio::task::yield_now().await;
            }
        }));
    }
    let mut seen = Vec::new();
    for client in &mut clients {
        let mut all = Vec::new();
        for _ in 0..SENDERS * MESSAGES {
            all.push(client.next().await);
        }
        seen.push(all);
    }
    for sending in sending {
        soon(sending).await.unwrap();
    }
    assert!(seen.iter().all(|all| *all == seen[0]), "all see the same order");
    for sender in 0..SENDERS {
        let begin = format!(";default;a;said;0;0;{sender} ");
        let of_sender: Vec<_> = seen[0].iter().filter_map(|text| text.strip_prefix(&*begin)).collect();
        let expected: Vec<_> = (0..MESSAGES).map(|number| number.to_string()).collect();
        assert_eq!(of_sender, expected);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_overtakes_the_word_that_one_is_in() {
    let (hub, addr) = start(Events::new().namespace(chat())).await;
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let noise = tokio::spawn(async move {
        while !*stopped.borrow() {
            hub.to("default").unwrap().emit("noise", "").unwrap();
            hub.to("default").unwrap().room("a").emit("noise", "").unwrap();
            tokio::task::yield_now().await;
        }
    });
    for _ in 0..50 {
        let mut client = Client::silent(addr, "").await;
        client.send("M").await;
        client.send("$1;default;;_OnNamespaceConnect;0;0;").await;
        client.send("$2;default;a;_OnRoomJoin;0;0;").await;
        assert!(client.next().await.starts_with('A'));
        assert_eq!(client.next().await, "$1;;;;;;");
        loop {
            let frame = client.next().await;
            match &*frame {
                "$2;;;;;;" => break,
                ";default;;noise;0;0;" => {}
                other => panic!("{other} comes before the room was joined"),
            }
        }
    }
    stop.send(true).unwrap();
    soon(noise).await.unwrap();
}

#[tokio::test]
async fn what_a_client_agreed_to_is_done_before_what_it_sent_next() {
    let (hub, addr) = start(Events::new().namespace(chat())).await;
    let mut client = Client::connect(addr).await;
    let space = hub.find(&client.id).unwrap().namespace("default").unwrap();
    let joining = tokio::spawn(async move { space.join("a").await });
    let asked = client.next().await;
    let token = token(&asked).to_owned();
    assert_eq!(asked, format!("{token};default;a;_OnRoomJoin;0;0;"));
    client.send(format!("{token};;;;;;")).await;
    client.send("$1;default;a;echo;0;0;in").await;
    assert_eq!(client.next().await, "$1;default;a;echo;0;0;in");
    soon(joining).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_hook_runs_once_though_both_sides_bring_a_client_in() {
    let (log, mut lines) = log();
    let (go, wait) = tokio::sync::watch::channel(false);
    let begun = log.clone();
    let decide = move || {
        begun.add("begun");
        let mut wait = wait.clone();
        async move {
            // The sender lives as long as the test.
            let _ = wait.wait_for(|go| *go).await;
        }
    };
    let entered = move |message: Message| {
        log.add(format!("in {:?}", message.room()));
        std::future::ready(())
    };
    let namespace = chat().on_connect(decide.clone()).on_connected(entered.clone());
    let namespace = namespace.on_room_join(decide).on_room_joined(entered);
    let (hub, addr) = start(Events::new().namespace(namespace)).await;
    let mut client = Client::open(addr).await;
    let conn = hub.find(&client.id).unwrap();

    client.send("$1;default;;_OnNamespaceConnect;0;0;").await;
    let connecting = tokio::spawn(async move { conn.connect("default").await });
    lines.are(["begun", "begun"]).await;
    go.send(true).unwrap();
    agree(&mut client).await;
    let space = soon(connecting).await.unwrap().unwrap();
    client.is_quiet().await;
    lines.are(["in \"\""]).await;

    go.send(false).unwrap();
    client.send("$1;default;a;_OnRoomJoin;0;0;").await;
    let joining = tokio::spawn(async move { space.join("a").await });
    lines.are(["begun", "begun"]).await;
    go.send(true).unwrap();
    agree(&mut client).await;
    assert!(soon(joining).await.unwrap().unwrap().is_joined());
    client.is_quiet().await;
    lines.are(["in \"a\""]).await;
    assert!(lines.0.try_recv().is_err());
}

/// Takes the answer to what the client asked, and agrees to what the server asks.
async fn agree(client: &mut Client) {
    for _ in 0..2 {
        let frame = client.next().await;
        if frame != "$1;;;;;;" {
            client.send(format!("{};;;;;;", token(&frame))).await;
        }
    }
}
