//! Every request is asked twice, of a plain tower stack and of an axum router under the same layers, and both have to
//! answer the same. What holds for every answer is looked at with every request.

mod app;
mod frames;
mod json;
mod layers;
mod leaks;
mod multipart;
mod refusals;
mod sizes;
mod statistics;
mod values;

use std::sync::Arc;

use gongular::Limits;
use gongular::http::{HeaderMap, Method, Request, StatusCode};
use gongular::stats::Outcome;
use http_body_util::BodyExt;
use serde_json::Value;
use tower::ServiceExt;

use self::app::{App, Host};
use self::frames::Frames;

/// What a client and the statistics saw of a request.
#[derive(Clone, Debug, PartialEq)]
struct Answer {
    status: u16,
    headers: HeaderMap,
    text: String,
    stat: Seen,
}

/// What a statistic said.
#[derive(Clone, Debug, PartialEq)]
struct Seen {
    label: String,
    code: Option<u16>,
    outcome: Outcome,
    read: u64,
    sent: u64,
    error: Option<String>,
    logs: Vec<String>,
}

impl Answer {
    #[track_caller]
    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    /// Returns place and field of a value that could not be read; the field is empty when none is named.
    #[track_caller]
    fn unreadable(&self) -> (String, String) {
        assert_eq!(self.status, 400, "{}", self.text);
        let error = &self.json()["ParseError"];
        assert!(error["Reason"].as_str().is_some_and(|reason| !reason.is_empty()), "{}", self.text);
        let text = |member: &str| error[member].as_str().unwrap_or_default().to_owned();
        (text("Place"), text("FieldName"))
    }

    /// Returns place and fields of values that break rules.
    #[track_caller]
    fn broken_rules(&self) -> (String, Vec<String>) {
        assert_eq!(self.status, 400, "{}", self.text);
        let error = &self.json()["ValidationError"];
        let fields = error["Fields"].as_object().unwrap_or_else(|| panic!("{}", self.text));
        (error["Place"].as_str().unwrap().to_owned(), fields.keys().cloned().collect())
    }
}

fn get(path: &str) -> Request<Frames> {
    Request::builder().uri(path).body(Frames::none()).unwrap()
}

fn post(path: &str, content_type: &str, body: impl Into<Frames>) -> Request<Frames> {
    let request = Request::builder().method(Method::POST).uri(path).header("content-type", content_type);
    request.body(body.into()).unwrap()
}

const JSON: &str = "application/json";
const URLENCODED: &str = "application/x-www-form-urlencoded";
const FORM_DATA: &str = "multipart/form-data; boundary=XBX";

/// Asks both hosts, under the default limits.
async fn ask(request: Request<Frames>) -> Answer {
    App::new(Limits::DEFAULT).await.ask(request).await
}

impl App {
    /// Asks both hosts and returns the answer, which is the same.
    async fn ask(&self, request: Request<Frames>) -> Answer {
        let plain = self.ask_one(&self.plain, &request).await;
        let axum = self.ask_one(&self.axum, &request).await;
        assert_eq!(plain, axum, "{} {}", request.method(), request.uri());
        check(&request, &plain);
        plain
    }

    async fn ask_one(&self, host: &Host, request: &Request<Frames>) -> Answer {
        let response = host.service.clone().oneshot(request.clone()).await.unwrap();
        assert_eq!(host.taken(), [], "the body is still to come");
        let (parts, body) = response.into_parts();
        let body = body.collect().await.expect("the answer is complete").to_bytes();
        let mut headers = parts.headers;
        // Axum adds it to answers of a known length; a server would add it to the others.
        headers.remove("content-length");
        let text = String::from_utf8_lossy(&body).into_owned();
        let mut stats = host.taken();
        assert_eq!(stats.len(), 1, "{stats:?}");
        Answer { status: parts.status.as_u16(), headers, text, stat: stats.remove(0) }
    }
}

/// Checks what holds for every answer.
#[track_caller]
fn check(request: &Request<Frames>, answer: &Answer) {
    let path = request.uri().path();
    let is_ours = ["/panic", "/fails", "/missing"].contains(&path);
    let status = StatusCode::from_u16(answer.status).unwrap();
    assert_eq!(status.is_server_error(), is_ours, "{path}: {answer:?}");
    assert_eq!(answer.stat.code, Some(answer.status));
    assert_eq!(answer.stat.sent, answer.text.len() as u64);
    for value in answer.headers.values() {
        assert!(!value.as_bytes().iter().any(u8::is_ascii_control), "{answer:?}");
    }
    if status.is_client_error() || is_ours {
        assert_eq!(answer.headers["content-type"], JSON, "{answer:?}");
        assert!(answer.text.len() < 4096, "{} bytes: {answer:?}", answer.text.len());
        assert!(answer.json().is_object());
        for secret in ["::", ".rs", "panicked", "/src/", "/home", "/work", "/srv", "backtrace"] {
            assert!(!answer.text.contains(secret), "{secret}: {}", answer.text);
        }
    }
}

/// What the statistics layer of a host handed out.
type Log = Arc<std::sync::Mutex<Vec<Seen>>>;
