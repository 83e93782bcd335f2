//! What tower-http may open: regular files that lie where they should.

use std::fs::Metadata;
use std::future::Ready;
use std::io::{self, ErrorKind, SeekFrom};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::fs::File;
use tokio::io::{AsyncRead, AsyncSeek, ReadBuf};
use tokio::task::spawn_blocking;
use tower_http::services::fs::{Backend, File as BackendFile};

/// The file system as tower-http sees it.
///
/// Whatever may not be served is not there: nobody learns whether it exists.
#[derive(Clone, Debug)]
pub(super) struct Guard {
    /// The folder that nothing may leave; none when links may lead anywhere.
    within: Option<Arc<Path>>,
}

impl Guard {
    pub(super) fn within(folder: &Path) -> Self {
        Self { within: Some(Arc::from(folder)) }
    }

    pub(super) const fn anywhere() -> Self {
        Self { within: None }
    }

    /// Returns whether a file can be served, at start-up.
    pub(super) fn check_file(&self, path: &Path) -> io::Result<()> {
        self.open_now(path).map(drop)
    }

    /// Opens a regular file.
    fn open_now(&self, path: &Path) -> io::Result<(std::fs::File, Metadata)> {
        let path = self.resolve(path)?;
        // Looked at before it is opened: to open a pipe is to wait for its other end.
        if !std::fs::metadata(&path)?.is_file() {
            return Err(nothing());
        }
        let file = std::fs::File::open(&path)?;
        let metadata = file.metadata()?;
        if metadata.is_file() { Ok((file, metadata)) } else { Err(nothing()) }
    }

    /// Looks at a regular file, or at a folder that has an index.
    fn look_now(&self, path: &Path) -> io::Result<Metadata> {
        let path = self.resolve(path)?;
        let metadata = std::fs::metadata(&path)?;
        let is_served = metadata.is_file() || (metadata.is_dir() && self.has_index(&path));
        if is_served { Ok(metadata) } else { Err(nothing()) }
    }

    fn has_index(&self, folder: &Path) -> bool {
        self.resolve(&folder.join(INDEX)).and_then(std::fs::metadata).is_ok_and(|index| index.is_file())
    }

    /// Follows every link. Fails when the path leads nowhere or out of the folder.
    ///
    /// The folder itself is followed each time, so that one which is a link may be turned to another release.
    fn resolve(&self, path: &Path) -> io::Result<PathBuf> {
        let path = path.canonicalize().map_err(|_| nothing())?;
        match &self.within {
            Some(folder) if !path.starts_with(folder.canonicalize()?) => Err(nothing()),
            _ => Ok(path),
        }
    }
}

impl Backend for Guard {
    type File = Opened;
    type Metadata = Metadata;
    type OpenFuture = Pin<Box<dyn Future<Output = io::Result<Opened>> + Send>>;
    type MetadataFuture = Pin<Box<dyn Future<Output = io::Result<Metadata>> + Send>>;

    fn open(&self, path: PathBuf) -> Self::OpenFuture {
        let guard = self.clone();
        Box::pin(async move {
            let (file, metadata) = among_blocking(move || guard.open_now(&path)).await?;
            Ok(Opened { file: File::from_std(file), metadata })
        })
    }

    fn metadata(&self, path: PathBuf) -> Self::MetadataFuture {
        let guard = self.clone();
        Box::pin(among_blocking(move || guard.look_now(&path)))
    }
}

/// A file with what was known of it when it was opened.
#[derive(Debug)]
pub(super) struct Opened {
    file: File,
    metadata: Metadata,
}

impl AsyncRead for Opened {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.file).poll_read(cx, buffer)
    }
}

impl AsyncSeek for Opened {
    fn start_seek(mut self: Pin<&mut Self>, position: SeekFrom) -> io::Result<()> {
        Pin::new(&mut self.file).start_seek(position)
    }

    fn poll_complete(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<u64>> {
        Pin::new(&mut self.file).poll_complete(cx)
    }
}

impl BackendFile for Opened {
    type Metadata = Metadata;
    type MetadataFuture<'a> = Ready<io::Result<Metadata>>;

    fn metadata(&self) -> Self::MetadataFuture<'_> {
        std::future::ready(Ok(self.metadata.clone()))
    }
}

async fn among_blocking<T: Send + 'static>(
    look: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    let found = spawn_blocking(look).await.map_err(io::Error::other)?;
    // One name for all that means "no such file", since tower-http goes on to the next variant for this one only.
    found.map_err(|error| if is_nothing(&error) { nothing() } else { error })
}

/// Returns whether an error says that there is no such file, or none for us.
pub(super) fn is_nothing(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::NotFound
            | ErrorKind::NotADirectory
            | ErrorKind::PermissionDenied
            | ErrorKind::InvalidFilename
            | ErrorKind::InvalidInput
    )
}

fn nothing() -> io::Error {
    ErrorKind::NotFound.into()
}

const INDEX: &str = "index.html";
