//! All notations together.

#![cfg(all(feature = "msgpack", feature = "protobuf", feature = "xml", feature = "yaml"))]

mod bombs;
mod choosing;
mod reading;
mod writing;

use bytes::Bytes;
use gongular_core::{BodySlot, BrokenRule, BrokenRules, Error, FromRequest, RequestContext, Rules};
use http::Request;
use http_body_util::Full;
use serde::{Deserialize, Serialize};

use super::Notation;

/// What most of the tests read and write.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Order {
    home_town: String,
    items: Vec<Item>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
struct Item {
    qty: u8,
}

impl Rules for Order {
    fn check(&self) -> Result<(), BrokenRules> {
        if self.home_town.len() < 10 {
            Ok(())
        } else {
            Err(BrokenRule::of_field("home_town", "length", "is too long").into())
        }
    }
}

fn order() -> Order {
    Order { home_town: "Oslo".to_owned(), items: vec![Item { qty: 1 }, Item { qty: 2 }], note: None }
}

/// A message that has all notations.
#[derive(Clone, PartialEq, prost::Message, Deserialize, Serialize)]
struct Point {
    #[prost(uint32, tag = 1)]
    x: u32,
    #[prost(message, optional, boxed, tag = 2)]
    #[serde(default)]
    next: Option<Box<Self>>,
}

impl Rules for Point {
    fn check(&self) -> Result<(), BrokenRules> {
        if self.x < 1000 { Ok(()) } else { Err(BrokenRule::of_field("x", "range", "is too far").into()) }
    }
}

/// Reads a body of a content type.
async fn read<T: FromRequest<Full<Bytes>>>(content_type: &str, body: impl Into<Bytes>) -> Result<T, Error> {
    let request =
        Request::builder().header("content-type", content_type).body(Full::new(body.into())).unwrap();
    let (mut parts, body) = request.into_parts();
    let mut body = BodySlot::new(body);
    T::from_request(&mut RequestContext::new(&mut parts, &mut body)).await
}

/// Writes a value as the bytes of a notation.
fn written<T: Serialize>(notation: Notation, value: &T) -> Vec<u8> {
    let response = notation.write(value).unwrap();
    let body = http_body_util::BodyExt::collect(response.into_body());
    let mut body = std::pin::pin!(body);
    let mut task = std::task::Context::from_waker(std::task::Waker::noop());
    match body.as_mut().poll(&mut task) {
        std::task::Poll::Ready(body) => body.unwrap().to_bytes().to_vec(),
        std::task::Poll::Pending => panic!("a body in memory is there"),
    }
}

/// The problems of an error, as texts.
fn problems(error: &Error) -> Vec<String> {
    error.problems().iter().map(ToString::to_string).collect()
}

const TEXTS: [(&str, Notation); 4] = [
    ("application/json", Notation::Json),
    ("application/msgpack", Notation::Msgpack),
    ("application/xml", Notation::Xml),
    ("application/yaml", Notation::Yaml),
];
