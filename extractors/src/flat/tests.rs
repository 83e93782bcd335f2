use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::fmt::Debug;

use gongular_core::{Error, Limits, Place, Rules, Unchecked};
use serde::Deserialize;

use super::*;

fn read<'de, T: Deserialize<'de>>(text: &'de str) -> Result<T, Error> {
    bind::<Unchecked<T>, _>(Place::Query, &Pairs::new(text, &Limits::DEFAULT)).map(|value| value.0)
}

#[track_caller]
fn problems<'de, T: Deserialize<'de> + Debug>(text: &'de str) -> Vec<String> {
    let error = read::<T>(text).expect_err(text);
    error
        .problems()
        .iter()
        .map(|problem| format!("{} {}: {}", problem.code(), problem.path(), problem.message()))
        .collect()
}

#[derive(Debug, Deserialize, PartialEq)]
struct One<T> {
    v: T,
}

#[derive(Debug, Deserialize, PartialEq)]
struct Maybe<T> {
    v: Option<T>,
}

#[derive(Debug, Deserialize, PartialEq)]
struct Many<T> {
    v: Vec<T>,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Sort {
    Newest,
    Oldest,
}

#[track_caller]
fn reads<'de, T: Deserialize<'de> + Debug + PartialEq>(text: &'de str, value: T) {
    assert_eq!(read::<One<T>>(text).expect(text), One { v: value }, "{text}");
}

#[test]
fn texts_become_values() {
    reads("v=-7", -7i8);
    reads("v=%2B7", 7i64);
    reads("v=007", 7u8);
    reads("v=255", u8::MAX);
    reads("v=18446744073709551615", u64::MAX);
    reads("v=340282366920938463463374607431768211455", u128::MAX);
    reads("v=-170141183460469231731687303715884105728", i128::MIN);
    reads("v=1e3", 1000f32);
    reads("v=-.5", -0.5f64);
    reads("v=YES", true);
    reads("v=off", false);
    reads("v=oldest", Sort::Oldest);
    reads("v=%C3%A9", 'é');
    reads("v=", String::new());
    reads("v=a+b%2Bc", "a b+c".to_owned());
    reads("v=plain", "plain");
    reads("v=1&v=2", vec![1u8, 2]);
    reads("v=1&x&v=2", (1u8, 2u8));
    reads("v=5", Unchecked(5u8));
}

#[test]
fn texts_that_are_no_such_value_are_refused() {
    for text in ["+1", " 1", "1 ", "--1", "0x1", "1e3", "1_0", "%EF%BC%91", "1%00", "1.0", "a"] {
        let text = format!("v={}", text.replace('+', " "));
        assert!(read::<One<i32>>(&text).is_err(), "{text}");
    }
    for text in ["v=NaN", "v=inf", "v=1e999", "v=1,5"] {
        assert!(read::<One<f64>>(text).is_err(), "{text}");
    }
    assert_eq!(problems::<One<bool>>("v=maybe"), ["type v: expected true or false, got \"maybe\""]);
    assert_eq!(problems::<One<char>>("v=ab"), ["type v: expected a single character, got \"ab\""]);
    assert_eq!(
        problems::<One<Sort>>("v=up"),
        ["unknown_variant v: expected one of `newest`, `oldest`, got \"up\""]
    );
}

#[test]
fn a_number_out_of_range_names_the_range() {
    assert_eq!(problems::<One<u8>>("v=256"), ["range v: expected a whole number from 0 to 255, got 256"]);
    assert_eq!(problems::<One<u8>>("v=-1"), ["range v: expected a whole number from 0 to 255, got -1"]);
    assert_eq!(
        problems::<One<i8>>("v=-129"),
        ["range v: expected a whole number from -128 to 127, got -129"]
    );
    assert_eq!(problems::<One<u8>>("v=x"), ["type v: expected a whole number from 0 to 255, got \"x\""]);
    assert_eq!(
        problems::<One<f32>>("v=1e39"),
        ["range v: expected a number that can be represented, got 1e39"]
    );
    let error = read::<One<u8>>("v=256").unwrap_err();
    assert_eq!(error.problems()[0].params(), [("min".into(), 0.into()), ("max".into(), 255.into())]);
}

#[test]
fn an_empty_text_is_absent_for_all_but_texts() {
    assert_eq!(problems::<One<u8>>("v="), ["missing v: a value is required"]);
    assert_eq!(problems::<One<bool>>("v"), ["missing v: a value is required"]);
    assert_eq!(read::<Maybe<u8>>("v=").unwrap(), Maybe { v: None });
    assert_eq!(read::<Maybe<bool>>("v").unwrap(), Maybe { v: None });
    assert_eq!(read::<Maybe<String>>("v=").unwrap(), Maybe { v: Some(String::new()) });
    assert_eq!(read::<Many<u8>>("v=&v=1&v=").unwrap(), Many { v: vec![1] });
    assert_eq!(read::<Many<u8>>("v=").unwrap(), Many { v: vec![] });
    assert_eq!(read::<Many<String>>("v=&v=1").unwrap(), Many { v: vec![String::new(), "1".into()] });
    assert_eq!(problems::<One<Sort>>("v="), ["missing v: a value is required"]);
    assert_eq!(problems::<One<char>>("v="), ["missing v: a value is required"]);
    assert_eq!(read::<Maybe<Sort>>("v=").unwrap(), Maybe { v: None });
    assert_eq!(read::<Maybe<char>>("v").unwrap(), Maybe { v: None });
    assert_eq!(read::<Many<Sort>>("v=&v=newest").unwrap(), Many { v: vec![Sort::Newest] });
    assert_eq!(problems::<Many<Sort>>("v=&v=x").len(), 1);
    let map = read::<BTreeMap<String, u8>>("a=&b=2&c=").unwrap();
    assert_eq!(map, BTreeMap::from([("b".to_owned(), 2)]));
}

#[test]
fn a_variant_that_takes_the_empty_text_has_it() {
    #[derive(Debug, Deserialize, PartialEq)]
    enum Order {
        #[serde(rename = "")]
        Any,
        Up,
    }
    #[derive(Debug, Deserialize, PartialEq)]
    enum Kind {
        Book,
        #[serde(other)]
        Other,
    }
    assert_eq!(read::<Maybe<Order>>("v=").unwrap(), Maybe { v: Some(Order::Any) });
    assert_eq!(read::<Maybe<Kind>>("v=").unwrap(), Maybe { v: Some(Kind::Other) });
    assert_eq!(
        (Order::Up, Kind::Book),
        (read::<One<_>>("v=Up").unwrap().v, read::<One<_>>("v=Book").unwrap().v)
    );
}

#[test]
fn the_first_of_repeated_scalars_wins_even_if_it_is_empty() {
    reads("v=1&v=2&v=x", 1u8);
    reads("v=&v=b", String::new());
    assert_eq!(read::<Maybe<u8>>("v=&v=5").unwrap(), Maybe { v: None });
    assert_eq!(problems::<One<u8>>("v=x&v=1"), ["type v: expected a whole number from 0 to 255, got \"x\""]);
}

#[test]
fn several_empty_numbers_are_all_absent() {
    #[derive(Debug, Deserialize, PartialEq)]
    struct Three {
        a: Option<u8>,
        #[serde(default)]
        b: u8,
        c: Vec<u8>,
        d: Option<f64>,
    }
    assert_eq!(read::<Three>("a=&b=&c=&c=1&d=").unwrap(), Three { a: None, b: 0, c: vec![1], d: None });
}

#[test]
fn keys_are_decoded_and_unknown_ones_are_ignored() {
    assert_eq!(read::<One<u8>>("%76=1&w=%zz&&=").unwrap().v, 1);
    assert_eq!(problems::<One<u8>>("V=1"), ["missing v: a value is required"]);
    assert_eq!(problems::<One<u8>>("%zz=1&v=1"), ["encoding : a key is not correctly encoded"]);
}

#[test]
fn unknown_keys_can_be_denied() {
    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only read")]
    struct Strict {
        v: u8,
    }
    assert!(read::<Strict>("v=1").is_ok());
    assert_eq!(
        problems::<Strict>("w=1&v=x&u=2"),
        [
            "unknown_field w: no such field, expected `v`",
            "type v: expected a whole number from 0 to 255, got \"x\"",
            "unknown_field u: no such field, expected `v`",
        ]
    );
}

#[test]
fn broken_escapes_name_the_field() {
    for text in ["v=%", "v=%zz", "v=%ff", "v=%c0%af", "v=%ed%a0%80"] {
        assert_eq!(
            problems::<One<String>>(text),
            ["encoding v: the text is not correctly encoded"],
            "{text}"
        );
    }
}

#[test]
fn texts_without_escapes_are_borrowed() {
    #[derive(Deserialize)]
    struct Borrowed<'a> {
        a: &'a str,
        #[serde(borrow)]
        b: Cow<'a, str>,
        #[serde(borrow)]
        c: Cow<'a, str>,
    }
    let value = read::<Borrowed<'_>>("a=x&b=y&c=%7A").unwrap();
    assert_eq!((value.a, &*value.b, &*value.c), ("x", "y", "z"));
    assert!(matches!((value.b, value.c), (Cow::Borrowed(_), Cow::Owned(_))));
}

