//! A file that has been opened.

use std::fs::Metadata;
use std::future::Ready;
use std::io::{self, Cursor, Read, SeekFrom};
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::fs::File;
use tokio::io::{AsyncRead, AsyncSeek, ReadBuf};
use tower_http::services::fs::File as BackendFile;

/// A file with what was known of it when it was opened.
#[derive(Debug)]
pub(super) struct Opened {
    content: Content,
    metadata: Metadata,
}

#[derive(Debug)]
enum Content {
    Disk(File),
    Memory(Cursor<Vec<u8>>),
}

impl Opened {
    /// Leaves the file to be read in pieces.
    pub(super) fn new(file: std::fs::File, metadata: Metadata) -> Self {
        Self { content: Content::Disk(File::from_std(file)), metadata }
    }

    /// Reads a file that is one piece anyway, while somebody is among the blocking threads.
    pub(super) fn reading_ahead(file: std::fs::File, metadata: Metadata) -> io::Result<Self> {
        let length = metadata.len();
        if length > PIECE_BYTES {
            return Ok(Self::new(file, metadata));
        }
        let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or(0));
        file.take(length).read_to_end(&mut bytes)?;
        Ok(Self { content: Content::Memory(Cursor::new(bytes)), metadata })
    }
}

impl AsyncRead for Opened {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match &mut self.content {
            Content::Disk(file) => Pin::new(file).poll_read(cx, buffer),
            Content::Memory(bytes) => Pin::new(bytes).poll_read(cx, buffer),
        }
    }
}

impl AsyncSeek for Opened {
    fn start_seek(mut self: Pin<&mut Self>, position: SeekFrom) -> io::Result<()> {
        match &mut self.content {
            Content::Disk(file) => Pin::new(file).start_seek(position),
            Content::Memory(bytes) => Pin::new(bytes).start_seek(position),
        }
    }

    fn poll_complete(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<u64>> {
        match &mut self.content {
            Content::Disk(file) => Pin::new(file).poll_complete(cx),
            Content::Memory(bytes) => Pin::new(bytes).poll_complete(cx),
        }
    }
}

impl BackendFile for Opened {
    type Metadata = Metadata;
    type MetadataFuture<'a> = Ready<io::Result<Metadata>>;

    fn metadata(&self) -> Self::MetadataFuture<'_> {
        std::future::ready(Ok(self.metadata.clone()))
    }
}

/// How much of a file is in memory at once.
const PIECE_BYTES: u64 = 64 << 10;
