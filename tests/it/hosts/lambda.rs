//! The runtime API that Lambda offers to a function: it hands out events and takes answers.

use std::convert::Infallible;
use std::sync::Arc;

use bytes::Bytes;
use http::{Method, Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::{Mutex, mpsc};

use super::process::Process;
use super::{Answer, Case};

pub(super) struct Runtime {
    events: mpsc::Sender<Value>,
    answers: mpsc::Receiver<Value>,
    _function: Process,
}

impl Runtime {
    /// Offers the runtime API and starts the function that asks it for events.
    pub(super) async fn start(example: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let addr = listener.local_addr().expect("a listener has an address");
        let (events, queue) = mpsc::channel(1);
        let (sender, answers) = mpsc::channel(1);
        tokio::spawn(serve(listener, Arc::new(Mutex::new(queue)), sender));
        let function = Process::start(example, "AWS_LAMBDA_RUNTIME_API", &addr.to_string());
        Self { events, answers, _function: function }
    }

    pub(super) async fn ask(&mut self, case: &Case) -> Answer {
        self.events.send(event(case)).await.expect("the function is alive");
        let answer = self.answers.recv().await.expect("the function answers");
        let status = answer["statusCode"].as_u64().and_then(|status| u16::try_from(status).ok()).unwrap_or(0);
        let headers = answer["headers"].as_object().into_iter().flatten();
        let headers = headers.map(|(name, value)| (name.as_str(), value.as_str().unwrap_or("")));
        Answer::new(status, headers, answer["body"].as_str().unwrap_or(""))
    }
}

async fn serve(
    listener: TcpListener,
    events: Arc<Mutex<mpsc::Receiver<Value>>>,
    answers: mpsc::Sender<Value>,
) {
    while let Ok((stream, _)) = listener.accept().await {
        let (events, answers) = (Arc::clone(&events), answers.clone());
        let service = service_fn(move |request| {
            let (events, answers) = (Arc::clone(&events), answers.clone());
            async move { Ok::<_, Infallible>(api(request, &events, &answers).await) }
        });
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    }
}

async fn api(
    request: Request<Incoming>,
    events: &Mutex<mpsc::Receiver<Value>>,
    answers: &mpsc::Sender<Value>,
) -> Response<Full<Bytes>> {
    if request.method() == Method::GET {
        let Some(event) = events.lock().await.recv().await else { return Response::default() };
        return Response::builder()
            .header("Lambda-Runtime-Aws-Request-Id", "1")
            .header("Lambda-Runtime-Deadline-Ms", "4102444800000")
            .header("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:eu-west-1:1:function:todos")
            .body(Full::new(event.to_string().into()))
            .expect("the headers are valid");
    }
    let body = request.into_body().collect().await.expect("the function sends all of its answer").to_bytes();
    answers.send(serde_json::from_slice(&body).unwrap_or(Value::Null)).await.expect("the test waits");
    let mut accepted = Response::default();
    *accepted.status_mut() = http::StatusCode::ACCEPTED;
    accepted
}

/// A case as the event of an HTTP API, payload format 2.0; the body is text, as API Gateway sends it for text types.
fn event(case: &Case) -> Value {
    let (path, query) = case.path.split_once('?').unwrap_or((case.path, ""));
    let headers: serde_json::Map<String, Value> =
        case.headers.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
    let body = String::from_utf8(case.body().to_vec()).expect("the cases' bodies are text");
    json!({
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        "headers": headers,
        "requestContext": {
            "accountId": "1", "apiId": "a", "domainName": "todos.example", "domainPrefix": "todos",
            "http": {"method": case.method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": "it"},
            "requestId": "1", "routeKey": "$default", "stage": "$default",
            "time": "12/Mar/2026:19:03:58 +0000", "timeEpoch": 1_773_342_238_000_u64,
        },
        "body": (!body.is_empty()).then_some(body),
        "isBase64Encoded": false,
    })
}
