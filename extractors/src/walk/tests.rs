use std::collections::BTreeMap;
use std::fmt::Debug;

use gongular_core::{Error, FieldKind, MAX_PROBLEMS, Rules, Unchecked};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use validator::Validate;

use super::fields;
use crate::Body;

#[track_caller]
fn refused<T: DeserializeOwned + Rules>(text: impl AsRef<[u8]>) -> Error {
    match Body::<T>::from_json(text.as_ref()) {
        Ok(_) => panic!("{} is read", String::from_utf8_lossy(text.as_ref())),
        Err(error) => error,
    }
}

#[track_caller]
fn problems<T: DeserializeOwned + Rules>(text: impl AsRef<[u8]>) -> Vec<String> {
    let error = refused::<T>(text);
    error
        .problems()
        .iter()
        .map(|problem| format!("{} {}: {}", problem.code(), problem.path(), problem.message()))
        .collect()
}

#[derive(Debug, Deserialize, PartialEq, Validate)]
#[serde(rename_all = "camelCase")]
struct Order {
    #[validate(length(min = 2, max = 40))]
    city_name: String,
    #[validate(range(min = 1, max = 100))]
    count: u8,
    #[serde(rename = "mail")]
    #[validate(email)]
    address: Option<String>,
    #[serde(default)]
    #[validate(nested)]
    items: Vec<Item>,
    #[serde(default)]
    kind: Kind,
}

#[derive(Debug, Deserialize, PartialEq, Validate)]
struct Item {
    #[validate(range(min = 1, max = 3))]
    qty: i64,
    #[serde(default)]
    price: f32,
}

#[derive(Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Kind {
    #[default]
    Plain,
    Gift {
        text: String,
    },
    Weight(u8),
    Size(u8, u8),
}

#[test]
fn problems_of_a_nested_body_are_found_at_once() {
    let text = r#"{"cityName": 7, "count": 300, "mail": false, "items": [{"qty": 1}, {"qty": "x", "price": null}, {}, 5],
        "kind": {"gift": {"text": [1]}}}"#;
    assert_eq!(
        problems::<Order>(text),
        [
            "type cityName: expected a text, got 7",
            "range count: expected a whole number from 0 to 255, got 300",
            "type mail: expected a text, got false",
            "type items[1].qty: expected a whole number from -9223372036854775808 to 9223372036854775807, got \"x\"",
            "type items[1].price: expected a number, got null",
            "missing items[2].qty: a value is required",
            "type items[3]: expected an object, got 5",
            "type kind.gift.text: expected a text, got a list",
        ]
    );
}

#[test]
fn rules_are_reported_beside_holes_but_not_in_them() {
    let text = r#"{"cityName": "R", "count": "x", "mail": "no", "items": [{"qty": 9}, {"qty": null}]}"#;
    assert_eq!(
        problems::<Order>(text),
        [
            "type count: expected a whole number from 0 to 255, got \"x\"",
            "type items[1].qty: expected a whole number from -9223372036854775808 to 9223372036854775807, got null",
            "length cityName: must have at least 2 and at most 40 characters",
            "email mail: must be an e-mail address",
            "range items[0].qty: must be from 1 to 3",
        ]
    );
}

#[test]
fn broken_rules_have_external_names_in_the_order_of_the_type() {
    let text = r#"{"items": [{"qty": 1}, {"qty": 0}], "mail": "x", "count": 0, "cityName": "Rome"}"#;
    let error = refused::<Order>(text);
    assert_eq!(error.kind(), gongular_core::ErrorKind::Validation);
    let paths: Vec<_> = error.problems().iter().map(|problem| problem.path()).collect();
    assert_eq!(paths, ["count", "mail", "items[1].qty"]);
}

