//! XML.

mod root;
mod shape;

use gongular_core::{Error, Place, Problem, Rules};
use quick_xml::DeError;
use quick_xml::de::Deserializer;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::cut::cut;
use super::only::only;
use crate::walk;

/// A value as XML: read from the body as an extractor, sent as an answer of content type `application/xml`.
///
/// A struct is an element of its serde name, whose fields are elements; a field that is renamed to `@id` is an attribute, one
/// that is renamed to `$text` is the text. A field that is a list is an element for each of its values. A list by itself is
/// a `<list>` of `<item>`s, a map a `<map>`, anything else a `<value>`; lists in lists are written as one.
///
/// As an extractor it reads `application/xml`, `text/xml` and `application/*+xml`, in UTF-8, at most 128 elements deep, with
/// at most 256 attributes each. The name of the outermost element does not matter. A document type is refused, so that no
/// entity is ever expanded or fetched.
///
/// # Errors
///
/// As an extractor those of [`Payload`](crate::Payload), where a value that cannot be read hides those behind it. As an
/// answer: a value that XML cannot write, such as a map whose keys are no names, or whose `Serialize` fails:
/// [`ErrorKind::Serialize`](gongular_core::ErrorKind::Serialize), `500`.
///
/// # Cancel safety
///
/// Not cancel safe as an extractor: what was read of the body is lost.
///
/// # Example
///
/// ```
/// use gongular_core::{IntoResponse, Rules};
/// use gongular_extractors::Xml;
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Deserialize, Serialize)]
/// struct Order {
///     #[serde(rename = "@id")]
///     id: u32,
///     city: String,
/// }
/// impl Rules for Order {}
///
/// let Xml(order) = Xml::<Order>::from_bytes(b"<Order id='7'><city>Oslo</city></Order>").unwrap();
/// assert_eq!((order.id, order.city.as_str()), (7, "Oslo"));
///
/// let response = Xml(order).into_response().unwrap();
/// assert_eq!(response.headers()["content-type"], "application/xml");
///
/// let error = Xml::<Order>::from_bytes(b"<Order id='x'><city>Oslo</city></Order>").err().unwrap();
/// assert_eq!(error.problems()[0].path(), "@id");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_structs, reason = "the wrapped value is all there is, and callers take it apart")]
pub struct Xml<T>(pub T);

only!(
    Xml,
    read: DeserializeOwned;
    write: Serialize;
    "the body is not XML by its content type",
    "send the body as XML, content type `application/xml`, in UTF-8"
);

pub(super) fn write<T: Serialize>(value: &T) -> Result<String, Error> {
    root::write(value).map_err(Error::serialize)
}

pub(super) fn read<T: DeserializeOwned + Rules>(bytes: &[u8]) -> Result<T, Error> {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Err(Error::parse(Place::Body, "", "encoding", "the body is not UTF-8"));
    };
    shape::check(text)?;
    let value =
        T::deserialize(&mut Deserializer::from_str(text)).map_err(|error| unread::<T>(text, &error))?;
    match value.check() {
        Ok(()) => Ok(value),
        Err(broken) => Err(walk::broken_rules_of::<T>(Place::Body, T::check, broken)),
    }
}

/// Says what could not be read, and where: the text is read again with an eye on the path.
#[cold]
fn unread<T: DeserializeOwned>(text: &str, error: &DeError) -> Error {
    let mut reader = Deserializer::from_str(text);
    let path = match serde_path_to_error::deserialize::<_, T>(&mut reader) {
        Err(error) if error.path().iter().next().is_some() => error.path().to_string(),
        Ok(_) | Err(_) => String::new(),
    };
    Error::binding(vec![problem(path, &error.to_string())])
}

fn problem(path: String, reason: &str) -> Problem {
    let missing = reason.strip_prefix("missing field `").and_then(|reason| reason.strip_suffix('`'));
    match missing {
        Some(name) if path.is_empty() => Problem::parse(Place::Body, name.to_owned(), "missing", REQUIRED),
        Some(name) => Problem::parse(Place::Body, format!("{path}.{name}"), "missing", REQUIRED),
        None => Problem::parse(Place::Body, path, "invalid", cut(reason)),
    }
}

const REQUIRED: &str = "a value is required";