#[test]
fn maps_take_all_keys() {
    let texts: HashMap<String, String> = read("a=1&b=2&a=3").unwrap();
    assert_eq!(texts, HashMap::from([("a".into(), "1".into()), ("b".into(), "2".into())]));
    let lists: BTreeMap<String, Vec<String>> = read("a=1&b=2&a=3").unwrap();
    assert_eq!(lists["a"], ["1", "3"]);
    let numbers: BTreeMap<u8, u8> = read("1=2&3=4").unwrap();
    assert_eq!(numbers, BTreeMap::from([(1, 2), (3, 4)]));
    assert_eq!(
        problems::<BTreeMap<String, u8>>("a=x&b=1&c=y"),
        [
            "type a: expected a whole number from 0 to 255, got \"x\"",
            "type c: expected a whole number from 0 to 255, got \"y\"",
        ]
    );
}

#[test]
fn a_struct_may_be_flattened_into_another() {
    #[derive(Debug, Deserialize, PartialEq)]
    struct Outer {
        page: u32,
        #[serde(flatten)]
        inner: Inner,
    }
    #[derive(Debug, Deserialize, PartialEq)]
    struct Inner {
        name: String,
        tags: Vec<String>,
    }
    let inner = Inner { name: "n".into(), tags: vec!["a".into(), "b".into()] };
    assert_eq!(read::<Outer>("name=n&page=2&tags=a&tags=b").unwrap(), Outer { page: 2, inner });
    assert_eq!(problems::<Outer>("page=2&tags=a&tags=b"), ["missing name: a value is required"]);
}

