//! socketioxide on hyper, with a limit of messages that no measure comes to, and pings that are rarer than a measure lasts.

use std::io;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use socketioxide::SocketIo;
use socketioxide::extract::{Data, SocketRef};
use tokio::net::TcpListener;

pub(super) async fn serve() -> io::Result<()> {
    let (service, io) = SocketIo::builder().ping_interval(Duration::from_secs(300)).build_svc();
    io.ns("/", async |socket: SocketRef| {
        socket.on("join", async |socket: SocketRef| {
            socket.join("room");
            // Who is gone needs no answer.
            let _ = socket.emit("joined", &());
        });
        socket.on("echo", async |socket: SocketRef, Data(body): Data<String>| {
            let _ = socket.emit("echo", &body);
        });
        socket.on("say", async |socket: SocketRef, Data(body): Data<String>| {
            let _ = socket.within("room").emit("say", &body).await;
        });
    });
    let listener = TcpListener::bind(super::ADDRESS).await?;
    super::announce(listener.local_addr()?)?;
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service.clone());
        tokio::spawn(async move {
            // A client that breaks off is no failure of the server.
            let _ = connection.with_upgrades().await;
        });
    }
}
