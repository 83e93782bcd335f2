//! A client of HTTP/1.1 that asks one request after the other.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::Request;
use http_body::{Body, Frame};
use http_body_util::BodyExt;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::{Answer, Case};

pub(super) struct Client {
    addr: SocketAddr,
    sender: SendRequest<CaseBody>,
}

impl Client {
    pub(super) async fn connect(addr: SocketAddr) -> Self {
        Self { addr, sender: connect(addr).await }
    }

    pub(super) async fn ask(&mut self, case: &Case) -> Answer {
        let mut request =
            Request::builder().method(case.method).uri(case.path).header("host", self.addr.to_string());
        for (name, value) in case.headers {
            request = request.header(*name, *value);
        }
        let body = if case.only_declares_its_body() { CaseBody::Never } else { CaseBody::Bytes(case.body()) };
        let request = request.body(body).expect("the case is a request");
        // A host closes the connection behind an answer that did not wait for the body.
        if self.sender.ready().await.is_err() {
            self.sender = connect(self.addr).await;
        }
        let response = self.sender.send_request(request).await.expect("the host answers");
        let (parts, body) = response.into_parts();
        let body = body.collect().await.expect("the answer is complete").to_bytes();
        let headers = parts.headers.iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap_or("")));
        Answer::new(parts.status.as_u16(), headers, String::from_utf8_lossy(&body))
    }
}

async fn connect(addr: SocketAddr) -> SendRequest<CaseBody> {
    let stream = TcpStream::connect(addr).await.expect("the host accepts");
    let (sender, connection) = handshake(TokioIo::new(stream)).await.expect("HTTP/1.1 begins");
    tokio::spawn(connection);
    sender
}

enum CaseBody {
    Bytes(Bytes),
    Never,
}

impl Body for CaseBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match &mut *self {
            Self::Bytes(bytes) if bytes.is_empty() => Poll::Ready(None),
            Self::Bytes(bytes) => Poll::Ready(Some(Ok(Frame::data(std::mem::take(bytes))))),
            Self::Never => Poll::Pending,
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(self, Self::Bytes(bytes) if bytes.is_empty())
    }

    fn size_hint(&self) -> http_body::SizeHint {
        match self {
            Self::Bytes(bytes) => http_body::SizeHint::with_exact(bytes.len() as u64),
            Self::Never => http_body::SizeHint::default(),
        }
    }
}
