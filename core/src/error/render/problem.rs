//! RFC 9457: `application/problem+json`, with every problem of the request.

use std::borrow::Cow;

use http::StatusCode;

use super::write::{self, DETAILS_BYTES, MESSAGE_BYTES, NAME_BYTES, PATH_BYTES, PUBLIC_BYTES};
use crate::Problem;
use crate::error::{Error, ErrorKind};

/// Returns the body: `type`, `title`, `status`, `detail`, and as extensions `problems` and how many were `omitted`.
pub(super) fn body(error: &Error, type_base: Option<&str>, details: Option<&str>) -> Vec<u8> {
    let status = error.status();
    let problem_type = match type_base {
        Some(base) => Cow::Owned(format!("{base}{}", sort(error))),
        None => Cow::Borrowed("about:blank"),
    };
    let mut out = Vec::with_capacity(512);
    out.push(b'{');
    write::json_member(&mut out, "type", &problem_type, PATH_BYTES);
    out.push(b',');
    write::json_member(&mut out, "title", title(status), PATH_BYTES);
    out.extend_from_slice(br#","status":"#);
    out.extend_from_slice(status.as_str().as_bytes());
    out.push(b',');
    write::json_member(&mut out, "detail", error.public(), PUBLIC_BYTES);
    if let Some(details) = details {
        out.push(b',');
        write::json_member(&mut out, "debug", details, DETAILS_BYTES);
    }
    if !error.problems().is_empty() {
        out.extend_from_slice(br#","problems":["#);
        let left_out = write::problems(&mut out, error, error.problems().iter(), problem);
        out.push(b']');
        if left_out > 0 {
            out.extend_from_slice(br#","omitted":"#);
            write::number(&mut out, left_out);
        }
    }
    out.push(b'}');
    out
}

fn problem(out: &mut Vec<u8>, index: usize, problem: &Problem) {
    if index > 0 {
        out.push(b',');
    }
    out.push(b'{');
    write::json_member(out, "in", problem.place().short_name(), NAME_BYTES);
    out.push(b',');
    write::json_member(out, "path", problem.path(), PATH_BYTES);
    out.push(b',');
    write::json_member(out, "code", problem.code(), NAME_BYTES);
    out.push(b',');
    write::json_member(out, "message", problem.message(), MESSAGE_BYTES);
    if !problem.params().is_empty() {
        out.extend_from_slice(br#","params":{"#);
        params(out, problem);
        out.push(b'}');
    }
    out.push(b'}');
}

/// Writes the parameters that fit; a list of a thousand choices is left out rather than cut.
fn params(out: &mut Vec<u8>, problem: &Problem) {
    let start = out.len();
    for (name, value) in problem.params() {
        let before = out.len();
        if before > start {
            out.push(b',');
        }
        write::json(out, name, NAME_BYTES);
        out.push(b':');
        serde_json::to_writer(&mut *out, value).expect("a JSON value is written to memory");
        if out.len() - start > PARAMS_BYTES {
            out.truncate(before);
        }
    }
}

/// Returns the name of the failure's sort, for its type URI. Failures of the server's own are not told apart.
fn sort(error: &Error) -> &'static str {
    match error.kind() {
        ErrorKind::MethodNotAllowed => "method-not-allowed",
        ErrorKind::NotFound => "not-found",
        ErrorKind::Parse => "parse-error",
        ErrorKind::Timeout => "timeout",
        ErrorKind::TooLarge => "too-large",
        ErrorKind::UnsupportedMediaType => "unsupported-media-type",
        ErrorKind::Validation => "validation-error",
        ErrorKind::App
        | ErrorKind::Injection
        | ErrorKind::Panic
        | ErrorKind::Refused
        | ErrorKind::Serialize => {
            if error.status() == StatusCode::INTERNAL_SERVER_ERROR {
                "internal-error"
            } else {
                "refused"
            }
        }
    }
}

/// Returns the phrase of a status, which is what RFC 9457 wants for a title.
pub(super) fn title(status: StatusCode) -> &'static str {
    status.canonical_reason().unwrap_or(if status.is_client_error() {
        "Client Error"
    } else {
        "Server Error"
    })
}

/// The most bytes of one problem's parameters.
const PARAMS_BYTES: usize = 512;
