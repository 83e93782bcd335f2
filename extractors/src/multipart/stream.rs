//! A body and the parser that takes it apart.

use std::future::poll_fn;
use std::pin::Pin;

use bytes::{Buf, Bytes};
use gongular_core::__private::declared_length;
use gongular_core::{BoxError, Error, Limits, Place};
use http::HeaderMap;
use http_body::Body;
use pin_project_lite::pin_project;

use super::boundary::boundary;
use super::fault;
use super::head::PartHead;
use super::parser::{Event, Parser};

pin_project! {
    /// The parts of a form, one after the other, from a body.
    ///
    /// Every method may be dropped while it waits and called again: what was received is kept here. It is some hundred
    /// bytes large, too much for the future of a handler, so it is boxed; body and all in one box.
    pub(super) struct Stream<B: ?Sized> {
        parser: Parser,
        limits: Limits,
        received: u64,
        files: usize,
        // How much of the part at hand was handed out; `None` between parts.
        part: Option<u64>,
        ended: bool,
        // The first failure, which every later call repeats.
        failed: Option<Error>,
        #[pin]
        body: B,
    }
}

/// The stream of a body whose type is forgotten.
pub(super) type AnyStream = Stream<dyn Body<Data = Bytes, Error = BoxError> + Send>;

impl<B> Stream<B> {
    /// Begins a form; nothing is read yet.
    pub(super) fn new(headers: &HeaderMap, body: B, limits: &Limits) -> Result<Self, Error> {
        let boundary = boundary(headers)?;
        if declared_length(headers).is_some_and(|declared| declared > limits.multipart_bytes()) {
            return Err(fault::too_large(limits.multipart_bytes()));
        }
        Ok(Self {
            parser: Parser::new(boundary, limits),
            limits: limits.clone(),
            received: 0,
            files: 0,
            part: None,
            ended: false,
            failed: None,
            body,
        })
    }
}

impl<B: ?Sized> Stream<B> {
    pub(super) const fn limits(&self) -> &Limits {
        &self.limits
    }
}

impl<B> Stream<B>
where
    B: Body<Data: Send, Error: Into<BoxError>> + ?Sized,
{
    /// Returns the head of the next part; what is left of the part before is skipped.
    ///
    /// `None` is said only when the whole body was received, so that a form whose rest is cut off does not pass.
    pub(super) async fn next_part(mut self: Pin<&mut Self>) -> Result<Option<PartHead>, Error> {
        while let Some(event) = self.as_mut().event().await? {
            if let Event::Part(head) = event {
                self.as_mut().begin(&head)?;
                return Ok(Some(head));
            }
        }
        Ok(None)
    }

    /// Returns the next data of the part that `head` began; `None` at its end.
    pub(super) async fn data(mut self: Pin<&mut Self>, head: &PartHead) -> Result<Option<Bytes>, Error> {
        let Some(before) = self.part else { return Ok(None) };
        let Some(Event::Data(data)) = self.as_mut().event().await? else {
            *self.project().part = None;
            return Ok(None);
        };
        let this = self.project();
        let read = before.saturating_add(data.len() as u64);
        *this.part = Some(read);
        let limit = match head.file_name() {
            Some(_) => this.limits.file_bytes(),
            None => this.limits.text_field_bytes() as u64,
        };
        if read > limit { Err(fault::part_too_large(head.name(), limit)) } else { Ok(Some(data)) }
    }

    fn begin(self: Pin<&mut Self>, head: &PartHead) -> Result<(), Error> {
        let this = self.project();
        *this.part = Some(0);
        *this.files += usize::from(head.file_name().is_some());
        if *this.files > this.limits.files() {
            let error = fault::too_many_files(this.limits.files());
            *this.failed = Some(error.clone());
            return Err(error);
        }
        Ok(())
    }

    async fn event(mut self: Pin<&mut Self>) -> Result<Option<Event>, Error> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        let failure = loop {
            match self.as_mut().project().parser.next() {
                Ok(Event::NeedsChunk) => {}
                Ok(event) => return Ok(Some(event)),
                Err(error) => break error,
            }
            match self.as_mut().receive().await {
                Ok(Some(chunk)) => self.as_mut().project().parser.feed(chunk),
                Ok(None) if self.parser.is_complete() => return Ok(None),
                Ok(None) => break fault::incomplete(),
                Err(error) => break error,
            }
        };
        *self.project().failed = Some(failure.clone());
        Err(failure)
    }

    /// Receives the next chunk; empty frames and trailers are passed over.
    async fn receive(self: Pin<&mut Self>) -> Result<Option<Bytes>, Error> {
        let mut this = self.project();
        let limit = this.limits.multipart_bytes();
        while !*this.ended && !this.body.is_end_stream() {
            match poll_fn(|task| this.body.as_mut().poll_frame(task)).await {
                None => break,
                Some(Err(error)) => return Err(Error::broken_body(Place::Form, &*error.into())),
                Some(Ok(frame)) => {
                    let Ok(mut data) = frame.into_data() else { continue };
                    *this.received = this.received.saturating_add(data.remaining() as u64);
                    if *this.received > limit {
                        return Err(fault::too_large(limit));
                    }
                    if data.has_remaining() {
                        return Ok(Some(data.copy_to_bytes(data.remaining())));
                    }
                }
            }
        }
        *this.ended = true;
        Ok(None)
    }
}
