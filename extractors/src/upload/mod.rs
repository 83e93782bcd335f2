//! Uploaded files.

mod blocking;
mod deserialize;
mod file;
mod name;
mod reader;
mod spool;
mod temporary;

pub use self::file::UploadedFile;
pub use self::reader::UploadReader;

pub(crate) use self::deserialize::{UPLOADED_FILE, with_files};
pub(crate) use self::file::Content;
pub(crate) use self::name::safe_file_name;
pub(crate) use self::spool::Spool;

#[cfg(test)]
mod tests;
