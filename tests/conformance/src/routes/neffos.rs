//! The neffos demo server at `/ws`.

use gongular::http::StatusCode;
use gongular::neffos::{AskError, Conn, Events, Hub, IntoPayload, Message, Namespace, NsConn, Payload, Room};
use gongular::{Error, Router};

pub(super) fn routes() -> Router {
    const LARGE: usize = 1 << 20;
    let route = hub().route().max_message(LARGE).max_frame(LARGE).queue(8192, 8 * LARGE);
    // Every method, so that others than `GET` and `HEAD` are told that there is nothing else.
    Router::new().any("/ws", route)
}

fn hub() -> Hub {
    Events::new()
        .allow_headers(["x-reject", "x-force-connect", "x-demo"])
        .namespace(default_namespace())
        .namespace(Namespace::new("locked").on_connect(|| async { refuse::<()>("forbidden") }))
        .namespace(Namespace::new("sticky").on_disconnect(stay))
        .namespace(Namespace::new("greeting").on_connected(greet))
        .on_connect(let_in)
        .on_connected(force_connect)
        .build()
}

/// Sends at once, which the original client must not miss.
async fn greet(client: NsConn) -> Result<(), AskError> {
    client.emit("echo", "welcome")
}

fn default_namespace() -> Namespace {
    Namespace::new("default")
        .on("OnChat", chat)
        .on("echo", echo)
        .on("we;ird", echo)
        .on("fail", || async { refuse::<()>("boom") })
        .on("roomchat", room_chat)
        .on("rooms", async |client: NsConn| client.rooms().join(","))
        .on("whoami", async |client: NsConn| client.id().to_owned())
        .on("tries", async |conn: Conn| conn.reconnect_tries().to_string())
        .on("header", header)
        .on("askme", ask_client)
        .on("srvask", ask_and_tell)
        .on("joinme", join)
        .on("leaveme", leave)
        .on("kick", async |client: NsConn| client.disconnect().await)
        .on("bye", async |conn: Conn| conn.close())
        .on("burst", burst)
        .on("batch", batch)
        .on("panic", fall_over)
        .on_room_join(may_join)
        .on_room_leave(may_leave)
}

fn refuse<T>(text: impl Into<String>) -> Result<T, Error> {
    Err(Error::new(StatusCode::FORBIDDEN, text.into()))
}

/// Returns a header field of the request that opened the connection.
fn field(conn: &Conn, name: &str) -> Option<String> {
    Some(conn.headers().get(name)?.to_str().ok()?.to_owned())
}

/// Makes a body of the kind of the message that it answers.
fn in_kind(message: &Message) -> Payload {
    match message.text() {
        Some(text) if !message.is_binary() => Payload::Text(text.to_owned().into()),
        _ => Payload::Binary(message.body().clone()),
    }
}

async fn let_in(conn: Conn) -> Result<(), Error> {
    field(&conn, "x-reject").map_or(Ok(()), |text| refuse(format!("rejected: {text}")))
}

async fn force_connect(conn: Conn) -> Result<(), Error> {
    if let Some(namespace) = field(&conn, "x-force-connect") {
        conn.connect(&namespace).await?;
    }
    Ok(())
}

async fn stay(message: Message) -> Result<(), Error> {
    if message.is_forced() { Ok(()) } else { refuse("not yet") }
}

async fn may_join(room: Room) -> Result<(), Error> {
    if room.name() == "private" { refuse("no entry") } else { Ok(()) }
}

async fn may_leave(room: Room, message: Message) -> Result<(), Error> {
    if room.name() == "sticky" && !message.is_forced() { refuse("stay here") } else { Ok(()) }
}

async fn chat(client: NsConn, message: Message) -> Result<(), Error> {
    let to_all = message.body().starts_with(b"all:");
    let to = if to_all { client.everyone() } else { client.others() };
    to.emit("OnChat", in_kind(&message))
}

async fn echo(message: Message) -> Payload {
    in_kind(&message)
}

async fn room_chat(room: Option<Room>, message: Message) -> Result<(), Error> {
    room.map_or_else(|| refuse("bad room"), |room| room.others().emit("roomchat", in_kind(&message)))
}

async fn header(conn: Conn, name: String) -> String {
    field(&conn, &name).unwrap_or_default()
}

async fn ask_client(client: NsConn, body: String) -> Result<String, AskError> {
    let answer = client.ask("question", body).await?;
    Ok(format!("client said: {}", answer.text().unwrap_or_default()))
}

async fn ask_and_tell(client: NsConn, body: String) -> Result<(), AskError> {
    let hub = client.hub();
    let answer = hub.ask(client.id(), client.name(), "question", body).await?;
    client.emit("srvanswer", in_kind(&answer))
}

async fn join(client: NsConn, room: String) -> Result<(), AskError> {
    let joined = client.join(&room).await;
    client.emit("joined", outcome(joined.map(drop)))
}

async fn leave(client: NsConn, room: String) -> Result<(), AskError> {
    let left = client.room(&room).leave().await;
    client.emit("left", outcome(left))
}

/// Spells an error as the original's server does, which has a word for none.
fn outcome(result: Result<(), AskError>) -> impl IntoPayload {
    result.map_or_else(|error| error.to_string(), |()| "<nil>".to_owned())
}

async fn burst(client: NsConn, count: String) -> Result<(), Error> {
    let count: usize = count.parse()?;
    for number in 0..count {
        client.everyone().emit("burst", number.to_string())?;
    }
    Ok(())
}

async fn batch(client: NsConn, ids: String) -> Result<(), Error> {
    ids.split(',').try_for_each(|id| client.everyone().only(id).emit("batch", id))
}

async fn fall_over() {
    panic!("chair fell over");
}
