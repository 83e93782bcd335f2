//! A controller and a gRPC service on the same paths, asked by tonic's own client and by others.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context as Task, Poll};

use futures_util::stream::{self, BoxStream, StreamExt};
use gongular::engine::EngineService;
use gongular::inject::Provider;
use gongular::mvc::{Activation, Application, Controller, Grpc, controller, skip, using};
use gongular::test_client::TestClient;
use gongular::{AnyBody, Body, Inject, Json, Router, Stop, Unchecked, http, tonic as on_tonic};
use http::{HeaderMap, Method, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper_util::rt::TokioIo;
use tokio::sync::mpsc;
use tonic::client::Grpc as Client;
use tonic::server::{Grpc as Server, StreamingService, UnaryService};
use tonic::transport::Channel;
use tonic::{Code, Request, Response, Status, Streaming};
use tonic_prost::ProstCodec;
use tower_service::Service;

#[derive(Clone, PartialEq, prost::Message)]
struct Hello {
    #[prost(string, tag = "1")]
    name: String,
}

struct Greeting(&'static str);

/// Who calls, by a header.
struct Caller(String);

async fn caller(headers: HeaderMap) -> Caller {
    let name = headers.get("x-caller").and_then(|name| name.to_str().ok());
    Caller(name.unwrap_or("nobody").to_owned())
}

#[derive(Controller)]
struct Greeter {
    greeting: Inject<Greeting>,
}

#[controller]
impl Greeter {
    fn before_activation(activation: &mut Activation) {
        activation.method("say_hello").route(Method::PUT, "/hello");
    }

    #[action]
    async fn say_hello(&self, name: Option<Body<Unchecked<String>>>) -> Json<String> {
        let name = name.map_or_else(|| "nobody".to_owned(), |name| name.0.0);
        Json(format!("{}, {name}, by JSON", self.greeting.0))
    }

    #[post("/talk")]
    async fn talk(&self) -> &'static str {
        "talking takes a stream"
    }

    async fn get_hidden(&self) -> &'static str {
        "hidden"
    }
}

/// What tonic's code generator writes for a service of two methods.
#[derive(Clone)]
struct GreeterServer;

impl Service<http::Request<AnyBody>> for GreeterServer {
    type Response = http::Response<tonic::body::Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Task<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<AnyBody>) -> Self::Future {
        Box::pin(async move {
            let mut server = Server::new(ProstCodec::<Hello, Hello>::default());
            Ok(match request.uri().path() {
                "/greet.Greeter/SayHello" => server.unary(SayHello, request).await,
                "/greet.Greeter/Talk" => server.streaming(Talk, request).await,
                path => Status::unimplemented(path.to_owned()).into_http(),
            })
        })
    }
}

struct SayHello;

impl UnaryService<Hello> for SayHello {
    type Response = Hello;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Hello>, Status>> + Send>>;

    fn call(&mut self, mut request: Request<Hello>) -> Self::Future {
        Box::pin(async move {
            let greeting: Inject<Greeting> = on_tonic::extract(&mut request).await?;
            let caller: Inject<Caller> = on_tonic::extract(&mut request).await?;
            match request.into_inner().name {
                name if name == "me" => Ok(Response::new(Hello { name: caller.0.clone() })),
                name if name.is_empty() => Err(Status::invalid_argument("who?")),
                name => Ok(Response::new(Hello { name: format!("{}, {name}", greeting.0) })),
            }
        })
    }
}

/// Answers each message when it comes, until one says `stop`.
struct Talk;

impl StreamingService<Hello> for Talk {
    type Response = Hello;
    type ResponseStream = BoxStream<'static, Result<Hello, Status>>;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Self::ResponseStream>, Status>> + Send>>;

    fn call(&mut self, request: Request<Streaming<Hello>>) -> Self::Future {
        let answers = request.into_inner().map(|hello| match hello?.name {
            name if name == "stop" => Err(Status::resource_exhausted("enough")),
            name => Ok(Hello { name: format!("{name}!") }),
        });
        Box::pin(std::future::ready(Ok(Response::new(answers.boxed()))))
    }
}

fn grpc() -> Grpc {
    Grpc::new("greet.Greeter", GreeterServer)
}

fn app(grpc: Grpc) -> Application {
    Application::new(Router::new())
        .provide(Greeting("Hello"))
        .register(Provider::<Caller>::per_request(caller))
        .handle_with(controller::<Greeter>(), (skip(["get_hidden"]), grpc))
}

async fn test_client(app: Application) -> TestClient<EngineService> {
    app.into_engine().test_client().await.unwrap()
}

/// Serves an application over a real socket as long as the test lasts.
async fn serve(app: Application) -> std::net::SocketAddr {
    let server = app.into_engine().build().await.unwrap().bind("127.0.0.1:0").unwrap();
    let addr = server.local_addr().unwrap();
    tokio::spawn(server.run_until(std::future::pending::<()>()));
    addr
}

async fn dial(addr: std::net::SocketAddr) -> Client<Channel> {
    let channel = Channel::from_shared(format!("http://{addr}")).unwrap().connect().await.unwrap();
    let mut client = Client::new(channel);
    client.ready().await.unwrap();
    client
}

fn codec() -> ProstCodec<Hello, Hello> {
    ProstCodec::default()
}

async fn say_hello(client: &mut Client<Channel>, path: &'static str, name: &str) -> Result<Hello, Status> {
    client.ready().await.unwrap();
    let path = http::uri::PathAndQuery::from_static(path);
    let hello = Request::new(Hello { name: name.to_owned() });
    client.unary(hello, path, codec()).await.map(Response::into_inner)
}

