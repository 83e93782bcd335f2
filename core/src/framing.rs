//! What a message's head says of its body (RFC 9110, sections 6.4 and 8.6).

use http::{HeaderMap, StatusCode, header};

/// Returns the length that a head declares; none when there is no `Content-Length`, or none that is a number.
#[must_use]
pub fn declared_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// Returns whether an answer of this status never has a body.
#[must_use]
pub fn is_bodiless(status: StatusCode) -> bool {
    status.is_informational() || status == StatusCode::NO_CONTENT || status == StatusCode::NOT_MODIFIED
}
