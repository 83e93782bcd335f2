//! From bytes to messages, as they arrive.
//!
//! Nothing is reserved for what a header declares: buffers grow with the bytes that are there, and what is too large is
//! refused by its header.

use std::io::Cursor;

use bytes::Bytes;
use tokio_tungstenite::tungstenite::protocol::frame::FrameHeader;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Control, Data, OpCode};

use super::{CloseCode, Message, SocketError, Text};

/// What a client has sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Event {
    Close(Option<CloseCode>),
    Message(Message),
    Ping(Bytes),
    Pong,
}

/// Takes a client's frames apart, and puts its messages together.
#[derive(Debug)]
pub(super) struct Decoder {
    max_frame: usize,
    max_message: usize,
    /// The beginning of a header that is not all there.
    head: [u8; MAX_HEAD],
    head_len: usize,
    frame: Option<Frame>,
    /// The payload of a control frame; one may come between the fragments of a message.
    control: Vec<u8>,
    message: Vec<u8>,
    /// What the message in progress is.
    kind: Option<Kind>,
    /// How much of a text is known to be UTF-8.
    checked: usize,
    pub(super) frames: u64,
    pub(super) messages: u64,
    pub(super) bytes: u64,
}

/// The frame whose payload arrives.
#[derive(Clone, Copy, Debug)]
struct Frame {
    /// None for one of a message.
    control: Option<Control>,
    is_final: bool,
    left: usize,
    /// Turned so that its first byte is the one for the next byte of payload.
    mask: [u8; 4],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Binary,
    Text,
}

impl Decoder {
    pub(super) const fn new(max_message: usize, max_frame: usize) -> Self {
        Self {
            max_frame,
            max_message,
            head: [0; MAX_HEAD],
            head_len: 0,
            frame: None,
            control: Vec::new(),
            message: Vec::new(),
            kind: None,
            checked: 0,
            frames: 0,
            messages: 0,
            bytes: 0,
        }
    }

    /// Takes from `input` up to the next event; none when more is needed.
    ///
    /// # Errors
    ///
    /// The client broke the protocol, or a limit. Nothing may be fed after that.
    pub(super) fn feed(&mut self, input: &mut &[u8]) -> Result<Option<Event>, SocketError> {
        loop {
            let frame = match self.frame {
                Some(frame) => frame,
                None => match self.read_head(input)? {
                    Some(frame) => frame,
                    None => return Ok(None),
                },
            };
            let (chunk, rest) = input.split_at(frame.left.min(input.len()));
            *input = rest;
            let frame = self.take(frame, chunk);
            if frame.left > 0 {
                self.frame = Some(frame);
                if frame.control.is_none() {
                    self.check_text(false)?;
                }
                return Ok(None);
            }
            self.frame = None;
            if let Some(event) = self.end_of(frame)? {
                return Ok(Some(event));
            }
        }
    }

    fn read_head(&mut self, input: &mut &[u8]) -> Result<Option<Frame>, SocketError> {
        let parsed = if self.head_len == 0 && input.len() >= MAX_HEAD {
            // Most come whole, and need not be gathered.
            let (head, rest) = input.split_at(head_bytes(input));
            *input = rest;
            FrameHeader::parse(&mut Cursor::new(head))
        } else {
            while self.head_len < head_bytes(&self.head[..self.head_len]) {
                let Some((first, rest)) = input.split_first() else { return Ok(None) };
                self.head[self.head_len] = *first;
                self.head_len += 1;
                *input = rest;
            }
            let head_len = std::mem::take(&mut self.head_len);
            FrameHeader::parse(&mut Cursor::new(&self.head[..head_len]))
        };
        match parsed {
            Ok(Some((header, length))) => self.begin(&header, length).map(Some),
            Ok(None) | Err(_) => Err(SocketError::protocol("an opcode that nobody knows")),
        }
    }

    fn begin(&mut self, header: &FrameHeader, length: u64) -> Result<Frame, SocketError> {
        if header.rsv1 || header.rsv2 || header.rsv3 {
            return Err(SocketError::protocol("a reserved bit is set"));
        }
        let Some(mask) = header.mask else { return Err(SocketError::protocol("a frame is not masked")) };
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        let control = match header.opcode {
            OpCode::Control(_) if !header.is_final || length > MAX_CONTROL => {
                return Err(SocketError::protocol("a control frame is fragmented or too long"));
            }
            OpCode::Control(control) => Some(control),
            OpCode::Data(data) => {
                self.begin_data(data)?;
                None
            }
        };
        if control.is_none() {
            if length > self.max_frame {
                return Err(SocketError::too_large("frame", self.max_frame));
            }
            if length > self.max_message - self.message.len() {
                return Err(SocketError::too_large("message", self.max_message));
            }
        }
        self.frames += 1;
        Ok(Frame { control, is_final: header.is_final, left: length, mask })
    }

