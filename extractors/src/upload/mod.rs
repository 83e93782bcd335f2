//! Uploaded files.

mod name;

pub(crate) use self::name::safe_file_name;
