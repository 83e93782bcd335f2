//! The streaming extractor.

use std::fmt;
use std::pin::Pin;

use bytes::{Buf, Bytes};
use gongular_core::{Contract, Error, FromRequest, Input, Limits, Place, RequestBody, RequestContext};
use http::{HeaderMap, StatusCode, header};
use http_body_util::{BodyExt, Full};

use super::fault;
use super::gather::Gather;
use super::head::PartHead;
use super::stream::{AnyStream, Stream};
use crate::upload::safe_file_name;

/// Reads a `multipart/form-data` form part by part, for forms that should never be held.
///
/// Memory stays flat however large the form is: data is handed out as it arrives, in slices of the received chunks. For
/// forms that may be held, a `Form<T>` whose struct has [`UploadedFile`](crate::UploadedFile) fields is less to write.
///
/// [`Limits::multipart_bytes`], [`parts`](Limits::parts), [`files`](Limits::files), [`file_bytes`](Limits::file_bytes),
/// [`text_field_bytes`](Limits::text_field_bytes) and those of part headers hold. Streaming large files needs the first
/// and [`file_bytes`](Limits::file_bytes) raised.
///
/// It is boxed, once and with the body, so that a handler need not name the body's type.
///
/// # Errors
///
/// - the content type is not `multipart/form-data`, or there is a content encoding:
///   [`ErrorKind::UnsupportedMediaType`](gongular_core::ErrorKind::UnsupportedMediaType), `415`
/// - no boundary, or one that RFC 2046 does not allow: [`ErrorKind::Parse`](gongular_core::ErrorKind::Parse), `400`
/// - the declared length is over the limit: [`ErrorKind::TooLarge`](gongular_core::ErrorKind::TooLarge), `413`, before
///   anything is read
///
/// # Example
///
/// ```
/// use gongular_core::{Error, service};
/// use gongular_extractors::Multipart;
/// use http::Request;
/// use http_body_util::{BodyExt, Full};
/// use tower_service::Service;
///
/// async fn count(mut form: Multipart) -> Result<String, Error> {
///     let mut bytes = 0;
///     while let Some(mut part) = form.next_part().await? {
///         while let Some(chunk) = part.chunk().await? {
///             bytes += chunk.len();
///         }
///     }
///     Ok(format!("{bytes} bytes"))
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let body = "--X\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a\"\r\n\r\nhello\r\n--X--\r\n";
/// let request = Request::post("/")
///     .header("content-type", "multipart/form-data; boundary=X")
///     .body(Full::new(bytes::Bytes::from(body)))
///     .unwrap();
/// let response = service(count).call(request).await.unwrap();
/// assert_eq!(response.into_body().collect().await.unwrap().to_bytes(), "5 bytes");
/// # }
/// ```
pub struct Multipart {
    stream: Pin<Box<AnyStream>>,
}

impl Multipart {
    /// Begins to read a form that a request with these headers has for its body.
    ///
    /// # Errors
    ///
    /// As for the [extractor](Self#errors).
    pub fn new<B>(headers: &HeaderMap, body: B, limits: &Limits) -> Result<Self, Error>
    where
        B: RequestBody + 'static,
    {
        let body = body
            .map_frame(|frame| frame.map_data(|mut data| data.copy_to_bytes(data.remaining())))
            .map_err(Into::into);
        Ok(Self { stream: Box::pin(Stream::new(headers, body, limits)?) })
    }

    /// Returns the next part; what was not read of the one before is skipped.
    ///
    /// There is no further part when the closing boundary was seen and the body has ended.
    ///
    /// # Errors
    ///
    /// A failure is final: every later call has the same.
    ///
    /// - the body ends early or is no form: [`ErrorKind::Parse`](gongular_core::ErrorKind::Parse), `400`
    /// - a limit of the form is broken: [`ErrorKind::TooLarge`](gongular_core::ErrorKind::TooLarge), `413`; the limits of
    ///   part headers: [`ErrorKind::Parse`](gongular_core::ErrorKind::Parse), `400`
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: what was received is kept, and the next call goes on from there.
    pub async fn next_part(&mut self) -> Result<Option<Part<'_>>, Error> {
        let head = self.stream.as_mut().next_part().await?;
        Ok(head.map(|head| Part { head, stream: self.stream.as_mut() }))
    }
}

