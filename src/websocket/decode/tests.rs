use super::*;

/// Makes a masked frame of its first byte and its payload.
fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mask = [0x37, 0xfa, 0x21, 0x3d];
    let mut frame = vec![first];
    match payload.len() {
        length @ ..126 => frame.push(0x80 | length as u8),
        length => {
            frame.push(0x80 | 126);
            frame.extend((length as u16).to_be_bytes());
        }
    }
    frame.extend(mask);
    frame.extend(payload.iter().zip(mask.into_iter().cycle()).map(|(byte, mask)| byte ^ mask));
    frame
}

/// Feeds everything, `step` bytes at a time; returns the events, and how it failed.
fn feed(bytes: &[u8], step: usize) -> (Vec<Event>, Option<String>) {
    let mut decoder = Decoder::new(1000, 600);
    let mut events = Vec::new();
    for mut chunk in bytes.chunks(step) {
        while !chunk.is_empty() {
            match decoder.feed(&mut chunk) {
                Ok(event) => events.extend(event),
                Err(error) => return (events, Some(error.to_string())),
            }
        }
    }
    (events, None)
}

fn text(text: &str) -> Event {
    Event::Message(text.into())
}

#[test]
fn messages_come_out_whole_however_the_bytes_arrive() {
    let long = "ä€𝄞".repeat(40);
    let bytes = [
        frame(0x81, b"hello"),
        frame(0x82, b""),
        frame(0x01, &long.as_bytes()[..100]),
        frame(0x89, b"ping"),
        frame(0x00, &long.as_bytes()[100..101]),
        frame(0x8a, b""),
        frame(0x80, &long.as_bytes()[101..]),
        frame(0x82, &[7; 600]),
        frame(0x88, b"\x03\xe8bye"),
    ]
    .concat();
    let expected = vec![
        text("hello"),
        Event::Message(Message::Binary(Bytes::new())),
        Event::Ping("ping".into()),
        Event::Pong,
        text(&long),
        Event::Message(vec![7; 600].into()),
        Event::Close(Some(CloseCode::NORMAL)),
    ];
    for step in [1, 2, 3, 5, 7, 64, 10_000] {
        assert_eq!(feed(&bytes, step), (expected.clone(), None), "{step} bytes at a time");
    }
}

#[test]
fn what_breaks_the_protocol_is_refused() {
    let unmasked = [0x81, 0x01, b'a'].to_vec();
    for (bytes, expected) in [
        (frame(0xc1, b""), "a reserved bit is set"),
        (frame(0x83, b""), "an opcode that nobody knows"),
        (frame(0x8b, b""), "an opcode that nobody knows"),
        (unmasked, "a frame is not masked"),
        (frame(0x09, b""), "a control frame is fragmented or too long"),
        (frame(0x89, &[0; 126]), "a control frame is fragmented or too long"),
        (frame(0x80, b"x"), "a continuation of nothing"),
        ([frame(0x01, b"x"), frame(0x81, b"y")].concat(), "a message within another"),
        (frame(0x88, b"\x03"), "half a close code"),
        (frame(0x88, b"\x03\xee"), "a close code that says nothing"),
        (frame(0x88, b"\x03\xe8\xff"), "a text is not UTF-8"),
        (frame(0x81, b"\xff"), "a text is not UTF-8"),
        ([frame(0x01, b"\xe2\x82"), frame(0x80, b"")].concat(), "a text is not UTF-8"),
        ([frame(0x01, b"\xe2\x82"), frame(0x80, b"x")].concat(), "a text is not UTF-8"),
    ] {
        for step in [1, 10_000] {
            let (events, error) = feed(&bytes, step);
            assert_eq!(events, []);
            assert_eq!(error.unwrap(), format!("the client broke the protocol: {expected}"));
        }
    }
}

#[test]
fn a_text_that_is_not_utf_8_is_refused_before_it_is_whole() {
    let mut bytes = frame(0x81, &[b"good \xff".as_slice(), &[b'x'; 500]].concat());
    bytes.truncate(40);
    assert!(feed(&bytes, 10_000).1.unwrap().ends_with("a text is not UTF-8"));
}

#[test]
fn what_is_too_large_is_refused_by_its_header_alone() {
    let head = |length: u64| [&[0x82, 0xff][..], &length.to_be_bytes(), &[0; 4]].concat();
    for length in [601, 1001, 1 << 40, u64::MAX] {
        assert_eq!(feed(&head(length), 3).1.unwrap(), "the client sent a frame above 600 bytes");
    }
    let fragments = [frame(0x02, &[0; 600]), frame(0x00, &[0; 400])].concat();
    assert_eq!(feed(&[fragments.clone(), frame(0x80, b"")].concat(), 50).1, None);
    let over = [fragments, frame(0x80, b"x")[..6].to_vec()].concat();
    assert_eq!(feed(&over, 50).1.unwrap(), "the client sent a message above 1000 bytes");
}

