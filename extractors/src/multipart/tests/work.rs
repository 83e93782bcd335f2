//! The work of the parser is linear in the size of the body, however hostile body and chunks are.

use gongular_core::Limits;

use super::*;
use crate::multipart::parser::{Event, Parser};

/// Parses a body in chunks of one size, and returns how many bytes were looked at for each one received.
fn work_per_byte(whole: &[u8], chunk: usize) -> usize {
    let mut parser = Parser::new(b"XBX", &Limits::DEFAULT);
    let mut rest = Bytes::copy_from_slice(whole);
    loop {
        match parser.next() {
            Ok(Event::NeedsChunk) if rest.is_empty() => break,
            Ok(Event::NeedsChunk) => parser.feed(rest.split_to(chunk.min(rest.len()))),
            Ok(Event::Data(_) | Event::Part(_) | Event::PartEnd) => {}
            Err(_) => break,
        }
    }
    parser.work.div_ceil(whole.len())
}

#[test]
fn no_byte_is_looked_at_more_than_a_few_times() {
    const HEAD: &[u8] = b"--XBX\r\nContent-Disposition: form-data; name=a; filename=f\r\n\r\n";
    let size = 150_000;
    let hostile: [&[u8]; 7] = [b"\r\n--XB", b"\r", b"\r\n", b"\r\n--", b"-", b"\r\r\n--XB\r\n-", b"\n"];
    for unit in hostile {
        let whole = [HEAD, &unit.repeat(size / unit.len())].concat();
        for chunk in [1, 2, 3, 7, 64, 1000, size] {
            let work = work_per_byte(&whole, chunk);
            assert!(work <= 4, "{} in chunks of {chunk}: {work}", unit.escape_ascii());
        }
    }
}

#[test]
fn a_head_is_looked_at_only_a_few_times_however_it_is_cut() {
    let lines = "X: 1\r\n".repeat(16);
    let long = format!("--XBX\r\nX: {}", "x".repeat(16_000));
    for whole in [format!("--XBX\r\n{lines}"), long, format!("--XBX\r\nX: {}", "\n".repeat(16_000))] {
        for chunk in [1, 2, 5, 100, 20_000] {
            let work = work_per_byte(whole.as_bytes(), chunk);
            assert!(work <= 4, "chunks of {chunk}: {work}");
        }
    }
}
