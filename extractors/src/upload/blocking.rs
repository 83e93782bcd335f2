//! Work on the file system, which waits for the disk.

use std::io;

/// Runs work that waits for the disk.
///
/// With the feature `tokio`, inside a tokio runtime, it runs among the runtime's blocking threads, and the task waits
/// without holding a worker. Otherwise it runs in place.
///
/// # Cancel safety
///
/// When the future is dropped, work that has begun goes on to its end, and what it returns is dropped.
#[cfg(feature = "tokio")]
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    match tokio::runtime::Handle::try_current() {
        Ok(runtime) => {
            runtime.spawn_blocking(work).await.unwrap_or_else(|error| Err(io::Error::other(error)))
        }
        Err(_) => work(),
    }
}

/// Runs work that waits for the disk, in place.
#[cfg(not(feature = "tokio"))]
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    work()
}
