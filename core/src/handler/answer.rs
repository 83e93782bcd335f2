//! What the handlers of a chain have said about the answer so far.

use std::fmt;
use std::sync::LazyLock;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, Version, header};
use http_body::Body;
use serde::Serialize;

use crate::{Contract, Error, IntoResponse, ResponseBody, ResponseContext};

/// What the handlers of a chain have said about the answer so far; they all write into one.
///
/// - A later body replaces an earlier one, with its content type. A handler that says nothing leaves what is there.
/// - A header field replaces one of the same name; `Vary` adds to it.
/// - The status is 200 until somebody says another.
#[derive(Default)]
pub struct Answer {
    /// Its status does not count.
    response: Option<Response<ResponseBody>>,
    status: Option<StatusCode>,
    stopped: bool,
    typing: Typing,
    /// A body that could not be serialised.
    failure: Option<Error>,
    /// A header field that could not be made.
    bad_header: Option<Error>,
}

/// Where the content type comes from, if there is one.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Typing {
    /// It was made for the body, so that it goes with it.
    ByBody,
    /// Somebody chose it, for this body and those that are set later.
    #[default]
    Chosen,
    /// If there is one now, it was made for the body. Looked up only when somebody says more.
    NotLookedUp,
}

impl Answer {
    /// Makes the answer of a request that nobody has said anything about.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the header fields out, for an answer in its place.
    #[doc(hidden)]
    #[must_use]
    pub fn take_headers(&mut self) -> Option<HeaderMap> {
        self.response.as_mut().map(|response| std::mem::take(response.headers_mut()))
    }

    /// Makes an answer of a response, as it is.
    #[doc(hidden)]
    #[must_use]
    pub fn from_response(response: Response<ResponseBody>) -> Self {
        let (status, typing) = (Some(response.status()), Typing::NotLookedUp);
        Self { response: Some(response), status, typing, ..Self::default() }
    }

    /// Returns the status, if somebody said one.
    #[must_use]
    pub const fn status(&self) -> Option<StatusCode> {
        self.status
    }

    /// Sets the status.
    pub const fn set_status(&mut self, status: StatusCode) {
        self.status = Some(status);
    }

