//! The way to a server: its address, the request, the websocket.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use http::header::{CONNECTION, HOST, UPGRADE};
use http::{HeaderMap, HeaderName, HeaderValue, Uri};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::handshake::client::Request;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

use super::DialError;
use super::answer::{self, Lent};
use crate::neffos::lock::lock;

/// A stream of bytes to a server.
pub(super) trait Io: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Io for T {}

pub(super) type Socket = WebSocketStream<Box<dyn Io>>;

pub(super) type Opening = Pin<Box<dyn Future<Output = Result<Socket, DialError>> + Send>>;

/// Opens a websocket, told how often that was tried, and until when it may take.
pub(super) type Opener = Arc<dyn Fn(u32, Option<Instant>) -> Opening + Send + Sync>;

/// Where a server is, and what it is told first.
#[derive(Clone, Debug)]
pub(super) struct Target {
    url: Box<str>,
    headers: HeaderMap,
    pub(super) as_parameters: bool,
    /// Certificates, as a PEM text.
    #[cfg(feature = "neffos-client-tls")]
    pub(super) trusted: Option<Arc<[u8]>>,
    mistake: Option<DialError>,
}

impl Target {
    pub(super) fn new(url: &str) -> Self {
        Self {
            url: url.into(),
            headers: HeaderMap::new(),
            as_parameters: false,
            #[cfg(feature = "neffos-client-tls")]
            trusted: None,
            mistake: None,
        }
    }

    pub(super) fn add_header(&mut self, name: &str, value: &str) {
        let field = name.parse::<HeaderName>().ok().zip(value.parse::<HeaderValue>().ok());
        match field {
            Some((name, value)) if !is_ours(&name) => {
                self.headers.append(name, value);
            }
            _ => self.mistake = Some(DialError::header(name)),
        }
    }

    /// Opens a websocket.
    pub(super) async fn open(
        &self,
        tries: u32,
        max_message: usize,
        end: Option<Instant>,
    ) -> Result<Socket, DialError> {
        let request = self.request(tries)?;
        let io = self.connect(request.uri()).await?;
        upgrade(io, request, max_message, end).await
    }

    async fn connect(&self, uri: &Uri) -> Result<Box<dyn Io>, DialError> {
        let host = uri.host().ok_or_else(|| DialError::url("it has no host"))?;
        // An address of IPv6 stands in brackets.
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let is_secret = match uri.scheme_str() {
            Some("ws") => false,
            Some("wss") => true,
            _ => return Err(DialError::url("it begins neither with `ws:` nor with `wss:`")),
        };
        if is_secret && cfg!(not(feature = "neffos-client-tls")) {
            return Err(DialError::url("`wss:` needs the feature `neffos-client-tls`"));
        }
        let port = uri.port_u16().unwrap_or(if is_secret { 443 } else { 80 });
        let stream = TcpStream::connect((host, port)).await.map_err(DialError::io)?;
        // Messages are small and awaited.
        stream.set_nodelay(true).map_err(DialError::io)?;
        #[cfg(feature = "neffos-client-tls")]
        if is_secret {
            return Ok(Box::new(super::tls::connect(stream, host, self.trusted.as_ref()).await?));
        }
        Ok(Box::new(stream))
    }

    fn request(&self, tries: u32) -> Result<Request, DialError> {
        if let Some(mistake) = &self.mistake {
            return Err(mistake.clone());
        }
        let mut headers = self.headers.clone();
        if tries > 0 {
            headers.insert(RECONNECT, tries.into());
        }
        let url = if self.as_parameters { with_parameters(&self.url, &headers) } else { self.url.clone() };
        let uri: Uri = url.parse().map_err(|_| DialError::url("it is none"))?;
        let mut request = uri.into_client_request().map_err(|_| DialError::url("it has no host"))?;
        if !self.as_parameters {
            if headers.contains_key(HOST) {
                request.headers_mut().remove(HOST);
            }
            request.headers_mut().extend(headers);
        }
        Ok(request)
    }
}

/// Opens a websocket over a stream; the body of another answer is read until `end`.
async fn upgrade(
    io: Box<dyn Io>,
    request: Request,
    max_message: usize,
    end: Option<Instant>,
) -> Result<Socket, DialError> {
    let (lent, back) = Lent::new(io);
    let lent: Box<dyn Io> = Box::new(lent);
    match client_async_with_config(request, lent, Some(config(max_message))).await {
        Ok((socket, _)) => Ok(socket),
        Err(Error::Http(answer)) => {
            let (head, read) = answer.into_parts();
            let io = lock(&back).take();
            let body = answer::body(&head.headers, read.unwrap_or_default(), io, end).await;
            Err(DialError::answer(head.status, body))
        }
        Err(error) => Err(DialError::socket(error)),
    }
}

