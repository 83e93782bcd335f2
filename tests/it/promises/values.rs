//! How texts become values, and which are refused.

use super::*;

/// Asks for a field of the query, and of the form.
async fn both(pair: &str) -> [Answer; 2] {
    [ask(get(&format!("/query?{pair}"))).await, ask(post("/form-kinds", URLENCODED, pair.to_owned())).await]
}

async fn read(field: &str, text: &str) -> Value {
    let [query, form] = both(&format!("{field}={text}")).await;
    assert_eq!(query.text, form.text);
    assert_eq!(query.status, 200, "{field}={text}: {}", query.text);
    query.json()[field].clone()
}

async fn refused(field: &str, text: &str) {
    for (answer, place) in
        both(&format!("{field}={text}")).await.iter().zip(["Query Parameter", "Form Value"])
    {
        assert_eq!(answer.unreadable(), (place.to_owned(), field.to_owned()), "{field}={text}");
    }
}

#[tokio::test]
async fn whole_numbers_are_a_sign_and_digits_in_the_range_of_their_type() {
    for (field, text, value) in [
        ("i", "-9223372036854775808", i128::from(i64::MIN)),
        ("i", "9223372036854775807", i128::from(i64::MAX)),
        ("i", "%2B5", 5),
        ("i", "-0", 0),
        ("i", "007", 7),
        ("i8", "-128", -128),
        ("i8", "127", 127),
        ("u", "18446744073709551615", i128::from(u64::MAX)),
        ("u8", "255", 255),
        ("u8", "%2B0", 0),
    ] {
        assert_eq!(read(field, text).await.to_string(), value.to_string(), "{field}={text}");
    }
    for text in [
        "+",
        "%20",
        "+5",
        "5+",
        "%2B",
        "-",
        "%2B%2B5",
        "--5",
        "%2B-5",
        "0x10",
        "1e3",
        "1_000",
        "1.0",
        "1,000",
        "%EF%BC%95",
        "%D9%A5",
        "%00",
        "5%00",
        "%0A5",
        "99999999999999999999",
        "-99999999999999999999",
    ] {
        refused("i", text).await;
        refused("u8", text).await;
    }
    for (field, text) in [
        ("i8", "128"),
        ("i8", "-129"),
        ("u8", "256"),
        ("u8", "-1"),
        ("u8", "-0"),
        ("u", "18446744073709551616"),
    ] {
        refused(field, text).await;
    }
}

#[tokio::test]
async fn whole_numbers_in_a_path_are_read_alike() {
    for (text, value) in [("5", 5), ("+5", 5), ("-5", -5), ("%35", 5), ("007", 7)] {
        assert_eq!(ask(get(&format!("/id/{text}"))).await.json()["id"], value, "{text}");
    }
    for text in [
        "%20",
        "+",
        "-",
        "++5",
        "0x10",
        "1e3",
        "%D9%A5",
        "%EF%BC%95",
        "5%00",
        "%00",
        "99999999999999999999",
        "a",
    ] {
        let (place, field) = ask(get(&format!("/id/{text}"))).await.unreadable();
        assert_eq!((place.as_str(), field.as_str()), ("URL Path Parameter", "id"), "{text}");
    }
}

#[tokio::test]
async fn a_number_out_of_range_is_told_the_range() {
    let answer = ask(get("/query?u8=256")).await;
    assert!(answer.text.contains("from 0 to 255"), "{}", answer.text);
    let answer = ask(get("/id/9223372036854775808")).await;
    assert!(answer.text.contains("from -9223372036854775808 to 9223372036854775807"), "{}", answer.text);
}

#[tokio::test]
async fn floats_are_finite_decimals_with_an_exponent() {
    for (text, value) in [("1.5", 1.5), ("-2e3", -2000.0), ("1E-2", 0.01), ("%2B7", 7.0), ("0", 0.0)] {
        assert_eq!(read("f", text).await, value, "{text}");
    }
    for text in
        ["NaN", "nan", "inf", "-Infinity", "1e999", "0x1p3", "1_0", "%201", "1,5", "e", ".", "%EF%BC%95"]
    {
        refused("f", text).await;
    }
    refused("f32", "1e39").await;
}