    /// Returns the header fields.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        static NONE: LazyLock<HeaderMap> = LazyLock::new(HeaderMap::new);
        self.response.as_ref().map_or_else(|| &*NONE, Response::headers)
    }

    /// Returns the header fields, to change them.
    ///
    /// A content type that is set here stays with the bodies that are set later.
    pub fn headers_mut(&mut self) -> &mut HeaderMap {
        self.look_up_type();
        self.response.get_or_insert_default().headers_mut()
    }

    /// Returns the body that will be sent, if there is one.
    #[doc(hidden)]
    #[must_use]
    pub fn body(&self) -> Option<&ResponseBody> {
        let response = self.response.as_ref()?;
        if self.is_bodiless() { None } else { Some(response.body()) }
    }

    #[inline]
    fn is_bodiless(&self) -> bool {
        self.status.is_some_and(crate::framing::is_bodiless)
    }

    /// Sets the body to a value as JSON: a text with quotes, too.
    ///
    /// The content type is `application/json`, unless the handlers chose one. A value that cannot be serialised makes the
    /// handler fail when it returns, with `500`.
    pub fn set_json<T: Serialize + ?Sized>(&mut self, value: &T) {
        match crate::respond::json::to_bytes(value) {
            Ok(bytes) => self.set_body(bytes.into(), const { HeaderValue::from_static("application/json") }),
            Err(error) => self.failure = Some(error),
        }
    }

    /// Sets the body to bytes as they are.
    ///
    /// The content type is `application/octet-stream`, unless the handlers chose one.
    pub fn set_bytes(&mut self, bytes: impl Into<Bytes>) {
        let content_type = const { HeaderValue::from_static("application/octet-stream") };
        self.set_body(ResponseBody::from(bytes), content_type);
    }

    fn set_body(&mut self, body: ResponseBody, content_type: HeaderValue) {
        self.look_up_type();
        let response = self.response.get_or_insert_default();
        *response.body_mut() = body;
        self.failure = None;
        // What was said of an earlier body's length; the host finds out this one's itself.
        response.headers_mut().remove(header::CONTENT_LENGTH);
        if self.typing == Typing::ByBody || !response.headers().contains_key(header::CONTENT_TYPE) {
            response.headers_mut().insert(header::CONTENT_TYPE, content_type);
            self.typing = Typing::ByBody;
        }
    }

    fn look_up_type(&mut self) {
        if self.typing == Typing::NotLookedUp {
            let is_typed = self.headers().contains_key(header::CONTENT_TYPE);
            self.typing = if is_typed { Typing::ByBody } else { Typing::Chosen };
        }
    }

    /// Takes over what a handler returned.
    ///
    /// A status other than 200 and the header fields replace what was said before. The body does, unless the response has
    /// neither a body nor a content type. An answer that looks at the request is made without it; see
    /// [`respond_to`](Self::respond_to).
    ///
    /// # Errors
    ///
    /// As [`IntoResponse::into_response`], or what a body set before could not be serialised for.
    pub fn respond(&mut self, output: impl IntoResponse) -> Result<(), Error> {
        self.take_over(output.into_response()?, true);
        self.check()
    }

    /// Takes over what a handler returned for a request, as [`respond`](Self::respond) does.
    ///
    /// # Errors
    ///
    /// As [`IntoResponse::respond_to`], or what a body set before could not be serialised for.
    #[inline]
    pub fn respond_to(&mut self, output: impl IntoResponse, cx: ResponseContext<'_>) -> Result<(), Error> {
        output.put_into(self, cx)?;
        self.check()
    }

    /// Takes over a body of this type, as it does a response that has nothing else.
    pub(crate) fn put(&mut self, body: ResponseBody, content_type: HeaderValue) {
        if self.response.is_some() || self.failure.is_some() {
            let mut response = Response::new(body);
            response.headers_mut().insert(header::CONTENT_TYPE, content_type);
            return self.put_over(response);
        }
        self.typing = Typing::ByBody;
        let response = self.response.insert(Response::new(body));
        response.headers_mut().insert(header::CONTENT_TYPE, content_type);
    }

    /// Takes over a response. The status stays when `status_counts` is false.
    #[inline]
    pub(crate) fn take_over(&mut self, mut response: Response<ResponseBody>, status_counts: bool) {
        if response.status() != StatusCode::OK && status_counts {
            self.status = Some(response.status());
        }
        if !response.extensions().is_empty() {
            self.stopped |= response.extensions_mut().remove::<Stopped>().is_some();
        }
        if self.response.is_some() || self.failure.is_some() {
            return self.put_over(response);
        }
        self.typing = Typing::NotLookedUp;
        self.response = Some(response);
    }

    /// Puts a response over what was said before.
    #[inline(never)]
    fn put_over(&mut self, response: Response<ResponseBody>) {
        self.look_up_type();
        let has_type = response.headers().contains_key(header::CONTENT_TYPE);
        let has_body = has_type || !response.body().is_end_stream();
        if has_body {
            self.failure = None;
            self.typing = if has_type { Typing::ByBody } else { Typing::Chosen };
        }
        match &mut self.response {
            Some(before) => merge(before, response, has_body),
            None => self.response = Some(response),
        }
    }

    /// Ends the chain: the handlers after this one do not run.
    pub const fn stop(&mut self) {
        self.stopped = true;
    }

    /// Returns whether the chain has been ended.
    #[must_use]
    pub const fn is_stopped(&self) -> bool {
        self.stopped
    }

    /// Returns why what was said cannot be sent, once.
    ///
    /// # Errors
    ///
    /// - the value of [`set_json`](Self::set_json) could not be serialised: `500`
    /// - a name or value of a header field has characters that such fields cannot have: `400`
    pub fn check(&mut self) -> Result<(), Error> {
        match (&self.failure, &self.bad_header) {
            (None, None) => Ok(()),
            _ => Err(self.take_failure()),
        }
    }

    #[cold]
    fn take_failure(&mut self) -> Error {
        let failure = self.bad_header.take().or_else(|| self.failure.take());
        failure.unwrap_or_else(|| Error::app("an answer that was in order"))
    }

    /// Makes a header field, or notes why it cannot be.
    pub(super) fn field<K, V>(&mut self, name: K, value: V) -> Option<(HeaderName, HeaderValue)>
    where
        K: TryInto<HeaderName, Error: Into<http::Error>>,
        V: TryInto<HeaderValue, Error: Into<http::Error>>,
    {
        let field = name.try_into().map_err(Into::into);
        match field.and_then(|name| Ok((name, value.try_into().map_err(Into::into)?))) {
            Ok(field) => Some(field),
            Err(error) => {
                self.bad_header = Some(Error::from(error));
                None
            }
        }
    }

    /// Makes the response.
    ///
    /// A status that has no body, such as 204, is sent without one.
    #[must_use]
    pub fn into_response(mut self) -> Response<ResponseBody> {
        self.take_response_with(|body| body)
    }

    /// Takes over the body of an answer that was set aside, with its content type, unless this one has a body by now.
    #[doc(hidden)]
    pub fn inherit_body(&mut self, before: Self) {
        let Some(before_response) = before.response else { return };
        let own = self.response.get_or_insert_default();
        if own.headers().contains_key(header::CONTENT_TYPE) || !own.body().is_end_stream() {
            return;
        }
        let (parts, body) = before_response.into_parts();
        *own.body_mut() = body;
        for name in [header::CONTENT_TYPE, header::CONTENT_LENGTH] {
            if let Some(value) = parts.headers.get(&name) {
                own.headers_mut().insert(name, value.clone());
            }
        }
        self.typing = before.typing;
    }

    /// Makes the response where the answer stands, with a body around its own: moved once, where mapping moves it again.
    #[doc(hidden)]
    #[inline]
    pub fn take_response_with<B>(&mut self, wrap: impl FnOnce(ResponseBody) -> B) -> Response<B> {
        let mut response = self.response.take().unwrap_or_default();
        *response.status_mut() = self.status.unwrap_or_default();
        Self::frame(&mut response);
        response.map(wrap)
    }

    /// Makes a response of somebody else what an answer's is: of our version, and without a body where its status has none.
    #[doc(hidden)]
    #[inline]
    pub fn frame(response: &mut Response<ResponseBody>) {
        *response.version_mut() = Version::default();
        if crate::framing::is_bodiless(response.status()) {
            *response.body_mut() = ResponseBody::empty();
            response.headers_mut().remove(header::CONTENT_TYPE);
            response.headers_mut().remove(header::CONTENT_LENGTH);
        }
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("status", &self.status)
            .field("headers", self.headers())
            .field("body", &self.response.as_ref().map(Response::body))
            .field("stopped", &self.stopped)
            .finish_non_exhaustive()
    }
}

