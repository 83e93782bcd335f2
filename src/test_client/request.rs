//! A request on its way.

use std::fmt::{self, Display};

use bytes::Bytes;
use gongular_core::BoxError;
use http::{Extensions, HeaderMap, HeaderName, HeaderValue, Method, Request, Response, Uri};
use http_body::Body;
use serde::Serialize;
use tower_service::Service;

use super::encode::push_pairs;
use super::{MultipartForm, TestClient, TestResponse};

/// A request that is being put together; [`send`](Self::send) sends it.
#[must_use = "a request does nothing until it is sent"]
pub struct TestRequest<'c, S, B> {
    client: &'c TestClient<S, B>,
    method: Method,
    uri: String,
    headers: HeaderMap,
    cookies: Vec<(String, String)>,
    extensions: Extensions,
    body: Bytes,
}

impl<'c, S, B> TestRequest<'c, S, B> {
    pub(super) fn new(client: &'c TestClient<S, B>, method: Method, uri: &str) -> Self {
        Self {
            client,
            method,
            uri: uri.to_owned(),
            headers: HeaderMap::new(),
            cookies: Vec::new(),
            extensions: Extensions::new(),
            body: Bytes::new(),
        }
    }

    /// Adds a header field, beside those of the same name.
    ///
    /// # Panics
    ///
    /// When name or value cannot stand in a header.
    #[track_caller]
    pub fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        let (name, value) = header(name, value.as_ref());
        self.headers.append(name, value);
        self
    }

    /// Adds pairs to the query, encoded.
    pub fn query<K: Display, V: Display>(mut self, pairs: impl IntoIterator<Item = (K, V)>) -> Self {
        self.uri.push(if self.uri.contains('?') { '&' } else { '?' });
        push_pairs(pairs, &mut self.uri);
        self
    }

    /// Adds a cookie, as it is. It counts before one of that name that the client keeps.
    pub fn cookie(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.cookies.push((name.into(), value.into()));
        self
    }

    /// Adds an extension, such as the [`ClientAddr`](crate::ClientAddr) that a server would leave.
    pub fn extension<T: Clone + Send + Sync + 'static>(mut self, value: T) -> Self {
        self.extensions.insert(value);
        self
    }

    /// Sets the body to bytes as they are. The content type, where there should be one, is a header field like others.
    pub fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    /// Sets the body to a value as JSON.
    ///
    /// # Panics
    ///
    /// When the value cannot be serialised.
    #[track_caller]
    pub fn json<T: Serialize + ?Sized>(self, value: &T) -> Self {
        match serde_json::to_vec(value) {
            Ok(body) => self.typed("application/json", body),
            Err(error) => panic!("cannot write the body as JSON: {error}"),
        }
    }

    /// Sets the body to pairs as `application/x-www-form-urlencoded`.
    pub fn form<K: Display, V: Display>(self, pairs: impl IntoIterator<Item = (K, V)>) -> Self {
        let mut body = String::new();
        push_pairs(pairs, &mut body);
        self.typed("application/x-www-form-urlencoded", body)
    }

    /// Sets the body to a form with files.
    #[expect(clippy::needless_pass_by_value, reason = "a form is put together where it is sent")]
    pub fn multipart(self, form: MultipartForm) -> Self {
        let (content_type, body) = form.encode();
        self.typed(&content_type, body)
    }

    /// Sets the body, and its content type unless one was set.
    fn typed(mut self, content_type: &str, body: impl Into<Bytes>) -> Self {
        let value = HeaderValue::try_from(content_type).expect("our own content types are header values");
        self.headers.entry(http::header::CONTENT_TYPE).or_insert(value);
        self.body(body)
    }

    /// Sends the request and reads its answer to the last byte.
    ///
    /// # Panics
    ///
    /// - the target is no path
    /// - the service does not become ready, or the body of the answer fails
    ///
    /// # Cancel safety
    ///
    /// Dropped, it drops the request as a client that goes away.
    pub async fn send<R>(self) -> TestResponse
    where
        S: Service<Request<B>, Response = Response<R>, Error: Into<BoxError>> + Clone,
        B: From<Bytes>,
        R: Body<Error: Into<BoxError>>,
    {
        let client = self.client;
        let request = self.into_request();
        let target = format!("{} {}", request.method(), request.uri());
        // A clone for each request, since one that was polled ready serves one only.
        let mut service = client.service.clone();
        let ready = std::future::poll_fn(|cx| service.poll_ready(cx)).await;
        if let Err(error) = ready {
            let error: BoxError = error.into();
            panic!("{target}: the service is not ready: {error}");
        }
        let response = TestResponse::read(service.call(request).await, &target).await;
        if let Some(cookies) = &client.cookies {
            cookies.learn(response.headers());
        }
        response
    }

    fn into_request(mut self) -> Request<B>
    where
        B: From<Bytes>,
    {
        let Ok(uri) = Uri::try_from(&self.uri) else { panic!("`{}` is no target of a request", self.uri) };
        self.complete_headers();
        let mut request = Request::new(B::from(self.body));
        *request.method_mut() = self.method;
        *request.uri_mut() = uri;
        *request.headers_mut() = self.headers;
        *request.extensions_mut() = self.extensions;
        request
    }

    /// Adds the fields that every client sends.
    fn complete_headers(&mut self) {
        for name in self.client.headers.keys() {
            if !self.headers.contains_key(name) {
                for value in self.client.headers.get_all(name) {
                    self.headers.append(name, value.clone());
                }
            }
        }
        self.headers.entry(http::header::HOST).or_insert(const { HeaderValue::from_static("localhost") });
        if !self.body.is_empty() {
            let length = HeaderValue::from(self.body.len());
            self.headers.entry(http::header::CONTENT_LENGTH).or_insert(length);
        }
        if let Some(kept) = &self.client.cookies {
            kept.add_to(&mut self.cookies);
        }
        if !self.cookies.is_empty() {
            let pairs: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let (name, value) = header("cookie", pairs.join("; ").as_bytes());
            self.headers.append(name, value);
        }
    }
}

impl<S, B> fmt::Debug for TestRequest<'_, S, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestRequest")
            .field("method", &self.method)
            .field("uri", &self.uri)
            .field("headers", &self.headers)
            .field("body", &self.body)
            .finish_non_exhaustive()
    }
}

#[track_caller]
pub(super) fn header(name: &str, value: &[u8]) -> (HeaderName, HeaderValue) {
    match (HeaderName::try_from(name), HeaderValue::from_bytes(value)) {
        (Ok(name), Ok(value)) => (name, value),
        _ => panic!("`{name}: {}` is no header field", value.escape_ascii()),
    }
}
