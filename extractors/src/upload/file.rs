//! The file of a form's field.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;

use super::blocking::blocking;
use super::name::safe_file_name;
use super::reader::UploadReader;
use crate::multipart::Pieces;

/// A file that a client sent in a `multipart/form-data` form: a field type for the struct of a `Form<T>`.
///
/// The struct derives `Deserialize` as any other. `Option<UploadedFile>` may be absent, `Vec<UploadedFile>` holds all files
/// of the field in the order sent; of several files for one `UploadedFile` the first counts. What a browser
/// sends when nobody chose a file, no name and no data, is a missing file. So is a text, where the file has to be there;
/// where it may be absent, a text that is not empty is refused.
///
/// Up to [`Limits::file_memory_bytes`](gongular_core::Limits::file_memory_bytes) it is kept in memory, a larger one in a
/// temporary file. That one has a random name, is its owner's only, and loses its name as soon as it is open, so that
/// nothing is left on disk after an error, a panic or a crash. With the feature `tokio` the disk is waited for among the
/// runtime's blocking threads, otherwise in place.
///
/// A clone shares the content; the last one to be dropped takes it away. To keep a file, [save it](Self::save_to).
///
/// # Example
///
/// ```
/// use gongular_core::{Error, Rules, service};
/// use gongular_extractors::{Form, UploadedFile};
/// use http::Request;
/// use http_body_util::{BodyExt, Full};
/// use serde::Deserialize;
/// use tower_service::Service;
///
/// #[derive(Deserialize)]
/// struct Avatar {
///     user: u64,
///     image: UploadedFile,
/// }
/// impl Rules for Avatar {}
///
/// async fn upload(Form(avatar): Form<Avatar>) -> Result<String, Error> {
///     let content = avatar.image.bytes().await?;
///     Ok(format!("{} of {}: {} bytes", avatar.image.file_name(), avatar.user, content.len()))
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let body = "--X\r\nContent-Disposition: form-data; name=\"user\"\r\n\r\n7\r\n\
///     --X\r\nContent-Disposition: form-data; name=\"image\"; filename=\"/tmp/me.png\"\r\n\r\nhello\r\n--X--\r\n";
/// let request = Request::post("/")
///     .header("content-type", "multipart/form-data; boundary=X")
///     .body(Full::new(bytes::Bytes::from(body)))
///     .unwrap();
/// let response = service(upload).call(request).await.unwrap();
/// assert_eq!(response.into_body().collect().await.unwrap().to_bytes(), "me.png of 7: 5 bytes");
/// # }
/// ```
#[derive(Clone)]
pub struct UploadedFile {
    inner: Arc<Inner>,
}

struct Inner {
    client_file_name: String,
    content_type: Option<String>,
    content: Content,
}

pub(crate) enum Content {
    Memory(Pieces),
    /// Readers share the file's one position, so that each sets it under the lock.
    Disk {
        file: Mutex<File>,
        length: u64,
    },
}

impl Content {
    /// Returns what is in memory.
    pub(crate) fn into_memory(self) -> Bytes {
        match self {
            Self::Memory(pieces) => pieces.join(),
            Self::Disk { .. } => Bytes::new(),
        }
    }
}

impl UploadedFile {
    pub(crate) fn new(client_file_name: String, content_type: Option<String>, content: Content) -> Self {
        Self { inner: Arc::new(Inner { client_file_name, content_type, content }) }
    }

    /// Makes a file that stands in where none is read, as when an answer collects further problems.
    pub(super) fn placeholder() -> Self {
        Self::new(String::new(), None, Content::Memory(Pieces::default()))
    }

    /// Returns a name that is safe to use as one component of a path.
    ///
    /// It is the last component of what the client sent. It is a promise that it has 1 to 255 bytes, no separator, no
    /// control character, nothing that Windows gives a meaning (`:`, a device's name, a dot at the end), and no `..`.
    /// Nothing keeps two files from having the same name. A client that sent no usable one gets `file`.
    #[must_use]
    pub fn file_name(&self) -> String {
        safe_file_name(&self.inner.client_file_name)
    }