/// Returns how a websocket of a client is.
pub(super) fn config(max_message: usize) -> WebSocketConfig {
    WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER_BYTES)
        .max_message_size(Some(max_message))
        .max_frame_size(Some(max_message))
}

/// Returns whether a header field belongs to the opening of a websocket itself.
fn is_ours(name: &HeaderName) -> bool {
    *name == CONNECTION || *name == UPGRADE || name.as_str().starts_with("sec-websocket-")
}

/// Adds header fields to a URL as parameters.
fn with_parameters(url: &str, headers: &HeaderMap) -> Box<str> {
    let mut out = url.to_owned();
    let mut separator = if url.contains('?') { '&' } else { '?' };
    for (name, value) in headers {
        out.push(separator);
        out.push_str(PARAMETER);
        out.push_str(name.as_str());
        out.push('=');
        for byte in value.as_bytes() {
            match byte {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                    out.push(char::from(*byte))
                }
                _ => {
                    out.push('%');
                    out.extend([byte >> 4, byte & 0xf].map(|digit| char::from(HEX[usize::from(digit)])));
                }
            }
        }
        separator = '&';
    }
    out.into()
}

const HEX: [u8; 16] = *b"0123456789ABCDEF";

/// What the parameters begin with that become header fields.
const PARAMETER: &str = "X-Websocket-Header-";

/// Says how often was tried to connect again.
const RECONNECT: HeaderName = HeaderName::from_static("x-websocket-reconnect");

/// Messages are small, and connections may be many.
const READ_BUFFER_BYTES: usize = 8 << 10;

#[cfg(test)]
mod tests {
    use super::*;

    fn target(headers: &[(&str, &str)]) -> Target {
        let mut target = Target::new("ws://[::1]:7000/ws?room=1");
        headers.iter().for_each(|(name, value)| target.add_header(name, value));
        target
    }

    #[test]
    fn header_fields_are_sent_as_such_with_the_number_of_tries() {
        let target = target(&[
            ("Authorization", "Bearer x"),
            ("Origin", "https://example.com"),
            ("Host", "a.example"),
        ]);
        let first = target.request(0).unwrap();
        assert_eq!(first.headers()["authorization"], "Bearer x");
        assert_eq!(first.headers()["origin"], "https://example.com");
        assert_eq!(first.headers().get_all("host").iter().collect::<Vec<_>>(), ["a.example"]);
        assert!(!first.headers().contains_key("x-websocket-reconnect"));
        assert_eq!(target.request(3).unwrap().headers()["x-websocket-reconnect"], "3");
    }

    #[tokio::test]
    async fn the_body_of_an_answer_is_read_behind_what_the_opening_has_read() {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};

        let (near, mut far) = tokio::io::duplex(128);
        let request = target(&[]).request(0).unwrap();
        let server = async {
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                head.push(far.read_u8().await.unwrap());
            }
            let body = "x".repeat(1000);
            let answer = format!("HTTP/1.1 403 Forbidden\r\ncontent-length: 1000\r\n\r\n{body}, and more");
            // Nobody takes what is not announced.
            let _ = far.write_all(answer.as_bytes()).await;
        };
        let (opened, ()) = tokio::join!(upgrade(Box::new(near), request, 1 << 10, None), server);
        let Err(error) = opened else { panic!("no websocket is opened") };
        assert_eq!((error.status(), error.is_final()), (Some(http::StatusCode::FORBIDDEN), true));
        assert_eq!(error.body().unwrap(), "x".repeat(1000).as_bytes());
    }

    #[test]
    fn header_fields_become_parameters_when_asked_for() {
        let mut target = target(&[("X-Name", "Ada & Bé/%")]);
        target.as_parameters = true;
        let request = target.request(2).unwrap();
        assert!(!request.headers().contains_key("x-name"));
        let query = request.uri().query().unwrap();
        assert!(query.starts_with("room=1&"), "{query}");
        for parameter in [
            "X-Websocket-Header-x-name=Ada%20%26%20B%C3%A9%2F%25",
            "X-Websocket-Header-x-websocket-reconnect=2",
        ] {
            assert!(query.split('&').any(|part| part == parameter), "{query}");
        }
        assert_eq!(&*with_parameters("ws://h/", &HeaderMap::new()), "ws://h/");
    }

    #[test]
    fn what_cannot_be_sent_is_said_before_anything_is() {
        for (name, value) in [("a b", "x"), ("x", "a\nb"), ("Sec-WebSocket-Key", "x"), ("Upgrade", "h2c")] {
            let error = target(&[(name, value)]).request(0).unwrap_err();
            assert!(error.is_final());
            assert_eq!(error.to_string(), format!("the header field {name:?} cannot be sent"));
        }
        assert!(Target::new("not a url").request(0).unwrap_err().is_final());
        assert!(Target::new("/path").request(0).unwrap_err().is_final());
    }
}
