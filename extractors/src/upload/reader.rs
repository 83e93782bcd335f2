//! Reading an uploaded file.

use std::io::{self, Read, Seek, SeekFrom};

use super::UploadedFile;

/// Reads an [`UploadedFile`], made by [`UploadedFile::reader`].
#[derive(Clone, Debug)]
pub struct UploadReader {
    file: UploadedFile,
    position: u64,
}

impl UploadReader {
    pub(super) const fn new(file: UploadedFile) -> Self {
        Self { file, position: 0 }
    }
}

impl Read for UploadReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read_at(buffer, self.position)?;
        self.position += read as u64;
        Ok(read)
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
        Ok(self.position)
    }
}