#[test]
fn fields_renamed_by_hand_are_told_apart_by_what_their_values_do() {
    #[derive(Debug, Deserialize, Validate)]
    struct Renamed {
        #[serde(rename = "x")]
        #[validate(range(min = 1))]
        first: u8,
        #[serde(rename = "y")]
        #[validate(range(min = 1))]
        second: u8,
        #[serde(rename = "z", default)]
        #[validate(range(min = 1))]
        third: u8,
    }
    assert_eq!(problems::<Renamed>(r#"{"x": 1, "y": 0, "z": 1}"#), ["range y: must be at least 1"]);
    assert_eq!(
        problems::<Renamed>(r#"{"x": 0, "y": 0, "z": 1}"#).join(),
        "range x: must be at least 1|range y: must be at least 1"
    );
    assert_eq!(problems::<Renamed>(r#"{"x": 1, "y": 1}"#), ["range z: must be at least 1"]);
}

trait Join {
    fn join(&self) -> String;
}

impl Join for Vec<String> {
    fn join(&self) -> String {
        self.as_slice().join("|")
    }
}

#[test]
fn a_rule_that_compares_two_fields_waits_until_both_are_there() {
    #[derive(Debug, Deserialize, Validate)]
    struct Password {
        #[validate(length(min = 3))]
        first: String,
        #[validate(must_match(other = "first"))]
        second: String,
    }
    assert_eq!(problems::<Password>(r#"{"second": "abc"}"#), ["missing first: a value is required"]);
    assert_eq!(
        problems::<Password>(r#"{"first": "abc", "second": "abd"}"#),
        ["must_match second: must be the same as the field it repeats"]
    );
}

#[test]
fn an_object_is_no_list_no_scalar_and_not_null() {
    for text in ["[]", "null", "5", "\"x\"", "[\"Rome\", 5, null]"] {
        let problems = problems::<Order>(text);
        assert!(problems[0].starts_with("type : expected an object, got "), "{problems:?}");
        assert_eq!(problems.len(), 1);
    }
    assert_eq!(
        problems::<Order>(r#"{"cityName":"Rome","count":1,"items":[[1]]}"#),
        ["type items[0]: expected an object, got a list"]
    );
}

#[test]
fn a_key_of_a_struct_stands_once() {
    assert_eq!(
        problems::<Order>(r#"{"cityName":"Rome","count":1,"count":2,"items":[{"qty":1,"qty":1}],"count":3}"#),
        [
            "duplicate count: expected one value, got more than one",
            "duplicate items[0].qty: expected one value, got more than one",
            "duplicate count: expected one value, got more than one",
        ]
    );
    let free: Body<Unchecked<Value>> = Body::from_json(br#"{"a":1,"a":2}"#).unwrap();
    assert_eq!(free.0.0["a"], 2);
}

#[test]
fn a_text_that_is_no_json_has_no_field_name() {
    for text in
        ["{", "{\"a\":}", "nul", "{} x", "[1,]", "NaN", "{\"a\":1} {}", "\u{feff}{}", "'a'", "01", "\"\t\""]
    {
        let error = refused::<Unchecked<Value>>(text);
        assert_eq!(error.problems().len(), 1, "{text}");
        assert_eq!((error.problems()[0].path(), error.problems()[0].code()), ("", "syntax"), "{text}");
    }
    assert_eq!(problems::<Order>(""), ["missing : the body is empty, expected JSON"]);
    assert_eq!(problems::<Order>(b"{\"cityName\":\"\xff\"}"), ["encoding : the body is not UTF-8"]);
    assert_eq!(
        problems::<Order>(r#"{"cityName":"\ud800","count":1}"#),
        ["encoding cityName: the text is not correctly encoded"]
    );
}

#[test]
fn what_nobody_asked_for_is_json_too() {
    let nested = |depth: usize| {
        format!("{{\"cityName\":\"Rome\",\"count\":1,\"x\":{}{}}}", "[".repeat(depth), "]".repeat(depth))
    };
    assert!(Body::<Order>::from_json(nested(126).as_bytes()).is_ok());
    assert_eq!(problems::<Order>(nested(128)), ["depth : the body nests deeper than 128 levels"]);
    assert_eq!(problems::<Order>(nested(450_000)), ["depth : the body nests deeper than 128 levels"]);
    assert_eq!(refused::<Order>(r#"{"cityName":"Rome","count":1,"x":"\udc00"}"#).problems().len(), 1);
}

#[test]
fn json_nests_at_most_128_levels() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(Body::<Unchecked<Value>>::from_json(nested(128).as_bytes()).is_ok());
    assert!(Body::<Unchecked<Value>>::from_json(nested(129).as_bytes()).is_err());
    assert!(Body::<Unchecked<Value>>::from_json("[".repeat(900_000).as_bytes()).is_err());
}

#[test]
fn variants_say_what_they_need() {
    let order = |kind: &str| format!(r#"{{"cityName":"Rome","count":1,"kind":{kind}}}"#);
    for kind in
        [r#""plain""#, r#"{"plain":null}"#, r#"{"weight":1}"#, r#"{"size":[1,2]}"#, r#"{"gift":{"text":""}}"#]
    {
        assert!(Body::<Order>::from_json(order(kind).as_bytes()).is_ok(), "{kind}");
    }
    let names = "one of `plain`, `gift`, `weight`, `size`";
    assert_eq!(
        problems::<Order>(order(r#""up""#)),
        [format!("unknown_variant kind: expected {names}, got \"up\"")]
    );
    assert_eq!(problems::<Order>(order("5")), [format!("type kind: expected {names}, got 5")]);
    assert_eq!(problems::<Order>(order("{}")), [format!("type kind: expected {names}, got an object")]);
    assert_eq!(
        problems::<Order>(order(r#""weight""#)),
        ["type kind: expected an object with the member `weight`, got a text"]
    );
    assert_eq!(
        problems::<Order>(order(r#"{"weight":256}"#)),
        ["range kind.weight: expected a whole number from 0 to 255, got 256"]
    );
    assert_eq!(
        problems::<Order>(order(r#"{"size":[1]}"#)),
        ["length kind.size: expected a list, got 1 of them"]
    );
    assert_eq!(
        problems::<Order>(order(r#"{"size":[1,2,3]}"#)),
        ["length kind.size: expected a list of 2 values, got 3 of them"]
    );
}

#[test]
fn untagged_and_internally_tagged_types_have_one_problem_each() {
    #[derive(Debug, Deserialize)]
    #[serde(untagged)]
    #[expect(dead_code, reason = "only read")]
    enum Either {
        Number(u8),
        Text(String),
    }
    #[derive(Debug, Deserialize)]
    #[serde(tag = "type")]
    #[expect(dead_code, reason = "only read")]
    enum Tagged {
        A { x: u8, y: u8 },
        B,
    }
    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only read")]
    struct Both {
        either: Either,
        tagged: Tagged,
        n: u8,
    }
    assert_eq!(
        problems::<Unchecked<Both>>(
            r#"{"either": [], "tagged": {"type": "A", "x": "1", "y": "2"}, "n": "x"}"#
        ),
        [
            "invalid either: the value has none of the accepted forms",
            "type tagged: expected a whole number, got \"1\"",
            "type n: expected a whole number from 0 to 255, got \"x\"",
        ]
    );
}

#[test]
fn maps_and_lists_have_paths_too() {
    type Free = Unchecked<BTreeMap<u8, Vec<Option<bool>>>>;
    assert!(Body::<Free>::from_json(br#"{"1":[null,true]}"#).is_ok());
    assert_eq!(
        problems::<Free>(r#"{"1":[null,1],"x":[],"2":5}"#),
        [
            "type 1[1]: expected true or false, got 1",
            "type x: expected a whole number, got \"x\"",
            "type 2: expected a list, got 5",
        ]
    );
    let long = format!("{{\"{}\":1}}", "k".repeat(1000));
    let error = refused::<Unchecked<BTreeMap<String, bool>>>(long);
    assert_eq!(error.problems()[0].path().chars().count(), 65);
}

#[test]
fn at_most_32_problems_are_listed() {
    let text = format!("[{}]", vec!["\"x\""; 1000].join(","));
    assert_eq!(problems::<Unchecked<Vec<u8>>>(&text).len(), MAX_PROBLEMS);
}

#[test]
fn a_large_wrong_body_is_refused_in_bounded_work() {
    let text = format!("[{}\"x\"]", "[0],".repeat(300_000));
    assert!(!problems::<Unchecked<Vec<Vec<String>>>>(&text).is_empty());
}

#[test]
fn numbers_keep_their_full_range() {
    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only read")]
    struct Numbers {
        a: u64,
        b: i8,
        c: f64,
        d: u128,
    }
    let read = |text: &str| Body::<Unchecked<Numbers>>::from_json(text.as_bytes()).is_ok();
    assert!(read(r#"{"a":18446744073709551615,"b":-128,"c":5,"d":340282366920938463463374607431768211455}"#));
    assert_eq!(
        problems::<Unchecked<Numbers>>(r#"{"a":18446744073709551616,"b":-129,"c":1e999,"d":1.0}"#),
        [
            "range a: expected a whole number from 0 to 18446744073709551615, got 18446744073709551616",
            "range b: expected a whole number from -128 to 127, got -129",
            "range c: expected a number that can be represented, got 1e999",
            "type d: expected a whole number from 0 to 340282366920938463463374607431768211455, got 1.0",
        ]
    );
}

#[test]
fn a_recursive_type_comes_to_an_end() {
    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only read")]
    enum Term {
        Add(Box<Self>, Box<Self>),
        Number(i64),
    }
    assert_eq!(problems::<Unchecked<Vec<Term>>>(r#"[{"Number":1},5,{"Add":[{"Number":1}]}]"#).len(), 2);
    assert!(!fields::<Term>().is_empty());
    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only read")]
    struct Tree {
        left: Option<Box<Self>>,
        right: Option<Box<Self>>,
        list: Vec<Self>,
    }
    assert!(!fields::<Tree>().is_empty());
}

#[test]
fn a_contract_lists_the_fields_with_kinds() {
    let listed: Vec<_> = fields::<Order>()
        .into_iter()
        .map(|field| (field.path().to_owned(), field.kind().clone(), field.is_required()))
        .collect();
    let field = |path: &str, kind: FieldKind, required: bool| (path.to_owned(), kind, required);
    assert_eq!(
        listed,
        [
            field("cityName", FieldKind::Text, true),
            field("count", FieldKind::Integer("u8"), true),
            field("mail", FieldKind::Text, false),
            field("items", FieldKind::List, false),
            field("items[]", FieldKind::Object, true),
            field("items[].qty", FieldKind::Integer("i64"), true),
            field("items[].price", FieldKind::Number, false),
            field("kind", FieldKind::Choice(&["plain", "gift", "weight", "size"]), false),
        ]
    );
}

#[test]
fn the_walk_agrees_with_the_first_pass() {
    let pieces = [
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"cityName\":",
        "\"count\":",
        "\"items\":",
        "\"qty\":",
        "\"kind\":",
        "\"Rome\"",
        "1",
        "300",
        "-1",
        "1.5",
        "null",
        "true",
        "\"gift\"",
        "\"text\":",
        "\"mail\":\"a@b.cc\"",
        " ",
        "\"\\u0041\"",
        "{}",
        "[]",
        "1e400",
    ];
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut below = |end: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % end as u64).unwrap()
    };
    for _ in 0..3_000 {
        let text: String = (0..below(16)).map(|_| pieces[below(pieces.len())]).collect();
        agrees(&text);
        agrees(&format!("{{{text}}}"));
        agrees(&format!("{{\"cityName\":\"Rome\",\"count\":5,{text}}}"));
    }
}

fn agrees(text: &str) {
    match Body::<Order>::from_json(text.as_bytes()) {
        Ok(Body(order)) => assert_eq!(serde_json::from_str::<Order>(text).unwrap(), order, "{text}"),
        Err(error) => {
            assert!((1..=MAX_PROBLEMS).contains(&error.problems().len()), "{text}");
            // The walk itself found it: the text of last resort is never needed for types like these.
            assert!(
                error
                    .problems()
                    .iter()
                    .all(|problem| !problem.message().starts_with("the value does not fit")),
                "{text}"
            );
        }
    }
}
