//! A value as it arrives: in memory at first, then on disk.

use std::fs::File;
use std::io::{self, Write};
use std::sync::Mutex;

use bytes::Bytes;

use super::blocking::blocking;
use super::file::Content;
use super::temporary::temporary_file;
use crate::multipart::Gather;

/// Collects the data of one part.
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
        if self.memory.len() <= self.max_memory_bytes {
            return Ok(());
        }
        // Boxed, so that a form whose files stay in memory does not carry the state of writing.
        Box::pin(self.flush()).await
    }

    /// Returns what was collected.
    ///
    /// # Errors
    ///
    /// As [`push`](Self::push).
    pub(crate) async fn finish(mut self) -> io::Result<Content> {
        if self.disk.is_some() && self.memory.len() > 0 {
            Box::pin(self.flush()).await?;
        }
        Ok(match self.disk {
            Some(file) => Content::Disk { file: Mutex::new(file), length: self.written },
            None => Content::Memory(self.memory.pieces()),
        })
    }

    async fn flush(&mut self) -> io::Result<()> {
        let data = std::mem::take(&mut self.memory).pieces();
        let length = data.len() as u64;
        let file = self.disk.take();
        let write = move || {
            let mut file = match file {
                Some(file) => file,
                None => temporary_file()?,
            };
            data.iter().try_for_each(|piece| file.write_all(piece))?;
            Ok(file)
        };
        self.disk = Some(blocking(write).await?);
        self.written += length;
        Ok(())
    }
}
