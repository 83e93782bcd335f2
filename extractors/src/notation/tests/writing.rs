//! How values are written.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use gongular_core::{ErrorKind, IntoResponse};
use serde::Serialize;

use super::{Item, Notation, Order, TEXTS, order, read, written};
use crate::{Msgpack, Payload, Xml, Yaml};

fn xml<T: Serialize>(value: &T) -> String {
    String::from_utf8(written(Notation::Xml, value)).unwrap()
}

#[tokio::test]
async fn what_is_written_is_read_again() {
    for (content_type, notation) in TEXTS {
        let Payload(back) = read::<Payload<Order>>(content_type, written(notation, &order())).await.unwrap();
        assert_eq!(back, order(), "{content_type}");
    }
}

#[test]
fn every_value_is_one_element_of_xml() {
    let map = BTreeMap::from([("a", 1), ("b", 2)]);
    assert_eq!(xml(&Item { qty: 1 }), "<Item><qty>1</qty></Item>");
    assert_eq!(
        xml(&order()),
        "<Order><homeTown>Oslo</homeTown><items><qty>1</qty></items><items><qty>2</qty></items></Order>"
    );
    assert_eq!(xml(&[1, 2]), "<list><item>1</item><item>2</item></list>");
    assert_eq!(xml(&vec![Item { qty: 1 }]), "<list><item><qty>1</qty></item></list>");
    assert_eq!(xml(&(1, "a")), "<list><item>1</item><item>a</item></list>");
    assert_eq!(xml(&map), "<map><a>1</a><b>2</b></map>");
    assert_eq!(xml(&7), "<value>7</value>");
    assert_eq!(xml(&Some("a<b")), "<value>a&lt;b</value>");
    assert_eq!(xml(&[vec![1, 2], vec![3]]), "<list><item>1</item><item>2</item><item>3</item></list>");
    assert_eq!(xml(&Vec::<u8>::new()), "<list/>");
}

#[test]
fn a_value_that_a_notation_cannot_write_is_an_error_of_writing() {
    struct Broken;
    impl Serialize for Broken {
        fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            Err(serde::ser::Error::custom("broken"))
        }
    }
    for error in [
        Msgpack(Broken).into_response().unwrap_err(),
        Xml(Broken).into_response().unwrap_err(),
        Yaml(Broken).into_response().unwrap_err(),
        Xml(BTreeMap::from([("no name", 1)])).into_response().unwrap_err(),
    ] {
        assert_eq!((error.kind(), error.status().as_u16()), (ErrorKind::Serialize, 500));
        assert_eq!(error.public(), "internal server error");
    }
}

#[test]
fn structs_are_maps_and_addresses_texts_in_messagepack() {
    assert_eq!(written(Notation::Msgpack, &Item { qty: 7 }), b"\x81\xa3qty\x07");
    assert_eq!(written(Notation::Msgpack, &Ipv4Addr::LOCALHOST), b"\xa9127.0.0.1");
}

#[test]
fn texts_that_look_like_something_else_stay_texts_in_yaml() {
    for text in
        ["no", "null", "7", "~", "1e3", "", " a", "a: b", "- a", "#", "2026-01-01", "a\nb", "\u{feff}"]
    {
        let yaml = written(Notation::Yaml, &text);
        let gongular_core::Unchecked(back) = Notation::Yaml.read(&yaml).unwrap();
        let back: String = back;
        assert_eq!(back, text, "{}", String::from_utf8_lossy(&yaml));
    }
}
