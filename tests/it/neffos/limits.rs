//! Clients that take too much.

use super::*;

#[tokio::test]
async fn a_connection_is_in_so_many_rooms_and_no_more() {
    let (hub, addr) = start(Events::new().namespace(chat()).max_rooms(3)).await;
    let mut client = Client::connect(addr).await;
    for room in ["c", "a", "b"] {
        client.join(room).await;
    }
    client.join("a").await;
    let refused = client.ask("default", "d", "_OnRoomJoin", "").await;
    assert_eq!(refused, "$1;default;d;_OnRoomJoin;1;0;bad room");
    assert_eq!(client.ask("default", "", "rooms", "").await, "$1;default;;rooms;0;0;a,b,c");
    let space = hub.find(&client.id).unwrap().namespace("default").unwrap();
    assert!(soon(space.join("d")).await.unwrap_err().is_outside(), "nor when the server wants it");
    assert_eq!(client.ask("default", "a", "_OnRoomLeave", "").await, "$1;;;;;;");
    client.join("d").await;
}

#[tokio::test]
async fn names_have_so_many_bytes_and_no_more() {
    let (_hub, addr) = start(Events::new().namespace(chat())).await;
    let mut client = Client::connect(addr).await;
    let (fits, long) = ("x".repeat(256), "x".repeat(257));
    client.join(&fits).await;
    for (namespace, room, event) in
        [("default", &*long, "_OnRoomJoin"), (&long, "", "echo"), ("default", "", &long)]
    {
        assert_eq!(client.ask(namespace, room, event, "").await, "$1;;;;1;0;invalid payload");
    }
    client.send(format!("{long};default;;echo;0;0;x")).await;
    assert_eq!(client.next().await, ";;;;1;0;invalid payload");
    client.is_quiet().await;
}

#[tokio::test]
async fn what_is_no_message_is_told_so_and_ends_nothing() {
    let (_hub, addr) = start(Events::new().namespace(chat())).await;
    let mut client = Client::connect(addr).await;
    for text in ["hello", "M", ";;;;;", "{\"event\":\"echo\"}"] {
        client.send(text).await;
        assert_eq!(client.next().await, ";;;;1;0;invalid payload", "{text}");
    }
    soon(client.stream.send(Frame::binary(&b"\xff;;;;;;"[..]))).await.unwrap();
    assert_eq!(client.next().await, ";;;;1;0;invalid payload");
    client.send("").await;
    client.is_quiet().await;
}

#[tokio::test]
async fn a_client_that_does_not_begin_is_closed() {
    let (hub, addr) = start(Events::new().namespace(chat()).hello_timeout(SHORT)).await;
    assert_eq!(Client::silent(addr, "").await.closed().await, 1008);
    assert_eq!(hub.count(), 0);
}

#[tokio::test]
async fn a_client_that_says_too_much_before_it_begins_is_closed() {
    let (_hub, addr) = start(Events::new().namespace(chat()).waiting(4, 1 << 10)).await;
    let mut client = Client::silent(addr, "").await;
    for _ in 0..5 {
        client.send("$1;default;;echo;0;0;x").await;
    }
    assert_eq!(client.closed().await, 1008);

    let mut client = Client::silent(addr, "").await;
    client.send("$1;default;;_OnNamespaceConnect;0;0;").await;
    for number in 0..3 {
        client.send(format!("$2;default;;echo;0;0;{number}")).await;
    }
    let mut client = client.let_in().await;
    assert_eq!(client.next().await, "$1;;;;;;");
    for number in 0..3 {
        assert_eq!(client.next().await, format!("$2;default;;echo;0;0;{number}"));
    }
}

#[tokio::test]
async fn a_slow_handler_slows_down_its_client_and_loses_nothing() {
    let (go, wait) = tokio::sync::watch::channel(false);
    let slow = move |text: String| {
        let mut wait = wait.clone();
        async move {
            // The sender lives as long as the test.
            let _ = wait.wait_for(|go| *go).await;
            text
        }
    };
    let (_hub, addr) = start(Events::new().namespace(chat().on("slow", slow)).waiting(4, 16 << 10)).await;
    let client = Client::connect(addr).await;
    let (mut sink, mut stream) = client.stream.split();
    const COUNT: usize = 2_500;
    let sending = tokio::spawn(async move {
        for number in 0..COUNT {
            let text = format!(";default;;slow;0;0;{number}{}", " ".repeat(8000));
            sink.send(Frame::text(text)).await.unwrap();
        }
        sink
    });
    // As long as nothing is handled, the client cannot get rid of what it has.
    tokio::time::timeout(SHORT, async {
        while !sending.is_finished() {
            tokio::task::yield_now().await;
        }
    })
    .await
    .unwrap_err();
    go.send(true).unwrap();
    for number in 0..COUNT {
        let frame = soon(stream.next()).await.unwrap().unwrap();
        let text = frame.into_text().unwrap();
        assert_eq!(text.trim_end(), format!(";default;;slow;0;0;{number}"));
    }
    drop(soon(sending).await.unwrap());
}