    /// Returns the file name as the client gave it: data, and nothing to open a file by.
    #[must_use]
    pub fn client_file_name(&self) -> &str {
        &self.inner.client_file_name
    }

    /// Returns the content type that the client gave the file; nobody has checked that it is true.
    #[must_use]
    pub fn content_type(&self) -> Option<&str> {
        self.inner.content_type.as_deref()
    }

    /// Returns the size in bytes.
    #[must_use]
    pub fn len(&self) -> u64 {
        match &self.inner.content {
            Content::Memory(pieces) => pieces.len() as u64,
            Content::Disk { length, .. } => *length,
        }
    }

    /// Returns whether the file has no bytes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns whether the content is kept in memory.
    #[must_use]
    pub fn is_in_memory(&self) -> bool {
        matches!(self.inner.content, Content::Memory(_))
    }

    /// Returns the whole content in memory; that of a small file that arrived in one piece is not copied.
    ///
    /// # Errors
    ///
    /// The temporary file cannot be read.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: the file stays as it is.
    pub async fn bytes(&self) -> io::Result<Bytes> {
        if let Content::Memory(pieces) = &self.inner.content {
            return Ok(pieces.join());
        }
        let mut reader = self.reader();
        let read = move || {
            let mut whole = Vec::new();
            reader.read_to_end(&mut whole)?;
            Ok(whole.into())
        };
        blocking(read).await
    }

    /// Returns a reader of the content, from its beginning. Several may read at the same time.
    ///
    /// It waits for the disk when the file is not in memory, so in async code it belongs on a blocking thread.
    #[must_use]
    pub fn reader(&self) -> UploadReader {
        UploadReader::new(self.clone())
    }

    /// Writes the content to a new file at `path`, and returns its size in bytes.
    ///
    /// A file that is there already is never overwritten. When writing fails, the new file is removed again.
    ///
    /// # Errors
    ///
    /// - there is something at `path`: [`io::ErrorKind::AlreadyExists`]
    /// - the new file cannot be made or written, or the temporary one cannot be read
    ///
    /// # Cancel safety
    ///
    /// When the future is dropped, the writing may still go on to its end.
    pub async fn save_to(&self, path: impl AsRef<Path>) -> io::Result<u64> {
        let (file, path) = (self.clone(), path.as_ref().to_owned());
        blocking(move || file.save_to_blocking(&path)).await
    }

    fn save_to_blocking(&self, path: &Path) -> io::Result<u64> {
        let mut saved = OpenOptions::new().write(true).create_new(true).open(path)?;
        let copied = match &self.inner.content {
            Content::Memory(pieces) => pieces.iter().try_fold(0, |length, piece| {
                saved.write_all(piece)?;
                Ok(length + piece.len() as u64)
            }),
            Content::Disk { file, .. } => {
                let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
                // From file to file the system copies without us.
                file.seek(SeekFrom::Start(0)).and_then(|_| io::copy(&mut *file, &mut saved))
            }
        };
        if copied.is_err() {
            drop(saved);
            // The first failure is the one to tell.
            let _ = std::fs::remove_file(path);
        }
        copied
    }

    /// Returns some of what stands from a position on; nothing at the end.
    pub(super) fn read_at(&self, position: u64) -> io::Result<Bytes> {
        match &self.inner.content {
            Content::Memory(pieces) => Ok(pieces.at(usize::try_from(position).unwrap_or(usize::MAX))),
            Content::Disk { file, .. } => {
                let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
                file.seek(SeekFrom::Start(position))?;
                let mut ahead = vec![0; READ_BYTES];
                let read = file.read(&mut ahead)?;
                ahead.truncate(read);
                Ok(ahead.into())
            }
        }
    }
}

impl fmt::Debug for UploadedFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UploadedFile")
            .field("client_file_name", &self.client_file_name())
            .field("content_type", &self.content_type())
            .field("len", &self.len())
            .field("is_in_memory", &self.is_in_memory())
            .finish()
    }
}

/// How much is read from disk at once.
const READ_BYTES: usize = 64 << 10;
