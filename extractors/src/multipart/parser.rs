//! The grammar of a multipart body, without IO: received chunks in, part heads and slices of data out.

use bytes::{Buf, Bytes, BytesMut};
use gongular_core::{Error, Limits};
use memchr::memmem::Finder;
use memchr::{memchr, memrchr};

use super::fault;
use super::head::PartHead;

/// Takes the chunks of a body as they arrive and tells parts, data and ends apart.
///
/// Data is handed out as slices of the received chunks. Only bytes at the end of a chunk that may begin a delimiter
/// are held back, and those are known: they are the delimiter's own first bytes. So nothing is copied, except a
/// part's head that spans chunks.
///
/// The work is linear however the body is cut. Each byte is searched once, and compared once more at a seam: `\r` stands
/// nowhere in a delimiter but at its beginning, so a match that breaks off cannot contain the beginning of another.
pub(super) struct Parser {
    /// `\r\n--boundary`.
    delimiter: Bytes,
    finder: Finder<'static>,
    /// What is left of the chunk that was received last.
    chunk: Bytes,
    /// How many bytes of the delimiter the bytes before `chunk` are.
    matched: usize,
    state: State,
    /// Bytes of the text before the first delimiter, or of the padding behind a delimiter.
    passed: usize,
    head: Spill,
    parts: usize,
    max_parts: usize,
    max_head_lines: usize,
    max_head_bytes: usize,
    /// How many bytes were looked at, to prove that the work is linear.
    #[cfg(test)]
    pub(super) work: usize,
}

/// What the parser found next.
#[derive(Debug)]
pub(super) enum Event {
    /// Nothing, until the next chunk is [fed](Parser::feed).
    NeedsChunk,
    /// Some data of the part at hand; never empty.
    Data(Bytes),
    /// The head of the next part.
    Part(PartHead),
    /// The end of the part at hand.
    PartEnd,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Preamble,
    /// Directly behind a delimiter.
    Delimited,
    /// Behind a delimiter and one dash.
    Dash,
    /// Behind a delimiter and blanks.
    Padding,
    /// Behind a delimiter, blanks and a carriage return.
    Return,
    Head,
    Data,
    Epilogue,
}

/// A part's head as far as it was received, when it spans chunks.
#[derive(Default)]
struct Spill {
    bytes: BytesMut,
    /// Where in `bytes` the line begins that is not yet complete.
    line: usize,
    lines: usize,
}

enum Search {
    Data(Bytes),
    Delimiter,
    NeedsChunk,
}

impl Parser {
    /// Makes the parser of one body. The boundary has no carriage return in it; the caller has checked that.
    pub(super) fn new(boundary: &[u8], limits: &Limits) -> Self {
        let mut delimiter = BytesMut::with_capacity(LINE_DASHES.len() + boundary.len());
        delimiter.extend_from_slice(LINE_DASHES);
        delimiter.extend_from_slice(boundary);
        let delimiter = delimiter.freeze();
        Self {
            finder: Finder::new(&delimiter).into_owned(),
            delimiter,
            chunk: Bytes::new(),
            // The first delimiter needs no line before it: the body begins as if one had just ended.
            matched: CRLF.len(),
            state: State::Preamble,
            passed: 0,
            head: Spill::default(),
            parts: 0,
            max_parts: limits.parts(),
            max_head_lines: limits.part_headers(),
            max_head_bytes: limits.part_header_bytes(),
            #[cfg(test)]
            work: 0,
        }
    }

    /// Takes the next chunk. The one before must be used up: the last event was [`Event::NeedsChunk`].
    pub(super) fn feed(&mut self, chunk: Bytes) {
        debug_assert!(self.chunk.is_empty(), "the chunk before is not used up");
        self.chunk = chunk;
    }

    /// Returns whether the closing delimiter was seen. What follows in the body means nothing.
    pub(super) fn is_complete(&self) -> bool {
        self.state == State::Epilogue
    }

    /// Finds what comes next in the chunk at hand.
    pub(super) fn next(&mut self) -> Result<Event, Error> {
        loop {
            match self.state {
                State::Preamble => match self.search() {
                    Search::Data(data) => self.pass(data.len())?,
                    Search::Delimiter => self.enter_delimited(),
                    Search::NeedsChunk => return Ok(Event::NeedsChunk),
                },
                State::Delimited | State::Dash | State::Padding | State::Return => {
                    let Some(&byte) = self.chunk.first() else { return Ok(Event::NeedsChunk) };
                    self.chunk.advance(1);
                    self.behind_delimiter(byte)?;
                }
                State::Head => {
                    let Some(block) = self.search_head()? else { return Ok(Event::NeedsChunk) };
                    self.state = State::Data;
                    return PartHead::parse(block).map(Event::Part);
                }
                State::Data => match self.search() {
                    Search::Data(data) => return Ok(Event::Data(data)),
                    Search::Delimiter => {
                        self.enter_delimited();
                        return Ok(Event::PartEnd);
                    }
                    Search::NeedsChunk => return Ok(Event::NeedsChunk),
                },
                State::Epilogue => {
                    self.chunk.clear();
                    return Ok(Event::NeedsChunk);
                }
            }
        }
    }

