//! Streams a made-up upload of 4 GiB through `Multipart` to a sink, and tells the peak memory of the process.
//!
//! Run with `cargo run -p gongular-extractors --example large_upload`, with the size in MiB as argument for another one.

use std::convert::Infallible;
use std::error::Error;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use gongular_core::Limits;
use gongular_extractors::Multipart;
use http::{HeaderMap, HeaderValue, header};
use http_body::{Body, Frame};

/// The body of a form with one file, made as it is read.
struct Upload {
    head: Option<&'static str>,
    left: u64,
    tail: Option<&'static str>,
}

impl Body for Upload {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let chunk = if let Some(head) = self.head.take() {
            Bytes::from_static(head.as_bytes())
        } else if self.left > 0 {
            let length = self.left.min(CHUNK.len() as u64);
            self.left -= length;
            // A fresh copy, as a server would receive it.
            Bytes::copy_from_slice(&CHUNK[..usize::try_from(length).unwrap_or(CHUNK.len())])
        } else if let Some(tail) = self.tail.take() {
            Bytes::from_static(tail.as_bytes())
        } else {
            return Poll::Ready(None);
        };
        Poll::Ready(Some(Ok(Frame::data(chunk))))
    }
}

#[tokio::main(flavor = "current_thread")]
#[expect(clippy::print_stdout, reason = "the figure is what the program is for")]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let mebibytes: u64 = std::env::args().nth(1).map_or(Ok(4096), |size| size.parse())?;
    let upload = Upload { head: Some(HEAD), left: mebibytes << 20, tail: Some("\r\n--XBX--\r\n") };
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("multipart/form-data; boundary=XBX"));
    let limits = Limits::DEFAULT.with_multipart_bytes(u64::MAX).with_file_bytes(u64::MAX);

    let mut form = Multipart::new(&headers, upload, &limits)?;
    let mut received = 0;
    while let Some(mut part) = form.next_part().await? {
        while let Some(chunk) = part.chunk().await? {
            received += chunk.len() as u64;
        }
    }
    assert_eq!(received, mebibytes << 20, "every byte of the file arrives");
    println!("{mebibytes} MiB received, peak memory {}", peak_memory());
    Ok(())
}

/// Returns the peak of the memory that the process had resident, where the system tells.
fn peak_memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.map_or_else(|| "unknown".to_owned(), |peak| peak.trim().to_owned())
}

const HEAD: &str = "--XBX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"large.bin\"\r\n\r\n";
/// Dashes and line breaks, so that the search for the boundary has something to do.
static CHUNK: [u8; 64 << 10] = {
    let mut chunk = [b'x'; 64 << 10];
    let mut at = 0;
    while at + 100 < chunk.len() {
        chunk[at] = b'\r';
        chunk[at + 1] = b'\n';
        chunk[at + 2] = b'-';
        at += 100;
    }
    chunk
};
