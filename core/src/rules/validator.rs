//! Rules of validator.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::sync::OnceLock;

use serde_json::Value;
use validator::{Validate, ValidationError, ValidationErrors, ValidationErrorsKind};

use super::broken::reflected;
use super::{BrokenRule, BrokenRules, Rules, Step};
use crate::few::Few;
use crate::said::{Said, Words};

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

/// What validator found wrong with a value. The words are made of it when somebody reads them.
#[derive(Clone)]
pub(crate) struct Found {
    /// One, in the list that it came in: a box of its own would be another allocation.
    errors: Vec<ValidationError>,
    words: OnceLock<Box<Words>>,
}

impl Found {
    const fn new(errors: Vec<ValidationError>) -> Self {
        Self { errors, words: OnceLock::new() }
    }

    fn error(&self) -> &ValidationError {
        self.errors.first().expect("the list has its one error")
    }

    pub(crate) fn words(&self) -> &Words {
        self.words.get_or_init(|| Box::new(words(self.error())))
    }

    pub(crate) fn words_mut(&mut self) -> &mut Words {
        self.words();
        self.words.get_mut().expect("the words were made just now")
    }

    pub(crate) fn value(&self) -> Option<&Value> {
        self.error().params.get(VALUE)
    }

    /// Forgets what the client has sent, which may be large or secret; for the words its kind is enough.
    pub(crate) fn forget_values(&mut self) {
        for (name, param) in self.errors.iter_mut().flat_map(|error| &mut error.params) {
            if name == VALUE || name == OTHER {
                *param = match param {
                    Value::Array(_) => Value::Array(Vec::new()),
                    Value::Object(_) => Value::Object(serde_json::Map::new()),
                    _ => Value::Null,
                };
            }
        }
    }
}

#[cold]
#[inline(never)]
fn convert(errors: ValidationErrors) -> BrokenRules {
    let mut broken = BrokenRules::new();
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
        ValidationErrorsKind::Field(errors) if errors.len() == 1 => broken.push(rule(path, step, errors)),
        ValidationErrorsKind::Field(errors) => {
            errors.into_iter().for_each(|error| broken.push(rule(path, step.clone(), vec![error])));
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

/// Makes a broken rule of a list of one error.
fn rule(path: &[Step], step: Option<Step>, errors: Vec<ValidationError>) -> BrokenRule {
    let way = match (path, step) {
        ([], Some(step)) => Few::One(step),
        (path, step) => below(path, step).into(),
    };
    let found = Found::new(errors);
    BrokenRule::of_said(way, found.error().code.clone(), Said::Found(found))
}

#[cold]
fn words(error: &ValidationError) -> Words {
    let mut params: Vec<_> = error.params.iter().filter(|(name, _)| *name != VALUE).collect();
    params.sort_unstable_by(|a, b| a.0.cmp(b.0));
    let message = match &error.message {
        Some(message) => message.clone(),
        None => message(&error.code, &params, error.params.get(VALUE)),
    };
    // What another field holds is the client's, and may be a password.
    let is_told = |name: &str, param: &Value| {
        name != OTHER && !matches!(param, Value::Array(_) | Value::Object(_) | Value::Null)
    };
    let told = params.into_iter().filter(|(name, param)| is_told(name, param));
    Words { message, params: told.map(|(name, param)| (name.clone(), reflected(param.clone()))).collect() }
}

/// Says what a value must be like, for a rule without a message of its own.
fn message(code: &str, params: &[(&Cow<'static, str>, &Value)], value: Option<&Value>) -> Cow<'static, str> {
    let param = |name: &str| params.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
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

/// The parameter in which validator has the value itself.
const VALUE: &str = "value";

/// The parameter in which validator has the value of the field that another one repeats.
const OTHER: &str = "other";

/// The name that validator gives to rules of a whole struct.
const WHOLE_STRUCT: &str = "__all__";

/// The name that validator gives to a list that is validated by itself.
const WHOLE_LIST: &str = "_tmp_validator";

#[cfg(test)]
mod tests;
