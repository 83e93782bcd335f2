//! The streaming extractor, its parser and their limits, over bodies cut in every way.

mod against_multer;
mod limits;
mod work;

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use gongular_core::{BodySlot, BoxError, Error, ErrorKind, Limits, RequestContext};
use http::{HeaderMap, header};
use http_body::{Body, Frame};

use super::{Multipart, read_form};

/// A body of given chunks, then a failure or the end.
pub(crate) struct Chunks {
    chunks: VecDeque<Bytes>,
    failure: Option<BoxError>,
}

impl Chunks {
    /// Cuts `whole` into pieces of the sizes that `sizes` goes through again and again.
    pub(crate) fn cut(whole: &[u8], sizes: &[usize]) -> Self {
        let mut sizes = sizes.iter().cycle();
        let mut rest = Bytes::copy_from_slice(whole);
        let mut chunks = VecDeque::new();
        while !rest.is_empty() {
            let size = sizes.next().copied().unwrap_or(1).clamp(1, rest.len());
            chunks.push_back(rest.split_to(size));
        }
        Self { chunks, failure: None }
    }

    pub(crate) fn then_fail(mut self, failure: impl Into<BoxError>) -> Self {
        self.failure = Some(failure.into());
        self
    }
}

impl Body for Chunks {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let frame = self.chunks.pop_front().map(|chunk| Ok(Frame::data(chunk)));
        Poll::Ready(frame.or_else(|| self.failure.take().map(Err)))
    }
}

/// A part as a test compares it: name, file name, data.
type Read = (String, Option<String>, Vec<u8>);

pub(crate) fn headers() -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, "multipart/form-data; boundary=XBX".parse().unwrap());
    headers
}

async fn read_all(body: Chunks, limits: &Limits) -> Result<Vec<Read>, Error> {
    let mut form = Multipart::new(&headers(), body, limits)?;
    let mut parts = Vec::new();
    while let Some(mut part) = form.next_part().await? {
        let mut data = Vec::new();
        while let Some(chunk) = part.chunk().await? {
            assert!(!chunk.is_empty(), "a chunk is never empty");
            data.extend_from_slice(&chunk);
        }
        parts.push((part.name().to_owned(), part.file_name().map(str::to_owned), data));
    }
    Ok(parts)
}

/// Reads a body cut in several ways and returns the one outcome that all of them have.
async fn read_every_way(whole: &[u8], limits: &Limits) -> Result<Vec<Read>, (ErrorKind, String)> {
    let mut outcome = None;
    for sizes in [&[usize::MAX][..], &[1], &[2], &[3, 1, 7], &[13, 4], &[64, 1]] {
        let read = read_all(Chunks::cut(whole, sizes), limits).await;
        let read = read.map_err(|error| (error.kind(), format!("{}: {error}", error.public())));
        match &outcome {
            None => outcome = Some(read),
            Some(before) => assert_eq!(&read, before, "cut into {sizes:?}"),
        }
    }
    outcome.unwrap_or(Ok(Vec::new()))
}

async fn check(whole: &[u8]) -> Result<Vec<Read>, ErrorKind> {
    read_every_way(whole, &Limits::DEFAULT).await.map_err(|(kind, _)| kind)
}

fn text(name: &str, data: &[u8]) -> Read {
    (name.to_owned(), None, data.to_vec())
}

fn file(name: &str, file_name: &str, data: &[u8]) -> Read {
    (name.to_owned(), Some(file_name.to_owned()), data.to_vec())
}

const FORM: &[u8] = b"--XBX\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nhello\r\n\
    --XBX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.bin\"\r\n\
    Content-Type: application/octet-stream\r\n\r\n\r\n--XB\r\r\n--XBY\r\n-\r\n\r\n--XBX--\r\n";

#[tokio::test]
async fn a_form_reads_the_same_however_it_is_cut() {
    let parts = vec![text("title", b"hello"), file("file", "a.bin", b"\r\n--XB\r\r\n--XBY\r\n-\r\n")];
    assert_eq!(check(FORM).await, Ok(parts));
}

#[tokio::test]
async fn a_form_cut_off_at_any_byte_is_a_parse_error() {
    let end = FORM.len() - "\r\n".len();
    for length in 0..end {
        for sizes in [&[usize::MAX][..], &[1], &[5, 2]] {
            let error = read_all(Chunks::cut(&FORM[..length], sizes), &Limits::DEFAULT).await.unwrap_err();
            assert_eq!((error.kind(), error.status().as_u16()), (ErrorKind::Parse, 400), "{length} bytes");
        }
    }
    assert!(check(&FORM[..end]).await.is_ok(), "the last line break belongs to what follows the form");
}

#[tokio::test]
async fn a_body_that_fails_behind_the_closing_boundary_is_no_complete_form() {
    for length in [FORM.len(), FORM.len() - 1, FORM.len() - 2] {
        let body = Chunks::cut(&FORM[..length], &[8]).then_fail(io::Error::other("secret"));
        let error = read_all(body, &Limits::DEFAULT).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Parse);
        assert_eq!(error.problems()[0].message(), "the body ended before it was complete");
    }
}

#[tokio::test]
async fn what_stands_around_the_parts_is_passed_over() {
    let one = vec![text("a", b"1")];
    for whole in [
        "--XBX\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--XBX--",
        "\r\n--XBX\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--XBX--\r\n",
        "--X\r\npreamble --XBX\r\n--XBX\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--XBX--\r\n",
        "--XBX \t \r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--XBX--\r\n",
        "--XBX\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--XBX--  \r\nepilogue\r\n--XBX\r\n",
    ] {
        assert_eq!(check(whole.as_bytes()).await.as_ref(), Ok(&one), "{whole:?}");
    }
}

