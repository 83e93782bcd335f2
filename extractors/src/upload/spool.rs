//! A file as it arrives: in memory at first, then on disk.

use std::fs::File;
use std::io::{self, Write};

use bytes::Bytes;

use super::blocking::blocking;
use super::file::{Content, UploadedFile};
use super::temporary::temporary_file;
use crate::multipart::Gather;

/// Collects the data of one file.
///
/// Up to a limit it stays in memory; what is over goes to a temporary file, in pieces of at least that limit.
#[derive(Debug)]
pub(crate) struct Spool {
    memory: Gather,
    max_memory_bytes: usize,
    disk: Option<File>,
    written: u64,
}

impl Spool {
    pub(crate) fn new(max_memory_bytes: usize) -> Self {
        Self { memory: Gather::default(), max_memory_bytes, disk: None, written: 0 }
    }

    /// Adds data.
    ///
    /// # Errors
    ///
    /// The temporary file cannot be made or written.
    ///
    /// # Cancel safety
    ///
    /// Not cancel safe: the spool is to be dropped. What it wrote goes with it.
    pub(crate) async fn push(&mut self, data: Bytes) -> io::Result<()> {
        self.memory.push(data);
        if self.memory.len() > self.max_memory_bytes { self.flush().await } else { Ok(()) }
    }

    /// Makes the file of what was collected.
    pub(crate) async fn finish(
        mut self,
        client_file_name: String,
        content_type: Option<String>,
    ) -> io::Result<UploadedFile> {
        let content = if self.disk.is_none() {
            Content::Memory(self.memory.finish())
        } else {
            if self.memory.len() > 0 {
                self.flush().await?;
            }
            Content::disk(self.disk, self.written)
        };
        Ok(UploadedFile::new(client_file_name, content_type, content))
    }

    async fn flush(&mut self) -> io::Result<()> {
        let data = std::mem::take(&mut self.memory).finish();
        let length = data.len() as u64;
        let file = self.disk.take();
        let write = move || {
            let mut file = match file {
                Some(file) => file,
                None => temporary_file()?,
            };
            file.write_all(&data)?;
            Ok(file)
        };
        self.disk = Some(blocking(write).await?);
        self.written += length;
        Ok(())
    }
}
