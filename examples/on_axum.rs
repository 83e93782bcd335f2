//! The todo application on axum: the handlers are axum handlers, beside axum's own extractors.
//!
//! Run with `cargo run --example on_axum --features axum`.

#![expect(clippy::print_stdout, reason = "an example tells its user where it listens")]

#[path = "todo/mod.rs"]
mod todo;

use axum::extract::State;
use axum::routing::{get, post};
use axum::{Router, serve as serve_axum};
use gongular::layers::{ErrorLayer, InjectLayer, StatsLayer};
use gongular::{Inject, Json};
use tokio::net::TcpListener;
use tower::ServiceBuilder;

use todo::store::Calls;

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let addr = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:3000".to_owned());
    let listener = TcpListener::bind(addr).await?;
    println!("todos on http://{}/todos", listener.local_addr()?);
    serve(listener).await
}

/// Axum's `State` and our `Inject` in one handler.
async fn about(State(name): State<&'static str>, calls: Inject<Calls>) -> Json<(&'static str, usize)> {
    Json((name, calls.seen().len()))
}

pub(crate) async fn serve(listener: TcpListener) -> std::io::Result<()> {
    serve_axum(listener, router().await).await
}

pub(crate) async fn router() -> Router {
    let (calls, container) = todo::parts().await;
    Router::new()
        .route("/todos", get(todo::list).post(todo::create))
        .route("/todos/{id}", get(todo::show).put(todo::replace))
        .route("/todos/{id}/title", post(todo::rename))
        .route("/todos/{id}/file", post(todo::attach))
        .route("/fall", get(todo::fall))
        .route("/stats", get(todo::stats))
        .route("/about", get(about))
        .with_state("todos")
        .layer(
            ServiceBuilder::new()
                .layer(StatsLayer::new(move |stat: &gongular::stats::RouteStat| calls.record(stat)))
                .layer(ErrorLayer::new().map(todo::answer).host_errors(true))
                .layer(InjectLayer::new(container)),
        )
}