#[test]
fn all_problems_are_found_at_once() {
    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only read")]
    struct Options {
        page: u32,
        #[serde(rename = "per-page")]
        per_page: u8,
        sort: Sort,
        desc: Option<bool>,
        ids: Vec<i8>,
        name: String,
    }
    assert_eq!(
        problems::<Options>("page=-1&per-page=1000&sort=up&desc=x&ids=1&ids=a&ids=300&name=%ff"),
        [
            "range page: expected a whole number from 0 to 4294967295, got -1",
            "range per-page: expected a whole number from 0 to 255, got 1000",
            "unknown_variant sort: expected one of `newest`, `oldest`, got \"up\"",
            "type desc: expected true or false, got \"x\"",
            "type ids[1]: expected a whole number from -128 to 127, got \"a\"",
            "range ids[2]: expected a whole number from -128 to 127, got 300",
            "encoding name: the text is not correctly encoded",
        ]
    );
    assert_eq!(problems::<Options>("").len(), 5);
}

#[test]
fn what_a_type_says_itself_is_cut_and_names_its_field() {
    #[derive(Debug, Deserialize)]
    #[serde(try_from = "String")]
    struct Even;
    impl TryFrom<String> for Even {
        type Error = String;
        fn try_from(text: String) -> Result<Self, String> {
            if text.len().is_multiple_of(2) { Ok(Self) } else { Err(format!("not even: {text}")) }
        }
    }
    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only read")]
    struct Two {
        a: Even,
        b: u8,
    }
    let text = format!("a={}&b=x", "y".repeat(101));
    let long = format!("invalid a: not even: {}…", "y".repeat(54));
    assert_eq!(
        problems::<Two>(&text),
        [long.as_str(), "type b: expected a whole number from 0 to 255, got \"x\""]
    );
}

#[test]
fn a_query_with_1001_pairs_is_refused() {
    let pairs = |count: usize| "v=1&".repeat(count);
    assert!(read::<One<u8>>(&pairs(1000)).is_ok());
    assert_eq!(problems::<One<u8>>(&pairs(1001)), ["too_many : there are more than 1000 values"]);
    assert_eq!(
        problems::<HashMap<String, String>>(&pairs(1001)),
        ["too_many : there are more than 1000 values"]
    );
}

#[test]
fn a_key_of_2049_bytes_is_refused() {
    let text = |bytes: usize| format!("{}=1&v=1", "k".repeat(bytes));
    assert!(read::<One<u8>>(&text(2048)).is_ok());
    assert_eq!(problems::<One<u8>>(&text(2049)), ["length : a key is longer than 2048 bytes"]);
}

/// A generator of the xorshift family; the same numbers in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % end as u64).unwrap()
    }
}

