//! From an error to its answer. Nothing here runs for a request that succeeds.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use gongular_core::error::Carried;
use gongular_core::error::render::{Format, Renderer};
use gongular_core::{Error, ErrorKind, ResponseBody};
use http::{Extensions, HeaderMap, HeaderValue, Response, header};
use http_body::Body;

use super::head::Asked;
use super::{ErrorBody, ErrorHandler, RequestHead, catch};

/// What a layer and all its services share.
pub(super) struct Settings<H> {
    pub(super) options: Options,
    pub(super) handler: Arc<H>,
}

/// What a layer was told.
#[derive(Clone)]
pub(super) struct Options {
    pub(super) format: Format,
    pub(super) negotiate: bool,
    pub(super) host_errors: bool,
    pub(super) renderer: Renderer,
    pub(super) mappers: Vec<Arc<Mapper>>,
}

type Mapper = dyn Fn(&Error) -> Option<Error> + Send + Sync;

impl<H: ErrorHandler> Settings<H> {
    /// Answers an error, and leaves it in the answer.
    #[cold]
    pub(super) fn answer(
        &self,
        mut error: Error,
        asked: &Asked,
        head: Option<&RequestHead>,
    ) -> Response<ResponseBody> {
        let mut response = self.tell(&mut error, asked, head);
        settle(response.extensions_mut(), error);
        response
    }

    /// Answers an error, which becomes what came of it: a mapping may change it, and a handler may panic.
    #[cold]
    pub(super) fn tell(
        &self,
        error: &mut Error,
        asked: &Asked,
        head: Option<&RequestHead>,
    ) -> Response<ResponseBody> {
        if let Some(mapped) = self.options.mapped(error) {
            *error = mapped;
        }
        let handled = self.handled(error, head);
        self.finish(handled, error, asked)
    }

    /// Answers what the service inside has answered with a status of 400 or above: anew if it is an error of ours, or
    /// the host's own and wanted so.
    #[cold]
    pub(super) fn refusal<R>(
        &self,
        mut response: Response<R>,
        asked: &Asked,
        head: Option<&RequestHead>,
    ) -> Response<ErrorBody<R>>
    where
        R: Body,
        R::Data: From<Bytes>,
    {
        let status = response.status();
        let carried = response.extensions().get::<Carried>().filter(|carried| !carried.is_settled());
        let (error, is_rendered) = match carried.map(|carried| carried.error().clone()) {
            // A layer in between may have changed the status.
            Some(error) if error.status() == status => (error, true),
            Some(error) => (error.with_status(status), false),
            None if self.options.host_errors && is_bare(&response) && !is_settled(&response) => {
                (Error::from_status(status), false)
            }
            None => return response.map(ErrorBody::inner),
        };
        let mapped = self.options.mapped(&error);
        let is_rendered = is_rendered && mapped.is_none() && self.options.renders_as_carried(&error, asked);
        let mut error = mapped.unwrap_or(error);
        let kind = error.kind();
        let handled = self.handled(&mut error, head);
        // The handler's own panic is another error than the one that stands rendered there.
        if is_rendered && handled.is_none() && error.kind() == kind {
            self.options.vary(&error, response.headers_mut());
            settle(response.extensions_mut(), error);
            return response.map(ErrorBody::inner);
        }
        let answer = self.finish(handled, &error, asked);
        let (before, _) = response.into_parts();
        let (mut parts, body) = answer.into_parts();
        keep(&mut parts.headers, before.headers);
        let own = std::mem::replace(&mut parts.extensions, before.extensions);
        if !own.is_empty() {
            parts.extensions.extend(own);
        }
        settle(&mut parts.extensions, error);
        parts.version = before.version;
        Response::from_parts(parts, ErrorBody::ours(body))
    }

    /// Asks the application's handler; when it panics, that is the error from here on.
    fn handled(&self, error: &mut Error, head: Option<&RequestHead>) -> Option<Response<ResponseBody>> {
        let handled = catch(|| match head {
            Some(head) => self.handler.handle(error, head),
            None if H::WANTS_REQUEST => None,
            None => self.handler.handle(error, &RequestHead::default()),
        });
        handled.unwrap_or_else(|payload| {
            *error = Error::panic(payload);
            None
        })
    }

    fn finish(
        &self,
        handled: Option<Response<ResponseBody>>,
        error: &Error,
        asked: &Asked,
    ) -> Response<ResponseBody> {
        let rendered = || self.options.render(error, asked);
        if asked.is_head {
            return empty(handled.unwrap_or_else(rendered));
        }
        handled.unwrap_or_else(rendered)
    }
}

impl Options {
    /// Makes what a client may know of an error that was not made for it.
    fn mapped(&self, error: &Error) -> Option<Error> {
        match catch(|| self.mappers.iter().find_map(|map| map(error))) {
            Ok(mapped) => Some(mapped.or_else(|| known(error))?.with_cause(error)),
            Err(payload) => Some(Error::panic(payload)),
        }
    }

