//! The walk over JSON: terminates, never panics, finds 1 to 32 problems in what is refused, and never contradicts
//! serde_json: what is read is read the same, and what serde_json refuses is refused.

#![no_main]

use std::collections::BTreeMap;

use gongular_core::{MAX_PROBLEMS, Unchecked};
use gongular_extractors::Body;
use libfuzzer_sys::fuzz_target;
use serde::Deserialize;

#[derive(Debug, Deserialize, PartialEq)]
struct Order {
    name: String,
    count: u8,
    note: Option<String>,
    #[serde(default)]
    items: Vec<Item>,
    #[serde(default)]
    more: BTreeMap<u8, Tree>,
    pair: Option<(i64, f64)>,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
struct Item {
    qty: i8,
    kind: Option<Kind>,
}

#[derive(Debug, Deserialize, PartialEq)]
enum Kind {
    Plain,
    Gift { text: String },
    Weight(f32),
    Size(u8, u8),
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(untagged)]
enum Tree {
    Leaf(bool),
    Branch(Vec<Tree>),
}

fuzz_target!(|text: &[u8]| {
    match (Body::<Unchecked<Order>>::from_json(text), serde_json::from_slice::<Order>(text)) {
        (Ok(Body(order)), Ok(theirs)) => assert_eq!(order.0, theirs),
        (Err(error), _) => assert!((1..=MAX_PROBLEMS).contains(&error.problems().len()), "{error:?}"),
        (Ok(_), Err(error)) => panic!("serde_json refuses it: {error}"),
    }
});