/// An answer after which the handlers that follow in the chain do not run.
///
/// What a function returns to end the chain without an error; a struct handler calls
/// [`Context::stop_chain`](super::Context::stop_chain).
///
/// # Example
///
/// ```
/// use gongular_core::handler::Stop;
/// use gongular_core::IntoResponse;
///
/// async fn greet() -> impl IntoResponse {
///     Stop("stopped")
/// }
///
/// // One that may end the chain, or let it go on.
/// async fn guard(headers: http::HeaderMap) -> Option<Stop<http::StatusCode>> {
///     (!headers.contains_key("x-token")).then_some(Stop(http::StatusCode::UNAUTHORIZED))
/// }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "the wrapped value is all there is")]
pub struct Stop<T>(pub T);

impl<T: IntoResponse> IntoResponse for Stop<T> {
    fn describe(contract: &mut Contract) {
        T::describe(contract);
    }

    fn into_response(self) -> Result<Response<ResponseBody>, Error> {
        self.0.into_response().map(stopping)
    }

    fn respond_to(self, cx: ResponseContext<'_>) -> Result<Response<ResponseBody>, Error> {
        self.0.respond_to(cx).map(stopping)
    }

    /// Lets the chain go on, and says nothing.
    fn absent() -> Result<Response<ResponseBody>, Error> {
        ().into_response()
    }
}

fn stopping(mut response: Response<ResponseBody>) -> Response<ResponseBody> {
    response.extensions_mut().insert(Stopped);
    response
}

/// Left in a response whose handler ends the chain.
#[derive(Clone, Copy, Debug)]
struct Stopped;

/// Puts what a later response says over what an earlier one did.
#[cold]
fn merge(before: &mut Response<ResponseBody>, after: Response<ResponseBody>, has_body: bool) {
    let (parts, body) = after.into_parts();
    before.extensions_mut().extend(parts.extensions);
    if has_body {
        let had_body = !before.body().is_end_stream();
        if had_body {
            before.headers_mut().remove(header::CONTENT_TYPE);
        }
        // Where there was no body, a length may have been said in advance for one that does not know its own.
        if had_body || body.size_hint().exact().is_some() {
            before.headers_mut().remove(header::CONTENT_LENGTH);
        }
        *before.body_mut() = body;
    }
    crate::respond::replace(before.headers_mut(), parts.headers);
}

#[cfg(test)]
mod tests;
