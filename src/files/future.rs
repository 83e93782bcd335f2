//! The future of both services.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use gongular_core::{Error, ResponseBody};
use http::Response;

/// The future of [`ServeFiles`](super::ServeFiles) and [`ServeFile`](super::ServeFile).
///
/// # Cancel safety
///
/// It may be dropped at any time. A look into the file system that has begun ends by itself, among the blocking threads.
pub struct FilesFuture {
    inner: Pin<Box<dyn Future<Output = Result<Response<ResponseBody>, Error>> + Send>>,
}

impl FilesFuture {
    pub(super) fn new(
        answer: impl Future<Output = Result<Response<ResponseBody>, Error>> + Send + 'static,
    ) -> Self {
        Self { inner: Box::pin(answer) }
    }
}

impl Future for FilesFuture {
    type Output = Result<Response<ResponseBody>, Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.inner.as_mut().poll(cx)
    }
}

impl fmt::Debug for FilesFuture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FilesFuture")
    }
}
