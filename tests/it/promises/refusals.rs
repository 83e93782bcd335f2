//! What a refused client reads: every problem at once, in order, little of what it sent.

use super::*;

#[tokio::test]
async fn missing_wrong_and_broken_are_told_apart_and_name_the_field() {
    let reason =
        |answer: &Answer| answer.json()["ParseError"]["Reason"].as_str().unwrap_or_default().to_owned();
    for (missing, wrong, broken, place) in [
        (
            get("/person?name=a"),
            get("/person?name=a&age=x"),
            get("/person?name=%20&age=1"),
            "Query Parameter",
        ),
        (
            post("/form", URLENCODED, "name=a"),
            post("/form", URLENCODED, "name=a&age=x"),
            post("/form", URLENCODED, "name=+&age=1"),
            "Form Value",
        ),
    ] {
        let (missing, wrong) = (ask(missing).await, ask(wrong).await);
        assert_eq!(missing.unreadable(), (place.to_owned(), "age".to_owned()));
        assert_eq!(reason(&missing), "a value is required");
        assert_eq!(wrong.unreadable(), (place.to_owned(), "age".to_owned()));
        assert_eq!(reason(&wrong), "expected a whole number from 0 to 255, got \"x\"");
        assert_eq!(ask(broken).await.broken_rules(), (place.to_owned(), vec!["name".to_owned()]));
    }
}

#[tokio::test]
async fn a_value_that_cannot_be_read_comes_before_a_broken_rule() {
    let (place, field) = ask(get("/person?name=+&age=x")).await.unreadable();
    assert_eq!((place.as_str(), field.as_str()), ("Query Parameter", "age"));
}

