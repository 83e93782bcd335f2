//! The multipart parser: never panics, reads a form the same however it is cut, and reads as multer does what both take.
//!
//! The first byte of the input says how the rest, a body with the boundary `XBX`, is cut into chunks.

#![no_main]

use std::collections::VecDeque;
use std::convert::Infallible;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use gongular_core::{Error, Limits};
use gongular_extractors::Multipart;
use http::{HeaderMap, HeaderValue, header};
use http_body::{Body, Frame};
use http_body_util::{BodyDataStream, Full};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Some((&cut, body)) = input.split_first() else { return };
    let whole = now(ours(body, usize::MAX));
    let cut = now(ours(body, usize::from(cut % 32) + 1));
    match (&whole, &cut) {
        (Ok(whole), Ok(cut)) => assert_eq!(whole, cut),
        (Err(whole), Err(cut)) => {
            assert_eq!(whole.to_string(), cut.to_string());
            assert!(matches!(whole.status().as_u16(), 400 | 413), "{whole:?}");
        }
        _ => panic!("cut in pieces it is read otherwise: {whole:?} {cut:?}"),
    }
    // With text before it, the two search the first boundary differently.
    if let Ok(parts) = whole
        && body.starts_with(b"--XBX\r\n")
        && let Ok(theirs) = now(multers(body))
    {
        assert_eq!(parts, theirs);
    }
});

async fn ours(body: &[u8], size: usize) -> Result<Vec<Bytes>, Error> {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("multipart/form-data; boundary=XBX"));
    let chunks = body.chunks(size.min(body.len().max(1))).map(Bytes::copy_from_slice).collect();
    let mut form = Multipart::new(&headers, Chunks(chunks), &Limits::DEFAULT)?;
    let mut parts = Vec::new();
    while let Some(mut part) = form.next_part().await? {
        let _ = part.headers();
        if let Some(name) = part.safe_file_name() {
            check_safe(&name);
        }
        let mut data = Vec::new();
        while let Some(chunk) = part.chunk().await? {
            data.extend_from_slice(&chunk);
        }
        parts.push(data.into());
    }
    Ok(parts)
}

async fn multers(body: &[u8]) -> Result<Vec<Bytes>, multer::Error> {
    let body = BodyDataStream::new(Full::new(Bytes::copy_from_slice(body)));
    let mut form = multer::Multipart::new(body, "XBX");
    let mut parts = Vec::new();
    while let Some(field) = form.next_field().await? {
        parts.push(field.bytes().await?);
    }
    Ok(parts)
}

fn check_safe(name: &str) {
    assert!(!name.is_empty() && name.len() <= 255, "{name:?}");
    assert!(!name.contains(['/', '\\', ':']) && !name.contains(".."), "{name:?}");
    assert!(!name.chars().any(char::is_control) && !name.ends_with(['.', ' ']), "{name:?}");
}

struct Chunks(VecDeque<Bytes>);

impl Body for Chunks {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.0.pop_front().map(|chunk| Ok(Frame::data(chunk))))
    }
}

/// Runs a future that never waits.
fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("nothing here waits"),
    }
}
