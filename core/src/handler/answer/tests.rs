use super::*;
use crate::Json;

fn said(answer: Answer) -> (u16, Option<String>, usize) {
    let response = answer.into_response();
    let content_type = response.headers().get(header::CONTENT_TYPE);
    let content_type = content_type.map(|value| value.to_str().unwrap().to_owned());
    let length = response.body().size_hint().exact().unwrap();
    (response.status().as_u16(), content_type, usize::try_from(length).unwrap())
}

#[test]
fn nothing_said_is_an_empty_200() {
    assert_eq!(said(Answer::new()), (200, None, 0));
}

#[test]
fn a_later_body_replaces_an_earlier_one_with_its_type() {
    let mut answer = Answer::new();
    answer.set_json("hi");
    answer.set_bytes("bytes");
    assert_eq!(said(answer), (200, Some("application/octet-stream".into()), 5));

    let mut answer = Answer::new();
    answer.respond("text").unwrap();
    answer.respond(Json([1])).unwrap();
    answer.respond(()).unwrap();
    assert_eq!(said(answer), (200, Some("application/json".into()), 3));
}

#[test]
fn a_later_body_has_no_length_of_an_earlier_one() {
    for (body, said) in [("abc", 3), ("", 0), ("", 3)] {
        for is_returned in [true, false] {
            let mut first = Response::new(ResponseBody::from(body));
            first.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(said));
            let mut answer = Answer::new();
            answer.respond(first).unwrap();
            if is_returned {
                answer.respond("longer").unwrap()
            } else {
                answer.set_bytes("longer")
            }
            assert_eq!(answer.headers().get(header::CONTENT_LENGTH), None, "{body:?} of {said}");
        }
    }
}

#[test]
fn a_type_that_a_handler_chose_stays() {
    let mut answer = Answer::new();
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv"));
    answer.set_bytes("a,b");
    assert_eq!(said(answer), (200, Some("text/csv".into()), 3));
}

#[test]
fn a_status_without_a_body_is_sent_without_one() {
    let mut answer = Answer::new();
    answer.set_status(StatusCode::NO_CONTENT);
    answer.set_json("x");
    assert_eq!(said(answer), (204, None, 0));
}

#[test]
fn a_returned_stop_ends_the_chain() {
    let mut answer = Answer::new();
    answer.respond("on").unwrap();
    assert!(!answer.is_stopped());
    answer.respond(None::<Stop<&str>>).unwrap();
    assert!(!answer.is_stopped());
    answer.respond(Some(Stop((StatusCode::FORBIDDEN, "off")))).unwrap();
    assert!(answer.is_stopped());
    assert_eq!(said(answer).0, 403);
}

#[test]
fn header_lines_of_one_name_replace_those_before_together() {
    let mut answer = Answer::new();
    answer.headers_mut().insert("x-a", HeaderValue::from_static("0"));
    let mut headers = HeaderMap::new();
    headers.append("x-a", HeaderValue::from_static("1"));
    headers.append("x-a", HeaderValue::from_static("2"));
    answer.respond((headers, "")).unwrap();
    let lines: Vec<_> = answer.headers().get_all("x-a").iter().collect();
    assert_eq!(lines, ["1", "2"]);
}

#[test]
fn a_body_that_cannot_be_serialised_fails_once() {
    struct Broken;
    impl Serialize for Broken {
        fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            Err(serde::ser::Error::custom("broken"))
        }
    }
    let mut answer = Answer::new();
    answer.set_json(&Broken);
    assert_eq!(answer.check().unwrap_err().status(), 500);
    assert!(answer.check().is_ok());
}
