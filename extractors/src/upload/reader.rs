//! Reading an uploaded file.

use std::io::{self, BufRead, Read, Seek, SeekFrom};

use bytes::{Buf, Bytes};

use super::UploadedFile;

/// Reads an [`UploadedFile`], made by [`UploadedFile::reader`].
///
/// As a [`BufRead`] it lends a file in memory without copying it.
#[derive(Clone, Debug)]
pub struct UploadReader {
    file: UploadedFile,
    position: u64,
    /// What was read from `position` on and is not yet taken.
    ahead: Bytes,
}

impl UploadReader {
    pub(super) const fn new(file: UploadedFile) -> Self {
        Self { file, position: 0, ahead: Bytes::new() }
    }
}

impl Read for UploadReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(buffer)?;
        self.consume(read);
        Ok(read)
    }
}

impl BufRead for UploadReader {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.ahead.is_empty() {
            self.ahead = self.file.read_at(self.position)?;
        }
        Ok(&self.ahead)
    }

    fn consume(&mut self, amount: usize) {
        let amount = amount.min(self.ahead.len());
        self.ahead.advance(amount);
        self.position += amount as u64;
    }
}

impl Seek for UploadReader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let (from, by) = match to {
            SeekFrom::Start(position) => (position, 0),
            SeekFrom::End(by) => (self.file.len(), by),
            SeekFrom::Current(by) => (self.position, by),
        };
        let position = from.checked_add_signed(by);
        self.position = position.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        self.ahead.clear();
        Ok(self.position)
    }
}
