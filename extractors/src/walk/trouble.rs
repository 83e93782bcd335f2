//! What a type's `Deserialize` complains about, kept as data: no text of serde is taken apart.

use std::borrow::Cow;
use std::fmt;

use gongular_core::{Place, Problem, reflect};
use serde::de::{self, Expected, Unexpected};
use serde_json::Value;

/// One complaint. Where it belongs is found out by whoever sees it first.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Trouble {
    /// It was noted down; the pass only has to end.
    Noted,
    /// An empty text that counts as absent.
    Absent,
    /// A text of the type's own.
    Custom(String),
    /// A key that stands twice.
    Duplicate(Cow<'static, str>),
    /// Escapes or bytes that are no text.
    Encoding,
    /// A list of another length.
    Length { expected: String, got: usize },
    /// A field that is not there.
    Missing(Cow<'static, str>),
    /// A text where a file is wanted: the file is missing, or where none has to be, the text is wrong.
    NoFile,
    /// A number that its type cannot hold.
    Range { expected: String, got: String, bounds: Option<(Value, Value)> },
    /// Another kind of value.
    Type { expected: String, got: String },
    /// A key that no field has.
    UnknownField { name: String, fields: &'static [&'static str] },
    /// A value that nobody asked for, and that is JSON, but stands for nothing.
    Unreadable,
    /// A text that is no variant.
    UnknownVariant { got: String, variants: &'static [&'static str] },
}

impl Trouble {
    /// A text where a file is wanted.
    pub(super) fn no_file() -> Self {
        Self::Type { expected: "a file".to_owned(), got: "a text".to_owned() }
    }

    /// Makes the problem that the client is told.
    pub(super) fn problem(self, place: Place, path: String) -> Problem {
        let parse = |code: &'static str, message: String| Problem::parse(place, path, code, message);
        match self {
            Self::Missing(_) | Self::Absent | Self::NoFile => {
                parse("missing", "a value is required".to_owned())
            }
            Self::Custom(text) => parse("invalid", custom(&text)),
            Self::Duplicate(_) => parse("duplicate", "expected one value, got more than one".to_owned()),
            Self::Encoding => parse("encoding", "the text is not correctly encoded".to_owned()),
            Self::Length { expected, got } => {
                parse("length", format!("expected {expected}, got {got} of them"))
            }
            Self::Range { expected, got, bounds } => {
                let problem = parse("range", format!("expected {expected}, got {got}"));
                match bounds {
                    Some((min, max)) => problem.with_param("min", min).with_param("max", max),
                    None => problem,
                }
            }
            Self::Type { expected, got } => parse("type", format!("expected {expected}, got {got}")),
            Self::UnknownField { fields, .. } => {
                parse("unknown_field", format!("no such field, expected {}", one_of(fields)))
            }
            Self::UnknownVariant { got, variants } => {
                let message = format!("expected {}, got {}", one_of(variants), quoted(&got));
                parse("unknown_variant", message).with_param("variants", variants.to_vec())
            }
            Self::Unreadable => parse("invalid", "a text or number in it stands for nothing".to_owned()),
            Self::Noted => parse("invalid", "the value cannot be read".to_owned()),
        }
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the value cannot be read")
    }
}

impl std::error::Error for Trouble {}

impl de::Error for Trouble {
    fn custom<T: fmt::Display>(text: T) -> Self {
        Self::Custom(text.to_string())
    }

    fn invalid_type(got: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::Type { expected: wanted(expected), got: unexpected(got) }
    }

    fn invalid_value(got: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::Type { expected: wanted(expected), got: unexpected(got) }
    }

    fn invalid_length(got: usize, expected: &dyn Expected) -> Self {
        Self::Length { expected: wanted(expected), got }
    }

    fn unknown_variant(got: &str, variants: &'static [&'static str]) -> Self {
        Self::UnknownVariant { got: got.to_owned(), variants }
    }

    fn unknown_field(name: &str, fields: &'static [&'static str]) -> Self {
        Self::UnknownField { name: name.to_owned(), fields }
    }

    fn missing_field(name: &'static str) -> Self {
        Self::Missing(Cow::Borrowed(name))
    }

    fn duplicate_field(name: &'static str) -> Self {
        Self::Duplicate(Cow::Borrowed(name))
    }
}

/// Returns what a visitor expects, without names of Rust types, which derived code writes for its own.
pub(super) fn wanted(expected: &dyn Expected) -> String {
    let text = expected.to_string();
    let derived = |word: &str| text.starts_with(word);
    match text.as_str() {
        "a string" | "str" => "a text".to_owned(),
        "a sequence" => "a list".to_owned(),
        "a map" => "an object".to_owned(),
        "a boolean" => "true or false".to_owned(),
        "unit" => "null".to_owned(),
        "a character" => "a single character".to_owned(),
        "f32" | "f64" => "a number".to_owned(),
        "i8" | "i16" | "i32" | "i64" | "i128" | "isize" | "u8" | "u16" | "u32" | "u64" | "u128" | "usize" => {
            "a whole number".to_owned()
        }
        _ if derived("struct ")
            || derived("internally tagged enum ")
            || derived("adjacently tagged enum ") =>
        {
            "an object".to_owned()
        }
        _ if derived("tuple ") || derived("an array of ") || derived("an empty array") => "a list".to_owned(),
        _ if derived("enum ")
            || derived("variant ")
            || derived("unit ")
            || derived("newtype ")
            || derived("option") =>
        {
            "another value".to_owned()
        }
        _ => reflect(&text),
    }
}

/// Returns a client's text in quotes, cut to what an answer may repeat.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", reflect(text))
}

/// Lists what could have been sent.
pub(super) fn one_of(names: &[&str]) -> String {
    let shown: Vec<_> = names.iter().take(MOST_NAMES).map(|name| format!("`{name}`")).collect();
    match (shown.as_slice(), names.len()) {
        ([], _) => "nothing".to_owned(),
        ([only], _) => only.clone(),
        (_, count) if count > MOST_NAMES => format!("one of {}, and others", shown.join(", ")),
        _ => format!("one of {}", shown.join(", ")),
    }
}

fn unexpected(got: Unexpected<'_>) -> String {
    match got {
        Unexpected::Bool(value) => value.to_string(),
        Unexpected::Unsigned(value) => value.to_string(),
        Unexpected::Signed(value) => value.to_string(),
        Unexpected::Float(value) => value.to_string(),
        Unexpected::Char(value) => quoted(value.encode_utf8(&mut [0; 4])),
        Unexpected::Str(text) => quoted(text),
        Unexpected::Bytes(_) => "bytes".to_owned(),
        Unexpected::Unit => "null".to_owned(),
        Unexpected::Option => "an optional value".to_owned(),
        Unexpected::NewtypeStruct | Unexpected::Map | Unexpected::StructVariant => "an object".to_owned(),
        Unexpected::Seq | Unexpected::TupleVariant => "a list".to_owned(),
        Unexpected::Enum | Unexpected::UnitVariant | Unexpected::NewtypeVariant => "a variant".to_owned(),
        Unexpected::Other(text) => reflect(text),
    }
}

/// Returns the text of a type's own complaint. It may repeat what the client sent, so it is cut.
fn custom(text: &str) -> String {
    // serde's own text for this case names the Rust type.
    if text.starts_with("data did not match any variant of untagged enum") {
        return "the value has none of the accepted forms".to_owned();
    }
    reflect(text)
}

/// So many names an answer lists, since an error answer stays small.
const MOST_NAMES: usize = 20;
