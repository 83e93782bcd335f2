//! What bodies are read, and what is said of those that are not.

use gongular_core::{Contract, Error, ErrorKind, Unchecked};
use serde_json::json;

use super::{Item, Notation, Order, Point, TEXTS, problems, read, written};
use crate::{Msgpack, Payload, PayloadMessage, Protobuf, Xml, Yaml};

async fn refused(content_type: &str, body: impl Into<bytes::Bytes>) -> Error {
    read::<Payload<Order>>(content_type, body).await.err().unwrap()
}

#[tokio::test]
async fn the_content_type_says_how_a_body_is_written() {
    let yaml = "homeTown: Oslo\nitems: []\n";
    let xml = "<?xml version=\"1.0\"?><a><homeTown>Oslo</homeTown><items><qty>1</qty></items></a>";
    let json = r#"{"homeTown": "Oslo", "items": []}"#;
    for (content_type, body) in [
        ("application/json", json),
        ("application/problem+json", json),
        ("application/yaml", yaml),
        ("Application/X-YAML; charset=UTF-8", yaml),
        ("text/yaml", yaml),
        ("application/openapi+yaml", yaml),
        ("application/yaml", json),
        ("application/xml", xml),
        ("text/xml;charset=utf-8", xml),
        ("application/atom+xml", xml),
    ] {
        let Payload(order) = read::<Payload<Order>>(content_type, body).await.unwrap();
        assert_eq!(order.home_town, "Oslo", "{content_type}");
    }
    let form = read::<Payload<Unchecked<Item>>>("application/x-www-form-urlencoded", "qty=7").await.unwrap();
    assert_eq!(form.qty, 7);
}

#[tokio::test]
async fn a_content_type_that_is_not_read_is_a_415_that_names_those_that_are() {
    for content_type in [
        "text/plain",
        "application/xml; charset=latin1",
        "text/yaml;charset=utf-16",
        "application/+xml",
        "image/svg+xml",
    ] {
        let error = refused(content_type, "").await;
        assert_eq!(error.kind(), ErrorKind::UnsupportedMediaType, "{content_type}");
        assert_eq!(
            error.public(),
            "send the body as `application/json`, `application/msgpack`, `application/xml`, `application/yaml`, \
             `application/x-www-form-urlencoded` or `multipart/form-data`, texts in UTF-8"
        );
    }
    let error = read::<PayloadMessage<Point>>("text/plain", "").await.err().unwrap();
    assert!(error.public().contains("`application/protobuf`"), "{}", error.public());
    assert_eq!(read::<Xml<Order>>("application/json", "{}").await.err().unwrap().status(), 415);
    assert_eq!(read::<Yaml<Order>>("application/xml", "a: 1").await.err().unwrap().status(), 415);
    assert_eq!(read::<Msgpack<Order>>("application/yaml", "").await.err().unwrap().status(), 415);
    assert_eq!(read::<Protobuf<Point>>("application/msgpack", "").await.err().unwrap().status(), 415);
}

#[tokio::test]
async fn all_problems_are_found_at_once_where_the_values_are_those_of_json() {
    let value = json!({"items": [{"qty": 1}, {"qty": 300}, {}], "note": 7});
    for (content_type, notation) in TEXTS {
        if notation == Notation::Xml {
            continue;
        }
        let error = refused(content_type, written(notation, &value)).await;
        assert_eq!(error.kind(), ErrorKind::Parse);
        assert_eq!(
            problems(&error),
            [
                "Body items[1].qty: expected a whole number from 0 to 255, got 300",
                "Body items[2].qty: a value is required",
                "Body note: expected a text, got 7",
                "Body homeTown: a value is required",
            ],
            "{content_type}"
        );
    }
}

#[tokio::test]
async fn the_first_problem_of_xml_has_its_path() {
    for (body, expected) in [
        ("<a><items><qty>1</qty></items><items><qty>x</qty></items></a>", "Body items[1].qty: "),
        ("<a><homeTown>Oslo</homeTown><items></items></a>", "Body items[0].qty: a value is required"),
        ("<a><items><qty>1</qty></items></a>", "Body homeTown: a value is required"),
        ("<a><homeTown>&nope;</homeTown></a>", "Body homeTown: "),
    ] {
        let error = refused("application/xml", body).await;
        assert_eq!(error.kind(), ErrorKind::Parse);
        let found = problems(&error);
        assert!(found.len() == 1 && found[0].starts_with(expected), "{found:?}");
    }
}