impl<B> FromRequest<B> for Multipart
where
    B: RequestBody + 'static,
{
    const CONSUMES_BODY: bool = true;

    fn describe(contract: &mut Contract) {
        contract.reads(Input::new::<Self>(Place::Form).with_content_types(&["multipart/form-data"]));
        contract.refuses(StatusCode::PAYLOAD_TOO_LARGE, "the form is too large");
        contract.refuses(StatusCode::UNSUPPORTED_MEDIA_TYPE, "the body is no multipart form");
    }

    /// Returns whether there is a body, or a content type that announces one.
    fn is_present(cx: &mut RequestContext<'_, B>) -> bool {
        cx.parts.headers.contains_key(header::CONTENT_TYPE) || !cx.body().is_empty()
    }

    async fn from_request(cx: &mut RequestContext<'_, B>) -> Result<Self, Error> {
        if let Some(bytes) = cx.body().buffered() {
            return Self::new(&cx.parts.headers, Full::new(bytes), cx.limits());
        }
        let body = cx.body().take()?;
        Self::new(&cx.parts.headers, body, cx.limits())
    }
}

impl fmt::Debug for Multipart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Multipart").finish_non_exhaustive()
    }
}

/// One part of a [`Multipart`] form: a text field or a file.
pub struct Part<'a> {
    head: PartHead,
    stream: Pin<&'a mut AnyStream>,
}

impl Part<'_> {
    /// Returns the name of the field.
    #[must_use]
    pub fn name(&self) -> &str {
        self.head.name()
    }

    /// Returns whether the part is a file: the client gave it a file name, even an empty one.
    #[must_use]
    pub fn is_file(&self) -> bool {
        self.head.file_name().is_some()
    }

    /// Returns the file name as the client gave it.
    ///
    /// It is data, nothing else: it may be empty, have path separators, or be `..`. For a name to store the file under
    /// take [`safe_file_name`](Self::safe_file_name).
    #[must_use]
    pub fn file_name(&self) -> Option<&str> {
        self.head.file_name()
    }

    /// Returns a file name that is safe to use as one component of a path; what it promises stands at
    /// [`UploadedFile::file_name`](crate::UploadedFile::file_name).
    #[must_use]
    pub fn safe_file_name(&self) -> Option<String> {
        self.head.file_name().map(safe_file_name)
    }

    /// Returns the content type that the client gave the part.
    #[must_use]
    pub fn content_type(&self) -> Option<&str> {
        self.head.content_type()
    }

    /// Returns the header fields of the part; the map is made at each call.
    #[must_use]
    pub fn headers(&self) -> HeaderMap {
        self.head.headers()
    }

    /// Returns the next data of the part, as it was received; `None` at its end. A chunk is never empty.
    ///
    /// # Errors
    ///
    /// - the body ends early: [`ErrorKind::Parse`](gongular_core::ErrorKind::Parse), `400`
    /// - a file over [`Limits::file_bytes`], a text over [`Limits::text_field_bytes`], or the form over its own limit:
    ///   [`ErrorKind::TooLarge`](gongular_core::ErrorKind::TooLarge), `413`. A part that is too large may be skipped by
    ///   going on to the next one.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: no data is lost.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        self.stream.as_mut().data(&self.head).await
    }

    /// Reads the rest of the part into memory: a text of at most [`Limits::text_field_bytes`], a file of at most
    /// [`Limits::body_bytes`].
    ///
    /// # Errors
    ///
    /// As [`chunk`](Self::chunk), with these limits.
    ///
    /// # Cancel safety
    ///
    /// Not cancel safe: what was read is lost.
    pub async fn bytes(&mut self) -> Result<Bytes, Error> {
        let limits = self.stream.limits();
        let limit = if self.is_file() { limits.body_bytes() } else { limits.text_field_bytes() };
        self.collect(limit).await
    }

    /// Reads the rest of the part as a text of at most [`Limits::text_field_bytes`].
    ///
    /// # Errors
    ///
    /// As [`chunk`](Self::chunk), and: the text is not UTF-8: [`ErrorKind::Parse`](gongular_core::ErrorKind::Parse),
    /// `400`.
    ///
    /// # Cancel safety
    ///
    /// Not cancel safe: what was read is lost.
    pub async fn text(&mut self) -> Result<String, Error> {
        let bytes = self.collect(self.stream.limits().text_field_bytes()).await?;
        String::from_utf8(bytes.into()).map_err(|_| fault::not_utf8(self.name()))
    }

    async fn collect(&mut self, limit: usize) -> Result<Bytes, Error> {
        let mut whole = Gather::default();
        while let Some(chunk) = self.chunk().await? {
            whole.push(chunk);
            if whole.len() > limit {
                return Err(fault::part_too_large(self.name(), limit as u64));
            }
        }
        Ok(whole.finish())
    }
}

impl fmt::Debug for Part<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Part")
            .field("name", &self.name())
            .field("file_name", &self.file_name())
            .field("content_type", &self.content_type())
            .finish_non_exhaustive()
    }
}
