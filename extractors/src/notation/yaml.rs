//! YAML.

use gongular_core::{Error, Rules};
use serde::de::{DeserializeOwned, DeserializeSeed};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_saphyr::budget::BudgetBreach;
use serde_saphyr::{Deserializer, Options};

use super::only::only;
use super::reason::{Unbound, Unreadable};
use crate::strict::{Skipped, Strict};

/// A value as YAML: read from the body as an extractor, sent as an answer of content type `application/yaml`.
///
/// As an extractor it reads `application/yaml`, `application/x-yaml`, `text/yaml`, `text/x-yaml` and `application/*+yaml` in
/// UTF-8: exactly one document, at most 32 levels deep, without anchors and aliases. Everything else is as with
/// [`Body`](crate::Body).
///
/// # Errors
///
/// As an extractor, those of [`Payload`](crate::Payload). As an answer: a value whose `Serialize` fails,
/// [`ErrorKind::Serialize`](gongular_core::ErrorKind::Serialize), `500`.
///
/// # Cancel safety
///
/// Not cancel safe as an extractor: what was read of the body is lost.
///
/// # Example
///
/// ```
/// use gongular_core::{IntoResponse, Unchecked};
/// use gongular_extractors::Yaml;
///
/// let response = Yaml([1, 2]).into_response().unwrap();
/// assert_eq!(response.headers()["content-type"], "application/yaml");
///
/// let Yaml(numbers) = Yaml::<Unchecked<Vec<u8>>>::from_bytes(b"- 1\n- 2\n").unwrap();
/// assert_eq!(*numbers, [1, 2]);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_structs, reason = "the wrapped value is all there is, and callers take it apart")]
pub struct Yaml<T>(pub T);

only!(
    Yaml,
    read: DeserializeOwned;
    write: Serialize;
    "the body is not YAML by its content type",
    "send the body as YAML, content type `application/yaml`, in UTF-8"
);

pub(super) fn write<T: Serialize>(value: &T) -> Result<String, Error> {
    serde_saphyr::to_string(value).map_err(Error::serialize)
}

pub(super) fn read<T: DeserializeOwned + Rules>(text: &[u8]) -> Result<T, Error> {
    let unbound =
        || Unbound { notation: "YAML", text, value: whole(text, |reader| Value::deserialize(reader)).ok() };
    let value: T = match whole(text, |reader| T::deserialize(Strict(reader))) {
        Ok(value) => value,
        Err(error) => return Err(unbound().explain::<T>(readable(text), reason(&error))),
    };
    match value.check() {
        Ok(()) => Ok(value),
        Err(broken) => Err(unbound().broken::<T>(broken)),
    }
}

/// Reads exactly one document.
fn whole<'de, T>(
    text: &'de [u8],
    read: impl for<'e> FnOnce(Deserializer<'de, 'e>) -> Result<T, serde_saphyr::Error>,
) -> Result<T, serde_saphyr::Error> {
    serde_saphyr::with_deserializer_from_slice_with_options(text, options(), read)
}

/// Returns what is read: values as JSON has them, so nothing that stands for something elsewhere in the text, since a short
/// text could then stand for a very long one.
fn options() -> Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_aliases: 0,
            max_anchors: 0,
            max_depth: MAX_DEPTH,
            max_documents: 1,
            max_merge_keys: 0,
            // How much there may be of anything else follows from the size of the body.
            max_events: usize::MAX,
            max_nodes: usize::MAX,
        },
        with_snippet: false,
    }
}

#[cold]
fn readable(text: &[u8]) -> Result<(), Unreadable> {
    match whole(text, |reader| Skipped.deserialize(reader)) {
        Ok(()) => Ok(()),
        Err(serde_saphyr::Error::Budget { breach: BudgetBreach::Depth { .. }, .. }) => {
            Err(Unreadable::Depth(MAX_DEPTH))
        }
        Err(serde_saphyr::Error::Budget {
            breach:
                BudgetBreach::Aliases { .. } | BudgetBreach::Anchors { .. } | BudgetBreach::MergeKeys { .. },
            ..
        }) => Err(Unreadable::Syntax("anchors and aliases are not read".to_owned())),
        Err(error) => Err(Unreadable::Syntax(reason(&error))),
    }
}

fn reason(error: &serde_saphyr::Error) -> String {
    error.without_snippet().to_string()
}

/// So many levels lists and maps may nest: the reader takes more of the stack for each than others do.
const MAX_DEPTH: usize = 32;
