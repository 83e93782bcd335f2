//! What a case says; a member that is not known here is a mistake in the case.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};
use serde_json::Value;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    pub(crate) id: String,
    #[serde(rename = "feature")]
    _feature: String,
    pub(crate) engine: String,
    #[serde(rename = "route")]
    _route: String,
    #[serde(rename = "note")]
    _note: Option<String>,
    #[serde(default)]
    pub(crate) setup: Vec<Ask>,
    pub(crate) request: Ask,
    pub(crate) ws: Option<Exchange>,
    pub(crate) expect: Expect,
}

/// One request.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ask {
    #[serde(default = "get")]
    pub(crate) method: String,
    pub(crate) path: String,
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, String>,
    body: Option<String>,
    body_b64: Option<String>,
    body_repeat: Option<Repeated>,
    pub(crate) ws: Option<Exchange>,
}

fn get() -> String {
    "GET".to_owned()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Repeated {
    #[serde(default)]
    prefix: String,
    unit: String,
    count: usize,
    #[serde(default)]
    suffix: String,
}

/// What is sent over a websocket, and what comes back.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Exchange {
    send_text: Option<String>,
    send_repeat: Option<Unit>,
    send_binary_repeat: Option<Unit>,
    pub(crate) expect_text: Option<String>,
    pub(crate) expect_same: bool,
    pub(crate) expect_close: Option<OneOf<u16>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Unit {
    unit: String,
    count: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
#[derive(Default)]
pub(crate) struct Expect {
    pub(crate) status: Option<OneOf<u16>>,
    pub(crate) body: Option<String>,
    pub(crate) body_contains: Vec<String>,
    pub(crate) body_lacks: Vec<String>,
    pub(crate) max_body: Option<usize>,
    #[serde(deserialize_with = "given")]
    pub(crate) json: Option<Value>,
    pub(crate) json_subset: Option<Value>,
    pub(crate) json_object: bool,
    pub(crate) parse_error: Option<ParseError>,
    pub(crate) validation_error: Option<ValidationError>,
    pub(crate) headers: BTreeMap<String, Option<String>>,
    pub(crate) header_all: BTreeMap<String, Vec<String>>,
    pub(crate) allow: Vec<String>,
    pub(crate) same_number_in_header_and_body: Option<(String, String)>,
    pub(crate) same_as_before: bool,
}

/// `null` is a value here, too.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ParseError {
    pub(crate) place: OneOf<String>,
    /// `null`: there is no name; absent: any will do.
    #[serde(default, deserialize_with = "given")]
    pub(crate) field: Option<Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ValidationError {
    pub(crate) place: String,
    pub(crate) fields: Vec<String>,
    #[serde(default)]
    pub(crate) messages: BTreeMap<String, String>,
}

/// One value, or a list of which each will do.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum OneOf<T> {
    One(T),
    Any(Vec<T>),
}

impl<T: PartialEq> OneOf<T> {
    pub(crate) fn has(&self, value: &T) -> bool {
        match self {
            Self::One(one) => one == value,
            Self::Any(any) => any.contains(value),
        }
    }
}

impl Ask {
    pub(crate) fn body(&self) -> Option<Vec<u8>> {
        if let Some(encoded) = &self.body_b64 {
            return Some(base64(encoded));
        }
        if let Some(Repeated { prefix, unit, count, suffix }) = &self.body_repeat {
            return Some(format!("{prefix}{}{suffix}", unit.repeat(*count)).into());
        }
        self.body.clone().map(Into::into)
    }
}

impl Exchange {
    /// Returns what is sent, and whether it is binary.
    pub(crate) fn message(&self) -> Option<(Vec<u8>, bool)> {
        let repeat = |unit: &Unit| unit.unit.repeat(unit.count).into_bytes();
        let text = self.send_text.clone().map(String::into_bytes).or(self.send_repeat.as_ref().map(repeat));
        let binary = self.send_binary_repeat.as_ref().map(repeat);
        text.map(|text| (text, false)).or(binary.map(|bytes| (bytes, true)))
    }
}

fn base64(encoded: &str) -> Vec<u8> {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digit = |byte| ALPHABET.iter().position(|known| *known == byte).unwrap() as u32;
    let mut decoded = Vec::new();
    for group in encoded.trim_end_matches('=').as_bytes().chunks(4) {
        let bits = group.iter().fold(0, |bits, &byte| bits << 6 | digit(byte)) << (6 * (4 - group.len()));
        decoded.extend(bits.to_be_bytes().into_iter().skip(1).take(group.len() - 1));
    }
    decoded
}
