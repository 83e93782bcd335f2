//! What tower-http may open: regular files that lie where they should.

use std::fs::Metadata;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::task::spawn_blocking;
use tower_http::services::fs::Backend;

use super::opened::Opened;

/// The file system as tower-http sees it.
///
/// Whatever may not be served is not there: nobody learns whether it exists.
#[derive(Clone, Debug)]
pub(super) struct Guard {
    /// The folder that nothing may leave; none when links may lead anywhere.
    within: Option<Arc<Path>>,
    ahead: Option<Ahead>,
}

/// The file that the look at a path found and opened in one go, for the one who opens it next: each way to the blocking
/// threads costs more than all that is done there.
type Ahead = Arc<Mutex<Option<(PathBuf, Opened)>>>;

impl Guard {
    pub(super) fn within(folder: &Path) -> Self {
        Self { within: Some(Arc::from(folder)), ahead: None }
    }

    pub(super) const fn anywhere() -> Self {
        Self { within: None, ahead: None }
    }

    /// Returns the guard of one request that will most likely read what it looks at.
    pub(super) fn reading_ahead(&self) -> Self {
        Self { within: self.within.clone(), ahead: Some(Ahead::default()) }
    }

    /// Returns whether a file can be served, at start-up.
    pub(super) fn check_file(&self, path: &Path) -> io::Result<()> {
        open_file(&self.resolve(path)?).map(drop)
    }

    /// Looks at a regular file, or at a folder that has an index.
    fn look_now(&self, path: &Path) -> io::Result<Metadata> {
        let resolved = self.resolve(path)?;
        let metadata = std::fs::metadata(&resolved)?;
        if metadata.is_dir() {
            let index = path.join(INDEX);
            let resolved = self.resolve(&index)?;
            self.look_at_file(index, &resolved)?;
            return Ok(metadata);
        }
        self.look_at_file(path.to_owned(), &resolved)
    }

    fn look_at_file(&self, path: PathBuf, resolved: &Path) -> io::Result<Metadata> {
        let (file, metadata) = open_file(resolved)?;
        if let Some(ahead) = &self.ahead {
            let opened = Opened::reading_ahead(file, metadata.clone())?;
            *ahead.lock().unwrap_or_else(PoisonError::into_inner) = Some((path, opened));
        }
        Ok(metadata)
    }

    fn take_opened(&self, path: &Path) -> Option<Opened> {
        let ahead = self.ahead.as_ref()?.lock().unwrap_or_else(PoisonError::into_inner).take();
        ahead.filter(|(opened, _)| opened == path).map(|(_, file)| file)
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
        if let Some(opened) = self.take_opened(&path) {
            return Box::pin(std::future::ready(Ok(opened)));
        }
        let guard = self.clone();
        Box::pin(among_blocking(move || {
            let (file, metadata) = open_file(&guard.resolve(&path)?)?;
            Ok(Opened::new(file, metadata))
        }))
    }

    fn metadata(&self, path: PathBuf) -> Self::MetadataFuture {
        let guard = self.clone();
        Box::pin(among_blocking(move || guard.look_now(&path)))
    }
}

/// Opens a regular file.
fn open_file(path: &Path) -> io::Result<(std::fs::File, Metadata)> {
    // Looked at before it is opened: to open a pipe is to wait for its other end.
    if !std::fs::metadata(path)?.is_file() {
        return Err(nothing());
    }
    let file = std::fs::File::open(path)?;
    let metadata = file.metadata()?;
    if metadata.is_file() { Ok((file, metadata)) } else { Err(nothing()) }
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
