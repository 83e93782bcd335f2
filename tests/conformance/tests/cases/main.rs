//! Sends every case in `cases/` to the server and compares the answers.
//!
//! The cases run one after the other, because some look at the statistic of the request before. What a case may say stands in
//! `README.md`.

#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests are outside of the test functions that clippy knows"
)]

mod case;
mod client;
mod compare;
mod http2;
mod process;
mod server;
mod websocket;

use std::path::Path;
use std::time::{Duration, Instant};

use self::case::Case;
use self::client::Reply;
use self::server::Server;

#[test]
fn every_case_is_answered_as_it_says() {
    let server = Server::start();
    let mut failures = Vec::new();
    let cases = all_cases();
    for case in &cases {
        for difference in run(case, &server) {
            failures.push(format!("{}: {difference}", case.id));
        }
    }
    server.stop("TERM");
    assert!(cases.len() > 800, "there are only {} cases", cases.len());
    assert!(failures.is_empty(), "{} differences:\n{}", failures.len(), failures.join("\n"));
}

/// Reads the cases of all files, in the order of the files' names.
fn all_cases() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    let mut files: Vec<_> = folder.read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut cases: Vec<Case> = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let read: Vec<Case> =
            serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        cases.extend(read);
    }
    let mut ids: Vec<_> = cases.iter().map(|case| case.id.as_str()).collect();
    ids.sort_unstable();
    let count = ids.len();
    ids.dedup();
    assert_eq!(ids.len(), count, "two cases have the same id");
    cases
}

/// Returns what is not as the case says.
fn run(case: &Case, server: &Server) -> Vec<String> {
    let address = server.address(&case.engine);
    let mut before: Option<Reply> = None;
    for request in &case.setup {
        before = client::send(address, request, request.ws.as_ref());
    }
    until_told(case, || {
        let reply = client::send(address, &case.request, case.ws.as_ref());
        compare::differences(case, reply.as_ref(), before.as_ref())
    })
}

/// Asks again for a statistic that is not yet as it should be.
fn until_told(case: &Case, mut ask: impl FnMut() -> Vec<String>) -> Vec<String> {
    // A statistic is written when the last byte has left, which may be a moment later.
    let patience = if case.request.path == "/_last" { PATIENCE } else { Duration::ZERO };
    let begun = Instant::now();
    loop {
        let differences = ask();
        if differences.is_empty() || begun.elapsed() >= patience {
            return differences;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

const PATIENCE: Duration = Duration::from_secs(2);