fn all_wrong(accept: &str) -> Request<Frames> {
    let mut request = post("/all/x?name=+&age=300", JSON, r#"{"items":[{"qty":-1},{}],"note":1}"#);
    request.headers_mut().insert("accept", accept.parse().unwrap());
    request
}

#[tokio::test]
async fn every_problem_of_a_request_is_told_in_a_stable_order() {
    let mut before = None;
    for _ in 0..5 {
        let app = App::new(Limits::DEFAULT).await;
        let plain = app.ask_one(&app.plain, &all_wrong("application/problem+json")).await;
        let axum = app.ask_one(&app.axum, &all_wrong("application/problem+json")).await;
        assert_eq!(plain, axum);
        let named: Vec<String> = plain.json()["problems"]
            .as_array()
            .unwrap()
            .iter()
            .map(|problem| {
                format!("{} {}", problem["in"].as_str().unwrap(), problem["path"].as_str().unwrap())
            })
            .collect();
        assert_eq!(
            named,
            [
                "path id",
                "query age",
                "body items[0].qty",
                "body items[1].qty",
                "body note",
                "body City",
                "query name"
            ]
        );
        assert_eq!(before.get_or_insert_with(|| plain.text.clone()), &plain.text);
    }
}

#[tokio::test]
async fn at_most_32_problems_are_told_in_less_than_4_kib() {
    let items = vec![
        r#"{"qty":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}"#;
        5000
    ]
    .join(",");
    let mut request = post("/json", JSON, format!(r#"{{"City":"a","items":[{items}]}}"#));
    request.headers_mut().insert("accept", "application/problem+json".parse().unwrap());
    let app = App::new(Limits::DEFAULT).await;
    let answer = app.ask_one(&app.plain, &request).await;
    assert_eq!(answer, app.ask_one(&app.axum, &request).await);
    let problems = answer.json()["problems"].as_array().unwrap().len();
    assert!((1..=32).contains(&problems), "{problems}");
    assert!(answer.text.len() < 4096, "{}", answer.text.len());
}

/// Long texts, and texts that would break out of JSON, HTML or a header.
fn hostile() -> Vec<String> {
    let mut texts: Vec<String> = [
        "\"}<script>alert(1)</script>",
        "\\\"\\u0000",
        "\r\nSet-Cookie: a=b",
        "\u{0}\u{1b}[31m",
        "\u{202e}\u{2028}",
        "{{7*7}}",
    ]
    .map(str::to_owned)
    .into();
    texts.extend(["x", "é", "😀", "\"", "\\", "\u{1}"].map(|unit| unit.repeat(1500)));
    texts
}

fn escaped(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02x}")).collect()
}

/// Checks that an answer repeats at most 64 characters of what was sent, and none that controls anything.
#[track_caller]
fn check_reflection(answer: &Answer, sent: &str) {
    assert!(!answer.text.bytes().any(|byte| byte.is_ascii_control()), "{}", answer.text);
    let json = answer.json().to_string();
    let first = sent.chars().next().unwrap();
    let plain: String = answer.json()["ParseError"]["Reason"].as_str().unwrap_or(&json).to_owned();
    let longest = plain.split(|c| c != first).map(|run| run.chars().count()).max().unwrap_or_default();
    // A value stands in quotes.
    assert!(longest <= 64 + usize::from(first == '"'), "{longest}: {plain}");
}

#[tokio::test]
async fn values_are_repeated_in_64_characters_at_most_and_escaped() {
    let app = App::new(Limits::DEFAULT).await;
    for text in hostile() {
        let (query, json) = (escaped(&text), serde_json::to_string(&text).unwrap());
        for request in [
            get(&format!("/query?i={query}")),
            get(&format!("/query?b={query}")),
            get(&format!("/query?numbers=1&numbers={query}")),
            get(&format!("/id/{query}")),
            post("/form-kinds", URLENCODED, format!("f={query}")),
            post("/json", JSON, format!(r#"{{"City":"a","items":[{{"qty":{json}}}]}}"#)),
            post("/json", JSON, format!(r#"{{"City":"a","address":{json}}}"#)),
            post("/json", JSON, json.clone()),
        ] {
            let answer = app.ask(request).await;
            assert_eq!(answer.status, 400);
            check_reflection(&answer, &text);
        }
    }
    for digits in [100, 5000] {
        let digits = "9".repeat(digits);
        for request in [get(&format!("/id/{digits}")), post("/json", JSON, format!(r#"{{"City":{digits}}}"#))]
        {
            check_reflection(&app.ask(request).await, &digits);
        }
    }
}

#[tokio::test]
async fn names_that_a_client_chose_are_cut_too() {
    let app = App::new(Limits::DEFAULT).await;
    for text in hostile() {
        let (query, json) = (escaped(&text), serde_json::to_string(&text).unwrap());
        for request in [
            get(&format!("/map?{}=x", query.get(..2046).unwrap_or(&query))),
            post("/json-map", JSON, format!(r#"{{{json}:"x"}}"#)),
            post("/denied", JSON, format!(r#"{{{json}:"x"}}"#)),
            post("/choice", JSON, json.clone()),
        ] {
            let path = request.uri().path().to_owned();
            let answer = app.ask(request).await;
            assert_eq!(answer.status, 400, "{path} {}", answer.text);
            check_reflection(&answer, &text);
            let name = answer.unreadable().1;
            assert!(name.chars().count() <= 65, "{path} {name}");
        }
    }
}

#[tokio::test]
async fn an_unknown_path_and_a_wrong_method_are_told_and_nothing_is_repeated() {
    for text in hostile() {
        let answer = ask(get(&format!("/nowhere/{}", escaped(&text)))).await;
        assert_eq!((answer.status, answer.text.as_str()), (404, r#"{"error":"not found"}"#));
    }
    let mut request = get("/json");
    let answer = ask(request.clone()).await;
    assert_eq!((answer.status, answer.headers["allow"].to_str().unwrap()), (405, "POST"));
    *request.method_mut() = Method::from_bytes(b"PURGE").unwrap();
    assert_eq!(ask(request).await.status, 405);
}
