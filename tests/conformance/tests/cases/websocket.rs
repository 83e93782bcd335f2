//! One message there, one message back.

use std::io::{self, BufReader, Read, Write};
use std::net::TcpStream;

use super::case::Exchange;

/// What came over a websocket.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Talk {
    /// A message, and whether it is binary.
    Message(Vec<u8>, bool),
    /// A close with its code, or 1005 without one.
    Close(u16),
    /// Nobody was to say anything.
    Silence,
    /// The connection ended.
    Gone,
}

pub(crate) fn talk(reader: &mut BufReader<TcpStream>, exchange: Option<&Exchange>) -> Talk {
    let Some((message, is_binary)) = exchange.and_then(Exchange::message) else { return Talk::Silence };
    let opcode = if is_binary { BINARY } else { TEXT };
    // The server may close before it has read all.
    let _ = reader.get_mut().write_all(&frame(opcode, &message));
    let said = listen(reader).unwrap_or(Talk::Gone);
    let _ = reader.get_mut().write_all(&frame(CLOSE, &1000_u16.to_be_bytes()));
    // Both have said goodbye when the server's close is here, or its end.
    if matches!(said, Talk::Message(..)) {
        let _ = listen(reader);
    }
    said
}

/// Makes a frame as clients do, with a mask.
fn frame(opcode: u8, payload: &[u8]) -> Vec<u8> {
    const MASK: [u8; 4] = [0x1f, 0x2e, 0x3d, 0x4c];
    let mut frame = vec![0x80 | opcode];
    match u16::try_from(payload.len()) {
        Ok(short @ 0..=125) => frame.push(0x80 | short as u8),
        Ok(medium) => {
            frame.push(0x80 | 126);
            frame.extend(medium.to_be_bytes());
        }
        Err(_) => {
            frame.push(0x80 | 127);
            frame.extend((payload.len() as u64).to_be_bytes());
        }
    }
    frame.extend(MASK);
    frame.extend(payload.iter().zip(MASK.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    frame
}

/// Reads frames up to the end of a message, or a close.
fn listen(reader: &mut BufReader<TcpStream>) -> io::Result<Talk> {
    let (mut message, mut is_binary) = (Vec::new(), false);
    loop {
        let [first, second] = take::<2>(reader)?;
        let length = match second & 0x7f {
            126 => u64::from(u16::from_be_bytes(take(reader)?)),
            127 => u64::from_be_bytes(take(reader)?),
            short => u64::from(short),
        };
        let mut payload = Vec::new();
        reader.by_ref().take(length).read_to_end(&mut payload)?;
        match first & 0x0f {
            CLOSE => {
                let code = payload.first_chunk().map_or(1005, |code| u16::from_be_bytes(*code));
                return Ok(Talk::Close(code));
            }
            PING => reader.get_mut().write_all(&frame(PONG, &payload))?,
            PONG => {}
            opcode => {
                is_binary |= opcode == BINARY;
                message.extend(payload);
                if first & 0x80 != 0 {
                    return Ok(Talk::Message(message, is_binary));
                }
            }
        }
    }
}

fn take<const N: usize>(reader: &mut impl Read) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    reader.read_exact(&mut bytes)?;
    Ok(bytes)
}

const TEXT: u8 = 1;
const BINARY: u8 = 2;
const CLOSE: u8 = 8;
const PING: u8 = 9;
const PONG: u8 = 10;
