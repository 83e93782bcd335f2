//! What clients read, word for word.

use http::StatusCode;
use http_body::Body as _;
use http_body_util::BodyExt;

use super::*;
use crate::{MAX_PROBLEMS, Place, Problem};

#[test]
fn a_value_that_cannot_be_read_reads_like_this() {
    let error = Error::binding(vec![
        Problem::rule(Place::Body, "email", "email", "must be an e-mail address"),
        Problem::parse(Place::Query, "page", "range", "must be from 0 to 255")
            .with_param("min", 0)
            .with_param("max", 255),
        Problem::parse(Place::Body, "", "syntax", "is no JSON: \"<x>\""),
    ]);
    check(
        &error,
        r#"{"ParseError":{"Place":"Query Parameter","FieldName":"page","Reason":"must be from 0 to 255"}}"#,
        concat!(
            r#"{"type":"about:blank","title":"Bad Request","status":400,"detail":"the request cannot be read","#,
            r#""problems":[{"in":"query","path":"page","code":"range","message":"must be from 0 to 255","#,
            r#""params":{"min":0,"max":255}},"#,
            r#"{"in":"body","path":"","code":"syntax","message":"is no JSON: \"<x>\""},"#,
            r#"{"in":"body","path":"email","code":"email","message":"must be an e-mail address"}]}"#,
        ),
        "<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>400 Bad Request</title></head>\n\
         <body>\n<h1>400 Bad Request</h1>\n<p>the request cannot be read</p>\n<ul>\n\
         <li>Query Parameter <code>page</code>: must be from 0 to 255</li>\n\
         <li>Body: is no JSON: &quot;&lt;x&gt;&quot;</li>\n\
         <li>Body <code>email</code>: must be an e-mail address</li>\n</ul>\n</body>\n</html>\n",
        "400 Bad Request\nthe request cannot be read\n- Query Parameter page: must be from 0 to 255\n\
         - Body: is no JSON: \"<x>\"\n- Body email: must be an e-mail address\n",
    );
}

#[test]
fn broken_rules_read_like_this() {
    let error = Error::binding(vec![
        Problem::rule(Place::Body, "items[1].qty", "range", "must be at least 1").with_param("min", 1),
        Problem::rule(Place::Body, "items[1].qty", "odd", "must be odd"),
        Problem::rule(Place::Query, "page", "range", "must be at least 1"),
        Problem::rule(Place::Body, "email", "email", "must be an e-mail address"),
    ]);
    check(
        &error,
        concat!(
            r#"{"ValidationError":{"Fields":{"items[1].qty":"must be at least 1","#,
            r#""email":"must be an e-mail address"},"Place":"Body"}}"#,
        ),
        concat!(
            r#"{"type":"about:blank","title":"Bad Request","status":400,"detail":"the request breaks a rule","#,
            r#""problems":[{"in":"body","path":"items[1].qty","code":"range","message":"must be at least 1","params":{"min":1}},"#,
            r#"{"in":"body","path":"items[1].qty","code":"odd","message":"must be odd"},"#,
            r#"{"in":"query","path":"page","code":"range","message":"must be at least 1"},"#,
            r#"{"in":"body","path":"email","code":"email","message":"must be an e-mail address"}]}"#,
        ),
        "<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>400 Bad Request</title></head>\n\
         <body>\n<h1>400 Bad Request</h1>\n<p>the request breaks a rule</p>\n<ul>\n\
         <li>Body <code>items[1].qty</code>: must be at least 1</li>\n\
         <li>Body <code>items[1].qty</code>: must be odd</li>\n\
         <li>Query Parameter <code>page</code>: must be at least 1</li>\n\
         <li>Body <code>email</code>: must be an e-mail address</li>\n</ul>\n</body>\n</html>\n",
        "400 Bad Request\nthe request breaks a rule\n- Body items[1].qty: must be at least 1\n\
         - Body items[1].qty: must be odd\n- Query Parameter page: must be at least 1\n\
         - Body email: must be an e-mail address\n",
    );
}

