//! The todo application on plain hyper: one service for every connection.
//!
//! Run with `cargo run --example on_hyper`.

#![expect(clippy::print_stdout, reason = "an example tells its user where it listens")]

#[path = "todo/plain.rs"]
mod plain;
#[path = "todo/mod.rs"]
mod todo;

use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let addr = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:3000".to_owned());
    let listener = TcpListener::bind(addr).await?;
    println!("todos on http://{}/todos", listener.local_addr()?);
    serve(listener).await
}

pub(crate) async fn serve(listener: TcpListener) -> std::io::Result<()> {
    let (calls, container) = todo::parts().await;
    let app = plain::app(calls, container);
    loop {
        let (stream, _) = listener.accept().await?;
        let service = TowerToHyperService::new(app.clone());
        tokio::spawn(async move {
            // hyper keeps its deadline for the request head only when it is given a timer.
            let mut builder = Builder::new(TokioExecutor::new());
            builder.http1().timer(TokioTimer::new());
            if let Err(error) = builder.serve_connection(TokioIo::new(stream), service).await {
                eprintln!("connection: {error}");
            }
        });
    }
}
