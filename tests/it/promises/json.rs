//! JSON as RFC 8259 has it, and structs that are objects.

use super::*;

/// Texts that are JSON.
const GOOD: &[&str] = &[
    "null",
    "true",
    "false",
    "0",
    "-0",
    "-1",
    "10",
    "1.5",
    "-0.1",
    "1e5",
    "1E+5",
    "1e-5",
    "0e1",
    "123456789012345678901234567890",
    r#""""#,
    r#"" ""#,
    r#""a\/b\\c\"d\b\f\n\r\t""#,
    r#""\u0041\u00e9""#,
    r#""\ud83d\ude00""#,
    r#""\u0000""#,
    "\"\u{7f}\"",
    "\"\u{2028}\u{2029}\"",
    "\"é😀\"",
    "[]",
    "[ ]",
    "[1]",
    "[1 , 2]",
    "[[],[[]]]",
    "{}",
    "{ }",
    r#"{"":0}"#,
    r#"{"a":{"b":[]}}"#,
    r#"{"a\u0000b":1}"#,
    " 1",
    "1 ",
    "\t1\n",
    "\r\n[\r\n]\r\n",
    r#"[1,null,"a",{"k":true}]"#,
    r#"["\uDBFF\uDFFF"]"#,
    "1e-999",
    "[0.1e1]",
    r#"{"a":1,"a":2}"#,
];

/// Texts that are no JSON.
const BAD: &[&str] = &[
    // Nothing, or not all of it.
    "",
    " ",
    "\n",
    "[",
    "{",
    "\"",
    "[1",
    "[1,",
    "{\"a\"",
    "{\"a\":",
    "{\"a\":1",
    "{\"a\":1,",
    "\"a",
    "\"\\",
    "\"\\u",
    "\"\\u12",
    "tru",
    "-",
    "1.",
    "1e",
    // Something behind it.
    "1 2",
    "{} {}",
    "[] ]",
    "{}}",
    "1,",
    "null x",
    "{}#",
    "[1]\u{0}",
    "{}/*c*/",
    "{}//",
    "\u{feff}1",
    "1\u{feff}",
    // Numbers.
    "NaN",
    "-NaN",
    "Infinity",
    "-Infinity",
    "01",
    "-01",
    "+1",
    "++1",
    ".5",
    "-.5",
    "1.",
    "1.e1",
    "1e",
    "1e+",
    "1eE2",
    "0x10",
    "1_000",
    "1 000",
    "--1",
    "- 1",
    "2.e3",
    "9.e+",
    "0e",
    "0.3e+",
    "1ea",
    "\u{ff11}",
    "1e999",
    "-1e999",
    // Words.
    "True",
    "TRUE",
    "nul",
    "nulll",
    "undefined",
    "fals",
    "a",
    // Texts.
    "'a'",
    "\"\\x41\"",
    "\"\\'\"",
    "\"\\0\"",
    "\"\\uZZZZ\"",
    "\"\\u00g0\"",
    "\"\\u123\"",
    "\"\\U0041\"",
    "\"\\e\"",
    "\"a\nb\"",
    "\"a\tb\"",
    "\"a\u{0}b\"",
    "\"\u{1f}\"",
    "\"\\\u{e9}\"",
    // Lone surrogates.
    "\"\\ud800\"",
    "\"\\udc00\"",
    "\"\\ud800a\"",
    "\"\\ud800\\u0041\"",
    "\"\\ud800\\ud800\"",
    "\"\\udfff\\ud800\"",
    "\"\\ud83d\\n\"",
    // Lists and objects.
    "[,]",
    "[1,]",
    "[,1]",
    "[1,,2]",
    "[1 2]",
    "[1:2]",
    "[1;2]",
    "(1)",
    "[1}",
    "]",
    "}",
    "{,}",
    "{\"a\":1,}",
    "{,\"a\":1}",
    "{\"a\":1,,\"b\":2}",
    "{\"a\" 1}",
    "{\"a\":}",
    "{a:1}",
    "{'a':1}",
    "{1:1}",
    "{null:1}",
    "{\"a\":1 \"b\":2}",
    "{\"a\"::1}",
    "{\"a\":1:2}",
    "{\"a\";1}",
    "{\"a\",\"b\"}",
    "{[]:1}",
    "{\"\\ud800\":1}",
    "<a/>",
    "*",
    "\\u0041",
    "@",
    // Blanks that are none.
    "\u{a0}1",
    "[\u{b}1]",
    "[\u{c}]",
    "\u{2060}1",
    "\u{85}1",
];

#[tokio::test]
async fn every_text_that_is_json_is_taken_and_every_other_is_refused() {
    let app = App::new(Limits::DEFAULT).await;
    for text in GOOD {
        assert_eq!(app.ask(post("/any", JSON, *text)).await.status, 200, "{text}");
    }
    for text in BAD {
        let answer = app.ask(post("/any", JSON, *text)).await.unreadable();
        assert_eq!(answer, ("Body".to_owned(), String::new()), "{text}");
    }
}

