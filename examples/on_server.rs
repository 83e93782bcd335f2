//! Any tower service behind this crate's server, with every deadline and limit set.
//!
//! Run with `cargo run --example on_server`; end it with Ctrl-C, while `curl -N ADDRESS/wait` waits.

#![expect(clippy::print_stdout, reason = "an example tells its user where it listens")]

use std::convert::Infallible;
use std::time::Duration;

use gongular::ResponseBody;
use gongular::http::{Request, Response, StatusCode};
use gongular::server::{IncomingBody, Server};
use http_body_util::BodyExt;

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:3000".to_owned());
    let service = tower::service_fn(async |request| Ok::<_, Infallible>(answer(request).await));
    Server::new(service)
        .header_timeout(Duration::from_secs(5))
        .drain_timeout(Duration::from_secs(10))
        .bind(address)?
        .on_ready(|addresses| addresses.iter().for_each(|address| println!("listening on {address}")))
        .run()
        .await
}

async fn answer(request: Request<IncomingBody>) -> Response<ResponseBody> {
    let text = format!("{} {}", request.method(), request.uri().path());
    match request.uri().path() {
        "/echo" => match request.into_body().collect().await {
            Ok(body) => Response::new(body.to_bytes().into()),
            Err(_) => {
                let mut response = Response::new(ResponseBody::empty());
                *response.status_mut() = StatusCode::BAD_REQUEST;
                response
            }
        },
        "/wait" => std::future::pending().await,
        _ => Response::new(text.into()),
    }
}