#[tokio::test]
async fn broken_rules_are_named_as_the_client_knows_the_fields() {
    let value = json!({"homeTown": "a town with a long name", "items": [{"qty": 1}]});
    for (content_type, notation) in TEXTS {
        let error = refused(content_type, written(notation, &value)).await;
        assert_eq!(error.kind(), ErrorKind::Validation, "{content_type}");
        assert_eq!(problems(&error), ["Body homeTown: is too long"], "{content_type}");
    }
    let error =
        read::<PayloadMessage<Point>>("application/protobuf", &b"\x08\xe8\x07"[..]).await.err().unwrap();
    assert_eq!(problems(&error), ["Body x: is too far"]);
}

#[tokio::test]
async fn a_body_that_is_none_of_its_notation_is_a_400_that_says_so() {
    for (content_type, body, expected) in [
        ("application/msgpack", &b""[..], "Body: the body is empty, expected MessagePack"),
        ("application/yaml", b" \n", "Body: the body is empty, expected YAML"),
        ("application/xml", b"\t", "Body: the body is empty, expected XML"),
        ("application/msgpack", b"\x81", "Body: the body is not MessagePack: "),
        (
            "application/msgpack",
            b"\x80\x80",
            "Body: the body is not MessagePack: something stands behind the value",
        ),
        ("application/msgpack", b"\xc1", "Body: the body is not MessagePack: "),
        ("application/msgpack", b"\xdd\xff\xff\xff\xff", "Body: the body is not MessagePack: "),
        ("application/yaml", b"a: [", "Body: the body is not YAML: "),
        ("application/yaml", b"{}\n---\n{}", "Body: the body is not YAML: "),
        ("application/yaml", b"a: 1\na: 2", "Body: "),
        ("application/yaml", b"\xff", "Body: the body is not YAML: "),
        ("application/xml", b"\xff", "Body: the body is not UTF-8"),
        ("application/xml", b"<a>", "Body: the body is not XML: an element is not closed"),
        ("application/xml", b"<a></b>", "Body: the body is not XML: "),
        ("application/xml", b"<a/><b/>", "Body: the body is not XML: something stands behind the element"),
        ("application/xml", b"<a></a>x", "Body: the body is not XML: a text stands outside of the element"),
        ("application/xml", b"homeTown", "Body: the body is not XML: a text stands outside of the element"),
    ] {
        let error = refused(content_type, body).await;
        assert_eq!(error.status(), 400);
        let found = problems(&error);
        assert!(found.len() == 1 && found[0].starts_with(expected), "{content_type} {body:?}: {found:?}");
    }
    let error = read::<Protobuf<Point>>("application/protobuf", &b"\x08"[..]).await.err().unwrap();
    assert!(problems(&error)[0].starts_with("Body: "), "{error}");
}

#[tokio::test]
async fn a_struct_is_an_object_in_every_notation() {
    let list = json!(["Oslo", []]);
    for (content_type, notation) in [TEXTS[1], TEXTS[3]] {
        let error = refused(content_type, written(notation, &list)).await;
        assert_eq!(problems(&error), ["Body: expected an object, got a list"], "{content_type}");
    }
}

#[tokio::test]
async fn what_a_client_sent_is_repeated_in_part_only() {
    let long = "x".repeat(10_000);
    let value = json!({"homeTown": long, "items": [{"qty": long}], "note": long});
    for (content_type, notation) in TEXTS {
        let error = refused(content_type, written(notation, &value)).await;
        assert!(error.to_string().len() < 400, "{content_type}: {error}");
    }
    let error = refused("application/xml", format!("<a></{long}>")).await;
    assert!(error.to_string().len() < 300, "{error}");
}

#[test]
fn a_contract_lists_the_content_types_that_are_read() {
    let contract = Contract::of::<PayloadMessage<Point>, http_body_util::Full<bytes::Bytes>>();
    for notation in Notation::OF_MESSAGES {
        assert!(contract.inputs()[0].content_types().contains(&notation.types()[0]), "{notation:?}");
    }
    let contract = Contract::of::<Payload<Order>, http_body_util::Full<bytes::Bytes>>();
    for notation in Notation::OF_VALUES {
        assert!(contract.inputs()[0].content_types().contains(&notation.types()[0]), "{notation:?}");
    }
    assert!(!contract.inputs()[0].fields().is_empty());
}
