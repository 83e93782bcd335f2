//! What came, against what was expected.

use serde_json::Value;

use super::case::{Case, Exchange, Expect, ParseError, ValidationError};
use super::client::Reply;
use super::websocket::Talk;

/// Returns what is not as the case says.
pub(crate) fn differences(case: &Case, reply: Option<&Reply>, before: Option<&Reply>) -> Vec<String> {
    let Some(reply) = reply else { return vec!["a connection that was closed without an answer".to_owned()] };
    let expect = &case.expect;
    let text = reply.text();
    let mut found = Found { list: Vec::new(), got: format!("{} {}", reply.status, cut(&text)) };
    if let Some(status) = &expect.status {
        found.check(status.has(&reply.status), || format!("status {status:?}"));
    }
    plain(expect, &text, &mut found);
    headers(expect, reply, &mut found);
    json(expect, reply, &text, before, &mut found);
    if let (Some(exchange), Some(talk)) = (&case.ws, &reply.talk) {
        websocket(exchange, talk, &mut found);
    }
    found.list
}

struct Found {
    list: Vec<String>,
    got: String,
}

impl Found {
    fn check(&mut self, holds: bool, expected: impl FnOnce() -> String) {
        if !holds {
            self.list.push(format!("expected {}, got {}", cut(&expected()), self.got));
        }
    }
}

fn plain(expect: &Expect, text: &str, found: &mut Found) {
    if let Some(body) = &expect.body {
        found.check(text == body, || format!("the body {body:?}"));
    }
    for part in &expect.body_contains {
        found.check(text.contains(part), || format!("{part:?} in the body"));
    }
    for part in &expect.body_lacks {
        let occurs = text.to_lowercase().contains(&part.to_lowercase());
        found.check(!occurs, || format!("no {part:?} in the body"));
    }
    if let Some(max) = expect.max_body {
        found.check(text.len() <= max, || format!("at most {max} bytes and not {}", text.len()));
    }
}

