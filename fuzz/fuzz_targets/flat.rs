//! The decoder of flat places: never panics, and refuses with 1 to 32 problems; what it reads is what a naive decoder
//! reads.

#![no_main]

use std::collections::HashMap;

use gongular_core::{MAX_PROBLEMS, Rules, Unchecked};
use gongular_extractors::Form;
use libfuzzer_sys::fuzz_target;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "only read")]
struct Fields {
    a: u8,
    b: Option<f32>,
    c: Vec<bool>,
    #[serde(default)]
    d: i128,
    e: Option<Choice>,
    f: Option<char>,
    g: (i8, i8),
}

impl Rules for Fields {}

#[derive(Debug, Deserialize)]
enum Choice {
    On,
    Off,
}

fuzz_target!(|text: &[u8]| {
    if let Err(error) = Form::<Fields>::from_urlencoded(text) {
        assert!((1..=MAX_PROBLEMS).contains(&error.problems().len()), "{error:?}");
    }
    // Bytes that are no UTF-8 are refused even where an escape before them would make it.
    if std::str::from_utf8(text).is_err() {
        return;
    }
    let map = Form::<Unchecked<HashMap<String, Vec<String>>>>::from_urlencoded(text);
    match (map, naive(text)) {
        (Ok(Form(map)), Some(expected)) => assert_eq!(map.0, expected),
        (Err(_), None) => {}
        (Err(error), Some(expected)) => {
            let pairs: usize = expected.values().map(Vec::len).sum();
            let long = expected.keys().any(|key| key.len() * 3 > 2048);
            assert!(pairs > 1000 || long, "{error:?}");
        }
        (Ok(_), None) => panic!("what is no text was read"),
    }
});

/// The same without any regard for cost and limits.
fn naive(text: &[u8]) -> Option<HashMap<String, Vec<String>>> {
    let mut map = HashMap::<String, Vec<String>>::new();
    for pair in text.split(|&byte| byte == b'&').filter(|pair| !pair.is_empty()) {
        let at = pair.iter().position(|&byte| byte == b'=').unwrap_or(pair.len());
        let value = pair.get(at + 1..).unwrap_or_default();
        map.entry(unescape(&pair[..at])?).or_default().push(unescape(value)?);
    }
    Some(map)
}

fn unescape(text: &[u8]) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some((&first, behind)) = rest.split_first() {
        rest = behind;
        bytes.push(match first {
            b'+' => b' ',
            b'%' => {
                let digits = std::str::from_utf8(behind.get(..2)?).ok()?;
                if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
                    return None;
                }
                rest = &behind[2..];
                u8::from_str_radix(digits, 16).ok()?
            }
            other => other,
        });
    }
    String::from_utf8(bytes).ok()
}
