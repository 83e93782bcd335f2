//! Plain text for people with a terminal.

use super::problem::title;
use super::write::{self, DETAILS_BYTES, MESSAGE_BYTES, PATH_BYTES, PUBLIC_BYTES};
use crate::Error;

/// Returns the text: the status, the public text, and a line for each problem.
pub(super) fn body(error: &Error, details: Option<&str>) -> Vec<u8> {
    let mut out = Vec::with_capacity(256);
    out.extend_from_slice(error.status().as_str().as_bytes());
    out.push(b' ');
    out.extend_from_slice(title(error.status()).as_bytes());
    out.push(b'\n');
    write::plain(&mut out, error.public(), PUBLIC_BYTES);
    out.push(b'\n');
    if let Some(details) = details {
        write::plain(&mut out, details, DETAILS_BYTES);
        out.push(b'\n');
    }
    let left_out = write::problems(&mut out, error, error.problems().iter(), |out, _, problem| {
        out.extend_from_slice(b"- ");
        out.extend_from_slice(problem.place().name().as_bytes());
        if !problem.path().is_empty() {
            out.push(b' ');
            write::plain(out, problem.path(), PATH_BYTES);
        }
        out.extend_from_slice(b": ");
        write::plain(out, problem.message(), MESSAGE_BYTES);
        out.push(b'\n');
    });
    if left_out > 0 {
        out.extend_from_slice(b"- and ");
        write::number(&mut out, left_out);
        out.extend_from_slice(b" more\n");
    }
    out
}
