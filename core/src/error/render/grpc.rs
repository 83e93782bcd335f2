//! Errors for gRPC clients: `grpc-status`, `grpc-message`, and every problem as `google.rpc.BadRequest`.

use http::{HeaderName, HeaderValue, Response, StatusCode, header};

use crate::error::{Error, ErrorKind};
use crate::respond::ResponseBody;
use crate::{Place, Problem};

/// Which sort of gRPC a client speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum GrpcFlavor {
    /// gRPC over HTTP/2: `application/grpc`, whatever follows it.
    Grpc,
    /// gRPC for browsers: `application/grpc-web`.
    Web,
}

impl GrpcFlavor {
    /// Returns the sort of gRPC that a request's content type names, if any.
    #[must_use]
    pub fn of(content_type: &HeaderValue) -> Option<Self> {
        let bytes = content_type.as_bytes();
        let (start, rest) = bytes.split_at_checked(GRPC.len())?;
        if !start.eq_ignore_ascii_case(GRPC) {
            return None;
        }
        match rest {
            [] | [b'+' | b';' | b' ', ..] => Some(Self::Grpc),
            [b'-', web @ ..] if web.get(..3).is_some_and(|web| web.eq_ignore_ascii_case(b"web")) => {
                Some(Self::Web)
            }
            _ => None,
        }
    }
}

/// Returns the gRPC status code of an error.
///
/// | kind or HTTP status | gRPC |
/// |---|---|
/// | kind `Timeout`, 408, 504 | 4 `DEADLINE_EXCEEDED` |
/// | 400, 415, 422 | 3 `INVALID_ARGUMENT` |
/// | 401 | 16 `UNAUTHENTICATED` |
/// | 403 | 7 `PERMISSION_DENIED` |
/// | 404, 410 | 5 `NOT_FOUND` |
/// | 405, 501 | 12 `UNIMPLEMENTED` |
/// | 409 | 10 `ABORTED` |
/// | 412, 428 | 9 `FAILED_PRECONDITION` |
/// | 413, 429, 431 | 8 `RESOURCE_EXHAUSTED` |
/// | 416 | 11 `OUT_OF_RANGE` |
/// | 499 | 1 `CANCELLED` |
/// | 500 | 13 `INTERNAL` |
/// | 502, 503 | 14 `UNAVAILABLE` |
/// | others | 2 `UNKNOWN` |
#[must_use]
pub fn grpc_code(error: &Error) -> u8 {
    if error.kind() == ErrorKind::Timeout {
        return 4;
    }
    match error.status().as_u16() {
        400 | 415 | 422 => 3,
        401 => 16,
        403 => 7,
        404 | 410 => 5,
        405 | 501 => 12,
        408 | 504 => 4,
        409 => 10,
        412 | 428 => 9,
        413 | 429 | 431 => 8,
        416 => 11,
        499 => 1,
        500 => 13,
        502 | 503 => 14,
        _ => 2,
    }
}

/// Returns a `google.rpc.Status` with every problem, encoded; none when the error is not about reading the request.
#[must_use]
pub fn grpc_details(error: &Error) -> Option<Vec<u8>> {
    let message = cut(error.public(), MESSAGE_BYTES);
    (!error.problems().is_empty()).then(|| status(grpc_code(error), message, error.problems()))
}

/// Makes the answer: HTTP 200 and no body, so that the head is the trailers, as gRPC has it for calls that fail at once.
pub(super) fn respond(error: &Error, flavor: GrpcFlavor, details: Option<&str>) -> Response<ResponseBody> {
    let code = grpc_code(error);
    let message = cut(details.unwrap_or_else(|| error.public()), MESSAGE_BYTES);
    let mut response = Response::new(ResponseBody::empty());
    *response.status_mut() = StatusCode::OK;
    let headers = response.headers_mut();
    if let Some(own) = error.headers() {
        headers.extend(own.clone());
    }
    let content_type = match flavor {
        GrpcFlavor::Grpc => "application/grpc",
        GrpcFlavor::Web => "application/grpc-web",
    };
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(STATUS, HeaderValue::from(u16::from(code)));
    if let Ok(value) = HeaderValue::try_from(percent_encode(message)) {
        headers.insert(MESSAGE, value);
    }
    if !error.problems().is_empty()
        && let Ok(value) = HeaderValue::try_from(base64(&status(code, message, error.problems())))
    {
        headers.insert(DETAILS, value);
    }
    response
}