#[tokio::test]
async fn bools_are_four_words_each_in_any_case() {
    for (words, value) in [(["true", "1", "YES", "On"], true), (["false", "0", "No", "OFF"], false)] {
        for word in words {
            assert_eq!(read("b", word).await, value, "{word}");
        }
    }
    for text in ["y", "t", "2", "truee", "%20true", "null"] {
        refused("b", text).await;
    }
}

#[tokio::test]
async fn an_empty_text_is_absent_for_numbers_and_bools_and_empty_for_texts() {
    for field in ["i", "u8", "f", "b"] {
        assert_eq!(read(field, "").await, Value::Null, "{field}");
    }
    assert_eq!(read("s", "").await, "");
    let (place, field) = ask(get("/person?name=a&age=")).await.unreadable();
    assert_eq!((place.as_str(), field.as_str()), ("Query Parameter", "age"));
    assert!(ask(get("/person?name=a&age=")).await.text.contains("required"));
}

#[tokio::test]
async fn a_repeated_key_keeps_the_first_value_even_an_empty_one() {
    for answer in both("i=1&i=x&s=&s=b&Tag=a&Tag=&Tag=c&numbers=1&numbers=2").await {
        let json = answer.json();
        assert_eq!((&json["i"], &json["s"]), (&Value::from(1), &Value::from("")));
        assert_eq!(
            (&json["Tag"], &json["numbers"]),
            (&Value::from(vec!["a", "", "c"]), &Value::from(vec![1, 2]))
        );
    }
    for answer in both("i=&i=5").await {
        assert_eq!(answer.json()["i"], Value::Null);
    }
}

#[tokio::test]
async fn names_are_the_external_ones_and_case_counts() {
    for answer in both("tag=a&TAG=b&S=x&I=5&unknown=%41").await {
        let json = answer.json();
        assert_eq!(
            (&json["Tag"], &json["s"], &json["i"]),
            (&Value::Array(vec![]), &Value::Null, &Value::Null)
        );
    }
    for answer in both("%54a%67=a").await {
        assert_eq!(answer.json()["Tag"][0], "a", "a key is decoded too");
    }
}

const BROKEN: [&str; 10] =
    ["%ff", "%c0%af", "%ed%a0%80", "%", "%2", "%zz", "%2g", "a%f0%9f", "%e2%28%a1", "%%20"];

#[tokio::test]
async fn broken_escapes_and_broken_utf8_name_their_field_in_query_and_form() {
    for text in BROKEN {
        refused("s", text).await;
        refused("i", text).await;
        refused("Tag", text).await;
    }
    // In a key there is no field to name.
    for answer in both("%ff=1").await {
        assert_eq!(answer.unreadable().1, "");
    }
}

#[tokio::test]
async fn broken_escapes_and_broken_utf8_name_their_field_in_a_path() {
    for text in BROKEN {
        for path in [format!("/name/{text}"), format!("/id/{text}"), format!("/rest/a/{text}")] {
            let field = if path.starts_with("/id") { "id" } else { "name" };
            let answer = ask(get(&path)).await.unreadable();
            assert_eq!(answer, ("URL Path Parameter".to_owned(), field.to_owned()), "{path}");
        }
    }
}

#[tokio::test]
async fn escapes_are_undone_once() {
    for (text, decoded) in
        [("%2541", "%41"), ("%C3%A9", "é"), ("%f0%9f%98%80", "😀"), ("a%26b%3Dc", "a&b=c"), ("a;b", "a;b")]
    {
        assert_eq!(read("s", text).await, decoded);
        assert_eq!(ask(get(&format!("/name/{text}"))).await.json()["name"], decoded);
    }
    assert_eq!(read("s", "a+b%2Bc").await, "a b+c");
    assert_eq!(ask(get("/name/a+b%2Bc")).await.json()["name"], "a+b+c");
    assert_eq!(ask(get("/name/a%2Fb")).await.json()["name"], "a/b");
    assert_eq!(ask(get("/rest/a/b%20c/d")).await.json()["name"], "a/b c/d");
}