#[derive(Debug, Default, Deserialize, PartialEq)]
#[serde(default)]
struct Reference {
    a: Option<u8>,
    b: String,
    c: Vec<String>,
}

/// The same, written without any regard for cost.
fn naive(text: &str) -> Option<Reference> {
    let mut pairs = Vec::new();
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        pairs.push((unescape(key, true)?, value));
    }
    let all = |key: &str| -> Option<Vec<String>> {
        pairs.iter().filter(|(name, _)| name == key).map(|(_, value)| unescape(value, true)).collect()
    };
    let first = |key: &str| -> Option<Option<String>> {
        match pairs.iter().find(|(name, _)| name == key) {
            Some((_, value)) => unescape(value, true).map(Some),
            None => Some(None),
        }
    };
    let a = match first("a")?.filter(|text| !text.is_empty()) {
        Some(text) if text.starts_with('-') => return None,
        Some(text) => Some(text.parse().ok()?),
        None => None,
    };
    Some(Reference { a, b: first("b")?.unwrap_or_default(), c: all("c")? })
}

#[test]
fn the_decoder_agrees_with_a_naive_one() {
    let pieces = [
        "a", "b", "c", "=", "=", "&", "&", "1", "25", "%", "%3", "%41", "%61", "+", "é", "%c3%a9", "%ff",
        "x", "-", ";", "!", "longer", "&b=long", "&c=",
    ];
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let mut good = 0;
    for _ in 0..20_000 {
        let text: String = (0..random.below(14)).map(|_| pieces[random.below(pieces.len())]).collect();
        match (read::<Reference>(&text), naive(&text)) {
            (Ok(value), Some(expected)) => {
                good += 1;
                assert_eq!(value, expected, "{text}");
            }
            (Err(error), None) => assert!(!error.problems().is_empty(), "{text}"),
            (value, expected) => panic!("{text}: {value:?}, expected {expected:?}"),
        }
    }
    assert!(good > 5000, "{good}");
}

#[test]
fn any_text_is_read_or_refused_with_a_problem() {
    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only read")]
    struct All {
        a: u8,
        b: Option<f32>,
        c: Vec<bool>,
        d: Sort,
        e: (i8, i8),
        f: HashMap<String, String>,
    }
    let pieces = [
        "a=", "b=", "c=", "d=", "e=", "f=", "&", "&", "1", "-", "%", "%4", "1", "+", "é", "%ff", "oldest",
        "on", "&e=1",
    ];
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    for _ in 0..5_000 {
        let text: String = (0..random.below(30)).map(|_| pieces[random.below(pieces.len())]).collect();
        match read::<All>(&text) {
            Ok(_) => {}
            Err(error) => assert!((1..=32).contains(&error.problems().len()), "{text}"),
        }
    }
}

#[test]
fn rules_are_checked_after_reading() {
    #[derive(Debug, Deserialize, validator::Validate)]
    struct Options {
        #[serde(rename = "perPage")]
        #[validate(range(min = 1, max = 100))]
        per_page: u8,
        #[validate(email)]
        email: Option<String>,
    }
    let read = |text: &'static str| bind::<Options, _>(Place::Query, &Pairs::new(text, &Limits::DEFAULT));
    assert!(read("perPage=1&email=a@b.cc").unwrap().check().is_ok());
    let error = read("perPage=0&email=x").unwrap_err();
    let problems: Vec<_> =
        error.problems().iter().map(|problem| (problem.path(), problem.message())).collect();
    assert_eq!(problems, [("perPage", "must be from 1 to 100"), ("email", "must be an e-mail address")]);
}

/// A type that reads what it does not know as numbers.
#[derive(Debug)]
struct Extra {
    sum: u32,
}

impl<'de> Deserialize<'de> for Extra {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Sum;

        impl<'de> serde::de::Visitor<'de> for Sum {
            type Value = Extra;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("numbers")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Extra, A::Error> {
                let mut sum = 0;
                while map.next_key::<String>()?.is_some() {
                    sum += map.next_value::<u32>()?;
                }
                Ok(Extra { sum })
            }
        }

        deserializer.deserialize_struct("Extra", &["known"], Sum)
    }
}

#[test]
fn an_empty_text_of_a_key_that_is_no_field_is_left_out_of_nothing() {
    assert_eq!(read::<Extra>("x=1&known=2&y=4").unwrap().sum, 7);
    let fault = Extra::deserialize(Root::new(Pairs::new("x=", &Limits::DEFAULT), None)).unwrap_err();
    assert_eq!(fault, Fault::Empty);
    assert!(read::<Extra>("known=1&x=").is_err());
}
