//! Bodies of requests and answers: large, broken, limited, read by several.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::stream;
use gongular::stats::Outcome;
use gongular::test_client::{MultipartForm, RecordedStats};
use gongular::{
    BoxError, Chain, Engine, Error, Form, Limits, Multipart, ResponseBody, Router, Unchecked, UploadedFile,
};
use http::{Request, Response, StatusCode};
use http_body::{Body, Frame};
use http_body_util::{BodyExt, Full, StreamBody};
use serde::Deserialize;
use serde_json::{Value, json};
use tower::{ServiceExt, util::MapRequestLayer};
use validator::Validate;

use super::{app, build};

async fn echo(body: Bytes) -> Bytes {
    body
}

#[tokio::test]
async fn a_body_of_exactly_the_limit_passes_and_one_byte_more_is_413() {
    let limits = Limits::DEFAULT.with_body_bytes(100_000);
    let app = build(Engine::new().limits(limits).routes(Router::new().post("/", echo))).await;
    for (size, status) in [(0, 200), (1, 200), (100_000, 200), (100_001, 413)] {
        let answer = app.post("/").body(vec![b'x'; size]).send().await;
        answer.assert_status(status);
        let stat = app.last_stat().unwrap();
        assert_eq!(stat.response_size(), answer.bytes().len() as u64);
        if status == 200 {
            assert_eq!((answer.bytes().len(), stat.request_size()), (size, size as u64));
        } else {
            assert_eq!(stat.request_size(), 0, "refused by its declared length before it was read");
        }
    }
}

/// A body in chunks, which fails at its end if it is told to.
fn chunks(count: usize, fails: bool) -> impl Body<Data = Bytes, Error = BoxError> + Send + 'static {
    let good = (0..count).map(|_| Ok(Frame::data(Bytes::from_static(&[b'x'; 1024]))));
    let last = fails.then(|| Err(BoxError::from("the wire is cut")));
    StreamBody::new(stream::iter(good.chain(last)))
}

async fn post<B>(app: &super::App, body: B) -> Response<gongular::engine::Body>
where
    B: Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    let request = Request::post("/").header("content-type", "application/json").body(body).unwrap();
    app.get_ref().clone().oneshot(request).await.unwrap()
}

#[tokio::test]
async fn a_body_of_unknown_length_is_read_up_to_the_limit() {
    let limits = Limits::DEFAULT.with_body_bytes(64 << 10);
    let app = build(Engine::new().limits(limits).routes(Router::new().post("/", echo))).await;
    for (count, status) in [(64, 200), (65, 413), (10_000, 413)] {
        let response = post(&app, chunks(count, false)).await;
        assert_eq!(response.status(), status, "{count} chunks");
        response.into_body().collect().await.unwrap();
        let read = app.last_stat().unwrap().request_size();
        assert!(read <= 65 << 10, "{read} bytes were read");
    }
}

#[tokio::test]
async fn a_request_body_that_fails_is_a_400_also_for_the_next_who_asks() {
    async fn try_to_read(body: Result<Bytes, Error>) {
        assert_eq!(body.unwrap_err().status(), 400);
    }
    let chain = Chain::new()
        .then(try_to_read)
        .layer(MapRequestLayer::new(|request: Request<gongular::AnyBody>| request))
        .then(echo);
    let app = app(Router::new().post("/", chain)).await;
    let response = post(&app, chunks(3, true)).await;
    assert_eq!(response.status(), 400);
    let body: Value =
        serde_json::from_slice(&response.into_body().collect().await.unwrap().to_bytes()).unwrap();
    assert_eq!(body["ParseError"]["Place"], "Body");
    assert!(!body.to_string().contains("wire"), "{body}");
    assert!(app.last_stat().unwrap().error().unwrap().contains("the wire is cut"));
}

#[tokio::test]
async fn a_request_body_that_nobody_reads_is_not_read() {
    struct Unread;
    impl Body for Unread {
        type Data = Bytes;
        type Error = Infallible;
        fn poll_frame(
            self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            panic!("somebody reads it")
        }
    }
    let app = app(Router::new().post("/", async || "fine")).await;
    assert_eq!(post(&app, Unread).await.status(), 200);
}

#[tokio::test]
async fn a_large_answer_arrives_whole_and_is_counted() {
    async fn large() -> Vec<u8> {
        vec![b'x'; 5 << 20]
    }
    async fn streamed() -> Response<ResponseBody> {
        Response::new(ResponseBody::stream(chunks(3000, false)))
    }
    let app = app(Router::new().get("/large", large).get("/streamed", streamed)).await;
    for (path, size) in [("/large", 5 << 20), ("/streamed", 3000 << 10)] {
        assert_eq!(app.get(path).send().await.bytes().len(), size);
        let stat = app.last_stat().unwrap();
        assert_eq!((stat.response_size(), stat.outcome()), (size as u64, Outcome::Complete));
    }
}

#[tokio::test]
async fn an_answer_that_fails_on_the_way_says_so_in_its_statistic() {
    async fn broken() -> Response<ResponseBody> {
        Response::new(ResponseBody::stream(chunks(3, true)))
    }
    let stats = RecordedStats::new();
    let engine = Engine::new().stats(stats.clone()).routes(Router::new().get("/", broken));
    let app = engine.build().await.unwrap();
    let request = Request::get("/").body(Full::new(Bytes::new())).unwrap();
    let response = app.oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert!(response.into_body().collect().await.is_err());
    let stat = stats.last().unwrap();
    assert_eq!((stat.outcome(), stat.response_size(), stats.all().len()), (Outcome::BodyError, 3 << 10, 1));
}

#[derive(Deserialize, Validate)]
struct Upload {
    title: String,
    file: UploadedFile,
}

async fn upload(Form(upload): Form<Upload>) -> String {
    format!("{} {} {}", upload.title, upload.file.file_name(), upload.file.len())
}

fn song() -> MultipartForm {
    MultipartForm::new().text("title", "Song").file("file", "../song.txt", "la la la")
}

#[tokio::test]
async fn a_multipart_form_that_was_read_into_memory_is_read_again() {
    async fn stream(mut form: Multipart) -> Result<(), Error> {
        assert_eq!(form.next_part().await?.unwrap().name(), "title");
        Ok(())
    }
    let app = app(Router::new().post("/", upload).post("/after", (echo, upload, stream, upload))).await;
    for path in ["/", "/after"] {
        app.post(path).multipart(song()).send().await.assert_status(200).assert_text("Song song.txt 8");
    }
}

#[tokio::test]
async fn a_multipart_form_that_was_streamed_is_gone() {
    let app = app(Router::new().post("/", (upload, upload))).await;
    let answer = app.post("/").multipart(song()).send().await;
    answer.assert_status(500).assert_json(&json!({"error": "internal server error"}));
    let stat = app.last_stat().unwrap();
    assert_eq!(stat.error(), Some("the body was already taken for streaming, or it is not at hand here"));
}

#[tokio::test]
async fn limits_hold_for_the_engine_that_set_them() {
    async fn json(body: gongular::Body<Unchecked<Value>>) -> String {
        body.0.0.to_string()
    }
    let strict =
        Engine::new().limits(Limits::DEFAULT.with_body_bytes(3)).routes(Router::new().post("/", json));
    let strict = build(strict).await;
    let loose = app(Router::new().post("/", json)).await;
    strict.post("/").json(&json!([1])).send().await.assert_status(200);
    strict.post("/").json(&json!([10])).send().await.assert_status(413);
    loose.post("/").json(&json!([10])).send().await.assert_status(200);
}
