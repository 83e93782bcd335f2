//! A tonic method with our injection, rules and errors, asked by tonic's own client.

use prost::Message;
use tonic::client::Grpc;
use tonic::transport::Channel;
use tonic::{Code, Request, Response, Status};
use tonic_prost::ProstCodec;

use super::cases::CASES;
use super::http1::Client;
use super::process::Process;

#[derive(Clone, PartialEq, Message)]
struct GetTodo {
    #[prost(uint64, tag = "1")]
    id: u64,
}

#[derive(Clone, PartialEq, Message)]
struct TodoReply {
    #[prost(uint64, tag = "1")]
    id: u64,
    #[prost(string, tag = "2")]
    title: String,
}

/// `google.rpc.Status`.
#[derive(Clone, PartialEq, Message)]
struct RpcStatus {
    #[prost(int32, tag = "1")]
    code: i32,
    #[prost(message, repeated, tag = "3")]
    details: Vec<Any>,
}

/// `google.protobuf.Any`.
#[derive(Clone, PartialEq, Message)]
struct Any {
    #[prost(string, tag = "1")]
    type_url: String,
    #[prost(bytes = "vec", tag = "2")]
    value: Vec<u8>,
}

/// `google.rpc.BadRequest`.
#[derive(Clone, PartialEq, Message)]
struct BadRequest {
    #[prost(message, repeated, tag = "1")]
    violations: Vec<Violation>,
}

#[derive(Clone, PartialEq, Message)]
struct Violation {
    #[prost(string, tag = "1")]
    field: String,
    #[prost(string, tag = "2")]
    description: String,
}

async fn ask(client: &mut Grpc<Channel>, method: &'static str, id: u64) -> Result<TodoReply, Status> {
    client.ready().await.expect("the connection is open");
    let path = http::uri::PathAndQuery::from_static(method);
    let codec = ProstCodec::<GetTodo, TodoReply>::default();
    client.unary(Request::new(GetTodo { id }), path, codec).await.map(Response::into_inner)
}

#[tokio::test]
async fn a_grpc_method_shares_store_rules_and_errors_with_the_rest() {
    let host = Process::serve("on_tonic");
    let mut rest = Client::connect(host.addr()).await;
    let created = CASES.iter().find(|case| case.name == "a new todo").expect("the table makes a todo");
    rest.ask(created).await.check("on_tonic", created);

    let channel = Channel::from_shared(format!("http://{}", host.addr())).expect("an address is a URI");
    let mut client = Grpc::new(channel.connect().await.expect("the host speaks HTTP/2"));

    let todo = ask(&mut client, "/todo.Todos/Get", 1).await.expect("the store is shared");
    assert_eq!(todo, TodoReply { id: 1, title: "milk".to_owned() });

    let missing = ask(&mut client, "/todo.Todos/Get", 7).await.expect_err("there is one todo");
    assert_eq!((missing.code(), missing.message()), (Code::NotFound, "there is no such todo"));

    let unknown = ask(&mut client, "/todo.Todos/Put", 1).await.expect_err("there is one method");
    assert_eq!(unknown.code(), Code::Unimplemented);

    let broken = ask(&mut client, "/todo.Todos/Get", 0).await.expect_err("an id is at least 1");
    assert_eq!(broken.code(), Code::InvalidArgument);
    let status = RpcStatus::decode(broken.details()).expect("the details are a google.rpc.Status");
    assert_eq!(status.code, 3);
    assert_eq!(status.details[0].type_url, "type.googleapis.com/google.rpc.BadRequest");
    let request = BadRequest::decode(&*status.details[0].value).expect("the detail is a BadRequest");
    assert_eq!(request.violations.len(), 1);
    assert_eq!(request.violations[0].field, "id");
    assert_eq!(request.violations[0].description, "must be at least 1");
}
