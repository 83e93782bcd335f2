//! The original's shape: `{"ParseError": {...}}`, `{"ValidationError": {...}}`, and `{"error": ...}` for the rest.

use std::collections::BTreeMap;

use serde_json::json;

use crate::error::{Error, ErrorKind};

/// Returns the body. Only the first problem of reading, or the broken rules of the first place, fit into this shape.
pub(super) fn body(error: &Error) -> Vec<u8> {
    let value = match (error.kind(), error.problems().first()) {
        (ErrorKind::Parse, Some(problem)) => {
            let place = problem.place().name();
            if problem.path().is_empty() {
                json!({"ParseError": {"Place": place, "Reason": problem.message()}})
            } else {
                json!({"ParseError": {"Place": place, "FieldName": problem.path(), "Reason": problem.message()}})
            }
        }
        (ErrorKind::Validation, Some(first)) => {
            let mut fields = BTreeMap::new();
            for problem in error.problems().iter().filter(|problem| problem.place() == first.place()) {
                fields.entry(problem.path()).or_insert(problem.message());
            }
            json!({"ValidationError": {"Fields": fields, "Place": first.place().name()}})
        }
        _ => json!({"error": error.public()}),
    };
    value.to_string().into_bytes()
}
