//! Clients that do not speak the protocol.

use super::*;

#[tokio::test]
async fn where_there_is_nothing_else_every_frame_is_a_native_message() {
    let native = async |message: Message| format!("heard {}", message.text().unwrap_or_default());
    let (hub, addr) = start(Events::new().namespace(Namespace::new("").on_native_message(native))).await;
    let mut client = Client::silent(addr, "").await;
    for text in ["hello", "M", "$1;;;_OnNamespaceConnect;0;0;"] {
        client.send(text).await;
        assert_eq!(client.next().await, format!("heard {text}"));
    }
    assert_eq!(hub.to("").unwrap().count(), 1);
    hub.conns()[0].send_native("pushed").unwrap();
    assert_eq!(client.next().await, "pushed");
    hub.conns()[0].send_native(Bytes::from_static(b"\xff")).unwrap();
    assert_eq!(client.frame().await.unwrap().unwrap(), Frame::binary(&b"\xff"[..]));
}

#[tokio::test]
async fn beside_other_events_native_messages_need_the_handshake() {
    let native = async |message: Message| format!("heard {}", message.text().unwrap_or_default());
    let namespace = Namespace::new("").on_native_message(native).on("echo", async |text: String| text);
    let (_hub, addr) = start(Events::new().namespace(namespace)).await;
    let mut client = Client::open(addr).await;
    client.send("hello").await;
    assert_eq!(client.next().await, ";;;;1;0;bad namespace");
    assert_eq!(client.ask("", "", "_OnNamespaceConnect", "").await, "$1;;;;;;");
    client.send("hello").await;
    assert_eq!(client.next().await, "heard hello");
    assert_eq!(client.ask("", "", "echo", "x").await, "$1;;;echo;0;0;x");
}