#[tokio::test]
async fn the_answer_to_an_ask_is_found_behind_more_than_may_wait() {
    let few = Events::new().waiting(4, 1 << 10);
    for (events, waiting) in [(few, 60), (Events::new(), 64), (Events::new(), 200)] {
        let (_hub, addr) = start(events.namespace(chat())).await;
        let mut client = Client::connect(addr).await;
        client.send("$2;default;;askme;0;0;well?").await;
        let question = client.next().await;
        for number in 0..waiting {
            client.emit("echo", &number.to_string()).await;
        }
        client.send(question).await;
        assert_eq!(client.next().await, "$2;default;;askme;0;0;well?");
        for number in 0..waiting {
            assert_eq!(client.next().await, format!(";default;;echo;0;0;{number}"));
        }
    }
}

#[tokio::test]
async fn a_client_that_does_not_read_is_cut_off_and_delays_nobody() {
    let hub = Events::new().namespace(chat()).build();
    let addr = serve(hub.route().queue(64, 256 << 10), empty().await).await;
    let (deaf, mut other) = (Client::connect(addr).await, Client::connect(addr).await);
    let body = "x".repeat(32 << 10);
    let mut sent = 0;
    while hub.find(&deaf.id).is_some() {
        hub.to("default").unwrap().emit("said", body.as_str()).unwrap();
        sent += 1;
        // The other one keeps up.
        assert_eq!(other.next().await.len(), ";default;;said;0;0;".len() + body.len());
        assert!(sent < 10_000, "the deaf client is still there");
    }
    other.is_quiet().await;
    assert_eq!(hub.to("default").unwrap().count(), 1);
}

#[tokio::test]
async fn a_client_that_waits_for_its_handlers_can_still_be_asked_from_elsewhere() {
    let gate = std::sync::Arc::new(tokio::sync::Semaphore::new(0));
    let opened = std::sync::Arc::clone(&gate);
    let wait = move || {
        let opened = std::sync::Arc::clone(&opened);
        async move { drop(opened.acquire().await) }
    };
    let (hub, addr) = start(Events::new().namespace(chat().on("wait", wait)).waiting(4, 1 << 10)).await;
    let mut client = Client::connect(addr).await;
    for _ in 0..20 {
        client.emit("wait", "").await;
    }
    let (asking, id) = (hub.clone(), client.id.clone());
    let asked = tokio::spawn(async move { asking.ask(&id, "default", "question", "").await });
    let question = client.next().await;
    client.send(format!("{};default;;question;0;0;7", token(&question))).await;
    assert_eq!(soon(asked).await.unwrap().unwrap().text(), Some("7"));
    gate.add_permits(20);
    client.is_quiet().await;
}

#[tokio::test]
async fn a_connection_does_so_much_for_others_at_the_same_time() {
    let ((log, mut lines), gate) = (log(), Gate::shut());
    let waits = gate.clone();
    let namespace = chat().on_room_join(move || {
        log.add("asked");
        let gate = waits.clone();
        async move {
            gate.passed().await;
            Err::<(), _>(Error::new(gongular::http::StatusCode::FORBIDDEN, "forbidden"))
        }
    });
    let (hub, addr) = start(Events::new().namespace(namespace)).await;
    let client = Client::connect(addr).await;
    let space = hub.find(&client.id).unwrap().namespace("default").unwrap();
    let joining = [(); 1024].map(|()| {
        let space = space.clone();
        tokio::spawn(async move { space.join("a").await })
    });
    for _ in 0..joining.len() {
        lines.are(["asked"]).await;
    }
    let error = soon(space.join("a")).await.unwrap_err();
    assert_eq!(error.to_string(), "1024 others have the connection enter or leave something already");
    gate.open();
    for joining in joining {
        assert_eq!(soon(joining).await.unwrap().unwrap_err().to_string(), "forbidden");
    }
    assert_eq!(soon(space.join("a")).await.unwrap_err().to_string(), "forbidden");
}
