//! The client.

use std::fmt;
use std::marker::PhantomData;

use bytes::Bytes;
use gongular_core::stats::RouteStat;
use http::{HeaderMap, Method};
use http_body_util::Full;

use super::cookies::Cookies;
use super::request::header;
use super::{RecordedStats, TestRequest};

/// Asks a tower service without sockets.
///
/// `S` is any `Service<Request<B>>` that can be cloned; every request is one to a clone of its own. The client sends bodies of
/// type `B`: [`Full<Bytes>`] unless made with [`typed`](Self::typed).
///
/// An error that the service returns instead of an answer is answered as an `ErrorLayer` would do, so that a handler can be
/// asked without one.
///
/// See the [module's documentation](super) for an example.
pub struct TestClient<S, B = Full<Bytes>> {
    pub(super) service: S,
    pub(super) headers: HeaderMap,
    pub(super) cookies: Option<Cookies>,
    stats: Option<RecordedStats>,
    body: PhantomData<fn(B)>,
}

impl<S> TestClient<S> {
    /// Makes a client of a service that takes [`Full<Bytes>`] bodies, as every service does that takes any.
    #[must_use]
    pub fn new(service: S) -> Self {
        Self::typed(service)
    }
}

impl<S, B> TestClient<S, B> {
    /// Makes a client of a service that takes bodies of one type only.
    ///
    /// # Example
    ///
    /// ```
    /// use axum::body::Body;
    /// use axum::extract::Request;
    /// use gongular::test_client::TestClient;
    /// use tower::service_fn;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let service = service_fn(async |request: Request| Ok::<_, std::io::Error>(http::Response::new(request.into_body())));
    /// let client = TestClient::<_, Body>::typed(service);
    /// assert_eq!(client.post("/").body("echo").send().await.text(), "echo");
    /// # }
    /// ```
    #[must_use]
    pub fn typed(service: S) -> Self {
        Self { service, headers: HeaderMap::new(), cookies: None, stats: None, body: PhantomData }
    }

    /// Sends a header field with every request, unless the request sets one of that name itself.
    ///
    /// # Panics
    ///
    /// When name or value cannot stand in a header.
    #[must_use]
    #[track_caller]
    pub fn with_header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        let (name, value) = header(name, value.as_ref());
        self.headers.append(name, value);
        self
    }

    /// Says where the service's statistics are recorded, for [`stats`](Self::stats) and [`last_stat`](Self::last_stat).
    #[must_use]
    pub fn with_stats(mut self, stats: &RecordedStats) -> Self {
        self.stats = Some(stats.clone());
        self
    }

    /// Sends the cookies that answers set with the requests that follow, as a browser does on one site.
    ///
    /// Domains and paths are not looked at. A cookie is forgotten when an answer sets it with a `Max-Age` of zero or less,
    /// or with an `Expires` in 1970. Clones of the client have the same cookies.
    #[must_use]
    pub fn keep_cookies(mut self) -> Self {
        self.cookies = Some(Cookies::default());
        self
    }

    /// Begins a `GET` of a path, with or without a query.
    pub fn get(&self, uri: &str) -> TestRequest<'_, S, B> {
        self.request(Method::GET, uri)
    }

    /// Begins a `HEAD`.
    pub fn head(&self, uri: &str) -> TestRequest<'_, S, B> {
        self.request(Method::HEAD, uri)
    }

    /// Begins a `POST`.
    pub fn post(&self, uri: &str) -> TestRequest<'_, S, B> {
        self.request(Method::POST, uri)
    }

    /// Begins a `PUT`.
    pub fn put(&self, uri: &str) -> TestRequest<'_, S, B> {
        self.request(Method::PUT, uri)
    }

    /// Begins a `PATCH`.
    pub fn patch(&self, uri: &str) -> TestRequest<'_, S, B> {
        self.request(Method::PATCH, uri)
    }

    /// Begins a `DELETE`.
    pub fn delete(&self, uri: &str) -> TestRequest<'_, S, B> {
        self.request(Method::DELETE, uri)
    }

    /// Begins an `OPTIONS`.
    pub fn options(&self, uri: &str) -> TestRequest<'_, S, B> {
        self.request(Method::OPTIONS, uri)
    }

    /// Begins a request of any method.
    pub fn request(&self, method: Method, uri: &str) -> TestRequest<'_, S, B> {
        TestRequest::new(self, method, uri)
    }

    /// Returns the statistics of the requests that have ended, in the order they ended; none without
    /// [`with_stats`](Self::with_stats).
    #[must_use]
    pub fn stats(&self) -> Vec<RouteStat> {
        self.stats.as_ref().map(RecordedStats::all).unwrap_or_default()
    }

    /// Returns the statistic of the request that ended last.
    #[must_use]
    pub fn last_stat(&self) -> Option<RouteStat> {
        self.stats.as_ref()?.last()
    }

    /// Returns the service.
    pub const fn get_ref(&self) -> &S {
        &self.service
    }
}

impl<S: Clone, B> Clone for TestClient<S, B> {
    fn clone(&self) -> Self {
        Self {
            service: self.service.clone(),
            headers: self.headers.clone(),
            cookies: self.cookies.clone(),
            stats: self.stats.clone(),
            body: PhantomData,
        }
    }
}

impl<S: fmt::Debug, B> fmt::Debug for TestClient<S, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestClient")
            .field("service", &self.service)
            .field("headers", &self.headers)
            .field("cookies", &self.cookies)
            .finish_non_exhaustive()
    }
}
