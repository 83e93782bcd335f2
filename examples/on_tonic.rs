//! The todo application beside a gRPC service on one port: one store, one container, one shape of errors.
//!
//! Run with `cargo run --example on_tonic --features tonic`.

#![expect(clippy::print_stdout, reason = "an example tells its user where it listens")]

#[path = "todo/plain.rs"]
mod plain;
#[path = "todo/mod.rs"]
mod todo;

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use gongular::http::Request as HttpRequest;
use gongular::layers::{ErrorLayer, InjectLayer, StatsLayer};
use gongular::stats::RouteStat;
use gongular::{Inject, tonic as on_tonic};
use tokio::net::TcpListener;
use tonic::body::Body;
use tonic::server::{Grpc, NamedService, UnaryService};
use tonic::service::Routes;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic::{Request, Response, Status};
use tonic_prost::ProstCodec;
use tower::{Service, ServiceBuilder};
use validator::Validate;

use todo::store::Todos;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let addr = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:3000".to_owned());
    let listener = TcpListener::bind(addr).await?;
    println!("todos on http://{}/todos, gRPC todo.Todos/Get", listener.local_addr()?);
    serve(listener).await
}

pub(crate) async fn serve(listener: TcpListener) -> Result<(), Box<dyn std::error::Error>> {
    let (calls, container) = todo::parts().await;
    let grpc = ServiceBuilder::new()
        .layer(StatsLayer::new(|stat: &RouteStat| eprintln!("grpc: {} {:?}", stat.uri(), stat.outcome())))
        .layer(ErrorLayer::new())
        .layer(InjectLayer::new(container.clone()))
        .service(TodosServer);
    let router = axum::Router::new()
        .route_service("/todo.Todos/{method}", grpc)
        .fallback_service(plain::app(calls, container));
    Server::builder()
        .accept_http1(true)
        .add_routes(Routes::from(router))
        .serve_with_incoming(TcpIncoming::from(listener))
        .await?;
    Ok(())
}

/// A gRPC message with rules: `validator` works on prost's types as on any others.
#[derive(Clone, PartialEq, prost::Message, Validate)]
struct GetTodo {
    #[prost(uint64, tag = "1")]
    #[validate(range(min = 1))]
    id: u64,
}

#[derive(Clone, PartialEq, prost::Message)]
struct TodoReply {
    #[prost(uint64, tag = "1")]
    id: u64,
    #[prost(string, tag = "2")]
    title: String,
}

/// The method: dependencies from the container, rules checked, errors as `google.rpc.Status`.
async fn get(mut request: Request<GetTodo>) -> Result<Response<TodoReply>, Status> {
    let todos: Inject<dyn Todos> = on_tonic::extract(&mut request).await?;
    let message = on_tonic::checked(request.into_inner())?;
    let todo = todos.get(message.id).map_err(|error| todo::answer(&error))?;
    Ok(Response::new(TodoReply { id: todo.id, title: todo.title }))
}

/// What tonic's code generator writes for a service of one method.
#[derive(Clone)]
struct TodosServer;

impl NamedService for TodosServer {
    const NAME: &'static str = "todo.Todos";
}

impl<B> Service<HttpRequest<B>> for TodosServer
where
    B: gongular::http_body::Body + Send + 'static,
    B::Error: Into<gongular::BoxError> + Send,
{
    type Response = gongular::http::Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: HttpRequest<B>) -> Self::Future {
        if request.uri().path() != "/todo.Todos/Get" {
            return Box::pin(async { Ok(Status::unimplemented("no such method").into_http()) });
        }
        Box::pin(async move { Ok(Grpc::new(ProstCodec::default()).unary(Get, request).await) })
    }
}

struct Get;

impl UnaryService<GetTodo> for Get {
    type Response = TodoReply;
    type Future = Pin<Box<dyn Future<Output = Result<Response<TodoReply>, Status>> + Send>>;

    fn call(&mut self, request: Request<GetTodo>) -> Self::Future {
        Box::pin(get(request))
    }
}
