//! A client that sends what a case says, byte for byte, and takes what comes.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use super::case::{Ask, Exchange};
use super::websocket::{self, Talk};

/// An answer.
pub(crate) struct Reply {
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) talk: Option<Talk>,
}

impl Reply {
    pub(crate) const fn new(status: u16, headers: Vec<(String, String)>, body: Vec<u8>) -> Self {
        Self { status, headers, body, talk: None }
    }

    /// Returns the first line of a name.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.all(name).first().copied()
    }

    /// Returns all lines of a name, in order.
    pub(crate) fn all(&self, name: &str) -> Vec<&str> {
        let lines = self.headers.iter().filter(|(of, _)| of.eq_ignore_ascii_case(name));
        lines.map(|(_, value)| value.as_str()).collect()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// Sends a request on a connection of its own. There is none when the server hangs up without an answer.
pub(crate) fn send(address: &str, ask: &Ask, exchange: Option<&Exchange>) -> Option<Reply> {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let body = ask.body();
    // The server may refuse the request before it is sent; the answer is there all the same.
    let _ = stream.write_all(head(address, ask, body.as_deref()).as_bytes());
    let _ = stream.write_all(body.as_deref().unwrap_or_default());
    let mut reader = BufReader::new(stream);
    let (status, headers) = loop {
        let (status, headers) = read_head(&mut reader)?;
        if status >= 200 || status == 101 {
            break (status, headers);
        }
    };
    let mut reply = Reply::new(status, headers, Vec::new());
    if status == 101 {
        reply.talk = Some(websocket::talk(&mut reader, exchange));
    } else {
        reply.body = read_body(&mut reader, ask, &reply);
    }
    let _ = reader.get_ref().shutdown(Shutdown::Both);
    Some(reply)
}

fn head(address: &str, ask: &Ask, body: Option<&[u8]>) -> String {
    let mut head = format!("{} {} HTTP/1.1\r\nHost: {address}\r\n", ask.method, ask.path);
    for (name, value) in &ask.headers {
        head += &format!("{name}: {}\r\n", value.replace("$HOST", address));
    }
    let has = |name: &str| ask.headers.keys().any(|known| known.eq_ignore_ascii_case(name));
    if let Some(body) = body.filter(|_| !has("content-length")) {
        head += &format!("Content-Length: {}\r\n", body.len());
    }
    if !has("connection") {
        head += "Connection: close\r\n";
    }
    head + "\r\n"
}

fn read_head(reader: &mut impl BufRead) -> Option<(u16, Vec<(String, String)>)> {
    let status = read_line(reader)?;
    let status = status.split(' ').nth(1).unwrap().parse().unwrap();
    let mut headers = Vec::new();
    loop {
        let line = read_line(reader)?;
        match line.split_once(':') {
            Some((name, value)) => headers.push((name.to_owned(), value.trim().to_owned())),
            None => return Some((status, headers)),
        }
    }
}

fn read_line(reader: &mut impl BufRead) -> Option<String> {
    let mut line = Vec::new();
    match reader.read_until(b'\n', &mut line) {
        Ok(_) if line.ends_with(b"\r\n") => {
            line.truncate(line.len() - 2);
            Some(line.into_iter().map(char::from).collect())
        }
        _ => None,
    }
}

fn read_body(reader: &mut BufReader<TcpStream>, ask: &Ask, reply: &Reply) -> Vec<u8> {
    let mut body = Vec::new();
    if ask.method == "HEAD" || [204, 304].contains(&reply.status) {
        // Nothing may come. A connection that stays open does not say so.
        reader.get_ref().set_read_timeout(Some(Duration::from_millis(300))).unwrap();
        let _ = reader.read_to_end(&mut body);
    } else if reply.header("transfer-encoding").is_some_and(|coding| coding.eq_ignore_ascii_case("chunked")) {
        read_chunks(reader, &mut body).unwrap();
    } else if let Some(length) = reply.header("content-length") {
        reader.take(length.parse().unwrap()).read_to_end(&mut body).unwrap();
    } else {
        let _ = reader.read_to_end(&mut body);
    }
    body
}

fn read_chunks(reader: &mut impl BufRead, body: &mut Vec<u8>) -> io::Result<()> {
    let cut = || io::Error::from(io::ErrorKind::UnexpectedEof);
    loop {
        let line = read_line(reader).ok_or_else(cut)?;
        let size = u64::from_str_radix(&line, 16).map_err(io::Error::other)?;
        reader.by_ref().take(size).read_to_end(body)?;
        read_line(reader).ok_or_else(cut)?;
        if size == 0 {
            return Ok(());
        }
    }
}
