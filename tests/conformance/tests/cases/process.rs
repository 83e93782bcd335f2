//! What no single case can say: of a connection with several requests, and of what a process leaves behind.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use super::server::Server;

/// Sends bytes on a connection of their own, says that no more come, and returns everything that is answered.
fn exchange(server: &Server, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(server.address("main")).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let _ = stream.write_all(bytes);
    let _ = stream.shutdown(Shutdown::Write);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

fn statuses(answers: &str) -> Vec<&str> {
    answers.split("HTTP/1.1 ").skip(1).map(|answer| answer.get(..3).unwrap()).collect()
}

const FORM: &str = "--XBX\r\nContent-Disposition: form-data; name=\"SomeFile\"; filename=\"a.txt\"\r\n\
    Content-Type: text/plain\r\n\r\nhello\r\n-file\r\n--XBX\r\n\
    Content-Disposition: form-data; name=\"RegularValue\"\r\n\r\n35\r\n--XBX--";

fn upload(path: &str, body: &[u8], length: usize) -> Vec<u8> {
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {length}\r\n\
         Content-Type: multipart/form-data; boundary=XBX\r\n\r\n"
    );
    [head.as_bytes(), body].concat()
}

#[test]
fn a_form_that_is_cut_anywhere_is_a_400() {
    let server = Server::start();
    for cut in 0..FORM.len() {
        let body = &FORM.as_bytes()[..cut];
        let whole = exchange(&server, &upload("/f/upload", body, cut));
        assert_eq!(statuses(&whole), ["400"], "cut at {cut}: {whole}");
    }
    for cut in (0..FORM.len()).step_by(7) {
        let body = &FORM.as_bytes()[..cut];
        let open = exchange(&server, &upload("/f/upload", body, FORM.len()));
        assert_eq!(statuses(&open), ["400"], "left at {cut}: {open}");
    }
    let whole = exchange(&server, &upload("/f/upload", FORM.as_bytes(), FORM.len()));
    assert_eq!(statuses(&whole), ["200"], "{whole}");
}

#[test]
fn a_connection_goes_on_after_everything_that_fails() {
    let server = Server::start();
    let paths = [
        ("GET", "/panic", "500"),
        ("HEAD", "/panic", "500"),
        ("GET", "/err", "500"),
        ("GET", "/i/broken", "500"),
        ("GET", "/p/int/x", "400"),
        ("GET", "/no/such/route", "404"),
        ("POST", "/out/string", "405"),
        ("GET", "/out/nan", "500"),
        ("GET", "/out/no-content", "204"),
        ("HEAD", "/out/no-content", "204"),
        ("HEAD", "/one", "200"),
        ("OPTIONS", "/out/string", "204"),
        ("GET", "/echo", "426"),
        ("GET", "/static/none", "404"),
        ("GET", "/out/string", "200"),
    ];
    let requests: String = paths
        .iter()
        .map(|(method, path, _)| format!("{method} {path} HTTP/1.1\r\nHost: x\r\n\r\n"))
        .collect();
    let answers = exchange(&server, requests.as_bytes());
    let expected: Vec<_> = paths.iter().map(|(_, _, status)| *status).collect();
    assert_eq!(statuses(&answers), expected, "{answers}");
    assert!(answers.ends_with("\r\n\r\n\"hi\""), "{answers}");
}

#[test]
fn a_body_that_is_sent_in_chunks_ends_at_the_limit() {
    let server = Server::start();
    let request = |text: usize| {
        let body = format!("{{\"Name\":\"{}\"}}", "x".repeat(text));
        let head = "POST /b/basic HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\
                    Content-Type: application/json\r\n\r\n";
        let chunks = body
            .as_bytes()
            .chunks(60_000)
            .map(|chunk| [format!("{:x}\r\n", chunk.len()).as_bytes(), chunk, b"\r\n"].concat());
        let chunks: Vec<u8> = chunks.flatten().collect();
        [head.as_bytes(), &chunks, b"0\r\n\r\n"].concat()
    };
    let around = r#"{"Name":""}"#.len();
    let (fits, over) = (exchange(&server, &request((2 << 20) - around)), request((2 << 20) + 1 - around));
    assert_eq!(statuses(&fits), ["200"]);
    assert_eq!(statuses(&exchange(&server, &over)), ["413"]);
}

#[test]
fn a_factory_runs_once_for_each_request_that_can_be_read() {
    let server = Server::start();
    let asked = [
        ("/i/user", "200", Some("1")),
        ("/i/user-twice", "200", Some("2")),
        ("/i/order?N=x", "400", None),
        ("/i/admin", "401", None),
        ("/out/string", "200", None),
        ("/i/order?N=1", "200", None),
        ("/i/user", "200", Some("4")),
    ];
    for (path, status, seq) in asked {
        let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nX-Token: neo\r\nConnection: close\r\n\r\n");
        let answer = exchange(&server, request.as_bytes());
        assert_eq!(statuses(&answer), [status], "{path}: {answer}");
        if let Some(seq) = seq {
            assert!(answer.ends_with(&format!("{{\"Name\":\"neo\",\"Seq\":{seq}}}")), "{path}: {answer}");
        }
    }
}

/// Uploads go to an own folder for temporary files, and are larger than what is kept in memory.
#[cfg(target_os = "linux")]
#[test]
fn an_upload_leaves_no_file_and_no_descriptor() {
    let folder = std::env::temp_dir().join(format!("conformance_{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let server = Server::start_in(&folder);
    let open = || std::fs::read_dir(format!("/proc/{}/fd", server.id())).unwrap().count();
    let large = "x".repeat(4 << 20);
    let form = FORM.replace("hello", &large);
    assert_eq!(statuses(&exchange(&server, &upload("/f/upload", form.as_bytes(), form.len()))), ["200"]);
    let before = open();
    for end in [form.len(), form.len() - 20, 3 << 20] {
        let body = &form.as_bytes()[..end];
        let whole = exchange(&server, &upload("/f/upload", body, end));
        assert_eq!(statuses(&whole), [if end == form.len() { "200" } else { "400" }], "{end}");
        let open = exchange(&server, &upload("/f/upload", body, form.len()));
        assert_eq!(statuses(&open), [if end == form.len() { "200" } else { "400" }], "{end}");
    }
    // The last connection is closed a moment after its last byte.
    let begun = std::time::Instant::now();
    while open() > before && begun.elapsed() < Duration::from_secs(5) {
        std::thread::yield_now();
    }
    assert!(open() <= before, "{} descriptors, and {before} before", open());
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
    server.stop("TERM");
    std::fs::remove_dir_all(&folder).unwrap();
}