#[tokio::test]
async fn bytes_that_are_no_utf8_are_no_json() {
    let app = App::new(Limits::DEFAULT).await;
    for text in [
        &b"\"\xff\""[..],
        b"\"\xc0\xaf\"",
        b"\"\xed\xa0\x80\"",
        b"\"\xf4\x90\x80\x80\"",
        b"\"\xe2\x28\"",
        b"[\xe5]",
        b"\xff\xfe1\x00",
        b"\x001",
        b"{\"\xb9\":1}",
        b"\xef\xbb\xbf{}",
    ] {
        assert_eq!(app.ask(post("/any", JSON, text)).await.status, 400, "{}", text.escape_ascii());
        // Where nobody asks for the value it is looked at all the same.
        let unknown = [&b"{\"City\":\"a\",\"x\":"[..], text, b"}"].concat();
        assert_eq!(app.ask(post("/json", JSON, unknown)).await.status, 400, "{}", text.escape_ascii());
    }
}

#[tokio::test]
async fn a_value_nobody_asked_for_has_to_be_json_too() {
    let app = App::new(Limits::DEFAULT).await;
    for text in GOOD {
        let body = format!(r#"{{"City":"a","x":{text}}}"#);
        assert_eq!(app.ask(post("/json", JSON, body)).await.status, 200, "{text}");
    }
    // Those that would close the object are no member of it.
    for text in BAD.iter().filter(|text| !text.contains(['}', ',', ':']) && !text.trim().is_empty()) {
        let body = format!(r#"{{"City":"a","x":{text}}}"#);
        let (place, _) = app.ask(post("/json", JSON, body)).await.unreadable();
        assert_eq!(place, "Body", "{text}");
    }
}

#[tokio::test]
async fn a_text_that_breaks_off_anywhere_is_refused() {
    let app = App::new(Limits::DEFAULT).await;
    let whole = r#"{"City":"\u00e9","items":[{"qty":1},{"qty":2}],"note":null,"x":{"y":[-1.5e3,"a"]}}"#;
    assert_eq!(app.ask(post("/json", JSON, whole)).await.status, 200);
    for length in 0..whole.len() {
        let cut = &whole[..length];
        assert_eq!(app.ask(post("/json", JSON, cut)).await.unreadable().0, "Body", "{cut}");
        let left = Frames::from(cut).broken_off();
        assert_eq!(app.ask(post("/json", JSON, left)).await.unreadable().0, "Body", "{cut}");
    }
    let left = Frames::from(whole).broken_off();
    assert_eq!(app.ask(post("/json", JSON, left)).await.status, 400, "it may go on");
}

#[tokio::test]
async fn a_struct_is_an_object_and_nothing_else() {
    for text in ["null", "[]", r#"["a",[],null,null]"#, "1", r#""a""#, "true"] {
        assert_eq!(ask(post("/json", JSON, text)).await.unreadable().0, "Body", "{text}");
    }
    for (text, field) in [
        (r#"{"City":"a","items":[[1]]}"#, "items[0]"),
        (r#"{"City":"a","items":[{"qty":1},null]}"#, "items[1]"),
        (r#"{"City":"a","address":["x"]}"#, "address"),
        (r#"{"City":"a","address":1}"#, "address"),
    ] {
        let answer = ask(post("/json", JSON, text)).await.unreadable();
        assert_eq!(answer, ("Body".to_owned(), field.to_owned()), "{text}");
    }
}

#[tokio::test]
async fn a_repeated_key_of_a_struct_is_refused_and_names_the_field() {
    for (text, field) in [
        (r#"{"City":"a","City":"b"}"#, "City"),
        (r#"{"City":"a","\u0043ity":"a"}"#, "City"),
        (r#"{"City":"a","items":[{"qty":1,"qty":1}]}"#, "items[0].qty"),
        (r#"{"City":"a","note":null,"note":null}"#, "note"),
    ] {
        let answer = ask(post("/json", JSON, text)).await.unreadable();
        assert_eq!(answer, ("Body".to_owned(), field.to_owned()), "{text}");
    }
    assert_eq!(ask(post("/json", JSON, r#"{"City":"a","x":1,"x":2,"city":3}"#)).await.status, 200);
}

#[tokio::test]
async fn missing_wrong_and_out_of_range_values_name_their_path() {
    for (text, field, reason) in [
        (r"{}", "City", "required"),
        (r#"{"city":"a"}"#, "City", "required"),
        (r#"{"City":null}"#, "City", "text"),
        (r#"{"City":5}"#, "City", "text"),
        (r#"{"City":"a","items":[{}]}"#, "items[0].qty", "required"),
        (r#"{"City":"a","items":[{"qty":1},{"qty":"1"}]}"#, "items[1].qty", "whole number"),
        (r#"{"City":"a","items":[{"qty":256}]}"#, "items[0].qty", "from 0 to 255"),
        (r#"{"City":"a","items":[{"qty":-1}]}"#, "items[0].qty", "from 0 to 255"),
        (r#"{"City":"a","items":[{"qty":1.0}]}"#, "items[0].qty", "whole number"),
        (r#"{"City":"a","items":[{"qty":true}]}"#, "items[0].qty", "whole number"),
        (r#"{"City":"a","items":{}}"#, "items", "list"),
        (r#"{"City":"a","address":{}}"#, "address.country", "required"),
    ] {
        let answer = ask(post("/json", JSON, text)).await;
        assert_eq!(answer.unreadable(), ("Body".to_owned(), field.to_owned()), "{text}");
        assert!(answer.text.contains(reason), "{}", answer.text);
    }
}