fn headers(expect: &Expect, reply: &Reply, found: &mut Found) {
    for (name, value) in &expect.headers {
        let got = reply.header(name);
        let holds = match (got, value) {
            (Some(got), Some(value)) if name.eq_ignore_ascii_case("content-type") => {
                got.to_lowercase().starts_with(&value.to_lowercase())
            }
            (got, value) => got == value.as_deref(),
        };
        found.check(holds, || format!("the header {name} {value:?} and not {got:?}"));
    }
    for (name, lines) in &expect.header_all {
        let got = reply.all(name);
        found.check(got == *lines, || format!("the headers {name} {lines:?} and not {got:?}"));
    }
    let allowed = reply.all("allow").join(",");
    let allowed: Vec<_> = allowed.split(',').map(str::trim).collect();
    for method in &expect.allow {
        found.check(allowed.contains(&method.as_str()), || format!("{method} in Allow {allowed:?}"));
    }
    if reply.status == 101 {
        // All cases have the key of the RFC's example.
        let accept = reply.header("sec-websocket-accept");
        found.check(accept == Some("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), || "the right accept".to_owned());
    }
}

fn json(expect: &Expect, reply: &Reply, text: &str, before: Option<&Reply>, found: &mut Found) {
    let got: Value = serde_json::from_str(text).unwrap_or_else(|_| Value::String("no JSON".to_owned()));
    if let Some(json) = &expect.json {
        found.check(same(json, &got), || format!("the JSON {json}"));
    }
    if let Some(subset) = &expect.json_subset {
        found.check(covers(subset, &got, ""), || format!("JSON with {subset}"));
    }
    if expect.json_object {
        let holds = got.as_object().is_some_and(|object| !object.is_empty());
        found.check(holds, || "a JSON object".to_owned());
    }
    if let Some(error) = &expect.parse_error {
        parse_error(error, &got["ParseError"], found);
    }
    if let Some(error) = &expect.validation_error {
        validation_error(error, &got["ValidationError"], found);
    }
    if let Some((header, member)) = &expect.same_number_in_header_and_body {
        let holds = reply.header(header) == Some(&got[member].to_string());
        found.check(holds, || format!("one number in {header} and {member}"));
    }
    if expect.same_as_before {
        let seen = before.map(|before| (u64::from(before.status), before.body.len() as u64));
        let told = got["code"].as_u64().zip(got["size"].as_u64());
        found.check(seen.is_some() && told == seen, || format!("code and size {seen:?}"));
    }
}

fn parse_error(expect: &ParseError, got: &Value, found: &mut Found) {
    let place = got["Place"].as_str().unwrap_or_default().to_owned();
    found.check(expect.place.has(&place), || format!("a ParseError at {:?}", expect.place));
    let holds = match &expect.field {
        None => true,
        Some(Value::Null) => got.get("FieldName").is_none(),
        Some(Value::Array(names)) => names.contains(&got["FieldName"]),
        Some(name) => *name == got["FieldName"],
    };
    found.check(holds, || format!("a ParseError of the field {:?}", expect.field));
    found.check(got["Reason"].as_str().is_some_and(|reason| !reason.is_empty()), || "a Reason".to_owned());
}

fn validation_error(expect: &ValidationError, got: &Value, found: &mut Found) {
    found.check(got["Place"] == *expect.place, || format!("a ValidationError at {}", expect.place));
    let mut wanted = expect.fields.clone();
    wanted.sort_unstable();
    let fields = got["Fields"].as_object();
    let mut names: Vec<_> = fields.into_iter().flatten().map(|(name, _)| name.clone()).collect();
    names.sort_unstable();
    found.check(names == wanted, || format!("exactly the fields {wanted:?}"));
    let messages = fields.into_iter().flatten().map(|(_, message)| message.as_str().unwrap_or_default());
    found.check(messages.into_iter().all(|message| !message.is_empty()), || "messages".to_owned());
    for (name, message) in &expect.messages {
        found.check(got["Fields"][name] == **message, || format!("{message:?} for {name}"));
    }
}

fn websocket(exchange: &Exchange, talk: &Talk, found: &mut Found) {
    let said = match talk {
        Talk::Message(message, _) => cut(&String::from_utf8_lossy(message)),
        other => format!("{other:?}"),
    };
    if let Some(text) = &exchange.expect_text {
        let holds = *talk == Talk::Message(text.clone().into_bytes(), false);
        found.check(holds, || format!("the message {text:?} and not {said}"));
    }
    if exchange.expect_same {
        let sent = exchange.message().map(|(message, is_binary)| Talk::Message(message, is_binary));
        found.check(sent.as_ref() == Some(talk), || format!("the same message back and not {said}"));
    }
    if let Some(codes) = &exchange.expect_close {
        let holds = matches!(talk, Talk::Close(code) if codes.has(code));
        found.check(holds, || format!("a close with {codes:?} and not {said}"));
    }
}

/// Equality, but that 1 and 1.0 are the same number.
fn same(want: &Value, got: &Value) -> bool {
    match (want, got) {
        (Value::Object(want), Value::Object(got)) => {
            want.len() == got.len()
                && want.iter().all(|(key, want)| got.get(key).is_some_and(|got| same(want, got)))
        }
        (Value::Array(want), Value::Array(got)) => {
            want.len() == got.len() && want.iter().zip(got).all(|(want, got)| same(want, got))
        }
        (Value::Number(a), Value::Number(b)) if a.is_f64() || b.is_f64() => a.as_f64() == b.as_f64(),
        (want, got) => want == got,
    }
}

/// Like [`same`], but objects may have more members, and `$contains`, `$any` and `$nonempty` stand for values.
fn covers(want: &Value, got: &Value, key: &str) -> bool {
    if let Some(parts) = want.get("$contains").and_then(Value::as_array) {
        let text = got.as_str().unwrap_or_default();
        return parts.iter().all(|part| part.as_str().is_some_and(|part| text.contains(part)));
    }
    if let Some(any) = want.get("$any").and_then(Value::as_array) {
        return any.iter().any(|want| covers(want, got, key));
    }
    if want.get("$nonempty").is_some() {
        return got.as_str().is_some_and(|text| !text.is_empty());
    }
    match (want, got) {
        (Value::Object(want), Value::Object(got)) => {
            want.iter().all(|(key, want)| got.get(key).is_some_and(|got| covers(want, got, key)))
        }
        (Value::Array(want), Value::Array(got)) => {
            want.len() == got.len() && want.iter().zip(got).all(|(want, got)| covers(want, got, key))
        }
        (Value::String(want), Value::String(got)) if key == "func" => bare_name(want) == bare_name(got),
        (want, got) => same(want, got),
    }
}

/// Returns `firstbody` for `server::routes::FirstBody` and for `first_body`.
fn bare_name(name: &str) -> String {
    let path = name.split('<').next().unwrap_or(name);
    path.rsplit("::").next().unwrap_or(path).replace('_', "").to_lowercase()
}

fn cut(text: &str) -> String {
    const SHOWN: usize = 300;
    text.chars().take(SHOWN).map(|c| if c.is_control() { ' ' } else { c }).collect()
}
