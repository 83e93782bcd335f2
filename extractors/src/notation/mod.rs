//! The notations of values in bodies and answers besides forms: JSON, and those whose features are on.

#[cfg(any(feature = "msgpack", feature = "xml", feature = "yaml"))]
mod cut;
#[cfg(feature = "msgpack")]
mod msgpack;
mod negotiate;
#[cfg(any(feature = "msgpack", feature = "protobuf", feature = "xml", feature = "yaml"))]
mod only;
mod payload;
#[cfg(feature = "protobuf")]
mod protobuf;
#[cfg(any(feature = "msgpack", feature = "yaml"))]
mod reason;
#[cfg(test)]
mod tests;
#[cfg(feature = "xml")]
mod xml;
#[cfg(feature = "yaml")]
mod yaml;

use gongular_core::__private::{EXACT, MediaRange};
use gongular_core::{Error, IntoResponse, Json, ResponseBody, Rules};
use http::{HeaderMap, HeaderValue, Response, header};
use serde::Serialize;
use serde::de::DeserializeOwned;

#[cfg(feature = "msgpack")]
pub use self::msgpack::Msgpack;
pub use self::negotiate::Negotiate;
#[cfg(feature = "protobuf")]
pub use self::negotiate::NegotiateMessage;
pub use self::payload::Payload;
#[cfg(feature = "protobuf")]
pub use self::payload::PayloadMessage;
#[cfg(feature = "protobuf")]
pub use self::protobuf::Protobuf;
#[cfg(feature = "xml")]
pub use self::xml::Xml;
#[cfg(feature = "yaml")]
pub use self::yaml::Yaml;
use crate::{Body, content_type};

/// How values are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Notation {
    Json,
    #[cfg(feature = "msgpack")]
    Msgpack,
    #[cfg(feature = "protobuf")]
    Protobuf,
    #[cfg(feature = "xml")]
    Xml,
    #[cfg(feature = "yaml")]
    Yaml,
}

impl Notation {
    /// Those that any `Serialize` can be written in; where a client does not mind, the first.
    pub(crate) const OF_VALUES: &'static [Self] = &[
        Self::Json,
        #[cfg(feature = "msgpack")]
        Self::Msgpack,
        #[cfg(feature = "xml")]
        Self::Xml,
        #[cfg(feature = "yaml")]
        Self::Yaml,
    ];

    /// Those, and that of messages.
    #[cfg(feature = "protobuf")]
    pub(crate) const OF_MESSAGES: &'static [Self] = &[
        Self::Json,
        #[cfg(feature = "msgpack")]
        Self::Msgpack,
        Self::Protobuf,
        #[cfg(feature = "xml")]
        Self::Xml,
        #[cfg(feature = "yaml")]
        Self::Yaml,
    ];

    /// Returns the content types of the notation, the one that we send unasked first.
    pub(crate) const fn types(self) -> &'static [&'static str] {
        match self {
            Self::Json => &["application/json"],
            #[cfg(feature = "msgpack")]
            Self::Msgpack => &["application/msgpack", "application/vnd.msgpack", "application/x-msgpack"],
            #[cfg(feature = "protobuf")]
            Self::Protobuf => {
                &["application/protobuf", "application/x-protobuf", "application/vnd.google.protobuf"]
            }
            #[cfg(feature = "xml")]
            Self::Xml => &["application/xml", "text/xml"],
            #[cfg(feature = "yaml")]
            Self::Yaml => &["application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml"],
        }
    }

    /// Returns the suffix by which the content types of other formats say that they are written so.
    const fn suffix(self) -> Option<&'static str> {
        match self {
            Self::Json => Some("json"),
            #[cfg(feature = "msgpack")]
            Self::Msgpack => None,
            #[cfg(feature = "protobuf")]
            Self::Protobuf => None,
            #[cfg(feature = "xml")]
            Self::Xml => Some("xml"),
            #[cfg(feature = "yaml")]
            Self::Yaml => Some("yaml"),
        }
    }

    /// Returns whether a body is written so by its content type. A text in another charset than UTF-8 is not, but for JSON,
    /// which has no other.
    pub(crate) fn is_of(self, headers: &HeaderMap) -> bool {
        let Some(written) = content_type::written(headers) else {
            return false;
        };
        if self == Self::Json {
            return content_type::is_json(written);
        }
        let essence = content_type::essence(written);
        let is_named = self.types().iter().any(|name| essence.eq_ignore_ascii_case(name));
        let has_suffix = || {
            let (name, suffix) = essence.strip_prefix("application/")?.rsplit_once('+')?;
            Some(!name.is_empty() && suffix.eq_ignore_ascii_case(self.suffix()?))
        };
        (is_named || has_suffix().unwrap_or_default()) && content_type::is_utf8(written)
    }

    /// Chooses what to answer in by the `Accept` fields of a request, by the rules of RFC 9110: what has the highest weight,
    /// among equals what the client names, then the first. Returns it with the name by which the client knows it.
    ///
    /// # Errors
    ///
    /// The client accepts none of them: `406`.
    pub(crate) fn choose(offered: &[Self], headers: &HeaderMap) -> Result<(Self, &'static str), Error> {
        let mut best: Option<((u16, u8), Self, &str)> = None;
        let mut asks = false;
        for &notation in offered {
            for &name in notation.types() {
                let weight = weigh(name, headers, &mut asks);
                if weight.0 > 0 && best.is_none_or(|(most, ..)| weight > most) {
                    best = Some((weight, notation, name));
                }
            }
        }
        match (best, offered) {
            (Some((_, notation, name)), _) => Ok((notation, name)),
            // No field, or none that can be read, says nothing.
            (None, [first, ..]) if !asks => Ok((*first, first.types()[0])),
            _ => Err(not_acceptable(offered)),
        }
    }

    /// Writes a value.
    ///
    /// # Errors
    ///
    /// It cannot be written so: [`ErrorKind::Serialize`](gongular_core::ErrorKind::Serialize), `500`.
    pub(crate) fn write<T: Serialize>(self, value: &T) -> Result<Response<ResponseBody>, Error> {
        match self {
            Self::Json => Json(value).into_response(),
            #[cfg(feature = "msgpack")]
            Self::Msgpack => Ok(response(msgpack::write(value)?)),
            #[cfg(feature = "protobuf")]
            Self::Protobuf => Err(Error::serialize("a value that is no message")),
            #[cfg(feature = "xml")]
            Self::Xml => Ok(response(xml::write(value)?)),
            #[cfg(feature = "yaml")]
            Self::Yaml => Ok(response(yaml::write(value)?)),
        }
    }

    /// Reads a value, and checks its rules.
    ///
    /// # Errors
    ///
    /// It cannot be read: [`ErrorKind::Parse`](gongular_core::ErrorKind::Parse), `400`. It breaks rules:
    /// [`ErrorKind::Validation`](gongular_core::ErrorKind::Validation), `400`.
    pub(crate) fn read<T: DeserializeOwned + Rules>(self, text: &[u8]) -> Result<T, Error> {
        match self {
            Self::Json => Body::from_json(text).map(|Body(value)| value),
            #[cfg(feature = "msgpack")]
            Self::Msgpack => msgpack::read(text),
            #[cfg(feature = "protobuf")]
            Self::Protobuf => Err(Error::unsupported_media_type("the value is no message")),
            #[cfg(feature = "xml")]
            Self::Xml => xml::read(text),
            #[cfg(feature = "yaml")]
            Self::Yaml => yaml::read(text),
        }
    }
}