#[tokio::test]
async fn forms_and_parts_may_be_empty() {
    assert_eq!(check(b"--XBX--\r\n").await, Ok(vec![]));
    let whole = b"--XBX\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n--XBX--\r\n";
    assert_eq!(check(whole).await, Ok(vec![text("a", b"")]));
}

#[tokio::test]
async fn what_is_no_form_is_a_parse_error() {
    for whole in [
        &b""[..],
        b"hello",
        b"--XB",
        b"--YBY\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--YBY--\r\n",
        b"--XBXY\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--XBX--\r\n",
        b"--XBX\nContent-Disposition: form-data; name=a\n\n1\n--XBX--\n",
        b"--XBX-\r\n",
        b"--XBX\r \nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--XBX--\r\n",
        b"--XBX\r\nContent-Disposition: form-data; name=a\n\r\n1\r\n--XBX--\r\n",
        b"--XBX\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--XBX- \r\n",
        b"--XBX\r\n\r\n1\r\n--XBX--\r\n",
        b"--XBX\r\nContent-Disposition: form-data; name=\"\xff\"\r\n\r\n1\r\n--XBX--\r\n",
    ] {
        assert_eq!(check(whole).await, Err(ErrorKind::Parse), "{}", whole.escape_ascii());
    }
}

#[tokio::test]
async fn a_part_that_is_not_read_to_its_end_is_skipped() {
    let mut form = Multipart::new(&headers(), Chunks::cut(FORM, &[3]), &Limits::DEFAULT).unwrap();
    let mut first = form.next_part().await.unwrap().unwrap();
    assert!(first.chunk().await.unwrap().is_some());
    let mut second = form.next_part().await.unwrap().unwrap();
    assert_eq!(second.safe_file_name().as_deref(), Some("a.bin"));
    assert_eq!(second.content_type(), Some("application/octet-stream"));
    assert_eq!(second.headers().len(), 2);
    assert_eq!(second.bytes().await.unwrap(), "\r\n--XB\r\r\n--XBY\r\n-\r\n");
    assert_eq!(second.chunk().await.unwrap(), None);
    assert!(form.next_part().await.unwrap().is_none());
    assert!(form.next_part().await.unwrap().is_none());
}

#[tokio::test]
async fn a_failure_is_final() {
    let mut form = Multipart::new(&headers(), Chunks::cut(&FORM[..58], &[9]), &Limits::DEFAULT).unwrap();
    let mut part = form.next_part().await.unwrap().unwrap();
    let first = part.text().await.unwrap_err();
    assert_eq!(part.chunk().await.unwrap_err().to_string(), first.to_string());
    assert_eq!(form.next_part().await.unwrap_err().to_string(), first.to_string());
}

#[tokio::test]
async fn a_text_that_is_not_utf8_names_its_field() {
    let whole = b"--XBX\r\nContent-Disposition: form-data; name=a\r\n\r\n\xc0\xaf\r\n--XBX--\r\n";
    let mut form = Multipart::new(&headers(), Chunks::cut(whole, &[4]), &Limits::DEFAULT).unwrap();
    let error = form.next_part().await.unwrap().unwrap().text().await.unwrap_err();
    assert_eq!(error.problems()[0].path(), "a");
    assert_eq!(error.problems()[0].message(), "the text is not valid UTF-8");
}

/// A body that is pending before each frame, so that a call may be dropped there.
struct Halting(Chunks, bool);

impl Body for Halting {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        task: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        self.1 = !self.1;
        if self.1 { Poll::Pending } else { Pin::new(&mut self.0).poll_frame(task) }
    }
}

/// Polls a future once and drops it.
async fn once<T>(future: impl Future<Output = T>) -> Option<T> {
    let mut future = std::pin::pin!(future);
    std::future::poll_fn(|task| match future.as_mut().poll(task) {
        Poll::Ready(value) => Poll::Ready(Some(value)),
        Poll::Pending => Poll::Ready(None),
    })
    .await
}

#[tokio::test]
async fn calls_that_are_dropped_while_they_wait_lose_nothing() {
    let body = Halting(Chunks::cut(FORM, &[5]), false);
    let mut form = Multipart::new(&headers(), body, &Limits::DEFAULT).unwrap();
    let mut read = Vec::new();
    loop {
        let Some(next) = once(form.next_part()).await else { continue };
        let Some(mut part) = next.unwrap() else { break };
        loop {
            match once(part.chunk()).await {
                None => {}
                Some(Ok(Some(chunk))) => read.extend_from_slice(&chunk),
                Some(end) => {
                    assert_eq!(end.unwrap(), None);
                    break;
                }
            }
        }
    }
    assert_eq!(read, b"hello\r\n--XB\r\r\n--XBY\r\n-\r\n");
}

#[test]
fn a_form_takes_little_room_in_the_future_of_a_handler() {
    let (mut parts, ()) = http::Request::new(()).into_parts();
    let mut body = BodySlot::new(Chunks::cut(FORM, &[5]));
    let mut cx = RequestContext::new(&mut parts, &mut body);
    assert!(size_of_val(&read_form(&mut cx)) < 1 << 10);
    let mut form = Multipart::new(&headers(), Chunks::cut(FORM, &[5]), &Limits::DEFAULT).unwrap();
    assert!(size_of_val(&form) <= 16);
    assert!(size_of_val(&form.next_part()) <= 256);
}
