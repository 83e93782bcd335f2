//! Every size and count passes at its limit and is refused one above.

use super::*;

const MIB: usize = 1 << 20;

/// A JSON text of exactly so many bytes.
fn json_of(bytes: usize) -> String {
    let (head, tail) = (r#"{"City":""#, r#""}"#);
    format!("{head}{}{tail}", "x".repeat(bytes - head.len() - tail.len()))
}

#[tokio::test]
async fn a_json_body_of_2_mib_passes_and_one_byte_more_is_413_sent_whole_or_in_chunks() {
    for (bytes, status) in [(2 * MIB, 200), (2 * MIB + 1, 413)] {
        let body = json_of(bytes);
        assert_eq!(ask(post("/json", JSON, body.clone())).await.status, status);
        assert_eq!(ask(post("/json", JSON, Frames::chunked(body, 65_536))).await.status, status);
    }
}

#[tokio::test]
async fn texts_and_bytes_and_urlencoded_forms_have_the_same_limit() {
    for (bytes, status) in [(2 * MIB, 200), (2 * MIB + 1, 413)] {
        let body = "x".repeat(bytes);
        assert_eq!(ask(post("/bytes", JSON, body.clone())).await.status, status);
        assert_eq!(ask(post("/text", "text/plain", body)).await.status, status);
        let form = format!("age=1&name={}", "x".repeat(bytes - "age=1&name=".len()));
        assert_eq!(ask(post("/form", URLENCODED, form.clone())).await.status, status);
        assert_eq!(ask(post("/form", URLENCODED, Frames::chunked(form, 100_000))).await.status, status);
    }
}

#[tokio::test]
async fn a_body_that_declares_too_much_is_refused_before_it_is_read() {
    let app = App::new(Limits::DEFAULT).await;
    for (path, content_type, limit) in [
        ("/json", JSON, 2 * MIB),
        ("/form", URLENCODED, 2 * MIB),
        ("/text", "text/plain", 2 * MIB),
        ("/bytes", "text/plain", 2 * MIB),
        ("/upload", FORM_DATA, 32 * MIB),
        ("/parts", FORM_DATA, 32 * MIB),
    ] {
        for length in [(limit + 1).to_string(), (1u64 << 40).to_string()] {
            let mut request = post(path, content_type, Frames::chunked("would be read", 1));
            request.headers_mut().insert("content-length", length.parse().unwrap());
            let answer = app.ask(request).await;
            assert_eq!((answer.status, answer.stat.read), (413, 0), "{path} {length}");
        }
    }
}

#[tokio::test]
async fn a_layer_sets_other_limits() {
    let limits =
        Limits::default().with_body_bytes(20).with_pairs(2).with_key_bytes(8).with_multipart_bytes(300);
    let app = App::new(limits).await;
    assert_eq!(app.ask(post("/json", JSON, json_of(20))).await.status, 200);
    assert_eq!(app.ask(post("/json", JSON, json_of(21))).await.status, 413);
    assert_eq!(app.ask(get("/query?i=1&i=2")).await.status, 200);
    assert_eq!(app.ask(get("/query?i=1&i=2&i=3")).await.status, 400);
    assert_eq!(app.ask(get("/query?12345678=1")).await.status, 200);
    assert_eq!(app.ask(get("/query?123456789=1")).await.status, 400);
    let form = |size| {
        format!("--XBX\r\nContent-Disposition: form-data; name=a\r\n\r\n{}\r\n--XBX--", "x".repeat(size))
    };
    let frame = form(0).len();
    assert_eq!(app.ask(post("/parts", FORM_DATA, form(300 - frame))).await.status, 200);
    assert_eq!(app.ask(post("/parts", FORM_DATA, form(301 - frame))).await.status, 413);
}

#[tokio::test]
async fn a_thousand_pairs_pass_and_one_more_is_refused_in_query_and_form() {
    for (count, status) in [(1000, 200), (1001, 400)] {
        let known = vec!["Tag=a"; count].join("&");
        let other: Vec<_> = (0..count).map(|index| format!("k{index}=")).collect();
        for pairs in [known, other.join("&")] {
            assert_eq!(ask(get(&format!("/query?{pairs}"))).await.status, status);
            assert_eq!(ask(post("/form-kinds", URLENCODED, pairs)).await.status, status);
        }
    }
    assert_eq!(ask(post("/form-kinds", URLENCODED, "a=&".repeat(500_000))).await.status, 400);
}

#[tokio::test]
async fn a_key_of_2_kib_passes_and_one_byte_more_is_refused_in_query_and_form() {
    for (bytes, status) in [(2048, 200), (2049, 400)] {
        let pair = format!("{}=1", "k".repeat(bytes));
        assert_eq!(ask(get(&format!("/query?{pair}"))).await.status, status);
        assert_eq!(ask(post("/form-kinds", URLENCODED, pair)).await.status, status);
    }
}

#[tokio::test]
async fn json_may_nest_128_levels_and_no_more() {
    let nested =
        |open: &str, close: &str, levels: usize| format!("{}{}", open.repeat(levels), close.repeat(levels));
    for (levels, status) in [(127, 200), (128, 200), (129, 400)] {
        assert_eq!(ask(post("/any", JSON, nested("[", "]", levels))).await.status, status, "{levels} lists");
        let objects = format!("{}1{}", r#"{"a":"#.repeat(levels), "}".repeat(levels));
        assert_eq!(ask(post("/any", JSON, objects)).await.status, status, "{levels} objects");
        let unknown = format!(r#"{{"City":"a","unknown":{}}}"#, nested("[", "]", levels - 1));
        assert_eq!(
            ask(post("/json", JSON, unknown)).await.status,
            status,
            "{levels} levels nobody asked for"
        );
    }
}

#[tokio::test]
async fn json_that_nests_very_deep_costs_no_stack_and_no_time() {
    let app = App::new(Limits::DEFAULT).await;
    for path in ["/any", "/json"] {
        for body in
            ["[".repeat(900_000), r#"{"a":"#.repeat(180_000), format!(r#"{{"x":{}"#, "[".repeat(900_000))]
        {
            let start = std::time::Instant::now();
            let (place, field) = app.ask(post(path, JSON, body)).await.unreadable();
            assert_eq!((place.as_str(), field.as_str()), ("Body", ""));
            // Two hosts, and a build that is not optimised: a quadratic reader would take minutes.
            assert!(start.elapsed().as_secs() < 2);
        }
    }
}

#[tokio::test]
async fn a_body_with_a_content_coding_is_415() {
    for (path, content_type) in [
        ("/json", JSON),
        ("/any", JSON),
        ("/form", URLENCODED),
        ("/form", FORM_DATA),
        ("/parts", FORM_DATA),
        ("/text", "text/plain"),
    ] {
        for coding in ["gzip", "br", "deflate", "identity, gzip", "x", ""] {
            let mut request = post(path, content_type, "\u{1f}junk");
            request.headers_mut().insert("content-encoding", coding.parse().unwrap());
            assert_eq!(ask(request).await.status, 415, "{path} {coding}");
        }
    }
    for (path, content_type) in [("/any", JSON), ("/text", "text/plain")] {
        let mut request = post(path, content_type, "1");
        request.headers_mut().insert("content-encoding", "Identity".parse().unwrap());
        assert_eq!(ask(request.clone()).await.status, 200, "{path}");
        request.headers_mut().append("content-encoding", "gzip".parse().unwrap());
        assert_eq!(ask(request).await.status, 415, "{path}: a second line counts too");
    }
}
