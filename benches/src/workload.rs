//! The requests, and the answer that every peer must give to each.

use bytes::Bytes;
use http::{HeaderValue, Method, Request};
use http_body_util::Full;

/// The body of every measured request.
pub type RequestBody = Full<Bytes>;

/// One request with its expected answer.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Workload {
    /// `w1` to `w8`.
    pub name: &'static str,
    /// What the request asks of a peer.
    pub title: &'static str,
    /// The status of the right answer.
    pub status: u16,
    /// The body of the right answer.
    pub answer: &'static str,
    method: Method,
    uri: &'static str,
    headers: Vec<(&'static str, HeaderValue)>,
    body: Bytes,
}

impl Workload {
    /// Returns all of them.
    #[must_use]
    pub fn all() -> Vec<Self> {
        vec![
            Self::get("w1", "plain text", "/", "hi"),
            Self::get("w2", "path, query, rules, JSON answer", POSTS, POSTS_ANSWER),
            Self::post("w3", "1.1 KiB of nested JSON with rules", "/users", JSON, user().into(), USER_ANSWER),
            Self::post("w4", "urlencoded form with rules", "/signup", FORM, SIGNUP.into(), SIGNUP_ANSWER),
            Self::post("w5", "multipart: 3 numbers, 64 KiB file", "/upload", PARTS, parts(), UPLOAD_ANSWER),
            Self::get("w6", "7 injected values", "/inject", r#"{"sum":28}"#).with("x-request-id", "7"),
            Self::get("w7", "w2 + w6, auth, stats, errors, panics", API_POSTS, API_ANSWER)
                .with("x-request-id", "7")
                .with("authorization", AUTHORIZATION),
            Self { status: 400, ..Self::get("w8", "w2 with a broken rule", BAD_POSTS, BAD_ANSWER) },
        ]
    }

    /// Returns the workload of that name.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        Self::all().into_iter().find(|workload| workload.name == name)
    }

    /// Makes the request.
    #[must_use]
    pub fn request(&self) -> Request<RequestBody> {
        let mut request = Request::new(Full::new(self.body.clone()));
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = http::Uri::from_static(self.uri);
        for (name, value) in &self.headers {
            request.headers_mut().insert(*name, value.clone());
        }
        request
    }

    /// Returns the request as a script for `wrk`.
    #[must_use]
    pub fn script(&self) -> String {
        let mut script = format!("wrk.method = {:?}\nwrk.path = {:?}\n", self.method.as_str(), self.uri);
        for (name, value) in &self.headers {
            script += &format!("wrk.headers[{name:?}] = {:?}\n", value.to_str().unwrap_or_default());
        }
        script
    }

    fn get(name: &'static str, title: &'static str, uri: &'static str, answer: &'static str) -> Self {
        let workload = Self {
            name,
            title,
            status: 200,
            answer,
            method: Method::GET,
            uri,
            headers: Vec::new(),
            body: Bytes::new(),
        };
        workload.with("host", "localhost").with("user-agent", "bench/1.0").with("accept", "*/*")
    }

    fn post(
        name: &'static str,
        title: &'static str,
        uri: &'static str,
        content_type: &'static str,
        body: Bytes,
        answer: &'static str,
    ) -> Self {
        let mut workload = Self::get(name, title, uri, answer).with("content-type", content_type);
        workload.headers.push(("content-length", HeaderValue::from(body.len())));
        Self { method: Method::POST, body, ..workload }
    }

    fn with(mut self, name: &'static str, value: &'static str) -> Self {
        self.headers.push((name, HeaderValue::from_static(value)));
        self
    }
}

fn user() -> String {
    let comments: Vec<String> = (1..=10)
        .map(|n| {
            let text = format!("Comment number {n} on the analytical engine");
            format!(r#"{{"id":{},"author":"reader{n}","text":"{text}"}}"#, 100 + n)
        })
        .collect();
    let address = r#"{"street":"12 St James's Square","city":"London","zip":"SW1Y4","country":"GB"}"#;
    let head = r#""name":"Ada Lovelace","email":"ada.lovelace@analytical.example.org","age":36"#;
    format!(r#"{{{head},"address":{address},"comments":[{}]}}"#, comments.join(","))
}

fn parts() -> Bytes {
    let mut body = String::new();
    for (name, value) in [("a", "12"), ("b", "30"), ("c", "100")] {
        body +=
            &format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    }
    body +=
        &format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"blob.bin\"\r\n");
    body += "Content-Type: application/octet-stream\r\n\r\n";
    // Line ends and dashes, so that the search for the boundary has something to do.
    body += &"The quick brown fox - jumps -- over the lazy dog 0123456789ABCD\n".repeat(1024);
    body += &format!("\r\n--{BOUNDARY}--\r\n");
    body.into()
}

/// The credentials of `w7`.
pub const AUTHORIZATION: &str = "Bearer s3cret-token-of-the-bench";

const POSTS: &str = "/users/42/posts?page=2&per_page=50&sort=created_at&desc=true";
const BAD_POSTS: &str = "/users/42/posts?page=2&per_page=500&sort=created_at&desc=true";
const API_POSTS: &str = "/api/users/42/posts?page=2&per_page=50&sort=created_at&desc=true";
const SIGNUP: &str = "name=Ada+Lovelace&email=ada.lovelace%40analytical.example.org&age=36&country=GB\
    &newsletter=true&score=88.5";
const BOUNDARY: &str = "----bench7MA4YWxkTrZu0gWboundary";

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";
const PARTS: &str = "multipart/form-data; boundary=----bench7MA4YWxkTrZu0gWboundary";

pub(crate) const POSTS_ANSWER: &str = r#"{"id":42,"page":2,"per_page":50,"sort":"created_at","desc":true}"#;
const USER_ANSWER: &str = r#"{"name":"Ada Lovelace","city":"London","comments":10}"#;
const SIGNUP_ANSWER: &str = r#"{"name":"Ada Lovelace","age":36,"newsletter":true,"score":88.5}"#;
const UPLOAD_ANSWER: &str = r#"{"sum":142,"file_len":65536}"#;
const API_ANSWER: &str =
    r#"{"id":42,"page":2,"per_page":50,"sort":"created_at","desc":true,"sum":28,"user":7}"#;
const BAD_ANSWER: &str = r#"{"error":"invalid","in":"query","field":"per_page","code":"range"}"#;