#[tokio::test]
async fn bytes_of_a_form_that_are_no_utf8_are_refused() {
    for body in [&b"s=\xff"[..], b"s=\xc0\xaf", b"i=1&s=\xed\xa0\x80"] {
        let answer = ask(post("/form-kinds", URLENCODED, body)).await.unreadable();
        assert_eq!(answer, ("Form Value".to_owned(), "s".to_owned()));
    }
}

#[tokio::test]
async fn the_query_of_the_url_is_no_part_of_a_form() {
    let answer = ask(post("/form?age=5", URLENCODED, "name=ann")).await;
    assert_eq!(answer.unreadable(), ("Form Value".to_owned(), "age".to_owned()));
}

#[tokio::test]
async fn content_types_count_by_their_essence_in_any_case() {
    for (path, content_type, status) in [
        ("/any", "application/json", 200),
        ("/any", "APPLICATION/Json", 200),
        ("/any", "application/json; charset=utf-8", 200),
        ("/any", "application/json; charset=iso-8859-1", 200),
        ("/any", "application/json;x=\"a/b\"", 200),
        ("/any", "application/vnd.api+json", 200),
        ("/any", "application/problem+JSON ; q=1", 200),
        ("/any", "application/jsonx", 415),
        ("/any", "xapplication/json", 415),
        ("/any", "application/+json", 415),
        ("/any", "text/json", 415),
        ("/any", "text/plain; x=application/json", 415),
        ("/any", "application/x-www-form-urlencoded", 415),
        ("/any", "", 415),
        ("/any", "\u{ff}", 415),
        ("/form-kinds", "application/x-www-form-urlencoded", 200),
        ("/form-kinds", "Application/X-WWW-Form-Urlencoded; charset=utf-8", 200),
        ("/form-kinds", "application/x-www-form-urlencodedx", 415),
        ("/form-kinds", "application/json", 415),
        ("/form-kinds", "text/plain", 415),
        ("/form-kinds", "", 415),
        ("/parts", "multipart/form-datax; boundary=XBX", 415),
        ("/parts", "multipart/mixed; boundary=XBX", 415),
    ] {
        assert_eq!(ask(post(path, content_type, "1")).await.status, status, "{path} {content_type}");
    }
    for path in ["/any", "/json", "/form", "/parts", "/upload"] {
        let mut request = post(path, "", "{}");
        request.headers_mut().remove("content-type");
        assert_eq!(ask(request).await.status, 415, "{path} without a content type");
    }
}

#[tokio::test]
async fn headers_and_cookies_name_their_place_and_field() {
    for (field, text) in
        [("x-age", None), ("x-age", Some("old")), ("x-age", Some("256")), ("x-age", Some("1e3"))]
    {
        let mut request = get("/header");
        if let Some(text) = text {
            request.headers_mut().insert(field, text.parse().unwrap());
        }
        assert_eq!(ask(request).await.unreadable(), ("Header".to_owned(), field.to_owned()), "{text:?}");
    }
    for cookie in ["", "Age=5", "age=old", "age=256; age=5"] {
        let mut request = get("/cookie");
        request.headers_mut().insert("cookie", cookie.parse().unwrap());
        assert_eq!(ask(request).await.unreadable(), ("Cookie".to_owned(), "age".to_owned()), "{cookie}");
    }
    let mut request = get("/cookie");
    request.headers_mut().insert("cookie", "other=%; age=5".parse().unwrap());
    assert_eq!(ask(request).await.json(), 5);
}