    fn begin_data(&mut self, data: Data) -> Result<(), SocketError> {
        self.kind = match (data, self.kind) {
            (Data::Continue, Some(kind)) => Some(kind),
            (Data::Text, None) => Some(Kind::Text),
            (Data::Binary, None) => Some(Kind::Binary),
            (Data::Continue, None) => {
                return Err(SocketError::protocol("a continuation of nothing"));
            }
            _ => return Err(SocketError::protocol("a message within another")),
        };
        Ok(())
    }

    /// Takes over bytes of a frame's payload.
    fn take(&mut self, mut frame: Frame, chunk: &[u8]) -> Frame {
        let payload = if frame.control.is_some() { &mut self.control } else { &mut self.message };
        let begin = payload.len();
        if frame.is_final && chunk.len() == frame.left {
            payload.reserve_exact(chunk.len());
        }
        payload.extend_from_slice(chunk);
        unmask(&mut payload[begin..], frame.mask);
        frame.mask.rotate_left(chunk.len() % 4);
        frame.left -= chunk.len();
        frame
    }

    fn end_of(&mut self, frame: Frame) -> Result<Option<Event>, SocketError> {
        match frame.control {
            Some(control) => {
                let payload = std::mem::take(&mut self.control);
                match control {
                    Control::Close => close_code(&payload).map(|code| Some(Event::Close(code))),
                    Control::Ping => Ok(Some(Event::Ping(payload.into()))),
                    _ => Ok(Some(Event::Pong)),
                }
            }
            None if frame.is_final => self.whole_message().map(Some),
            None => {
                self.check_text(false)?;
                Ok(None)
            }
        }
    }

    fn whole_message(&mut self) -> Result<Event, SocketError> {
        if self.checked > 0 {
            self.check_text(true)?;
        }
        let bytes = Bytes::from(std::mem::take(&mut self.message));
        self.checked = 0;
        self.messages += 1;
        self.bytes += bytes.len() as u64;
        let message = match self.kind.take() {
            Some(Kind::Text) => Message::Text(Text::new(bytes).ok_or(NOT_UTF_8)?),
            Some(Kind::Binary) | None => Message::Binary(bytes),
        };
        Ok(Event::Message(message))
    }

    /// Looks at the part of a text that was not looked at before; only at its end must the last character be whole.
    fn check_text(&mut self, is_whole: bool) -> Result<(), SocketError> {
        if self.kind != Some(Kind::Text) {
            return Ok(());
        }
        match std::str::from_utf8(&self.message[self.checked..]) {
            Ok(_) => self.checked = self.message.len(),
            Err(error) if is_whole || error.error_len().is_some() => return Err(NOT_UTF_8),
            Err(error) => self.checked += error.valid_up_to(),
        }
        Ok(())
    }
}

const NOT_UTF_8: SocketError = SocketError::invalid("a text is not UTF-8");

/// Returns how many bytes a header has, as far as its beginning tells.
fn head_bytes(head: &[u8]) -> usize {
    let &[_, second, ..] = head else { return 2 };
    let length = match second & 0x7f {
        126 => 2,
        127 => 8,
        _ => 0,
    };
    let mask = if second & 0x80 == 0 { 0 } else { 4 };
    2 + length + mask
}

fn close_code(payload: &[u8]) -> Result<Option<CloseCode>, SocketError> {
    let (code, reason) = match payload {
        [] => return Ok(None),
        &[high, low, ref reason @ ..] => (u16::from_be_bytes([high, low]), reason),
        [_] => return Err(SocketError::protocol("half a close code")),
    };
    let code = CloseCode::new(code).ok_or(SocketError::protocol("a close code that says nothing"))?;
    match std::str::from_utf8(reason) {
        Ok(_) => Ok(Some(code)),
        Err(_) => Err(NOT_UTF_8),
    }
}

/// Takes a client's mask off, eight bytes at a time.
fn unmask(payload: &mut [u8], mask: [u8; 4]) {
    let [a, b, c, d] = mask;
    let wide = u64::from_ne_bytes([a, b, c, d, a, b, c, d]);
    let (blocks, rest) = payload.as_chunks_mut::<8>();
    for block in blocks {
        *block = (u64::from_ne_bytes(*block) ^ wide).to_ne_bytes();
    }
    for (byte, mask) in rest.iter_mut().zip(mask.into_iter().cycle()) {
        *byte ^= mask;
    }
}

/// The longest header: two bytes, a length of eight, a mask of four.
const MAX_HEAD: usize = 14;

/// The longest payload of a control frame.
const MAX_CONTROL: usize = 125;

#[cfg(test)]
mod tests;
