//! The heads of requests as they were sent.

/// A copy of the bytes that came since the connection waited for a request.
///
/// A request that declares its length both by `Content-Length` and by `Transfer-Encoding` is how one request is hidden
/// in another. hyper goes by the second, takes the first away and closes the connection, so nothing is hidden from us,
/// but neither do we see that somebody tried. Here it can still be seen.
#[derive(Default)]
pub(super) struct SentHeads {
    bytes: Vec<u8>,
}

impl SentHeads {
    /// The first bytes of a request came.
    pub(super) fn begin(&mut self, bytes: &[u8], max: usize) {
        if self.bytes.capacity() > KEPT_BYTES {
            self.bytes = Vec::new();
        }
        self.bytes.clear();
        self.add(bytes, max);
    }

    /// More bytes came. What is beyond the longest head is not kept.
    pub(super) fn add(&mut self, bytes: &[u8], max: usize) {
        let room = max.saturating_sub(self.bytes.len());
        self.bytes.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }

    pub(super) const fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Forgets everything, and gives the memory back.
    pub(super) fn forget(&mut self) {
        self.bytes = Vec::new();
    }

    /// Takes the next head that has a `Transfer-Encoding`, which is that of the request at hand when it has one. Returns
    /// whether it declares a `Content-Length` as well.
    pub(super) fn take_chunked_with_length(&mut self) -> bool {
        let mut from = 0;
        while let Some(lines) = after_request_line(&self.bytes, from) {
            let head = Head::read(&self.bytes, lines);
            if head.has_encoding {
                self.bytes.drain(..head.end);
                return head.has_length;
            }
            from = lines;
        }
        false
    }
}

/// More than so many bytes are given back before the next request.
const KEPT_BYTES: usize = 4 << 10;

/// Finds the end of the next line that may be a request's first.
fn after_request_line(bytes: &[u8], from: usize) -> Option<usize> {
    const VERSION: &[u8] = b" HTTP/1.1";
    let rest = bytes.get(from..)?;
    let at = rest.windows(VERSION.len()).position(|window| window == VERSION)?;
    Some(from + at + VERSION.len())
}

struct Head {
    has_encoding: bool,
    has_length: bool,
    end: usize,
}

impl Head {
    fn read(bytes: &[u8], from: usize) -> Self {
        let mut head = Self { has_encoding: false, has_length: false, end: from };
        let lines = bytes.get(from..).unwrap_or_default().split_inclusive(|byte| *byte == b'\n');
        for (index, line) in lines.enumerate() {
            head.end += line.len();
            let line = line.trim_ascii();
            // The first one is the rest of the request line.
            if index > 0 && line.is_empty() {
                break;
            }
            head.has_encoding |= is_field(line, b"transfer-encoding");
            head.has_length |= is_field(line, b"content-length");
        }
        head
    }
}

fn is_field(line: &[u8], name: &[u8]) -> bool {
    line.split_at_checked(name.len())
        .is_some_and(|(found, rest)| found.eq_ignore_ascii_case(name) && rest.starts_with(b":"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAX: usize = 1 << 10;

    fn heads(text: &str) -> SentHeads {
        let mut heads = SentHeads::default();
        heads.begin(text.as_bytes(), MAX);
        heads
    }

    #[test]
    fn both_lengths_are_seen_in_any_order_and_case() {
        for text in [
            "POST / HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
            "POST / HTTP/1.1\r\ntransfer-encoding:chunked\r\nhost: x\r\nCONTENT-LENGTH:3\r\n\r\n",
            "POST / HTTP/1.1\nTransfer-Encoding: chunked\nContent-Length: 3\n\n",
        ] {
            assert!(heads(text).take_chunked_with_length(), "{text}");
        }
    }

    #[test]
    fn one_of_them_is_as_it_should_be() {
        for text in [
            "",
            "POST / HTTP/1.1",
            "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nContent-Length: 3\r\n",
            "POST / HTTP/1.1\r\nContent-Length: 30\r\n\r\nTransfer-Encoding: chunked\r\n",
            "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nX-Content-Length: 3\r\nContent-Lengths: 3\r\n\r\n",
        ] {
            assert!(!heads(text).take_chunked_with_length(), "{text}");
        }
    }

    #[test]
    fn requests_that_come_together_are_told_apart() {
        let sized = "POST /1 HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello";
        let chunked = "POST /2 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
        let both = "POST /3 HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n";
        let mut heads = heads(&[sized, chunked, sized, both, chunked].concat());
        assert_eq!([(); 4].map(|()| heads.take_chunked_with_length()), [false, true, false, false]);
    }

    #[test]
    fn no_more_is_kept_than_a_head_may_have() {
        let mut heads = heads(&"x".repeat(MAX + 1));
        assert_eq!(heads.len(), MAX);
        heads.add(b"x", MAX);
        assert_eq!(heads.len(), MAX);
        heads.begin(b"GET", MAX);
        assert_eq!(heads.len(), 3);
        heads.forget();
        assert_eq!(heads.len(), 0);
    }
}
