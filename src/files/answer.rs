//! From a request for a file to its answer, by way of tower-http.

use std::path::PathBuf;

use bytes::Bytes;
use gongular_core::{Error, ResponseBody};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::Empty;
use tower_http::services::ServeDir;
use tower_http::services::fs::{DefaultServeDirFallback, ServeFileSystemResponseBody};

use super::body::Measured;
use super::guard::{Guard, is_nothing};
use super::range::{Range, if_range_holds};
use super::target::Target;

/// Where files come from and what is said of them: what the folder and the single file share.
#[derive(Clone, Debug)]
pub(super) struct Source {
    pub(super) folder: PathBuf,
    pub(super) guard: Guard,
    pub(super) has_folders: bool,
    pub(super) precompressed: bool,
    pub(super) cache_control: Option<HeaderValue>,
}

type Answer = Response<ServeFileSystemResponseBody>;

impl Source {
    pub(super) const fn new(folder: PathBuf, guard: Guard) -> Self {
        Self { folder, guard, has_folders: true, precompressed: false, cache_control: None }
    }

    /// Answers a `GET` or `HEAD` with a file.
    pub(super) async fn answer(
        &self,
        parts: &Parts,
        target: &Target,
    ) -> Result<Response<ResponseBody>, Error> {
        // HTTP knows ranges of `GET` only.
        let range = if parts.method == Method::GET { Range::of(&parts.headers) } else { None };
        let answer = match range {
            Some(range) => self.ask_for_range(parts, target, &range).await?,
            None => self.ask(parts, target, None).await?,
        };
        match answer.status() {
            StatusCode::OK | StatusCode::PARTIAL_CONTENT | StatusCode::NOT_MODIFIED => {
                self.finish(parts, answer)
            }
            StatusCode::TEMPORARY_REDIRECT => redirect(parts, target.last()),
            StatusCode::PRECONDITION_FAILED => Err(Error::new(
                StatusCode::PRECONDITION_FAILED,
                "the file is not the one that the condition is about",
            )),
            StatusCode::RANGE_NOT_SATISFIABLE => {
                Err(unsatisfiable(answer.headers().get(header::CONTENT_RANGE).cloned()))
            }
            _ => Err(Error::not_found()),
        }
    }

    async fn ask_for_range(&self, parts: &Parts, target: &Target, range: &Range) -> Result<Answer, Error> {
        let answer = self.ask(parts, target, Some(range)).await?;
        let is_refused = answer.status() == StatusCode::RANGE_NOT_SATISFIABLE;
        if !is_refused && answer.status() != StatusCode::PARTIAL_CONTENT {
            return Ok(answer);
        }
        // Looked at afterwards, since the answer's own fields say which file was opened.
        if !if_range_holds(&parts.headers, answer.headers()) {
            return self.ask(parts, target, None).await;
        }
        if is_refused && range.is_tail {
            // The file is shorter than the tail that is asked for: all of it is meant, which tower-http refuses.
            return self.ask(parts, target, Some(&Range::whole())).await;
        }
        Ok(answer)
    }

    /// Asks tower-http.
    async fn ask(&self, parts: &Parts, target: &Target, range: Option<&Range>) -> Result<Answer, Error> {
        let mut request = Request::new(Empty::<Bytes>::new());
        *request.method_mut() = parts.method.clone();
        *request.uri_mut() = target.path.parse().map_err(|_| Error::not_found())?;
        for name in CONDITIONS.iter().chain([&header::ACCEPT_ENCODING]) {
            for value in parts.headers.get_all(name) {
                request.headers_mut().append(name, value.clone());
            }
        }
        if let Some(range) = range {
            request.headers_mut().insert(header::RANGE, range.header.clone());
        }
        let answer = self.service(&request).try_call::<_, ServeFileSystemResponseBody>(request).await;
        answer.map_err(|error| if is_nothing(&error) { Error::not_found() } else { Error::app(error) })
    }

