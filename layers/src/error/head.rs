//! What the layer keeps of a request, which is gone when it fails.

use gongular_core::MatchedPath;
use gongular_core::error::render::GrpcFlavor;
use http::{HeaderMap, HeaderValue, Method, Request, Uri, header};

use super::ErrorHandler;

/// What an [`ErrorHandler`] may know of the request that failed.
#[derive(Clone, Debug, Default)]
pub struct RequestHead {
    pub(super) method: Method,
    pub(super) uri: Uri,
    pub(super) accept: Option<HeaderValue>,
    pub(super) grpc: Option<GrpcFlavor>,
    pub(super) matched_path: Option<MatchedPath>,
}

impl RequestHead {
    /// Returns the method.
    #[must_use]
    pub const fn method(&self) -> &Method {
        &self.method
    }

    /// Returns the URI as it came to the layer.
    #[must_use]
    pub const fn uri(&self) -> &Uri {
        &self.uri
    }

    /// Returns what the client accepts, unless it is `*/*` or [negotiation](super::ErrorLayer::negotiation) is off.
    #[must_use]
    pub const fn accept(&self) -> Option<&HeaderValue> {
        self.accept.as_ref()
    }

    /// Returns the route that matched, where the router stands outside of the layer.
    #[must_use]
    pub const fn matched_path(&self) -> Option<&MatchedPath> {
        self.matched_path.as_ref()
    }
}

/// What every request leaves behind: what its answer depends on.
#[derive(Debug)]
pub(super) struct Asked {
    /// Absent when it says nothing: no field, or `*/*`.
    pub(super) accept: Option<HeaderValue>,
    pub(super) grpc: Option<GrpcFlavor>,
    pub(super) is_head: bool,
}

impl Asked {
    #[inline]
    pub(super) fn of<B>(request: &Request<B>, negotiate: bool) -> Self {
        let headers = request.headers();
        let grpc = grpc(request.method(), headers);
        let accept = if negotiate { accept(headers) } else { None };
        Self { accept, grpc, is_head: *request.method() == Method::HEAD }
    }

    /// Reads it from what was kept of a request.
    pub(super) fn of_head(head: &RequestHead, negotiate: bool) -> Self {
        let accept = if negotiate { head.accept.clone() } else { None };
        Self { accept, grpc: head.grpc, is_head: head.method == Method::HEAD }
    }

    /// Copies the rest of the head for a handler that wants it.
    #[inline]
    pub(super) fn head<B, H: ErrorHandler>(&self, request: &Request<B>) -> Option<Box<RequestHead>> {
        H::WANTS_REQUEST.then(|| {
            Box::new(RequestHead {
                method: request.method().clone(),
                uri: request.uri().clone(),
                accept: self.accept.clone(),
                grpc: self.grpc,
                matched_path: MatchedPath::of(request.extensions()),
            })
        })
    }
}

#[inline]
pub(super) fn accept(headers: &HeaderMap) -> Option<HeaderValue> {
    let first = headers.get(&header::ACCEPT)?;
    if headers.len() != headers.keys_len() {
        return joined(headers);
    }
    (first.as_bytes() != b"*/*").then(|| first.clone())
}

/// Makes one list of a field that may stand on several lines.
#[cold]
fn joined(headers: &HeaderMap) -> Option<HeaderValue> {
    let mut lines = headers.get_all(header::ACCEPT).iter();
    let mut list = lines.next()?.as_bytes().to_vec();
    for line in lines {
        list.extend_from_slice(b", ");
        list.extend_from_slice(line.as_bytes());
    }
    HeaderValue::from_maybe_shared(bytes::Bytes::from(list)).ok()
}

#[inline]
pub(super) fn grpc(method: &Method, headers: &HeaderMap) -> Option<GrpcFlavor> {
    // A call of gRPC is always a POST: nobody else pays for the look.
    if *method != Method::POST {
        return None;
    }
    GrpcFlavor::of(headers.get(&header::CONTENT_TYPE)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accept_on_several_lines_is_one_list() {
        let of = |lines: &[&'static str]| {
            let mut request = Request::new(());
            for line in lines {
                request.headers_mut().append(header::ACCEPT, HeaderValue::from_static(line));
            }
            Asked::of(&request, true).accept
        };
        assert_eq!(of(&[]), None);
        assert_eq!(of(&["*/*"]), None);
        assert_eq!(of(&["text/html"]).unwrap(), "text/html");
        assert_eq!(of(&["*/*;q=0.1", "text/html"]).unwrap(), "*/*;q=0.1, text/html");
    }
}
