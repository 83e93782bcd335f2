//! What can be wrong with a multipart body: every text that a client reads.

use gongular_core::{Error, Place, reflect};

#[cold]
pub(super) fn not_multipart() -> Error {
    Error::unsupported_media_type("send the form as multipart/form-data")
}

#[cold]
pub(super) fn boundary(message: &'static str) -> Error {
    Error::parse(Place::Form, "", "boundary", message)
}

/// The body ended before the closing delimiter.
#[cold]
pub(super) fn incomplete() -> Error {
    Error::parse(Place::Form, "", "incomplete", "the form ended before its closing boundary")
}

#[cold]
pub(super) fn delimiter() -> Error {
    Error::parse(
        Place::Form,
        "",
        "boundary",
        "a boundary is not at the beginning of the form or has no line of its own",
    )
}

#[cold]
pub(super) fn head(message: &'static str) -> Error {
    Error::parse(Place::Form, "", "part_header", format!("the header of a part cannot be read: {message}"))
}

#[cold]
pub(super) fn too_many_head_lines(limit: usize) -> Error {
    Error::parse(Place::Form, "", "part_header", format!("a part has more than {limit} header lines"))
}

#[cold]
pub(super) fn head_too_large(limit: usize) -> Error {
    Error::parse(Place::Form, "", "part_header", format!("the header of a part is larger than {limit} bytes"))
}

#[cold]
pub(super) fn not_utf8(name: &str) -> Error {
    Error::parse(Place::Form, reflect(name), "encoding", "the text is not valid UTF-8")
}

#[cold]
pub(super) fn too_large(limit: u64) -> Error {
    Error::too_large(format!("the form is larger than {limit} bytes"))
}

#[cold]
pub(super) fn too_many_parts(limit: usize) -> Error {
    Error::too_large(format!("the form has more than {limit} parts"))
}

#[cold]
pub(super) fn too_many_files(limit: usize) -> Error {
    Error::too_large(format!("the form has more than {limit} files"))
}

#[cold]
pub(super) fn part_too_large(name: &str, limit: u64) -> Error {
    Error::too_large(format!("the part `{}` is larger than {limit} bytes", reflect(name)))
}

/// A temporary file failed: nothing of it is the client's business.
#[cold]
pub(super) fn disk(error: std::io::Error) -> Error {
    let detail = format!("an uploaded file could not be written to a temporary one: {error}");
    Error::app(error).with_detail(detail)
}
