//! The extractors on whole requests.

use std::fmt;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use gongular_core::{
    BodySlot, BrokenRule, BrokenRules, Contract, Each, Error, ErrorKind, FromRequest, Limits, MatchedPath,
    PathParams, Place, RequestContext, RequestState, Rules, Unchecked,
};
use http::{Request, StatusCode};
use http_body_util::Full;
use serde::de::Visitor;
use serde::{Deserialize, Deserializer};

use crate::{Body, Cookie, Form, Header, Param, Query};

type FullBody = Full<Bytes>;

fn read<T: FromRequest<FullBody>>(request: http::request::Builder, body: &'static [u8]) -> Result<T, Error> {
    let (mut parts, body) = request.body(Full::new(Bytes::from_static(body))).unwrap().into_parts();
    let mut slot = BodySlot::new(body);
    let mut cx = RequestContext::new(&mut parts, &mut slot);
    let future = pin!(T::from_request(&mut cx));
    match future.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result,
        Poll::Pending => panic!("a body in memory is always ready"),
    }
}

fn post(content_type: &str) -> http::request::Builder {
    Request::post("/x?n=9").header("content-type", content_type)
}

#[derive(Debug, Deserialize, PartialEq)]
struct Number {
    n: u8,
}

impl Rules for Number {}

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

#[test]
fn json_needs_its_content_type() {
    assert_eq!(read::<Body<Number>>(post(JSON), b"{\"n\":1}").unwrap().n, 1);
    assert_eq!(read::<Body<Number>>(post("application/problem+JSON"), b"{\"n\":1}").unwrap().n, 1);
    for request in [post("text/plain"), post("application/jsonx"), post(""), Request::post("/"), post(FORM)] {
        let error = read::<Body<Number>>(request, b"{\"n\":1}").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UnsupportedMediaType);
    }
    let error =
        read::<Body<Number>>(post(JSON).header("content-encoding", "gzip"), b"{\"n\":1}").unwrap_err();
    assert_eq!(error.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

#[test]
fn json_is_utf8_even_for_a_type_that_takes_any_bytes() {
    #[derive(Debug, PartialEq)]
    struct Raw(Vec<u8>);
    impl<'de> Deserialize<'de> for Raw {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            deserializer.deserialize_byte_buf(Self(Vec::new()))
        }
    }
    impl<'de> Visitor<'de> for Raw {
        type Value = Self;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("bytes")
        }

        fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Self, E> {
            Ok(Self(bytes.to_vec()))
        }
    }
    let read = |text: &[u8]| Body::<Unchecked<Raw>>::from_json(text).map(|body| body.0.0.0);
    assert_eq!(read("\"é\"".as_bytes()).unwrap(), "é".as_bytes());
    assert_eq!(read(b"\"\xff\"").unwrap_err().to_string(), "Body: the body is not UTF-8");
}

