//! A websocket that sends back what it gets, in the engine.
//!
//! Run with `cargo run --example websocket_echo -- 127.0.0.1:3000`, and talk to it from a browser's console:
//!
//! ```js
//! socket = new WebSocket("ws://127.0.0.1:3000/echo"); socket.onmessage = (event) => console.log(event.data);
//! socket.send("hello");
//! ```
//!
//! From a console of another page the address it is opened from has to be allowed; this example lets in any. It takes
//! messages of up to 16 MiB, since Autobahn's test suite sends such: see `docs/autobahn.md`.

#![expect(clippy::print_stdout, reason = "an example tells its user where it listens")]

use gongular::server::Server;
use gongular::websocket::{WebSocket, websocket_fn};
use gongular::{Engine, Error, Router};

async fn echo(mut socket: WebSocket) -> Result<(), Error> {
    while let Some(message) = socket.recv().await {
        socket.send(message?).await?;
    }
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let addr = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:3000".to_owned());
    let echo = websocket_fn(echo).allow_any_origin().max_message(16 << 20);
    let engine = Engine::new().routes(Router::new().get("/echo", echo)).build().await?;
    let server = Server::new(engine).bind(addr)?;
    println!("echo on ws://{}/echo", server.local_addr().ok_or("TCP has an address")?);
    server.run().await?;
    Ok(())
}
