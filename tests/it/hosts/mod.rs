//! The same application answers the same bytes on every host.
//!
//! Each host is the example of that name, started as its own process and asked over a socket (Lambda: over the runtime API
//! that Lambda itself offers to a function).

mod cases;
mod grpc;
mod http1;
mod lambda;
mod process;

use self::cases::{CASES, Case};
pub(crate) use self::process::path as example;

/// What a host answered: status, the headers that matter, body.
#[derive(Debug, PartialEq)]
struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

/// The headers that have to be the same on every host; others (`date`, `content-length` on an empty body) are the host's.
const HEADERS: &[&str] = &["allow", "content-type", "location", "vary"];

impl Answer {
    fn new<'a>(
        status: u16,
        headers: impl Iterator<Item = (&'a str, &'a str)>,
        body: impl Into<String>,
    ) -> Self {
        let mut headers: Vec<(String, String)> = headers
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .filter(|(name, _)| HEADERS.contains(&name.as_str()))
            .collect();
        headers.sort();
        Self { status, headers, body: body.into() }
    }

    fn check(&self, host: &str, case: &Case) {
        let expected = Self::new(case.status, case.answer_headers.iter().copied(), case.answer);
        assert_eq!(*self, expected, "{host}: {}", case.name);
    }
}

async fn over_http(example: &str) {
    let host = process::Process::serve(example);
    let mut client = http1::Client::connect(host.addr()).await;
    for case in CASES {
        client.ask(case).await.check(example, case);
    }
}

#[tokio::test]
async fn axum_answers_as_the_table_says() {
    over_http("on_axum").await;
}

#[tokio::test]
async fn hyper_answers_as_the_table_says() {
    over_http("on_hyper").await;
}

#[tokio::test]
async fn tonic_answers_as_the_table_says() {
    over_http("on_tonic").await;
}

#[tokio::test]
async fn warp_answers_as_the_table_says() {
    over_http("on_warp").await;
}

#[tokio::test]
async fn lambda_answers_as_the_table_says() {
    let mut runtime = lambda::Runtime::start("on_lambda").await;
    for case in CASES {
        runtime.ask(case).await.check("on_lambda", case);
    }
}
