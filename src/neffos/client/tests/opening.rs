use super::*;

#[tokio::test(start_paused = true)]
async fn a_client_says_hello_and_gets_an_id() {
    let (client, _peer, _peers) = open(dial()).await;
    assert_eq!(client.id(), "one");
    assert!(client.is_connected() && !client.is_closed());
    assert_eq!((client.reconnect_tries(), client.namespaces().len()), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_an_error_with_the_servers_text() {
    let (opener, mut peers) = network();
    let server = async {
        let mut peer = peers.recv().await.unwrap();
        assert_eq!(peer.text().await, "M");
        peer.send("Hrejected: why").await;
        assert!(matches!(peer.gone().await[..], [WsMessage::Close(_)]));
    };
    let (refused, ()) = tokio::join!(dial().open_with(opener), server);
    let error = refused.unwrap_err();
    assert_eq!((error.refusal(), error.is_final()), (Some("rejected: why"), true));
    assert_eq!(error.to_string(), "the server refused: rejected: why");
}

#[tokio::test(start_paused = true)]
async fn a_server_that_says_nothing_is_waited_for_as_long_as_was_said() {
    let (opener, _peers) = network();
    let before = tokio::time::Instant::now();
    let error = dial().handshake_timeout(Duration::from_secs(3)).open_with(opener).await.unwrap_err();
    assert!(error.is_timeout());
    assert_eq!(before.elapsed().as_secs(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_leaves_instead_of_answering_is_an_error() {
    let (opener, mut peers) = network();
    let (opened, _) = tokio::join!(dial().open_with(opener), async { peers.recv().await.map(drop) });
    let error = opened.unwrap_err();
    assert!(!error.is_final() && error.refusal().is_none(), "{error}");
}

#[tokio::test(start_paused = true)]
async fn what_an_older_server_sends_before_its_answer_is_handled_after_it() {
    let (opener, mut peers) = network();
    let server = async {
        let mut peer = peers.recv().await.unwrap();
        assert_eq!(peer.text().await, "M");
        peer.send("77;default;;_OnNamespaceConnect;0;0;").await;
        peer.send("Aone").await;
        assert_eq!(peer.text().await, "77;;;;;;");
        peer
    };
    let (client, _peer) = tokio::join!(dial().open_with(opener), server);
    assert_eq!(client.unwrap().namespaces(), ["default"]);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_only_sends_before_its_answer_is_given_up() {
    let (opener, mut peers) = network();
    let server = async {
        let mut peer = peers.recv().await.unwrap();
        while peer.socket.send(WsMessage::text(";default;;e;0;0;")).await.is_ok() {}
    };
    let (opened, ()) = tokio::join!(dial().open_with(opener), server);
    assert_eq!(opened.unwrap_err().to_string(), "the server sends much and does not let the client in");
}

#[tokio::test(start_paused = true)]
async fn a_namespace_is_connected_when_the_server_agrees() {
    let (log, mut lines) = Log::new();
    let namespace = log.all(Namespace::new("default"));
    let (client, space, _peer, _peers) = connected(Client::dial("ws://h/").namespace(namespace)).await;
    assert!(space.is_connected());
    assert_eq!(client.namespaces(), ["default"]);
    assert_eq!(next(&mut lines).await, "connected default/");
    // A second time nobody is asked.
    assert_eq!(client.connect("default").await.unwrap().name(), "default");
}

#[tokio::test(start_paused = true)]
async fn a_namespace_that_either_side_refuses_is_not_connected() {
    let refuse = async || Err::<(), _>(Error::new(http::StatusCode::FORBIDDEN, "not today"));
    let dial = dial()
        .namespace(Namespace::new("nope"))
        .namespace(Namespace::new("locked"))
        .namespace(Namespace::new("mine").on_connect(refuse));
    let (client, mut peer, _peers) = open(dial).await;
    for (name, text, is_outside) in [("nope", "bad namespace", true), ("locked", "forbidden", false)] {
        let server = async {
            let token = peer.request(&format!("{name};;_OnNamespaceConnect;0;0;")).await;
            peer.send(&format!("{token};{name};;_OnNamespaceConnect;1;0;{text}")).await;
        };
        let (refused, ()) = tokio::join!(client.connect(name), server);
        let error = refused.unwrap_err();
        assert_eq!((error.refusal(), error.is_outside()), (Some(text), is_outside));
    }
    assert_eq!(client.connect("mine").await.unwrap_err().to_string(), "not today");
    assert!(client.connect("unknown").await.unwrap_err().is_outside());
    assert!(client.namespaces().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_connection_may_be_opened_and_used_from_any_task() {
    let (opener, mut peers) = network();
    let opening = tokio::spawn(async move {
        let client = dial().open_with(opener).await.unwrap();
        let space = client.connect("default").await.unwrap();
        space.room("a").leave().await.unwrap();
        space.emit("e", "").await.unwrap();
        client
    });
    let mut peer = accept(&mut peers, "one").await;
    peer.agree("default;;_OnNamespaceConnect").await;
    assert_eq!(peer.text().await, ";default;;e;0;0;");
    assert_eq!(opening.await.unwrap().id(), "one");
}

#[tokio::test(start_paused = true)]
async fn native_messages_pass_beside_those_of_the_protocol_once_their_namespace_is_connected() {
    let native = async |text: String| match text.as_str() {
        "fail" => Err(Error::new(http::StatusCode::CONFLICT, "boom")),
        _ => Ok(format!("{text}!")),
    };
    let namespace = Namespace::new("").on_native_message(native).on("e", async || "event");
    let (client, mut peer, _peers) = open(dial().namespace(namespace)).await;
    peer.send("too early").await;
    let (space, ()) = tokio::join!(client.connect(""), peer.agree(";;_OnNamespaceConnect;0;0;"));
    space.unwrap();
    for (frame, answer) in [("hello", "hello!"), ("fail", "boom"), ("7;;;e;0;0;", "7;;;e;0;0;event")] {
        peer.send(frame).await;
        assert_eq!(peer.text().await, answer);
    }
    peer.socket.send(WsMessage::binary(&b"bytes"[..])).await.unwrap();
    assert_eq!(peer.frame().await, WsMessage::binary(&b"bytes!"[..]));
}

#[tokio::test(start_paused = true)]
async fn a_client_of_native_messages_alone_needs_no_handshake() {
    let (log, mut lines) = Log::new();
    let native = move |message: Message| {
        log.add(message.text().unwrap());
        std::future::ready("heard")
    };
    let (opener, mut peers) = network();
    let dial = Client::dial("ws://h/").namespace(Namespace::new("").on_native_message(native));
    let client = dial.open_with(opener).await.unwrap();
    let mut peer = peers.recv().await.unwrap();
    client.send_native("hello").await.unwrap();
    assert_eq!(peer.text().await, "hello");
    peer.send("$1;a;b;c;0;0;no message of the protocol").await;
    assert_eq!(next(&mut lines).await, "$1;a;b;c;0;0;no message of the protocol");
    assert_eq!(peer.text().await, "heard");
}
