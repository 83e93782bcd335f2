//! A form that is held: its texts in memory, its files there or on disk.

use std::pin::pin;

use gongular_core::{Error, RequestBody, RequestContext};

use super::fault;
use super::gather::Gather;
use super::head::PartHead;
use super::stream::Stream;
use crate::upload::{Spool, UploadedFile};

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
    let body = pin!(cx.body().take()?);
    let mut stream = Stream::new(&cx.parts.headers, body, cx.limits())?;
    let mut form = FormData::default();
    while let Some(head) = stream.next_part().await? {
        if head.file_name().is_some() {
            read_file(&mut stream, head, &mut form).await?;
        } else {
            let text = read_text(&mut stream, &head).await?;
            form.entries.push((head.into_names().0, Entry::Text(text)));
        }
    }
    Ok(form)
}

async fn read_text<B>(stream: &mut Stream<B>, head: &PartHead) -> Result<String, Error>
where
    B: RequestBody + Unpin,
{
    let mut text = Gather::default();
    while let Some(data) = stream.data(head).await? {
        text.push(data);
    }
    String::from_utf8(text.finish().into()).map_err(|_| fault::not_utf8(head.name()))
}

async fn read_file<B>(stream: &mut Stream<B>, head: PartHead, form: &mut FormData) -> Result<(), Error>
where
    B: RequestBody + Unpin,
{
    let mut spool = Spool::new(stream.limits().file_memory_bytes());
    while let Some(data) = stream.data(&head).await? {
        spool.push(data).await.map_err(fault::disk)?;
    }
    let content_type = head.content_type().map(str::to_owned);
    let (name, file_name) = head.into_names();
    let file_name = file_name.unwrap_or_default();
    let file = spool.finish(file_name, content_type).await.map_err(fault::disk)?;
    // A browser sends this for a file that nobody chose.
    if file.client_file_name().is_empty() && file.is_empty() {
        return Ok(());
    }
    form.entries.push((name, Entry::File(form.files.len())));
    form.files.push(file);
    Ok(())
}
