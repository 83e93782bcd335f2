//! Bodies that are made to do harm.

use gongular_core::{Error, Rules};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::{Notation, Point, problems};
use crate::Protobuf;

/// A value that nests without an end.
#[derive(Debug, Deserialize)]
struct Node {
    #[serde(default)]
    next: Option<Box<Self>>,
}

impl Rules for Node {}

const LEVELS: usize = 100_000;

fn refused<T: DeserializeOwned + Rules>(notation: Notation, body: &[u8]) -> Error {
    notation.read::<T>(body).err().unwrap()
}

/// Objects that nest by a key, and lists that nest.
fn nested(notation: Notation, key: &str, levels: usize) -> Vec<u8> {
    match notation {
        Notation::Json => {
            format!("{}{{}}{}", format!("{{\"{key}\":").repeat(levels), "}".repeat(levels)).into_bytes()
        }
        Notation::Msgpack => {
            let mut level = vec![0x81, 0xa0 | u8::try_from(key.len()).unwrap()];
            level.extend_from_slice(key.as_bytes());
            let mut body = level.repeat(levels);
            body.push(0x80);
            body
        }
        Notation::Xml => {
            format!("<a>{}{}</a>", format!("<{key}>").repeat(levels), format!("</{key}>").repeat(levels))
                .into_bytes()
        }
        Notation::Yaml => {
            format!("{}{{}}{}", format!("{{{key}: ").repeat(levels), "}".repeat(levels)).into_bytes()
        }
        Notation::Protobuf => Vec::new(),
    }
}

#[test]
fn a_hundred_thousand_levels_are_refused_in_every_notation() {
    for notation in Notation::OF_VALUES {
        for key in ["next", "unknown"] {
            let error = refused::<Node>(*notation, &nested(*notation, key, LEVELS));
            assert_eq!(error.problems()[0].path(), "", "{notation:?}: {error}");
            assert_eq!(error.status(), 400, "{notation:?}: {error}");
        }
    }
}

#[test]
fn lists_that_nest_are_refused_as_objects_are() {
    let brackets = format!("{}{}", "[".repeat(LEVELS), "]".repeat(LEVELS));
    let mut lists = vec![0x91; LEVELS];
    lists.push(0xc0);
    for (notation, body) in [
        (Notation::Json, brackets.as_bytes()),
        (Notation::Msgpack, &lists),
        (Notation::Yaml, brackets.as_bytes()),
        (Notation::Yaml, "- ".repeat(LEVELS).as_bytes()),
        (Notation::Yaml, "? ".repeat(LEVELS).as_bytes()),
        (Notation::Yaml, "[".repeat(LEVELS).as_bytes()),
        (Notation::Yaml, "{a: ".repeat(LEVELS).as_bytes()),
        (
            Notation::Yaml,
            (0..1000).map(|level| format!("{}a:\n", " ".repeat(level))).collect::<String>().as_bytes(),
        ),
    ] {
        assert_eq!(refused::<Node>(notation, body).status(), 400, "{notation:?}");
    }
}

#[test]
fn what_the_limit_of_depth_allows_is_read_and_one_level_more_is_not() {
    for (notation, most) in
        [(Notation::Json, 128), (Notation::Msgpack, 128), (Notation::Xml, 128), (Notation::Yaml, 32)]
    {
        // The outermost object is a level, too.
        let node: Node = notation.read(&nested(notation, "next", most - 1)).unwrap();
        let depth = std::iter::successors(Some(&node), |node| node.next.as_deref()).count();
        assert_eq!(depth, most, "{notation:?}");
        for key in ["next", "unknown"] {
            assert!(notation.read::<Node>(&nested(notation, key, most - 1)).is_ok(), "{notation:?} {key}");
            let error = refused::<Node>(notation, &nested(notation, key, most));
            let expected = format!("Body: the body nests deeper than {most} levels");
            assert_eq!(problems(&error), [expected], "{notation:?} {key}");
        }
    }
}

#[test]
fn messages_that_nest_too_deep_are_refused() {
    let mut body = Vec::new();
    for _ in 0..LEVELS {
        let mut length = body.len();
        let mut level = vec![0x12];
        while length > 0x7f {
            level.push(u8::try_from(length & 0x7f).unwrap() | 0x80);
            length >>= 7;
        }
        level.push(u8::try_from(length).unwrap());
        level.reverse();
        // Written from the end, so that no level is copied again.
        body.extend_from_slice(&level);
    }
    body.reverse();
    assert_eq!(Protobuf::<Point>::from_bytes(&body).unwrap_err().status(), 400);
    let groups = [0x0b].repeat(LEVELS);
    assert_eq!(Protobuf::<Point>::from_bytes(&groups).unwrap_err().status(), 400);
}

#[test]
fn nothing_that_stands_for_something_else_is_read_from_yaml() {
    let mut laughs = "a: &a [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n".to_owned();
    for (before, name) in ('a'..'j').zip('b'..'k') {
        let list = vec![format!("*{before}"); 9].join(", ");
        laughs.push_str(&format!("{name}: &{name} [{list}]\n"));
    }
    for body in [laughs.as_str(), "a: &x {}\nb: *x", "&x a: 1", "next: &x {next: *x}", "<<: {next: {}}"] {
        let error = refused::<Node>(Notation::Yaml, body.as_bytes());
        assert_eq!(
            problems(&error),
            ["Body: the body is not YAML: anchors and aliases are not read"],
            "{body}"
        );
    }
}

#[test]
fn no_entity_of_xml_is_expanded_or_fetched() {
    #[derive(Debug, Deserialize)]
    struct Text {
        #[serde(rename = "$text")]
        text: String,
    }
    impl Rules for Text {}

    let mut laughs = "<!DOCTYPE a [<!ENTITY l0 \"lol\">".to_owned();
    for level in 1..10 {
        laughs.push_str(&format!("<!ENTITY l{level} \"{}\">", format!("&l{};", level - 1).repeat(10)));
    }
    laughs.push_str("]><a>&l9;</a>");
    for body in [
        laughs.as_str(),
        "<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>",
        "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>",
        "<a><!DOCTYPE b></a>",
    ] {
        let error = refused::<Text>(Notation::Xml, body.as_bytes());
        assert_eq!(problems(&error), ["Body: the body is not XML: a document type is not read"], "{body}");
    }
    assert_eq!(refused::<Text>(Notation::Xml, b"<a>&x;</a>").status(), 400);
    let text: Text = Notation::Xml.read(b"<a>&lt;&#65;</a>").unwrap();
    assert_eq!(text.text, "<A");
}

#[test]
fn an_element_has_a_bounded_number_of_attributes() {
    let with = |count: usize| {
        let attributes: String = (0..count).map(|number| format!(" a{number}='1'")).collect();
        format!("<a{attributes}/>").into_bytes()
    };
    assert!(Notation::Xml.read::<Node>(&with(256)).is_ok());
    let error = refused::<Node>(Notation::Xml, &with(200_000));
    assert_eq!(problems(&error), ["Body: an element has more than 256 attributes"]);
}