/// Returns how much a client wants a type, in thousandths, and how near it came to naming it. Notes that it wants anything.
fn weigh(name: &str, headers: &HeaderMap, asks: &mut bool) -> (u16, u8) {
    let (main, sub) = name.split_once('/').unwrap_or((name, ""));
    let mut weight = (0, 0);
    for range in headers.get_all(header::ACCEPT).iter().flat_map(|line| MediaRange::all(line.as_bytes())) {
        *asks = true;
        // A variant that is asked for by parameters may not be the one that is sent: the type without them says more of
        // it, and that a variant is refused says nothing.
        let is_variant = range.has_parameters();
        let nearness = (2 * range.covers(main, sub)).saturating_sub(u8::from(is_variant));
        if nearness > weight.1 && !(is_variant && range.quality() == 0) {
            weight = (range.quality(), nearness);
        }
    }
    (weight.0, weight.1.min(2 * EXACT - 1))
}

#[cold]
fn not_acceptable(offered: &[Notation]) -> Error {
    let names: Vec<_> = offered.iter().filter_map(|notation| notation.types().first().copied()).collect();
    Error::from_status(http::StatusCode::NOT_ACCEPTABLE)
        .with_public(format!("the answer can be had as {}", listed(&names)))
}

/// Writes names as a list in a sentence.
fn listed(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [name] => format!("`{name}`"),
        [names @ .., last] => format!("`{}` or `{last}`", names.join("`, `")),
    }
}

#[cfg(any(feature = "msgpack", feature = "protobuf", feature = "xml", feature = "yaml"))]
fn response(bytes: impl Into<bytes::Bytes>) -> Response<ResponseBody> {
    Response::new(ResponseBody::from(bytes))
}

/// Returns the content type of an answer by the name of its type.
fn typed(name: &'static str) -> HeaderValue {
    match name {
        "text/xml" => HeaderValue::from_static("text/xml; charset=utf-8"),
        "text/yaml" => HeaderValue::from_static("text/yaml; charset=utf-8"),
        "text/x-yaml" => HeaderValue::from_static("text/x-yaml; charset=utf-8"),
        _ => HeaderValue::from_static(name),
    }
}
