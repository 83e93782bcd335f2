//! A body and the parser that takes it apart.

use std::future::poll_fn;
use std::pin::Pin;

use bytes::{Buf, Bytes};
use gongular_core::{Error, Limits, Place, RequestBody};
use http::{HeaderMap, header};

use super::boundary::boundary;
use super::fault;
use super::head::PartHead;
use super::parser::{Event, Parser};

/// The parts of a form, one after the other, from a body.
///
/// Every method may be dropped while it waits and called again: what was received is kept here.
pub(super) struct Stream<B> {
    body: B,
    parser: Parser,
    limits: Limits,
    received: u64,
    files: usize,
    /// How much of the part at hand was handed out; `None` between parts.
    part: Option<u64>,
    ended: bool,
    /// The first failure, which every later call repeats.
    failed: Option<Error>,
}

impl<B> Stream<B> {
    /// Begins a form; nothing is read yet.
    pub(super) fn new(headers: &HeaderMap, body: B, limits: &Limits) -> Result<Self, Error> {
        let boundary = boundary(headers)?;
        if declared_length(headers).is_some_and(|declared| declared > limits.multipart_bytes()) {
            return Err(fault::too_large(limits.multipart_bytes()));
        }
        Ok(Self {
            body,
            parser: Parser::new(boundary, limits),
            limits: limits.clone(),
            received: 0,
            files: 0,
            part: None,
            ended: false,
            failed: None,
        })
    }

    pub(super) const fn limits(&self) -> &Limits {
        &self.limits
    }
}

impl<B: RequestBody + Unpin> Stream<B> {
    /// Returns the head of the next part; what is left of the part before is skipped.
    ///
    /// `None` is said only when the whole body was received, so that a form whose rest is cut off does not pass.
    pub(super) async fn next_part(&mut self) -> Result<Option<PartHead>, Error> {
        while let Some(event) = self.event().await? {
            if let Event::Part(head) = event {
                self.begin(&head)?;
                return Ok(Some(head));
            }
        }
        Ok(None)
    }

    /// Returns the next data of the part that `head` began; `None` at its end.
    pub(super) async fn data(&mut self, head: &PartHead) -> Result<Option<Bytes>, Error> {
        let Some(before) = self.part else { return Ok(None) };
        let Some(Event::Data(data)) = self.event().await? else {
            self.part = None;
            return Ok(None);
        };
        let read = before.saturating_add(data.len() as u64);
        self.part = Some(read);
        let limit = match head.file_name() {
            Some(_) => self.limits.file_bytes(),
            None => self.limits.text_field_bytes() as u64,
        };
        if read > limit { Err(fault::part_too_large(head.name(), limit)) } else { Ok(Some(data)) }
    }

    fn begin(&mut self, head: &PartHead) -> Result<(), Error> {
        self.part = Some(0);
        self.files += usize::from(head.file_name().is_some());
        if self.files > self.limits.files() {
            return Err(self.fail(fault::too_many_files(self.limits.files())));
        }
        Ok(())
    }

    async fn event(&mut self) -> Result<Option<Event>, Error> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        loop {
            match self.parser.next() {
                Ok(Event::NeedsChunk) => {}
                Ok(event) => return Ok(Some(event)),
                Err(error) => return Err(self.fail(error)),
            }
            match self.receive().await {
                Ok(Some(chunk)) => self.parser.feed(chunk),
                Ok(None) if self.parser.is_complete() => return Ok(None),
                Ok(None) => return Err(self.fail(fault::incomplete())),
                Err(error) => return Err(self.fail(error)),
            }
        }
    }

    /// Receives the next chunk; empty frames and trailers are passed over.
    async fn receive(&mut self) -> Result<Option<Bytes>, Error> {
        let limit = self.limits.multipart_bytes();
        while !self.ended && !self.body.is_end_stream() {
            match poll_fn(|task| Pin::new(&mut self.body).poll_frame(task)).await {
                None => break,
                Some(Err(error)) => return Err(Error::broken_body(Place::Form, &*error.into(), limit)),
                Some(Ok(frame)) => {
                    let Ok(mut data) = frame.into_data() else { continue };
                    self.received = self.received.saturating_add(data.remaining() as u64);
                    if self.received > limit {
                        return Err(fault::too_large(limit));
                    }
                    if data.has_remaining() {
                        return Ok(Some(data.copy_to_bytes(data.remaining())));
                    }
                }
            }
        }
        self.ended = true;
        Ok(None)
    }

    #[cold]
    fn fail(&mut self, error: Error) -> Error {
        self.failed = Some(error.clone());
        error
    }
}

fn declared_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}