#[tokio::test]
async fn calls_go_to_the_service_and_others_to_the_controller_over_one_socket() {
    let addr = serve(app(grpc())).await;
    let mut client = dial(addr).await;
    let hello = say_hello(&mut client, "/greet.Greeter/SayHello", "Ann").await.unwrap();
    assert_eq!(hello.name, "Hello, Ann");
    client.ready().await.unwrap();
    let mut me = Request::new(Hello { name: "me".to_owned() });
    me.metadata_mut().insert("x-caller", "Cleo".parse().unwrap());
    let path = http::uri::PathAndQuery::from_static("/greet.Greeter/SayHello");
    let me: Response<Hello> = client.unary(me, path, codec()).await.unwrap();
    assert_eq!(me.into_inner().name, "Cleo", "what is built for a request is at hand");
    let refused = say_hello(&mut client, "/greet.Greeter/SayHello", "").await.unwrap_err();
    assert_eq!((refused.code(), refused.message()), (Code::InvalidArgument, "who?"));
    let unknown = say_hello(&mut client, "/greet.Greeter/GetHidden", "").await.unwrap_err();
    assert_eq!(unknown.code(), Code::Unimplemented);

    let stream = tokio::net::TcpStream::connect(addr).await.unwrap();
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let request = http::Request::post("/greet.Greeter/SayHello").header("host", "localhost");
    let request = request
        .header("content-type", "application/json")
        .body(Full::new(bytes::Bytes::from_static(br#""Bob""#)))
        .unwrap();
    let response = sender.send_request(request).await.unwrap();
    assert_eq!(response.status(), 200);
    let body = response.into_body().collect().await.unwrap().to_bytes();
    assert_eq!(body, r#""Hello, Bob, by JSON""#);
}

#[tokio::test]
async fn messages_of_a_stream_are_answered_as_they_come_and_trailers_end_it() {
    let mut client = dial(serve(app(grpc())).await).await;
    let (sender, receiver) = mpsc::channel::<Hello>(1);
    let messages =
        stream::unfold(receiver, async |mut messages| messages.recv().await.map(|hello| (hello, messages)));
    let path = http::uri::PathAndQuery::from_static("/greet.Greeter/Talk");
    let answers = client.streaming(Request::new(messages.boxed()), path, codec()).await.unwrap();
    let mut answers = answers.into_inner();
    for name in ["one", "two"] {
        sender.send(Hello { name: name.to_owned() }).await.unwrap();
        assert_eq!(answers.message().await.unwrap().unwrap().name, format!("{name}!"));
    }
    sender.send(Hello { name: "stop".to_owned() }).await.unwrap();
    let end = answers.message().await.unwrap_err();
    assert_eq!((end.code(), end.message()), (Code::ResourceExhausted, "enough"));
}

#[tokio::test]
async fn routes_of_names_and_attributes_are_replaced_and_added_ones_stay() {
    let client = test_client(app(grpc())).await;
    client.post("/greet.Greeter/Talk").send().await.assert_text("talking takes a stream");
    client.put("/hello").send().await.assert_json("Hello, nobody, by JSON");
    for path in ["/talk", "/hidden", "/greet.Greeter/GetHidden"] {
        client.post(path).send().await.assert_status(404);
    }
    client
        .get("/greet.Greeter/SayHello")
        .send()
        .await
        .assert_status(405)
        .assert_header("allow", "POST, OPTIONS");
}

#[tokio::test]
async fn a_strict_service_answers_calls_only() {
    let app = || app(grpc().strict());
    let client = test_client(app()).await;
    client.post("/greet.Greeter/SayHello").json("Ann").send().await.assert_status(404);
    client.put("/hello").send().await.assert_json("Hello, nobody, by JSON");
    let mut client = dial(serve(app()).await).await;
    let hello = say_hello(&mut client, "/greet.Greeter/SayHello", "Ann").await.unwrap();
    assert_eq!(hello.name, "Hello, Ann");
}

#[tokio::test]
async fn handlers_stand_before_both_and_a_party_is_cut_off_the_path() {
    async fn guard(headers: HeaderMap) -> Option<Stop<StatusCode>> {
        headers.contains_key("x-locked").then_some(Stop(StatusCode::UNAUTHORIZED))
    }
    let app = || {
        Application::new(Router::new())
            .provide(Greeting("Hi"))
            .register(Provider::<Caller>::per_request(caller))
            .party("/api", |api| api.handle_with(controller::<Greeter>(), (using(guard), grpc())))
    };
    let client = test_client(app()).await;
    client.post("/api/greet.Greeter/SayHello").header("x-locked", "1").send().await.assert_status(401);
    client.post("/api/greet.Greeter/GetHidden").send().await.assert_text("hidden");

    let mut client = dial(serve(app()).await).await;
    let hello = say_hello(&mut client, "/api/greet.Greeter/SayHello", "Ann").await.unwrap();
    assert_eq!(hello.name, "Hi, Ann");
    client.ready().await.unwrap();
    let mut locked = Request::new(Hello::default());
    locked.metadata_mut().insert("x-locked", "1".parse().unwrap());
    let path = http::uri::PathAndQuery::from_static("/api/greet.Greeter/SayHello");
    let refused: Status = client.unary::<Hello, Hello, _>(locked, path, codec()).await.unwrap_err();
    assert_eq!(refused.code(), Code::Unauthenticated);
}

#[tokio::test]
async fn a_name_that_no_path_has_is_a_mistake_of_the_engine() {
    let grpc = Grpc::new("greet Greeter", GreeterServer);
    let error = app(grpc).into_engine().build().await.unwrap_err();
    assert!(error.to_string().contains("`greet Greeter` is no name of a gRPC service"), "{error}");
    assert_eq!(error.mistakes().len(), 1);
}