    fn render(&self, error: &Error, asked: &Asked) -> Response<ResponseBody> {
        if let Some(flavor) = asked.grpc {
            return self.renderer.respond_grpc(error, flavor);
        }
        let mut response = self.renderer.respond(error, self.format_for(asked));
        self.vary(error, response.headers_mut());
        response
    }

    /// Returns whether this layer would render an error just as the response that carries it has it.
    fn renders_as_carried(&self, error: &Error, asked: &Asked) -> bool {
        let is_plain = self.format_for(asked) == Format::default() && !self.renderer.exposes_details();
        (is_plain || error.body().is_some()) && asked.grpc.is_none() && !asked.is_head
    }

    fn format_for(&self, asked: &Asked) -> Format {
        match &asked.accept {
            Some(accept) => self.format.negotiate(accept.as_bytes()),
            None => self.format,
        }
    }

    /// Says that the shape depends on `Accept`, where it does.
    fn vary(&self, error: &Error, headers: &mut HeaderMap) {
        if self.negotiate && error.body().is_none() {
            headers.append(header::VARY, const { HeaderValue::from_static("Accept") });
        }
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            format: Format::default(),
            negotiate: true,
            host_errors: false,
            renderer: Renderer::new(),
            mappers: Vec::new(),
        }
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("format", &self.format)
            .field("negotiate", &self.negotiate)
            .field("host_errors", &self.host_errors)
            .field("renderer", &self.renderer)
            .field("mappers", &self.mappers.len())
            .finish()
    }
}

/// Recognises the errors of tower's and http-body's own pieces.
fn known(error: &Error) -> Option<Error> {
    if error.kind() != ErrorKind::App {
        return None;
    }
    if error.downcast_ref::<http_body_util::LengthLimitError>().is_some() {
        return Some(Error::too_large("the body is too large"));
    }
    #[cfg(feature = "tower")]
    if error.downcast_ref::<tower::timeout::error::Elapsed>().is_some() {
        return Some(Error::timeout());
    }
    #[cfg(feature = "tower")]
    if error.downcast_ref::<tower::load_shed::error::Overloaded>().is_some() {
        return Some(Error::from_status(http::StatusCode::SERVICE_UNAVAILABLE));
    }
    None
}

/// Says in the extensions of an answer that it is settled, and why there is one.
fn settle(extensions: &mut Extensions, error: Error) {
    match extensions.get_mut::<Carried>() {
        Some(carried) => *carried = Carried::settled(error),
        None => {
            extensions.insert(Carried::settled(error));
        }
    }
}

/// Returns whether an error layer inside has answered already.
fn is_settled<R>(response: &Response<R>) -> bool {
    response.extensions().get::<Carried>().is_some()
}

/// Returns whether a response says nothing but its status.
fn is_bare<R: Body>(response: &Response<R>) -> bool {
    // The type is looked at first: the answer to a `HEAD` has it, and no body to go with it.
    let Some(content_type) = response.headers().get(header::CONTENT_TYPE) else {
        let body = response.body();
        return body.is_end_stream() || body.size_hint().exact() == Some(0);
    };
    let value = content_type.as_bytes();
    let essence = value.split(|&byte| byte == b';').next().unwrap_or(value).trim_ascii();
    essence.eq_ignore_ascii_case(b"text/plain")
}

/// Takes over the fields of the response that is replaced, except those that described its body and those that the
/// new one sets.
pub fn keep(headers: &mut HeaderMap, before: HeaderMap) {
    if before.keys().all(|name| DESCRIBE_THE_BODY.contains(name)) {
        return;
    }
    let own: Vec<_> = headers.keys().cloned().collect();
    let mut name = None;
    for (next, value) in before {
        name = next.or(name);
        let Some(name) = &name else { continue };
        if *name == header::VARY {
            if value.as_bytes() != b"Accept" {
                headers.append(name.clone(), value);
            }
        } else if !DESCRIBE_THE_BODY.contains(name) && !own.contains(name) {
            headers.append(name.clone(), value);
        }
    }
}

/// Takes the body from the answer to a `HEAD`, and says how long it would have been.
fn empty(mut response: Response<ResponseBody>) -> Response<ResponseBody> {
    let body = std::mem::take(response.body_mut());
    if let Some(length) = body.size_hint().exact()
        && length > 0
    {
        response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    }
    response
}

static DESCRIBE_THE_BODY: [header::HeaderName; 15] = [
    // The two that every body has come first, and are found at once.
    header::CONTENT_TYPE,
    header::CONTENT_LENGTH,
    header::ACCEPT_RANGES,
    header::HeaderName::from_static("content-digest"),
    header::CONTENT_DISPOSITION,
    header::CONTENT_ENCODING,
    header::CONTENT_LANGUAGE,
    header::CONTENT_LOCATION,
    header::CONTENT_RANGE,
    header::HeaderName::from_static("digest"),
    header::ETAG,
    header::LAST_MODIFIED,
    header::HeaderName::from_static("repr-digest"),
    header::TRAILER,
    header::TRANSFER_ENCODING,
];