/// Writes `google.rpc.Status { code = 1, message = 2, repeated google.protobuf.Any details = 3 }`.
fn status(code: u8, message: &str, problems: &[Problem]) -> Vec<u8> {
    let mut any = Vec::new();
    bytes_field(&mut any, 1, b"type.googleapis.com/google.rpc.BadRequest");
    bytes_field(&mut any, 2, &bad_request(problems));
    let mut out = Vec::with_capacity(any.len() + message.len() + 16);
    // Codes are below 128, where a varint is the number itself.
    out.extend_from_slice(&[1 << 3, code]);
    bytes_field(&mut out, 2, message.as_bytes());
    bytes_field(&mut out, 3, &any);
    out
}

/// Writes `google.rpc.BadRequest { repeated FieldViolation field_violations = 1 }`, as much of it as has room.
///
/// `FieldViolation { field = 1, description = 2, reason = 3 }`: the field is the path, with its place before it
/// (`query.page`) unless it stands in the body; the reason is the code in capitals.
fn bad_request(problems: &[Problem]) -> Vec<u8> {
    let mut out = Vec::new();
    for problem in problems {
        let field = match (problem.place(), problem.path()) {
            (Place::Body, path) => path.to_owned(),
            (place, "") => place.short_name().to_owned(),
            (place, path) => format!("{}.{path}", place.short_name()),
        };
        let mut violation = Vec::new();
        bytes_field(&mut violation, 1, cut(&field, FIELD_BYTES).as_bytes());
        bytes_field(&mut violation, 2, cut(problem.message(), MESSAGE_BYTES).as_bytes());
        bytes_field(&mut violation, 3, cut(&problem.code().to_ascii_uppercase(), REASON_BYTES).as_bytes());
        if out.len() + violation.len() > VIOLATIONS_BYTES {
            break;
        }
        bytes_field(&mut out, 1, &violation);
    }
    out
}

/// Writes a protobuf field of length-delimited bytes; an empty one is left out.
fn bytes_field(out: &mut Vec<u8>, number: u8, bytes: &[u8]) {
    if bytes.is_empty() {
        return;
    }
    out.push(number << 3 | 2);
    let mut length = bytes.len();
    while length >= 0x80 {
        out.push((length & 0x7f) as u8 | 0x80);
        length >>= 7;
    }
    out.push(length as u8);
    out.extend_from_slice(bytes);
}

/// Encodes without padding, as gRPC has it for binary metadata.
fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let group =
            (0..3).fold(0_u32, |group, index| group << 8 | u32::from(chunk.get(index).copied().unwrap_or(0)));
        for sextet in 0..=chunk.len() {
            out.push(char::from(ALPHABET[(group >> (18 - 6 * sextet) & 0x3f) as usize]));
        }
    }
    out
}

/// Encodes a message for `grpc-message`: printable ASCII stays, except the percent sign.
fn percent_encode(text: &str) -> String {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'%' | 0..=0x1f | 0x7f.. => {
                out.push('%');
                out.push(char::from(HEX[usize::from(byte >> 4)]));
                out.push(char::from(HEX[usize::from(byte & 0xf)]));
            }
            _ => out.push(char::from(byte)),
        }
    }
    out
}

/// Returns the longest beginning of a text that has at most `limit` bytes.
fn cut(text: &str, limit: usize) -> &str {
    &text[..text.floor_char_boundary(limit)]
}

const GRPC: &[u8] = b"application/grpc";
const STATUS: HeaderName = HeaderName::from_static("grpc-status");
const MESSAGE: HeaderName = HeaderName::from_static("grpc-message");
const DETAILS: HeaderName = HeaderName::from_static("grpc-status-details-bin");

/// Base64 makes four bytes of three: with the message, the head stays far below the 8 KiB that clients take.
const VIOLATIONS_BYTES: usize = 2 << 10;
const MESSAGE_BYTES: usize = 512;
const FIELD_BYTES: usize = 256;
const REASON_BYTES: usize = 63;