#[test]
fn what_the_server_did_wrong_reads_like_this_whatever_it_was() {
    let secret = || std::io::Error::other("/srv/app/db.rs: no route to 10.0.0.7");
    let errors = [
        Error::app(secret()),
        Error::from(secret()),
        Error::serialize(secret()),
        Error::panic(Box::new("index out of bounds: /srv/app/src/main.rs")),
        Error::missing_dependency("app::db::Pool", Some("replica"), "was it added to the container?"),
        Error::app(secret()).from_factory("app::db::Pool", None),
    ];
    for error in errors {
        check(
            &error,
            r#"{"error":"internal server error"}"#,
            concat!(
                r#"{"type":"about:blank","title":"Internal Server Error","status":500,"#,
                r#""detail":"internal server error"}"#
            ),
            "<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\">\
             <title>500 Internal Server Error</title></head>\n<body>\n<h1>500 Internal Server Error</h1>\n\
             <p>internal server error</p>\n</body>\n</html>\n",
            "500 Internal Server Error\ninternal server error\n",
        );
        let grpc = Renderer::new().respond_grpc(&error, GrpcFlavor::Grpc);
        assert_eq!(grpc.headers()["grpc-message"], "internal server error");
        assert!(!grpc.headers().contains_key("grpc-status-details-bin"));
    }
}

#[test]
fn a_type_base_names_the_sort_of_the_failure() {
    let renderer = Renderer::new().with_type_base("https://example.com/problems/");
    let table = [
        (Error::not_found(), "not-found"),
        (Error::method_not_allowed(HeaderValue::from_static("GET")), "method-not-allowed"),
        (Error::too_large("too much"), "too-large"),
        (Error::unsupported_media_type("only JSON"), "unsupported-media-type"),
        (Error::timeout(), "timeout"),
        (Error::new(StatusCode::FORBIDDEN, "no"), "refused"),
        (Error::parse(Place::Query, "a", "missing", "is missing"), "parse-error"),
        (Error::binding(vec![Problem::rule(Place::Query, "a", "range", "must be 1")]), "validation-error"),
        (Error::app("x"), "internal-error"),
        (Error::panic(Box::new(1)), "internal-error"),
    ];
    for (error, sort) in table {
        let body = text(renderer.respond(&error, Format::Problem));
        let start = format!("{{\"type\":\"https://example.com/problems/{sort}\",");
        assert!(body.starts_with(&start), "{body}");
    }
}

