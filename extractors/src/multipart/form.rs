//! A form that is held: its texts in memory, its files there or on disk.

use std::pin::pin;

use gongular_core::{Error, RequestBody, RequestContext};
use http_body_util::Full;

use super::fault;
use super::head::PartHead;
use super::stream::Stream;
use crate::upload::{Content, Spool, UploadedFile};

/// The fields of a multipart form, in the order sent.
#[derive(Debug, Default)]
pub(crate) struct FormData {
    pub(crate) entries: Vec<(String, Entry)>,
    pub(crate) files: Vec<UploadedFile>,
}

/// The value of one field.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Entry {
    /// A file, by its place among the files.
    File(usize),
    Text(String),
}

/// Reads the request's body as a multipart form.
///
/// # Errors
///
/// - the content type is not `multipart/form-data`: `415`
/// - the body is no form, ends early, or a text in it is not UTF-8: `400`
/// - a limit is broken: `413`, for part headers `400`
/// - a temporary file cannot be written: `500`
///
/// # Cancel safety
///
/// Not cancel safe: what was read is lost. No file is left behind.
pub(crate) async fn read_form<B: RequestBody>(cx: &mut RequestContext<'_, B>) -> Result<FormData, Error> {
    if let Some(bytes) = cx.body().buffered() {
        return Box::pin(gather(Stream::new(&cx.parts.headers, Full::new(bytes), cx.limits())?)).await;
    }
    let body = cx.body().take()?;
    // Boxed, so that a handler whose form came urlencoded does not carry the state of reading parts.
    Box::pin(gather(Stream::new(&cx.parts.headers, body, cx.limits())?)).await
}

async fn gather<B: RequestBody>(stream: Stream<B>) -> Result<FormData, Error> {
    let mut stream = pin!(stream);
    let mut form = FormData::default();
    while let Some(head) = stream.as_mut().next_part().await? {
        let is_file = head.file_name().is_some();
        let in_memory = if is_file { stream.limits().file_memory_bytes() } else { usize::MAX };
        let mut value = Spool::new(in_memory);
        while let Some(data) = stream.as_mut().data(&head).await? {
            value.push(data).await.map_err(fault::disk)?;
        }
        let value = value.finish().await.map_err(fault::disk)?;
        if is_file { form.add_file(head, value) } else { form.add_text(head, value)? }
    }
    Ok(form)
}

impl FormData {
    fn add_text(&mut self, head: PartHead, value: Content) -> Result<(), Error> {
        let text = String::from_utf8(value.into_memory().into()).map_err(|_| fault::not_utf8(head.name()))?;
        self.entries.push((head.into_names().0, Entry::Text(text)));
        Ok(())
    }

    /// Adds a file, unless it is what a browser sends for one that nobody chose.
    fn add_file(&mut self, head: PartHead, content: Content) {
        let content_type = head.content_type().map(str::to_owned);
        let (name, file_name) = head.into_names();
        let file = UploadedFile::new(file_name.unwrap_or_default(), content_type, content);
        if !(file.is_empty() && file.client_file_name().is_empty()) {
            self.entries.push((name, Entry::File(self.files.len())));
            self.files.push(file);
        }
    }
}
