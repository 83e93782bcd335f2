//! The original's shape: `{"ParseError": {...}}`, `{"ValidationError": {...}}`, and `{"error": ...}` for the rest.

use super::write::{self, DETAILS_BYTES, MESSAGE_BYTES, PATH_BYTES, PUBLIC_BYTES};
use crate::error::{Error, ErrorKind};
use crate::{Place, Problem};

/// Returns the body. Only the first problem of reading, or the broken rules of the first place, fit into this shape.
pub(super) fn body(error: &Error, details: Option<&str>) -> Vec<u8> {
    let mut out = Vec::with_capacity(256);
    match (error.kind(), error.problems().first()) {
        (ErrorKind::Parse, Some(problem)) => parse(&mut out, problem),
        (ErrorKind::Validation, Some(first)) => validation(&mut out, error, first.place()),
        _ => {
            out.push(b'{');
            write::json_member(&mut out, "error", error.public(), PUBLIC_BYTES);
            if let Some(details) = details {
                out.push(b',');
                write::json_member(&mut out, "details", details, DETAILS_BYTES);
            }
            out.push(b'}');
        }
    }
    out
}

fn parse(out: &mut Vec<u8>, problem: &Problem) {
    out.extend_from_slice(br#"{"ParseError":{"Place":"#);
    write::json(out, problem.place().name(), PATH_BYTES);
    if !problem.path().is_empty() {
        out.push(b',');
        write::json_member(out, "FieldName", problem.path(), PATH_BYTES);
    }
    out.push(b',');
    write::json_member(out, "Reason", problem.message(), MESSAGE_BYTES);
    out.extend_from_slice(b"}}");
}

fn validation(out: &mut Vec<u8>, error: &Error, place: Place) {
    out.extend_from_slice(br#"{"ValidationError":{"Fields":{"#);
    // A field that breaks several rules is told the first one.
    let fields = error.problems().iter().enumerate().filter(|(index, problem)| {
        let earlier = error.problems().iter().take(*index);
        problem.place() == place
            && !earlier.filter(|other| other.place() == place).any(|other| other.path() == problem.path())
    });
    let left_out = write::problems(out, error, fields.map(|(_, problem)| problem), |out, index, problem| {
        if index > 0 {
            out.push(b',');
        }
        write::json(out, problem.path(), PATH_BYTES);
        out.push(b':');
        write::json(out, problem.message(), MESSAGE_BYTES);
    });
    out.extend_from_slice(b"},");
    write::json_member(out, "Place", place.name(), PATH_BYTES);
    if left_out > 0 {
        out.extend_from_slice(br#","Omitted":"#);
        write::number(out, left_out);
    }
    out.extend_from_slice(b"}}");
}
