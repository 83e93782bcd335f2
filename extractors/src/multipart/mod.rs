//! Multipart forms: a parser without IO, and the extractor that streams a form through it.
//!
//! The body is taken apart as RFC 7578 and RFC 2046 have it. Where clients and servers differ:
//!
//! - Text before the first boundary and blanks behind a boundary are passed over, as many as a part's header may have;
//!   text behind the closing boundary is ignored. The whole body is read before the form counts as complete.
//! - Anything else on the line of a boundary is refused, as are bare line feeds and folded lines in a part's header,
//!   a part without `Content-Disposition: form-data` or without `name`, and a name given twice.
//! - The names are UTF-8, escaped as browsers do it or with backslashes.

mod boundary;
mod disposition;
mod extract;
mod fault;
mod form;
mod gather;
mod head;
mod parser;
mod stream;

pub use self::extract::{Multipart, Part};

pub(crate) use self::form::{Entry, FormData, read_form};
pub(crate) use self::gather::{Gather, Pieces};

#[cfg(test)]
pub(crate) mod tests;