#[test]
fn nothing_is_reserved_for_what_is_only_declared() {
    let mut decoder = Decoder::new(1 << 30, 1 << 30);
    let mut head = &[&[0x82, 0xff][..], &(1_u64 << 30).to_be_bytes(), &[0; 4], b"abc"].concat()[..];
    assert_eq!(decoder.feed(&mut head).unwrap(), None);
    assert!(decoder.message.capacity() < 64);
}

/// A generator of numbers that look random (xorshift), so that a failure can be repeated.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }

    fn payload(&mut self) -> Vec<u8> {
        let length = match self.below(10) {
            0 => 590 + self.below(20),
            1 | 2 => 120 + self.below(10),
            _ => self.below(12),
        };
        // What is cut within a character is right only when the next fragment goes on there.
        let text = if self.below(4) == 0 { "aé€𝄞" } else { "plain" }.as_bytes();
        let is_broken = self.below(40) == 0;
        let mut bytes: Vec<u8> = text.iter().copied().cycle().take(length as usize).collect();
        if is_broken && let Some(last) = bytes.last_mut() {
            *last = 0xff;
        }
        bytes
    }

    fn frames(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut is_within = false;
        for _ in 0..1 + self.below(8) {
            let is_final = self.below(2) == 0;
            let first = match self.below(40) {
                0 => self.below(256) as u8,
                1 => 0x88,
                2 | 3 => 0x89,
                4 => 0x8a,
                _ => {
                    let opcode = if is_within { 0 } else { 1 + self.below(2) as u8 };
                    is_within = !is_final;
                    opcode | if is_final { 0x80 } else { 0 }
                }
            };
            bytes.extend(frame(first, &self.payload()));
            if self.below(60) == 0 {
                let at = self.below(bytes.len() as u64) as usize;
                bytes[at] = self.below(256) as u8;
            }
        }
        bytes
    }
}

/// Returns what tungstenite makes of the bytes, up to the first close frame or failure.
fn reference(bytes: &[u8]) -> (Vec<String>, bool) {
    use tokio_tungstenite::tungstenite::protocol::{Role, WebSocket, WebSocketConfig};
    use tokio_tungstenite::tungstenite::{Error, Message};

    let config = WebSocketConfig::default().max_frame_size(Some(600)).max_message_size(Some(1000));
    let stream = std::io::Cursor::new(bytes.to_vec());
    let mut socket = WebSocket::from_raw_socket(Reading(stream), Role::Server, Some(config));
    let mut events = Vec::new();
    loop {
        match socket.read() {
            Ok(Message::Text(text)) => events.push(format!("text {text}")),
            Ok(Message::Binary(bytes)) => events.push(format!("binary {bytes:?}")),
            Ok(Message::Ping(bytes)) => events.push(format!("ping {bytes:?}")),
            Ok(Message::Pong(_)) => events.push("pong".to_owned()),
            Ok(Message::Close(_) | Message::Frame(_)) => {
                events.push("close".to_owned());
                return (events, false);
            }
            // The bytes are over.
            Err(Error::Protocol(
                tokio_tungstenite::tungstenite::error::ProtocolError::ResetWithoutClosingHandshake,
            )) => return (events, false),
            Err(_) => return (events, true),
        }
    }
}

/// Reads from a slice and writes to nowhere.
struct Reading(std::io::Cursor<Vec<u8>>);

impl std::io::Read for Reading {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.0.read(buffer)
    }
}

impl std::io::Write for Reading {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn any_bytes_are_taken_apart_as_tungstenite_does() {
    let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
    let (mut messages, mut failures) = (0, 0);
    for round in 0..8_000 {
        let bytes = numbers.frames();
        let (expected, has_failed) = reference(&bytes);
        let (mut events, error) = feed(&bytes, 1 + numbers.below(40) as usize);
        let is_close = |event: &Event| matches!(event, Event::Close(_));
        let closed = events.iter().position(is_close);
        events.truncate(closed.map_or(events.len(), |at| at + 1));
        let said: Vec<_> = events
            .iter()
            .map(|event| match event {
                Event::Close(_) => "close".to_owned(),
                Event::Message(Message::Binary(bytes)) => format!("binary {bytes:?}"),
                Event::Message(Message::Text(text)) => format!("text {text}"),
                Event::Ping(bytes) => format!("ping {bytes:?}"),
                Event::Pong => "pong".to_owned(),
            })
            .collect();
        // A frame whose end never came is none for tungstenite, and may be refused by its beginning already.
        assert!(said.starts_with(&expected) || expected.starts_with(&said), "{round}: {bytes:x?}");
        if said != expected {
            assert!(error.is_some() || has_failed, "{round}: {said:?} {expected:?} {bytes:x?}");
        }
        if has_failed && closed.is_none() {
            assert!(error.is_some(), "{round}: {bytes:x?}");
        }
        messages += said.len();
        failures += usize::from(error.is_some());
    }
    assert!(messages > 8_000 && failures > 1_000, "{messages} {failures}");
}
