//! Which notation a client gets.

use gongular_core::{IntoResponse, ResponseContext};
use http::{Request, StatusCode};

use super::{Notation, order};
use crate::{Negotiate, NegotiateMessage};

/// Chooses by the lines of an `Accept` field.
fn chosen(lines: &[&str]) -> &'static str {
    let mut request = Request::builder();
    for line in lines {
        request = request.header("accept", *line);
    }
    let (parts, ()) = request.body(()).unwrap().into_parts();
    match Notation::choose(Notation::OF_VALUES, &parts.headers) {
        Ok((notation, name)) => {
            assert!(notation.types().contains(&name));
            name
        }
        Err(error) => {
            assert_eq!(error.status(), StatusCode::NOT_ACCEPTABLE);
            "none"
        }
    }
}

#[test]
fn the_notation_is_what_accept_prefers() {
    let table: &[(&str, &str)] = &[
        // Nothing is said.
        ("", "application/json"),
        ("garbage", "application/json"),
        ("*/*", "application/json"),
        ("application/*", "application/json"),
        // One type, by any of its names.
        ("application/json", "application/json"),
        ("APPLICATION/Msgpack", "application/msgpack"),
        ("application/vnd.msgpack", "application/vnd.msgpack"),
        ("application/xml", "application/xml"),
        ("text/xml", "text/xml"),
        ("application/yaml", "application/yaml"),
        ("text/x-yaml", "text/x-yaml"),
        ("text/*", "text/xml"),
        // Nothing of ours.
        ("image/png", "none"),
        ("application/problem+json", "none"),
        ("*/*;q=0", "none"),
        ("application/json;q=0", "none"),
        ("application/json;q=0.000, image/*", "none"),
        // Weights.
        ("application/json;q=0.4, application/xml;q=0.5", "application/xml"),
        ("application/xml;q=0.4, application/json;q=0.5, image/png", "application/json"),
        ("application/yaml, application/json", "application/json"),
        ("application/yaml;q=0.9, application/json;q=0.899", "application/yaml"),
        ("*/*;q=0.1, text/yaml;q=0.01", "application/json"),
        ("application/json;q=0, */*", "application/msgpack"),
        ("application/json;q=0, application/msgpack;q=0, application/*", "application/vnd.msgpack"),
        ("application/*;q=0, */*;q=0.2", "text/xml"),
        // What is named goes before what is covered, at the same weight.
        ("*/*, application/yaml", "application/yaml"),
        ("application/*, text/xml", "text/xml"),
        // Parameters.
        ("application/json;charset=utf-8", "application/json"),
        ("application/json; charset=\"UTF-8\" ; q=0.1, application/xml;q=0.2", "application/xml"),
        ("application/json;version=2", "application/json"),
        ("application/json;version=2, application/json;q=0.1, application/xml;q=0.5", "application/xml"),
        ("application/json;q=0.1, application/json;version=2, application/xml;q=0.5", "application/xml"),
        ("application/json;version=2;q=0, application/json;q=0.5", "application/json"),
        ("application/json;version=2;q=0, */*", "application/json"),
        ("application/json;a=\"x,application/xml\"", "application/json"),
        // What browsers send.
        ("text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8", "application/xml"),
    ];
    for (accept, expected) in table {
        assert_eq!(chosen(&[accept]), *expected, "Accept: {accept}");
    }
}

#[test]
fn the_lines_of_a_field_are_one_list() {
    assert_eq!(chosen(&[]), "application/json");
    assert_eq!(chosen(&["application/json;q=0.1", "application/xml"]), "application/xml");
    assert_eq!(chosen(&["garbage", "application/yaml"]), "application/yaml");
    assert_eq!(chosen(&["image/png", "image/avif"]), "none");
}

#[test]
fn the_answer_says_what_it_is_and_what_it_depends_on() {
    for (accept, content_type) in [
        ("application/json", "application/json"),
        ("application/x-msgpack", "application/x-msgpack"),
        ("text/xml", "text/xml; charset=utf-8"),
        ("text/yaml", "text/yaml; charset=utf-8"),
    ] {
        let (parts, ()) = Request::builder().header("accept", accept).body(()).unwrap().into_parts();
        let response = Negotiate(order()).respond_to(ResponseContext::new(&parts)).unwrap();
        assert_eq!(response.headers()["content-type"], content_type);
        assert_eq!(response.headers()["vary"], "accept");
    }
}

#[test]
fn a_client_that_accepts_nothing_of_it_learns_what_there_is() {
    let (parts, ()) = Request::builder().header("accept", "image/png").body(()).unwrap().into_parts();
    let error = Negotiate(order()).respond_to(ResponseContext::new(&parts)).unwrap_err();
    assert_eq!(
        error.public(),
        "the answer can be had as `application/json`, `application/msgpack`, `application/xml` or `application/yaml`"
    );
}

#[test]
fn messages_are_offered_as_protocol_buffers_too() {
    let point = super::Point { x: 7, next: None };
    for (accept, content_type) in [
        ("*/*", "application/json"),
        ("application/x-protobuf", "application/x-protobuf"),
        ("application/protobuf, application/json;q=0.9", "application/protobuf"),
        ("application/yaml", "application/yaml"),
    ] {
        let (parts, ()) = Request::builder().header("accept", accept).body(()).unwrap().into_parts();
        let response = NegotiateMessage(point.clone()).respond_to(ResponseContext::new(&parts)).unwrap();
        assert_eq!(response.headers()["content-type"], content_type, "{accept}");
    }
    assert_eq!(chosen(&["application/protobuf"]), "none");
}
