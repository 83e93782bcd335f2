//! Which protocol a client speaks, seen from its first bytes.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt, ReadBuf};

use super::Protocol;

/// What every HTTP/2 connection begins with.
const PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// The bytes that were read to find out; they are given back before any other.
#[derive(Clone, Copy, Default)]
pub(super) struct Sniffed {
    bytes: [u8; PREFACE.len()],
    start: u8,
    end: u8,
}

impl Sniffed {
    fn bytes(&self) -> &[u8] {
        &self.bytes[usize::from(self.start)..usize::from(self.end)]
    }

    /// Gives back what fits. Returns whether there was something to give.
    pub(super) fn give_back(&mut self, buf: &mut ReadBuf<'_>) -> bool {
        let bytes = self.bytes();
        if bytes.is_empty() {
            return false;
        }
        let given = bytes.len().min(buf.remaining());
        buf.put_slice(&bytes[..given]);
        // Not more than 24.
        self.start += given as u8;
        true
    }
}

/// Reads until the first bytes are none of HTTP/2's, or all of them.
///
/// It waits as long as the client likes; the caller watches the time. `None` means that the client left.
pub(super) async fn sniff<I>(io: &mut I) -> io::Result<Option<(Protocol, Sniffed)>>
where
    I: AsyncRead + Unpin,
{
    let mut sniffed = Sniffed::default();
    loop {
        let end = usize::from(sniffed.end);
        let read = io.read(&mut sniffed.bytes[end..]).await?;
        if read == 0 {
            // Somebody who says no more than the beginning of the preface has said nothing.
            return Ok(None);
        }
        sniffed.end += read as u8;
        if !PREFACE.starts_with(sniffed.bytes()) {
            return Ok(Some((Protocol::Http1, sniffed)));
        }
        if sniffed.bytes() == PREFACE {
            return Ok(Some((Protocol::Http2, sniffed)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn sniffed(chunks: &[&[u8]]) -> Option<(Protocol, Vec<u8>)> {
        let mut io = tokio_test_io(chunks);
        let (protocol, mut sniffed) = sniff(&mut io).await.unwrap()?;
        let mut space = [0; 64];
        let mut all = Vec::new();
        loop {
            // Room for 5 bytes at a time, as a reader with a small buffer has.
            let mut buf = ReadBuf::new(&mut space[..5]);
            if !sniffed.give_back(&mut buf) {
                return Some((protocol, all));
            }
            all.extend_from_slice(buf.filled());
        }
    }

    fn tokio_test_io(chunks: &[&[u8]]) -> impl AsyncRead + Unpin {
        let (first, rest) = chunks.split_first().unwrap();
        let rest: Vec<u8> = rest.concat();
        io::Cursor::new(first.to_vec()).chain(io::Cursor::new(rest))
    }

    #[tokio::test]
    async fn the_first_bytes_tell_the_protocol_and_are_given_back() {
        let http1 = Some((Protocol::Http1, b"GET / HT".to_vec()));
        assert_eq!(sniffed(&[b"GET / HT"]).await, http1);
        let preface = Some((Protocol::Http2, PREFACE.to_vec()));
        assert_eq!(sniffed(&[PREFACE]).await, preface);
        assert_eq!(sniffed(&[&PREFACE[..7], &PREFACE[7..]]).await, preface);
    }

    #[tokio::test]
    async fn what_begins_like_http2_and_goes_on_otherwise_is_http1() {
        for text in [&b"POST / HTTP/1.1\r\n"[..], b"PRI * HTTP/1.1\r\n"] {
            let (protocol, given) = sniffed(&[&text[..1], &text[1..]]).await.unwrap();
            assert_eq!((protocol, given.as_slice()), (Protocol::Http1, text));
        }
    }

    #[tokio::test]
    async fn a_client_that_says_nothing_or_half_a_preface_and_leaves_speaks_no_protocol() {
        assert_eq!(sniffed(&[b""]).await, None);
        assert_eq!(sniffed(&[&PREFACE[..23]]).await, None);
    }
}
