//! Static files, as services that any host can mount.
//!
//! [`ServeFiles`] answers with the files of a folder, [`ServeFile`] with a single one. Both are tower services over any
//! `Request<B>` and handlers as well, so that a route takes them like a function. The work on the wire is tower-http's: streaming
//! in pieces of 64 KiB, one range, `ETag`, `Last-Modified` and every conditional header; what is added here is which files a
//! request may reach, and that everything but a file takes the road of all errors.
//!
//! # What cannot be reached
//!
//! A path is decoded once and cut at its slashes. A piece that is empty, `.` or `..`, holds a slash, a back-slash, a NUL or
//! another control character, or is longer than 255 bytes is a 404. What is left is looked up, and what the file system
//! resolves it to has to lie below the folder: a symbolic link that leads out of it is a 404 too, unless
//! [`ServeFiles::outside_links`] says otherwise. So are folders without an `index.html` (there are no listings), names that
//! begin with a dot, unless [`ServeFiles::dot_files`] says otherwise, and whatever is no regular file.
//!
//! Whoever may change the folder while requests are answered can exchange a file between the check and its opening. Do
//! not serve a folder that people you do not trust can make links in.
//!
//! # Answers
//!
//! | request | answer |
//! |---|---|
//! | the file | `200`, with length, type by extension, `ETag`, `Last-Modified`, `X-Content-Type-Options: nosniff` |
//! | `Range` with one range | `206`, or `416` when it lies behind the end |
//! | `Range` with several, or with one that cannot be read | the whole file |
//! | `If-Range` that does not hold | the whole file |
//! | `If-None-Match`, `If-Modified-Since` that say nothing changed | `304` |
//! | `If-Match`, `If-Unmodified-Since` that do not hold | `412` |
//! | a folder without a slash at the end | `307` to the same with one, as a relative reference |
//! | another method than `GET` and `HEAD` | `405` with `Allow` |
//! | anything else | `404` |
//!
//! # Where it runs
//!
//! Files are read among tokio's blocking threads: the services need a tokio runtime.

mod answer;
mod body;
mod file;
mod folder;
mod future;
mod guard;
mod opened;
mod range;
mod target;

pub use self::file::ServeFile;
pub use self::folder::ServeFiles;
pub use self::future::FilesFuture;
