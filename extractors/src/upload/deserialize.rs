//! How a file gets into a struct through plain serde.
//!
//! Serde carries values, and a file is none. The form's deserializer hands a file's number to whoever asks for the
//! newtype [`UPLOADED_FILE`]; the files themselves lie in a table of the thread for as long as the struct is built, which
//! is one call without an `.await` in it.

use std::cell::RefCell;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Visitor};

use super::UploadedFile;

impl<'de> Deserialize<'de> for UploadedFile {
    /// Takes a file of the multipart form that is being read.
    ///
    /// # Errors
    ///
    /// Anything else is being read.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(UPLOADED_FILE, FileVisitor)
    }
}

/// Runs `read`, in which values of [`UploadedFile`] take these files by their numbers.
pub(crate) fn with_files<T>(files: Vec<UploadedFile>, read: impl FnOnce() -> T) -> T {
    /// Puts the table of before back, also when `read` panics.
    struct Restore(Vec<UploadedFile>);

    impl Drop for Restore {
        fn drop(&mut self) {
            FILES.replace(std::mem::take(&mut self.0));
        }
    }

    let _restore = Restore(FILES.replace(files));
    read()
}

struct FileVisitor;

impl<'de> Visitor<'de> for FileVisitor {
    type Value = UploadedFile;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a file of a multipart form")
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<UploadedFile, E> {
        let find = |files: &Vec<UploadedFile>| files.get(usize::try_from(number).ok()?).cloned();
        FILES.with_borrow(find).ok_or_else(|| E::custom("a file is read from a multipart form only"))
    }

    fn visit_unit<E: Error>(self) -> Result<UploadedFile, E> {
        Ok(UploadedFile::placeholder())
    }

    /// Formats that know nothing of files come here, and serde itself when the struct is flattened into another.
    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<UploadedFile, D::Error> {
        deserializer.deserialize_u64(self)
    }
}

thread_local! {
    static FILES: RefCell<Vec<UploadedFile>> = const { RefCell::new(Vec::new()) };
}

/// The name of the newtype that stands for a file.
pub(crate) const UPLOADED_FILE: &str = "$gongular::file";
