//! A small page for people with a browser: no script, no style, everything escaped.

use super::problem::title;
use super::write::{self, DETAILS_BYTES, MESSAGE_BYTES, PATH_BYTES, PUBLIC_BYTES};
use crate::Error;

/// Returns the page.
pub(super) fn body(error: &Error, details: Option<&str>) -> Vec<u8> {
    let mut out = Vec::with_capacity(512);
    out.extend_from_slice(b"<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>");
    heading(&mut out, error);
    out.extend_from_slice(b"</title></head>\n<body>\n<h1>");
    heading(&mut out, error);
    out.extend_from_slice(b"</h1>\n<p>");
    write::html(&mut out, error.public(), PUBLIC_BYTES);
    out.extend_from_slice(b"</p>\n");
    if let Some(details) = details {
        out.extend_from_slice(b"<pre>");
        write::html(&mut out, details, DETAILS_BYTES);
        out.extend_from_slice(b"</pre>\n");
    }
    if !error.problems().is_empty() {
        out.extend_from_slice(b"<ul>\n");
        let left_out = write::problems(&mut out, error, error.problems().iter(), |out, _, problem| {
            out.extend_from_slice(b"<li>");
            write::html(out, problem.place().name(), PATH_BYTES);
            if !problem.path().is_empty() {
                out.extend_from_slice(b" <code>");
                write::html(out, problem.path(), PATH_BYTES);
                out.extend_from_slice(b"</code>");
            }
            out.extend_from_slice(b": ");
            write::html(out, problem.message(), MESSAGE_BYTES);
            out.extend_from_slice(b"</li>\n");
        });
        if left_out > 0 {
            out.extend_from_slice(b"<li>and ");
            write::number(&mut out, left_out);
            out.extend_from_slice(b" more</li>\n");
        }
        out.extend_from_slice(b"</ul>\n");
    }
    out.extend_from_slice(b"</body>\n</html>\n");
    out
}

fn heading(out: &mut Vec<u8>, error: &Error) {
    out.extend_from_slice(error.status().as_str().as_bytes());
    out.push(b' ');
    out.extend_from_slice(title(error.status()).as_bytes());
}