    /// Searches for the delimiter; what stands before it is data.
    fn search(&mut self) -> Search {
        if self.matched == self.delimiter.len() {
            self.matched = 0;
            return Search::Delimiter;
        }
        if self.chunk.is_empty() {
            return Search::NeedsChunk;
        }
        if self.matched > 0 {
            return self.search_at_seam();
        }
        self.looked_at(self.chunk.len());
        if let Some(at) = self.finder.find(&self.chunk) {
            let data = self.chunk.split_to(at);
            self.chunk.advance(self.delimiter.len());
            if data.is_empty() {
                return Search::Delimiter;
            }
            self.matched = self.delimiter.len();
            return Search::Data(data);
        }
        self.matched = self.possible_beginning();
        let mut data = std::mem::take(&mut self.chunk);
        data.truncate(data.len() - self.matched);
        if data.is_empty() { Search::NeedsChunk } else { Search::Data(data) }
    }

    /// Goes on with a delimiter whose beginning stood at the end of the chunk before.
    fn search_at_seam(&mut self) -> Search {
        let length = self.chunk.len().min(self.delimiter.len() - self.matched);
        self.looked_at(length);
        if self.chunk[..length] != self.delimiter[self.matched..self.matched + length] {
            let held = self.delimiter.slice(..self.matched);
            self.matched = 0;
            return Search::Data(held);
        }
        self.chunk.advance(length);
        self.matched = (self.matched + length) % self.delimiter.len();
        if self.matched == 0 { Search::Delimiter } else { Search::NeedsChunk }
    }

    /// Returns how many bytes at the end of the chunk may be the beginning of a delimiter.
    fn possible_beginning(&mut self) -> usize {
        let longest = (self.delimiter.len() - 1).min(self.chunk.len());
        let end = &self.chunk[self.chunk.len() - longest..];
        let beginning = memrchr(b'\r', end).map(|at| &end[at..]).unwrap_or_default();
        let length = if self.delimiter.starts_with(beginning) { beginning.len() } else { 0 };
        self.looked_at(longest);
        length
    }

    fn enter_delimited(&mut self) {
        self.state = State::Delimited;
        self.passed = 0;
    }

    fn behind_delimiter(&mut self, byte: u8) -> Result<(), Error> {
        self.state = match (self.state, byte) {
            (State::Delimited, b'-') => State::Dash,
            (State::Dash, b'-') => State::Epilogue,
            (State::Delimited | State::Padding, b' ' | b'\t') => {
                self.pass(1)?;
                State::Padding
            }
            (State::Delimited | State::Padding, b'\r') => State::Return,
            (State::Return, b'\n') => {
                if self.parts == self.max_parts {
                    return Err(fault::too_many_parts(self.max_parts));
                }
                self.parts += 1;
                State::Head
            }
            _ => return Err(fault::delimiter()),
        };
        Ok(())
    }

    /// Counts bytes that mean nothing; there may be as many as a part's head may have.
    fn pass(&mut self, bytes: usize) -> Result<(), Error> {
        self.passed = self.passed.saturating_add(bytes);
        if self.passed > self.max_head_bytes { Err(fault::delimiter()) } else { Ok(()) }
    }

    /// Returns the lines of a head, the empty one included, when all of them are there.
    fn search_head(&mut self) -> Result<Option<Bytes>, Error> {
        if !self.head.bytes.is_empty() {
            return self.search_spilled_head();
        }
        let (mut line, mut lines) = (0, 0);
        while let Some(length) = memchr(b'\n', self.chunk.get(line..).unwrap_or_default()) {
            let end = line + length + 1;
            self.looked_at(end - line);
            if self.is_last_line(&self.chunk[line..end], end, &mut lines)? {
                return Ok(Some(self.chunk.split_to(end)));
            }
            line = end;
        }
        self.looked_at(self.chunk.len() - line);
        self.head.line = line;
        self.head.lines = lines;
        self.spill(self.chunk.len())?;
        Ok(None)
    }

    fn search_spilled_head(&mut self) -> Result<Option<Bytes>, Error> {
        while let Some(length) = memchr(b'\n', &self.chunk) {
            self.spill(length + 1)?;
            let (mut lines, end) = (self.head.lines, self.head.bytes.len());
            if self.is_last_line(&self.head.bytes[self.head.line..], end, &mut lines)? {
                return Ok(Some(std::mem::take(&mut self.head).bytes.freeze()));
            }
            self.head.lines = lines;
            self.head.line = end;
        }
        self.spill(self.chunk.len())?;
        Ok(None)
    }

    /// Moves the beginning of the chunk to the head that spans chunks.
    fn spill(&mut self, length: usize) -> Result<(), Error> {
        self.looked_at(length);
        self.head.bytes.extend_from_slice(&self.chunk.split_to(length));
        // Two more, since the empty line that ends the head does not count, nor a part of it.
        if self.head.bytes.len() > self.max_head_bytes.saturating_add(CRLF.len()) {
            return Err(fault::head_too_large(self.max_head_bytes));
        }
        Ok(())
    }

    /// Counts a line of a head and returns whether it is the empty one. The head has `bytes` with it.
    fn is_last_line(&self, line: &[u8], bytes: usize, lines: &mut usize) -> Result<bool, Error> {
        if line == CRLF {
            return Ok(true);
        }
        if !line.ends_with(CRLF) {
            return Err(fault::head("a line does not end with a carriage return and a line feed"));
        }
        *lines += 1;
        if *lines > self.max_head_lines {
            return Err(fault::too_many_head_lines(self.max_head_lines));
        }
        if bytes > self.max_head_bytes {
            return Err(fault::head_too_large(self.max_head_bytes));
        }
        Ok(false)
    }

    #[cfg(test)]
    const fn looked_at(&mut self, bytes: usize) {
        self.work += bytes;
    }

    #[cfg(not(test))]
    const fn looked_at(&self, _bytes: usize) {}
}

const CRLF: &[u8] = b"\r\n";
const LINE_DASHES: &[u8] = b"\r\n--";
