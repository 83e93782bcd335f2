//! Uploads over a real HTTP/1.1 connection: what breaks off is refused, what is too large is refused unread.

use gongular::{Error, Form, Limits, Multipart, RequestState, Rules, UploadedFile};
use http::Request;
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tower_service::Service;

#[derive(Deserialize)]
struct Upload {
    file: UploadedFile,
}
impl Rules for Upload {}

async fn held(Form(upload): Form<Upload>) -> String {
    format!("{} bytes", upload.file.len())
}

async fn streamed(mut form: Multipart) -> Result<String, Error> {
    let mut bytes = 0;
    while let Some(mut part) = form.next_part().await? {
        while let Some(chunk) = part.chunk().await? {
            bytes += chunk.len();
        }
    }
    Ok(format!("{bytes} bytes"))
}

/// Sends what a client writes before it closes its side, and returns all that the server answers.
async fn send(path: &str, head: &str, body: &[u8]) -> String {
    let (mut client, server) = tokio::io::duplex(1 << 20);
    let service = hyper::service::service_fn(async |mut request: Request<Incoming>| {
        let limits = Limits::DEFAULT.with_multipart_bytes(100_000).with_file_memory_bytes(100);
        RequestState::entry(request.extensions_mut()).set_limits(limits.into());
        let answer = match request.uri().path() {
            "/held" => gongular::service(held).call(request).await,
            _ => gongular::service(streamed).call(request).await,
        };
        answer.or_else(|error| {
            let body = format!("{} {}", error.status().as_u16(), error.public());
            http::Response::builder().status(error.status()).body(body.into())
        })
    });
    let mut builder = hyper::server::conn::http1::Builder::new();
    builder.half_close(true);
    let connection = builder.serve_connection(TokioIo::new(server), service);
    let client = async {
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\
             content-type: multipart/form-data; boundary=XBX\r\n{head}\r\n\r\n"
        );
        client.write_all(head.as_bytes()).await.unwrap();
        client.write_all(body).await.unwrap();
        client.shutdown().await.unwrap();
        let mut answer = String::new();
        client.read_to_string(&mut answer).await.unwrap();
        answer
    };
    tokio::join!(client, async { drop(connection.await) }).0
}

fn form(bytes: usize) -> Vec<u8> {
    let head = b"--XBX\r\nContent-Disposition: form-data; name=file; filename=a\r\n\r\n";
    [head, &vec![b'x'; bytes][..], b"\r\n--XBX--\r\n"].concat()
}

#[tokio::test]
async fn an_upload_arrives_whole_in_memory_on_disk_and_as_a_stream() {
    for path in ["/held", "/streamed"] {
        for bytes in [0, 100, 101, 90_000] {
            let form = form(bytes);
            let answer = send(path, &format!("content-length: {}", form.len()), &form).await;
            assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
            assert!(answer.ends_with(&format!("\r\n{bytes} bytes")), "{answer}");
        }
    }
}

#[tokio::test]
async fn an_upload_that_breaks_off_is_400() {
    let form = form(1000);
    for path in ["/held", "/streamed"] {
        for length in [0, 3, 30, 500, form.len() - 8, form.len() - 1] {
            let declared = format!("content-length: {}", form.len());
            let answer = send(path, &declared, &form[..length]).await;
            assert!(answer.starts_with("HTTP/1.1 400 "), "{length}: {answer}");
        }
    }
}

#[tokio::test]
async fn a_chunked_upload_that_ends_early_is_400() {
    let form = form(10);
    let chunk = |data: &[u8]| [format!("{:x}\r\n", data.len()).as_bytes(), data, b"\r\n0\r\n\r\n"].concat();
    for path in ["/held", "/streamed"] {
        let whole = send(path, "transfer-encoding: chunked", &chunk(&form)).await;
        assert!(whole.starts_with("HTTP/1.1 200 "), "{whole}");
        let cut = send(path, "transfer-encoding: chunked", &chunk(&form[..form.len() - 5])).await;
        assert!(cut.starts_with("HTTP/1.1 400 "), "{cut}");
    }
}

#[tokio::test]
async fn an_upload_declared_too_large_is_413_before_the_client_is_told_to_go_on() {
    for path in ["/held", "/streamed"] {
        let answer = send(path, "content-length: 100001\r\nexpect: 100-continue", b"").await;
        assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
        assert!(answer.ends_with("413 the form is larger than 100000 bytes"), "{answer}");
    }
}
