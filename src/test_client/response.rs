//! An answer, read to its end.

use std::fmt;

use bytes::Bytes;
use gongular_core::error::{Carried, render};
use gongular_core::{BoxError, Error};
use http::{HeaderMap, Response, StatusCode, response};
use http_body::Body;
use http_body_util::BodyExt;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// An answer, read to its last byte.
///
/// It prints as it went over the wire. What asserts returns the answer again, and fails with all of it.
#[derive(Clone)]
pub struct TestResponse {
    head: response::Parts,
    body: Bytes,
}

impl TestResponse {
    /// Reads an answer, or answers the error that the service returned.
    pub(super) async fn read<R, E>(result: Result<Response<R>, E>, target: &str) -> Self
    where
        R: Body<Error: Into<BoxError>>,
        E: Into<BoxError>,
    {
        match result {
            Ok(response) => Self::collect(response, target).await,
            Err(error) => {
                let error = Error::from_box(error.into());
                let mut response = render::respond(&error);
                response.extensions_mut().insert(Carried::settled(error));
                Self::collect(response, target).await
            }
        }
    }

    async fn collect<R: Body<Error: Into<BoxError>>>(response: Response<R>, target: &str) -> Self {
        let (head, body) = response.into_parts();
        match body.collect().await {
            Ok(body) => Self { head, body: body.to_bytes() },
            Err(error) => {
                let error: BoxError = error.into();
                panic!("{target}: the body of the answer ({}) failed: {error}", head.status);
            }
        }
    }

    /// Returns the status.
    #[must_use]
    pub const fn status(&self) -> StatusCode {
        self.head.status
    }

    /// Returns the header fields.
    #[must_use]
    pub const fn headers(&self) -> &HeaderMap {
        &self.head.headers
    }

    /// Returns the first header field of a name, if it is there and a text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        std::str::from_utf8(self.head.headers.get(name)?.as_bytes()).ok()
    }

    /// Returns what the service left with the answer besides the head and the body.
    #[must_use]
    pub const fn extensions(&self) -> &http::Extensions {
        &self.head.extensions
    }

    /// Returns why the request failed, if the answer was made of an [`Error`].
    #[must_use]
    pub fn error(&self) -> Option<&Error> {
        self.head.extensions.get::<Carried>().map(Carried::error)
    }

    /// Returns the body.
    #[must_use]
    pub const fn bytes(&self) -> &Bytes {
        &self.body
    }

    /// Returns the body as a text.
    ///
    /// # Panics
    ///
    /// When it is not UTF-8.
    #[must_use]
    #[track_caller]
    pub fn text(&self) -> &str {
        match std::str::from_utf8(&self.body) {
            Ok(text) => text,
            Err(error) => panic!("the body is no text: {error}\n{self}"),
        }
    }

    /// Returns the value that the body is as JSON, whatever its content type.
    ///
    /// # Panics
    ///
    /// When it cannot be read as a `T`.
    #[must_use]
    #[track_caller]
    pub fn json<T: DeserializeOwned>(&self) -> T {
        match serde_json::from_slice(&self.body) {
            Ok(value) => value,
            Err(error) => {
                panic!("the body is no {} as JSON: {error}\n{self}", std::any::type_name::<T>())
            }
        }
    }

    /// Asserts the status.
    ///
    /// # Panics
    ///
    /// When it is another, with the whole answer.
    #[track_caller]
    pub fn assert_status(&self, status: u16) -> &Self {
        assert!(self.status() == status, "expected the status {status}, got\n{self}");
        self
    }

    /// Asserts that the first header field of a name has a value.
    ///
    /// # Panics
    ///
    /// When it has another or is not there, with the whole answer.
    #[track_caller]
    pub fn assert_header(&self, name: &str, value: &str) -> &Self {
        assert!(self.header(name) == Some(value), "expected the header `{name}: {value}`, got\n{self}");
        self
    }

    /// Asserts the body as a text.
    ///
    /// # Panics
    ///
    /// When it is another, with the whole answer.
    #[track_caller]
    pub fn assert_text(&self, text: &str) -> &Self {
        assert!(self.body == text.as_bytes(), "expected the body {text:?}, got\n{self}");
        self
    }

    /// Asserts that the body is a value as JSON, whatever the order of its members.
    ///
    /// # Panics
    ///
    /// When it is another or no JSON, with the whole answer; when `expected` cannot be serialised.
    ///
    /// # Example
    ///
    /// ```
    /// use gongular::test_client::TestClient;
    /// use gongular::{Json, service};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let client = TestClient::new(service(async || Json([1, 2])));
    /// let answer = client.get("/").send().await;
    /// answer.assert_status(200).assert_header("content-type", "application/json").assert_json(&[1, 2]);
    /// # }
    /// ```
    #[track_caller]
    pub fn assert_json<T: Serialize + ?Sized>(&self, expected: &T) -> &Self {
        let expected = match serde_json::to_value(expected) {
            Ok(expected) => expected,
            Err(error) => panic!("cannot write what is expected as JSON: {error}"),
        };
        let body: serde_json::Value = self.json();
        assert!(body == expected, "expected the JSON {expected}, got\n{self}");
        self
    }
}

impl fmt::Display for TestResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:?} {}", self.head.version, self.head.status)?;
        for (name, value) in &self.head.headers {
            writeln!(f, "{name}: {}", String::from_utf8_lossy(value.as_bytes()))?;
        }
        write!(f, "\n{}", String::from_utf8_lossy(&self.body))?;
        match self.error() {
            Some(error) => write!(f, "\n\nfor the log: {error}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for TestResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestResponse")
            .field("status", &self.head.status)
            .field("headers", &self.head.headers)
            .field("body", &self.body)
            .finish_non_exhaustive()
    }
}