#[test]
fn rules_by_hand_hold_for_each_element_of_a_list() {
    #[derive(Debug, Deserialize)]
    struct Item {
        #[serde(rename = "Qty")]
        qty: u8,
    }
    impl Rules for Item {
        fn check(&self) -> Result<(), BrokenRules> {
            match self.qty {
                0 => Err(BrokenRule::of_field("qty", "none", "must not be zero").into()),
                _ => Ok(()),
            }
        }
    }
    let Body(list) = read::<Body<Each<Item>>>(post(JSON), br#"[{"Qty": 1}]"#).unwrap();
    assert_eq!(list.len(), 1);
    let error = read::<Body<Each<Item>>>(post(JSON), br#"[{"Qty": 1}, {"Qty": 0}]"#).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Validation);
    assert_eq!(error.problems()[0].to_string(), "Body [1].Qty: must not be zero");
}

#[test]
fn a_form_never_reads_the_query() {
    assert_eq!(read::<Form<Number>>(post(FORM), b"n=1").unwrap().n, 1);
    let error = read::<Form<Number>>(post(FORM), b"").unwrap_err();
    assert_eq!(error.to_string(), "Form Value n: a value is required");
    let error = read::<Form<Number>>(post(JSON), b"n=1").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnsupportedMediaType);
}

#[test]
fn a_multipart_form_is_read_into_the_same_type() {
    let body = b"--x\r\nContent-Disposition: form-data; name=\"n\"\r\n\r\n7\r\n--x--\r\n";
    assert_eq!(read::<Form<Number>>(post("multipart/form-data; boundary=x"), body).unwrap().n, 7);
    let body = b"--x\r\nContent-Disposition: form-data; name=\"n\"\r\n\r\n700\r\n--x--\r\n";
    let error = read::<Form<Number>>(post("multipart/form-data; boundary=x"), body).unwrap_err();
    assert_eq!(error.to_string(), "Form Value n: expected a whole number from 0 to 255, got 700");
}

#[derive(Debug, Deserialize)]
struct Upload {
    title: String,
    file: crate::UploadedFile,
    other: Option<crate::UploadedFile>,
    #[serde(default)]
    many: Vec<crate::UploadedFile>,
}

impl Rules for Upload {}

#[test]
fn files_are_fields_and_a_text_is_no_file() {
    let part = |name: &str, file: &str, content: &str| {
        format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n{content}\r\n")
    };
    let file = "; filename=\"f.txt\"";
    let form =
        |parts: &[String]| -> &'static [u8] { format!("{}--x--\r\n", parts.concat()).leak().as_bytes() };
    let request = || post("multipart/form-data; boundary=x");
    let parts = [
        part("title", "", "t"),
        part("file", file, "a"),
        part("file", file, "bb"),
        part("many", file, "ccc"),
    ];
    let Form(upload) = read::<Form<Upload>>(request(), form(&parts)).unwrap();
    assert_eq!((upload.title.as_str(), upload.file.len(), upload.many.len()), ("t", 1, 1));
    assert!(upload.other.is_none());

    let parts =
        [part("title", file, "t"), part("file", "", "a"), part("other", "", "b"), part("many", "", "c")];
    let error = read::<Form<Upload>>(request(), form(&parts)).unwrap_err();
    let problems: Vec<_> = error.problems().iter().map(ToString::to_string).collect();
    assert_eq!(
        problems,
        [
            "Form Value title: expected a text, got a file",
            "Form Value many[0]: expected a file, got a text",
            "Form Value file: a value is required",
            "Form Value other: expected a file, got a text",
        ]
    );
}

#[test]
fn a_body_over_the_limit_is_413_and_one_of_the_limit_passes() {
    let request = || {
        let mut state = RequestState::default();
        state.set_limits(std::sync::Arc::new(Limits::DEFAULT.with_body_bytes(7)));
        post(JSON).extension(state)
    };
    assert!(read::<Body<Number>>(request(), b"{\"n\":1}").is_ok());
    assert_eq!(
        read::<Body<Number>>(request(), b"{\"n\":1} ").unwrap_err().status(),
        StatusCode::PAYLOAD_TOO_LARGE
    );
}

#[test]
fn an_option_is_none_only_when_nothing_is_there() {
    assert!(read::<Option<Query<Number>>>(Request::get("/x"), b"").unwrap().is_none());
    assert!(read::<Option<Query<Number>>>(Request::get("/x?n=1"), b"").unwrap().is_some());
    assert!(read::<Option<Query<Number>>>(Request::get("/x?n=x"), b"").is_err());
    assert!(read::<Option<Body<Number>>>(Request::post("/x"), b"").unwrap().is_none());
    assert!(read::<Option<Body<Number>>>(post(JSON), b"").is_err());
    assert!(read::<Option<Form<Number>>>(Request::post("/x"), b"n=1").is_err());
    assert!(read::<Option<Header<Number>>>(Request::get("/x").header("m", "1"), b"").unwrap().is_none());
    assert!(read::<Option<Header<Number>>>(Request::get("/x").header("N", "1"), b"").unwrap().is_some());
    assert!(
        read::<Option<Cookie<Number>>>(Request::get("/x").header("cookie", "m=1"), b"").unwrap().is_none()
    );
    assert!(
        read::<Option<Cookie<Number>>>(Request::get("/x").header("cookie", "m=1; n=2"), b"")
            .unwrap()
            .is_some()
    );
    assert!(read::<Option<Param<Number>>>(Request::get("/x"), b"").unwrap().is_none());
}

#[test]
fn path_parameters_come_from_the_router() {
    let request = |value: &str| {
        let mut state = RequestState::default();
        state.set_route(MatchedPath::from_static("/{n}"), PathParams::from_iter([("n", value)]));
        Request::get("/").extension(state)
    };
    assert_eq!(read::<Param<Number>>(request("%37"), b"").unwrap().n, 7);
    assert_eq!(*read::<Param<Unchecked<u8>>>(request("7"), b"").unwrap().0, 7);
    assert_eq!(
        *read::<Param<Unchecked<(String,)>>>(request("a+b%2Fc"), b"").unwrap().0,
        ("a+b/c".to_owned(),)
    );
    let error = read::<Param<Number>>(request("%ff"), b"").unwrap_err();
    assert_eq!(error.to_string(), "URL Path Parameter n: the text is not correctly encoded");
    let error = read::<Param<Number>>(Request::get("/"), b"").unwrap_err();
    assert_eq!(error.to_string(), "URL Path Parameter n: a value is required");
    assert!(read::<Param<Unchecked<u8>>>(Request::get("/"), b"").is_err());
}

#[test]
fn a_header_field_is_read_once_or_into_a_list() {
    #[derive(Debug, Deserialize)]
    struct Fields {
        x_count: u8,
        #[serde(rename = "X-Tag")]
        tags: Vec<String>,
    }
    impl Rules for Fields {}
    let request = |count: &[u8]| {
        let count = http::HeaderValue::from_bytes(count).unwrap();
        Request::get("/x")
            .header("x-count", count)
            .header("x-tag", "a")
            .header("X-Count", "9")
            .header("x-tag", "b, c")
    };
    let Header(fields) = read::<Header<Fields>>(request(b"1"), b"").unwrap();
    assert_eq!((fields.x_count, fields.tags), (1, vec!["a".to_owned(), "b, c".to_owned()]));
    let error = read::<Header<Fields>>(request(b"\xff"), b"").unwrap_err();
    assert_eq!(error.to_string(), "Header x_count: the text is not correctly encoded");
}

#[test]
fn all_places_are_reported_together() {
    type All = (Query<Number>, Cookie<Number>, Body<Number>);
    let error = read::<All>(post(JSON).uri("/x?n=x").header("cookie", "n="), b"{\"n\":-1}").unwrap_err();
    let problems: Vec<_> = error.problems().iter().map(ToString::to_string).collect();
    assert_eq!(
        problems,
        [
            "Query Parameter n: expected a whole number from 0 to 255, got \"x\"",
            "Cookie n: a value is required",
            "Body n: expected a whole number from 0 to 255, got -1",
        ]
    );
}

#[test]
fn a_contract_says_what_is_read() {
    let contract = Contract::of::<(Param<Number>, Option<Form<Number>>), FullBody>();
    let inputs: Vec<_> = contract.inputs().iter().map(|input| (input.place(), input.is_required())).collect();
    assert_eq!(inputs, [(Place::Path, true), (Place::Form, false)]);
    assert_eq!(contract.inputs()[0].fields()[0].path(), "n");
    assert_eq!(contract.inputs()[1].content_types(), [FORM, "multipart/form-data"]);
}