    fn service<B>(&self, request: &Request<B>) -> ServeDir<DefaultServeDirFallback, Guard> {
        // A question with a condition is mostly answered without the file, one for a variant with another file.
        let headers = request.headers();
        let is_read = request.method() == Method::GET
            && !CONDITIONS.iter().any(|name| headers.contains_key(name))
            && !(self.precompressed && headers.contains_key(header::ACCEPT_ENCODING));
        let guard = if is_read { self.guard.reading_ahead() } else { self.guard.clone() };
        let service =
            ServeDir::with_backend(&self.folder, guard).append_index_html_on_directories(self.has_folders);
        if self.precompressed {
            service.precompressed_br().precompressed_gzip().precompressed_zstd()
        } else {
            service
        }
    }

    /// Makes our answer of tower-http's.
    fn finish(&self, parts: &Parts, answer: Answer) -> Result<Response<ResponseBody>, Error> {
        let (mut head, body) = answer.into_parts();
        let length = head.headers.get(header::CONTENT_LENGTH);
        let length = length.and_then(|length| length.to_str().ok()?.parse::<u64>().ok()).unwrap_or(0);
        if head.status == StatusCode::PARTIAL_CONTENT && length == 0 {
            // No range of an empty file has a byte in it.
            return Err(unsatisfiable(Some(HeaderValue::from_static("bytes */0"))));
        }
        if let Some(cache_control) = &self.cache_control {
            head.headers.insert(header::CACHE_CONTROL, cache_control.clone());
        }
        let body = if head.status == StatusCode::NOT_MODIFIED {
            if self.precompressed {
                head.headers.insert(header::VARY, const { HeaderValue::from_static("accept-encoding") });
            }
            ResponseBody::empty()
        } else {
            name_charset(&mut head.headers);
            head.headers
                .insert(header::X_CONTENT_TYPE_OPTIONS, const { HeaderValue::from_static("nosniff") });
            if parts.method == Method::HEAD || length == 0 {
                ResponseBody::empty()
            } else {
                ResponseBody::stream(Measured::new(body, length))
            }
        };
        Ok(Response::from_parts(head, body))
    }
}

/// Answers a folder's name without a slash with the same and a slash.
///
/// The reference is relative to the folder's own place, so that it is right under any prefix that a host took off, and
/// never names another host.
pub(super) fn redirect(parts: &Parts, name: &str) -> Result<Response<ResponseBody>, Error> {
    let location = match parts.uri.query() {
        Some(query) => format!("./{name}/?{query}"),
        None => format!("./{name}/"),
    };
    let location = HeaderValue::try_from(location).map_err(|_| Error::not_found())?;
    let mut response = Response::new(ResponseBody::empty());
    *response.status_mut() = StatusCode::TEMPORARY_REDIRECT;
    response.headers_mut().insert(header::LOCATION, location);
    Ok(response)
}

#[cold]
fn unsatisfiable(content_range: Option<HeaderValue>) -> Error {
    let error = Error::new(StatusCode::RANGE_NOT_SATISFIABLE, "the file has no such range");
    match content_range {
        Some(range) => error.with_header(header::CONTENT_RANGE, range),
        None => error,
    }
}

/// Returns the error of a method that files do not have, if it is one.
pub(super) fn refuse_method(method: &Method) -> Result<(), Error> {
    if *method == Method::GET || *method == Method::HEAD {
        return Ok(());
    }
    Err(Error::method_not_allowed(HeaderValue::from_static("GET, HEAD")))
}

/// Says of a text that it is UTF-8: a client that is left to guess guesses wrong.
fn name_charset(headers: &mut HeaderMap) {
    let Some(content_type) = headers.get_mut(header::CONTENT_TYPE) else { return };
    let Ok(text) = content_type.to_str() else { return };
    if text.starts_with("text/")
        && !text.contains(';')
        && let Ok(named) = HeaderValue::try_from(format!("{text}; charset=utf-8"))
    {
        *content_type = named;
    }
}

/// The fields that may make the file itself superfluous.
static CONDITIONS: [HeaderName; 4] =
    [header::IF_MATCH, header::IF_MODIFIED_SINCE, header::IF_NONE_MATCH, header::IF_UNMODIFIED_SINCE];