#[test]
fn details_are_sent_only_when_exposed() {
    let error = Error::app("no route to <10.0.0.7>");
    let renderer = Renderer::new().with_exposed_details(true);
    let read = |format| text(renderer.respond(&error, format));
    assert_eq!(
        read(Format::Gongular),
        r#"{"error":"internal server error","details":"no route to <10.0.0.7>"}"#
    );
    assert!(read(Format::Problem).ends_with(r#","debug":"no route to <10.0.0.7>"}"#));
    assert!(read(Format::Html).contains("<pre>no route to &lt;10.0.0.7&gt;</pre>"));
    assert!(read(Format::Text).ends_with("\nno route to <10.0.0.7>\n"));
}

#[test]
fn an_own_body_and_own_headers_are_kept() {
    let error = Error::new(StatusCode::UNAUTHORIZED, "log in")
        .with_header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
        .with_json(&serde_json::json!({"error": "login first"}));
    for format in FORMATS {
        let response = Renderer::new().respond(&error, format);
        assert_eq!(response.status(), 401);
        assert_eq!(response.headers()["www-authenticate"], "Bearer");
        assert_eq!(response.headers()["content-type"], "application/json");
        assert_eq!(text(response), r#"{"error":"login first"}"#);
    }
    let error = Error::method_not_allowed(HeaderValue::from_static("GET, HEAD"));
    assert_eq!(respond(&error).headers()["allow"], "GET, HEAD");
}

#[test]
fn an_answer_stays_under_four_kibibytes_and_counts_what_it_left_out() {
    let worst = "\u{1}".repeat(5000);
    for readable in [false, true] {
        let problems = (0..100).map(|index| {
            let path = format!("items[{index}].{worst}");
            let (code, message) = (worst.clone(), worst.clone());
            let problem = match readable {
                false => Problem::parse(Place::Query, path, code, message),
                true => Problem::rule(Place::Query, path, code, message),
            };
            problem.with_param(worst.clone(), worst.clone())
        });
        let error = Error::binding(problems.collect());
        assert_eq!((error.problems().len(), error.left_out()), (MAX_PROBLEMS, 68));
        for format in FORMATS {
            let body = text(Renderer::new().with_exposed_details(true).respond(&error, format));
            assert!(body.len() < MAX_ANSWER_BYTES, "{format:?} has {} bytes", body.len());
            assert!(body.len() > 512, "{format:?} has {} bytes", body.len());
        }
        let grpc = Renderer::new().respond_grpc(&error, GrpcFlavor::Grpc);
        let size: usize =
            grpc.headers().iter().map(|(name, value)| name.as_str().len() + value.len() + 32).sum();
        assert!(size < 8 << 10, "the head has {size} bytes");
    }
    let huge = Error::new(StatusCode::CONFLICT, worst.clone()).with_detail(worst);
    for format in FORMATS {
        let body = text(Renderer::new().with_exposed_details(true).respond(&huge, format));
        assert!(body.len() < MAX_ANSWER_BYTES);
    }
}

#[test]
fn problems_that_do_not_fit_are_counted() {
    let long = "x".repeat(200);
    let problems = (0..40).map(|index| Problem::rule(Place::Body, format!("f{index:02}"), "c", long.clone()));
    let error = Error::binding(problems.collect());
    let read = |format| text(Renderer::new().respond(&error, format));

    let document: serde_json::Value = serde_json::from_str(&read(Format::Problem)).unwrap();
    let listed = document["problems"].as_array().unwrap().len();
    assert_eq!(listed + document["omitted"].as_u64().unwrap() as usize, 40);

    let document: serde_json::Value = serde_json::from_str(&read(Format::Gongular)).unwrap();
    let document = &document["ValidationError"];
    let listed = document["Fields"].as_object().unwrap().len();
    assert_eq!(listed + document["Omitted"].as_u64().unwrap() as usize, 40);

    let page = read(Format::Html);
    let listed = page.matches("<code>").count();
    assert!(page.contains(&format!("<li>and {} more</li>", 40 - listed)), "{page}");
    let lines = read(Format::Text);
    let listed = lines.matches("- Body f").count();
    assert!(lines.ends_with(&format!("- and {} more\n", 40 - listed)), "{lines}");
}

#[test]
fn a_grpc_answer_is_a_head_with_a_status() {
    let error = Error::new(StatusCode::FORBIDDEN, "100% né\n")
        .with_header(header::RETRY_AFTER, HeaderValue::from_static("3"));
    let response = Renderer::new().respond_grpc(&error, GrpcFlavor::Grpc);
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "application/grpc");
    assert_eq!(response.headers()["grpc-status"], "7");
    assert_eq!(response.headers()["grpc-message"], "100%25 n%C3%A9%0A");
    assert_eq!(response.headers()["retry-after"], "3");
    assert!(response.body().is_end_stream());
    let web = Renderer::new().respond_grpc(&error, GrpcFlavor::Web);
    assert_eq!(web.headers()["content-type"], "application/grpc-web");
}

#[test]
fn every_problem_is_a_violation_of_a_grpc_bad_request() {
    let error = Error::binding(vec![
        Problem::parse(Place::Query, "page", "type", "expected a whole number"),
        Problem::rule(Place::Body, "items[1].qty", "range", "x".repeat(130)),
        Problem::rule(Place::Form, "", "size", "é"),
    ]);
    let response = Renderer::new().respond_grpc(&error, GrpcFlavor::Grpc);
    // Recorded from tonic-types 0.14, given the same status and the same three field violations.
    let recorded = [
        "CAMSGnRoZSByZXF1ZXN0IGNhbm5vdCBiZSByZWFkGooCCil0eXBlLmdvb2dsZWFwaXMuY29tL2dvb2dsZS5ycGMuQmFkUmVxdWVz",
        "dBLcAQorCgpxdWVyeS5wYWdlEhdleHBlY3RlZCBhIHdob2xlIG51bWJlchoEVFlQRQqaAQoMaXRlbXNbMV0ucXR5EoIB",
        &"eHh4".repeat(43),
        "eBoFUkFOR0UKEAoEZm9ybRICw6kaBFNJWkU",
    ];
    assert_eq!(response.headers()["grpc-status-details-bin"], recorded.concat());
}

#[test]
fn a_status_becomes_the_code_of_grpc() {
    let table = [
        (400, 3),
        (401, 16),
        (403, 7),
        (404, 5),
        (405, 12),
        (408, 4),
        (409, 10),
        (410, 5),
        (412, 9),
        (413, 8),
        (415, 3),
        (416, 11),
        (418, 2),
        (422, 3),
        (428, 9),
        (429, 8),
        (431, 8),
        (499, 1),
        (500, 13),
        (501, 12),
        (502, 14),
        (503, 14),
        (504, 4),
        (505, 2),
    ];
    for (status, code) in table {
        let error = Error::new(StatusCode::from_u16(status).unwrap(), "");
        assert_eq!(grpc_code(&error), code, "{status}");
    }
    assert_eq!(grpc_code(&Error::timeout()), 4, "a 503 that is a timeout");
}

#[test]
fn a_content_type_tells_the_sort_of_grpc() {
    let of = |value| GrpcFlavor::of(&HeaderValue::from_static(value));
    for value in ["application/grpc", "application/grpc+proto", "Application/gRPC; x=y"] {
        assert_eq!(of(value), Some(GrpcFlavor::Grpc), "{value}");
    }
    for value in ["application/grpc-web", "application/grpc-web+proto", "application/grpc-web-text"] {
        assert_eq!(of(value), Some(GrpcFlavor::Web), "{value}");
    }
    for value in ["application/json", "application/grp", "application/grpcx", "application/grpc-we", ""] {
        assert_eq!(of(value), None, "{value}");
    }
}

fn check(error: &Error, gongular: &str, problem: &str, html: &str, lines: &str) {
    let bodies = [gongular, html, problem, lines];
    let types = [
        "application/json",
        "text/html; charset=utf-8",
        "application/problem+json",
        "text/plain; charset=utf-8",
    ];
    for ((format, body), content_type) in FORMATS.into_iter().zip(bodies).zip(types) {
        let response = Renderer::new().respond(error, format);
        assert_eq!(response.status(), error.status());
        assert_eq!(response.headers()["content-type"], content_type);
        assert_eq!(text(response), body);
    }
}

fn text(response: Response<ResponseBody>) -> String {
    let body = ready(response.into_body());
    String::from_utf8(body.to_vec()).unwrap()
}

/// Reads a body that is in memory.
fn ready(body: ResponseBody) -> Bytes {
    let mut collect = std::pin::pin!(body.collect());
    let mut task = std::task::Context::from_waker(std::task::Waker::noop());
    match collect.as_mut().poll(&mut task) {
        std::task::Poll::Ready(collected) => collected.unwrap().to_bytes(),
        std::task::Poll::Pending => panic!("a body in memory is ready"),
    }
}

const FORMATS: [Format; 4] = [Format::Gongular, Format::Html, Format::Problem, Format::Text];
