//! Files over a connection of HTTP/1.1: what frames each answer.

use gongular::layers::ErrorLayer;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tower::ServiceBuilder;

use super::*;

/// Sends requests over one connection, one behind the other, and returns all that comes back.
async fn talk(files: ServeFiles, requests: &str) -> String {
    let (mut client, server) = tokio::io::duplex(1 << 20);
    let service = ServiceBuilder::new().layer(ErrorLayer::new()).service(files);
    let connection = hyper::server::conn::http1::Builder::new()
        .serve_connection(TokioIo::new(server), TowerToHyperService::new(service));
    let serving = tokio::spawn(connection);
    client.write_all(requests.as_bytes()).await.unwrap();
    let mut answers = String::new();
    client.read_to_string(&mut answers).await.unwrap();
    serving.await.unwrap().unwrap();
    answers
}

/// Leaves out the fields that differ from run to run.
fn stable(answers: &str) -> String {
    let differs = |line: &str| ["date:", "etag:", "last-modified:"].iter().any(|name| line.starts_with(name));
    answers.split_inclusive("\r\n").filter(|line| !differs(line)).collect()
}

#[tokio::test]
async fn every_answer_ends_where_it_says() {
    let folder = Folder::new();
    let requests = "HEAD /hello.txt HTTP/1.1\r\nhost: a\r\n\r\n\
        GET /hello.txt HTTP/1.1\r\nhost: a\r\nrange: bytes=-5\r\n\r\n\
        GET /hello.txt HTTP/1.1\r\nhost: a\r\nif-none-match: *\r\n\r\n\
        GET /empty.txt HTTP/1.1\r\nhost: a\r\n\r\n\
        GET /docs HTTP/1.1\r\nhost: a\r\n\r\n\
        HEAD /nothing HTTP/1.1\r\nhost: a\r\naccept: text/plain\r\n\r\n\
        GET /hello.txt HTTP/1.1\r\nhost: a\r\naccept: text/plain\r\nrange: bytes=18-\r\n\r\n\
        GET /hello.txt HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
    let text = "content-type: text/plain; charset=utf-8\r\naccept-ranges: bytes\r\n";
    let expected = [
        format!("HTTP/1.1 200 OK\r\n{text}content-length: 18\r\nx-content-type-options: nosniff\r\n\r\n"),
        format!(
            "HTTP/1.1 206 Partial Content\r\n{text}content-range: bytes 13-17/18\r\ncontent-length: 5\r\n\
             x-content-type-options: nosniff\r\n\r\nfile\n"
        ),
        "HTTP/1.1 304 Not Modified\r\n\r\n".to_owned(),
        format!("HTTP/1.1 200 OK\r\n{text}x-content-type-options: nosniff\r\ncontent-length: 0\r\n\r\n"),
        "HTTP/1.1 307 Temporary Redirect\r\nlocation: ./docs/\r\ncontent-length: 0\r\n\r\n".to_owned(),
        "HTTP/1.1 404 Not Found\r\ncontent-type: text/plain; charset=utf-8\r\nvary: Accept\r\ncontent-length: 24\r\n\r\n"
            .to_owned(),
        "HTTP/1.1 416 Range Not Satisfiable\r\ncontent-range: bytes */18\r\n\
         content-type: text/plain; charset=utf-8\r\nvary: Accept\r\ncontent-length: 53\r\n\r\n\
         416 Range Not Satisfiable\nthe file has no such range\n"
            .to_owned(),
        format!(
            "HTTP/1.1 200 OK\r\n{text}content-length: 18\r\nx-content-type-options: nosniff\r\nconnection: close\r\n\r\n\
             hello from a file\n"
        ),
    ];
    let answers = stable(&talk(folder.served(), requests).await);
    assert_eq!(answers, expected.concat());
}
