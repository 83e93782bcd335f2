//! Rules of validator.

use std::borrow::Cow;
use std::fmt::Write as _;

use serde_json::Value;
use validator::{Validate, ValidationError, ValidationErrors, ValidationErrorsKind};

use super::broken::Way;
use super::{BrokenRule, BrokenRules, Rules, Step};

#[diagnostic::do_not_recommend]
impl<T: Validate> Rules for T {
    #[inline]
    fn check(&self) -> Result<(), BrokenRules> {
        match self.validate() {
            Ok(()) => Ok(()),
            Err(errors) => Err(convert(errors)),
        }
    }
}

#[cold]
#[inline(never)]
fn convert(errors: ValidationErrors) -> BrokenRules {
    let mut broken = BrokenRules::with_capacity(errors.errors().len());
    collect(errors, &[], &mut broken);
    broken
}

/// Lists the errors below `path`: fields by name, since their order in the type is not known here, lists by index.
fn collect(errors: ValidationErrors, path: &[Step], broken: &mut BrokenRules) {
    let errors = errors.into_errors();
    if errors.len() < 2 {
        errors.into_iter().for_each(|(name, kind)| field(name, kind, path, broken));
        return;
    }
    let mut fields: Vec<_> = errors.into_iter().collect();
    fields.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    fields.into_iter().for_each(|(name, kind)| field(name, kind, path, broken));
}

fn field(name: Cow<'static, str>, kind: ValidationErrorsKind, path: &[Step], broken: &mut BrokenRules) {
    let step = match name.as_ref() {
        WHOLE_STRUCT | WHOLE_LIST => None,
        _ => Some(Step::Field(name)),
    };
    match kind {
        ValidationErrorsKind::Field(errors) => {
            for error in errors {
                let way = match (path, &step) {
                    ([], Some(step)) => Way::One(step.clone()),
                    _ => below(path, step.clone()).into(),
                };
                broken.push(rule(way, error));
            }
        }
        ValidationErrorsKind::Struct(inner) => collect(*inner, &below(path, step), broken),
        ValidationErrorsKind::List(items) => {
            let mut list = below(path, step);
            for (index, inner) in items {
                list.push(Step::Index(index));
                collect(*inner, &list, broken);
                list.pop();
            }
        }
    }
}

fn below(path: &[Step], step: Option<Step>) -> Vec<Step> {
    path.iter().cloned().chain(step).collect()
}

fn rule(way: Way, error: ValidationError) -> BrokenRule {
    let mut value = None;
    let mut params = Vec::with_capacity(error.params.len());
    for (name, param) in error.params {
        match name.as_ref() {
            "value" => value = Some(param),
            _ => params.push((name, param)),
        }
    }
    params.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    let message = match error.message {
        Some(message) => message,
        None => message(&error.code, &params, value.as_ref()),
    };
    // What another field holds is the client's, and may be a password.
    params.retain(|(name, param)| {
        name != "other" && !matches!(param, Value::Array(_) | Value::Object(_) | Value::Null)
    });
    BrokenRule::of_way(way, error.code, message).with_findings(params, value)
}

/// Says what a value must be like, for a rule without a message of its own.
fn message(code: &str, params: &[(Cow<'static, str>, Value)], value: Option<&Value>) -> Cow<'static, str> {
    let param = |name: &str| params.iter().find(|(known, _)| known == name).map(|(_, value)| value);
    match code {
        "range" => range(param("min"), param("max"), param("exclusive_min"), param("exclusive_max")),
        "length" => {
            let items = matches!(value, Some(Value::Array(_) | Value::Object(_)));
            let unit = if items { "item" } else { "character" };
            length(param("min"), param("max"), param("equal"), unit)
        }
        "email" => "must be an e-mail address".into(),
        "url" => "must be a URL".into(),
        "must_match" => "must be the same as the field it repeats".into(),
        "contains" | "does_not_contain" => {
            let verb = if code == "contains" { "must contain" } else { "must not contain" };
            match param("needle").and_then(Value::as_str) {
                Some(needle) => format!("{verb} {:?}", crate::reflect(needle)).into(),
                None => format!("{verb} a certain text").into(),
            }
        }
        "required" => "must be given".into(),
        "regex" => "must have the expected form".into(),
        "ip" => "must be an IP address".into(),
        "ipv4" => "must be an IPv4 address".into(),
        "ipv6" => "must be an IPv6 address".into(),
        "credit_card" => "must be a card number".into(),
        "non_control_character" => "must have no control characters".into(),
        other => format!("breaks the rule {other:?}").into(),
    }
}

fn range(
    min: Option<&Value>,
    max: Option<&Value>,
    above: Option<&Value>,
    below: Option<&Value>,
) -> Cow<'static, str> {
    if let (Some(min), Some(max)) = (min, max) {
        let mut text = String::with_capacity(TEXT_BYTES);
        text.push_str("must be from ");
        show(min, &mut text);
        text.push_str(" to ");
        show(max, &mut text);
        return text.into();
    }
    let parts = [("at least", min), ("greater than", above), ("at most", max), ("less than", below)];
    let parts: Vec<_> =
        parts.into_iter().filter_map(|(words, bound)| Some(format!("{words} {}", bound?))).collect();
    if parts.is_empty() {
        return "must be within its range".into();
    }
    format!("must be {}", parts.join(" and ")).into()
}

fn length(min: Option<&Value>, max: Option<&Value>, equal: Option<&Value>, unit: &str) -> Cow<'static, str> {
    let last = equal.or(max).or(min);
    let plural = if last.and_then(Value::as_u64) == Some(1) { "" } else { "s" };
    match (min, max, equal) {
        (_, _, Some(equal)) => format!("must have exactly {equal} {unit}{plural}"),
        (Some(min), Some(max), None) => format!("must have at least {min} and at most {max} {unit}{plural}"),
        (Some(min), None, None) => format!("must have at least {min} {unit}{plural}"),
        (None, Some(max), None) => format!("must have at most {max} {unit}{plural}"),
        (None, None, None) => format!("must have another number of {unit}s"),
    }
    .into()
}

/// Writes a bound. Those that are whole numbers, as most are, do without the machinery of formatting.
fn show(bound: &Value, out: &mut String) {
    match bound.as_u64() {
        Some(number) => out.push_str(itoa::Buffer::new().format(number)),
        None => write!(out, "{bound}").expect("a text grows"),
    }
}

/// Room for the text of a rule, enough for most.
const TEXT_BYTES: usize = 48;

/// The name that validator gives to rules of a whole struct.
const WHOLE_STRUCT: &str = "__all__";

/// The name that validator gives to a list that is validated by itself.
const WHOLE_LIST: &str = "_tmp_validator";

#[cfg(test)]
mod tests;
