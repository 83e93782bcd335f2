//! The todo application beside warp's filters: our service for its paths, our layers around both.
//!
//! Run with `cargo run --example on_warp`.

#![expect(clippy::print_stdout, reason = "an example tells its user where it listens")]

#[path = "todo/plain.rs"]
mod plain;
#[path = "todo/mod.rs"]
mod todo;

use gongular::http::Request;
use gongular::layers::{ErrorLayer, StatsLayer};
use gongular::stats::RouteStat;
use gongular::{BoxError, ResponseBody};
use http_body_util::BodyExt;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tower::util::BoxCloneSyncService;
use tower::{ServiceBuilder, ServiceExt};
use warp::Filter;

use plain::App;

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let addr = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:3000".to_owned());
    let listener = TcpListener::bind(addr).await?;
    println!("todos on http://{}/todos, warp on /warp/hello", listener.local_addr()?);
    serve(listener).await
}

pub(crate) async fn serve(listener: TcpListener) -> std::io::Result<()> {
    let app = app().await;
    loop {
        let (stream, _) = listener.accept().await?;
        let service = TowerToHyperService::new(app.clone());
        tokio::spawn(async move {
            let mut builder = Builder::new(TokioExecutor::new());
            builder.http1().timer(TokioTimer::new());
            if let Err(error) = builder.serve_connection(TokioIo::new(stream), service).await {
                eprintln!("connection: {error}");
            }
        });
    }
}

type Body = http_body_util::combinators::BoxBody<bytes::Bytes, BoxError>;

/// `/warp/...` goes to warp's filters, everything else to the todo application.
async fn app() -> App<hyper::body::Incoming> {
    let hello = warp::path!("warp" / "hello").and(warp::get()).map(|| "hello from a filter");
    let filters = ServiceBuilder::new()
        .layer(StatsLayer::new(|stat: &RouteStat| eprintln!("warp: {} {:?}", stat.uri(), stat.outcome())))
        .layer(ErrorLayer::new().host_errors(true))
        .service(warp::service(hello));
    let filters =
        ServiceExt::<Request<Body>>::map_response(filters, |response| response.map(ResponseBody::stream));
    let filters: App<Body> = BoxCloneSyncService::new(filters);
    let (calls, container) = todo::parts().await;
    let todos: App<Body> = plain::app(calls, container);
    BoxCloneSyncService::new(tower::service_fn(move |request: Request<hyper::body::Incoming>| {
        let service = if request.uri().path().starts_with("/warp/") { &filters } else { &todos };
        service.clone().oneshot(request.map(|body| body.map_err(BoxError::from).boxed()))
    }))
}
