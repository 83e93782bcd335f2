//! The whole of ours: server, engine, statistics, the neffos protocol.

use std::io;

use gongular::neffos::{Events, Namespace, NsConn};
use gongular::server::Server;
use gongular::stats::RouteStat;
use gongular::{Engine, Error, Router};

pub(super) async fn serve() -> io::Result<()> {
    let namespace = Namespace::new("default").on("echo", echo).on("say", say);
    let hub = Events::new().namespace(namespace).build();
    let routes = Router::new().get("/ws", hub.route());
    let engine = Engine::new().provide(hub).routes(routes).stats(|_: &RouteStat| {});
    let server = Server::new(engine.build().await.map_err(io::Error::other)?).bind(super::ADDRESS)?;
    super::announce(server.local_addr().ok_or_else(|| io::Error::other("no address"))?)?;
    server.run().await
}

async fn echo(body: String) -> String {
    body
}

async fn say(client: NsConn, body: String) -> Result<(), Error> {
    client.everyone().room("room").emit("say", body)
}
