//! Which version of an API a request asks for.

use std::fmt;
use std::str::FromStr;
use std::task::Context;

use http::request::Parts;
use http::{StatusCode, header};

use crate::{Contract, Error, FromRequest, Place, RequestContext};

/// The version of an API that a request asks for.
///
/// These say it, the first that is there:
///
/// 1. the [`Version`](super::Version) of the controller, where it takes the request: the version that it took,
/// 2. an `ApiVersion` that a handler or a layer before has put into the request's extensions, such as one read from the path,
/// 3. the header `Accept-Version: 1.2`,
/// 4. the parameter `version` in `Accept: application/json; version=1.2`.
///
/// A short one is completed: `1` is 1.0.0, `1.2` is 1.2.0.
///
/// # Errors
///
/// - there is none: kind [`Parse`](crate::ErrorKind::Parse), `400`; an `Option<ApiVersion>` is `None`
/// - there is one that is no version: kind [`Parse`](crate::ErrorKind::Parse), `400`
///
/// # Example
///
/// ```
/// use gongular::mvc::ApiVersion;
///
/// let version: ApiVersion = "1.2".parse().unwrap();
/// assert_eq!((version.major(), version.minor(), version.patch()), (1, 2, 0));
/// assert!(version < "1.10.0".parse().unwrap());
/// assert!("one".parse::<ApiVersion>().is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ApiVersion(pub(super) semver::Version);

impl ApiVersion {
    /// Makes a version of its three numbers.
    #[must_use]
    pub const fn new(major: u64, minor: u64, patch: u64) -> Self {
        Self(semver::Version::new(major, minor, patch))
    }

    /// Returns the first number.
    #[must_use]
    pub const fn major(&self) -> u64 {
        self.0.major
    }

    /// Returns the second number.
    #[must_use]
    pub const fn minor(&self) -> u64 {
        self.0.minor
    }

    /// Returns the third number.
    #[must_use]
    pub const fn patch(&self) -> u64 {
        self.0.patch
    }

    /// Returns what stands behind a `-`, such as `beta.1`; mostly nothing.
    #[must_use]
    pub fn pre_release(&self) -> &str {
        self.0.pre.as_str()
    }
}

impl fmt::Display for ApiVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for ApiVersion {
    type Err = Error;

    /// Reads a version of one, two or three numbers.
    fn from_str(text: &str) -> Result<Self, Error> {
        let text = text.trim();
        let (numbers, rest) = text.split_at(text.find(['-', '+']).unwrap_or(text.len()));
        let missing = match numbers.split('.').count() {
            1 => ".0.0",
            2 => ".0",
            _ => "",
        };
        match semver::Version::parse(&format!("{numbers}{missing}{rest}")) {
            Ok(version) => Ok(Self(version)),
            Err(_) => Err(Error::parse(
                Place::Header,
                ACCEPT_VERSION,
                "version",
                "must be a version such as 1, 1.2 or 1.2.3",
            )),
        }
    }
}

impl<B: Send> FromRequest<B> for ApiVersion {
    fn describe(contract: &mut Contract) {
        contract.refuses(StatusCode::BAD_REQUEST, "the request asks for no version");
    }

    fn is_present(cx: &mut RequestContext<'_, B>) -> bool {
        !matches!(Asked::of(cx.parts), Asked::Nothing)
    }

    async fn from_request(cx: &mut RequestContext<'_, B>) -> Result<Self, Error> {
        read(cx.parts)
    }

    fn read_now(cx: &mut RequestContext<'_, B>, _: &mut Context<'_>) -> Option<Result<Self, Error>> {
        Some(read(cx.parts))
    }
}

fn read(parts: &Parts) -> Result<ApiVersion, Error> {
    match Asked::of(parts) {
        Asked::Known(version) => Ok(version.clone()),
        Asked::Nothing => {
            let text = "send the version that you want, such as 1.2";
            Err(Error::parse(Place::Header, ACCEPT_VERSION, "required", text))
        }
        Asked::Text(text) => text.parse(),
    }
}

/// The version that a controller took; it stands before what the request says itself.
#[derive(Clone)]
pub(crate) struct Taken(pub(super) ApiVersion);

/// What a request says about the version that it wants.
pub(super) enum Asked<'r> {
    Known(&'r ApiVersion),
    Nothing,
    Text(&'r str),
}

impl<'r> Asked<'r> {
    fn of(parts: &'r Parts) -> Self {
        match parts.extensions.get() {
            Some(Taken(version)) => Self::Known(version),
            None => Self::of_client(parts),
        }
    }

    /// Reads it without what a controller before said.
    pub(super) fn of_client(parts: &'r Parts) -> Self {
        if let Some(version) = parts.extensions.get() {
            return Self::Known(version);
        }
        let stated = parts.headers.get(ACCEPT_VERSION).and_then(|value| value.to_str().ok()).map(str::trim);
        match stated.filter(|text| !text.is_empty()).or_else(|| in_accept(parts)) {
            Some(text) => Self::Text(text),
            None => Self::Nothing,
        }
    }
}

/// Finds the parameter `version` of a type in `Accept`.
fn in_accept(parts: &Parts) -> Option<&str> {
    let lines = parts.headers.get_all(header::ACCEPT).iter().filter_map(|line| line.to_str().ok());
    let parameters = lines.flat_map(|line| line.split([',', ';']));
    parameters.filter_map(|parameter| parameter.split_once('=')).find_map(|(name, value)| {
        let value = value.trim().trim_matches('"');
        (name.trim().eq_ignore_ascii_case("version") && !value.is_empty()).then_some(value)
    })
}

/// The header by which a client says the version that it wants.
const ACCEPT_VERSION: &str = "accept-version";

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(fields: &[(&str, &str)]) -> Result<String, Error> {
        let mut request = http::Request::builder();
        for (name, value) in fields {
            request = request.header(*name, *value);
        }
        read(&request.body(()).unwrap().into_parts().0).map(|version| version.to_string())
    }

    #[test]
    fn short_versions_are_completed() {
        for (text, version) in [
            ("1", "1.0.0"),
            (" 1.2 ", "1.2.0"),
            ("1.2.3", "1.2.3"),
            ("2-beta.1", "2.0.0-beta.1"),
            ("2.1+build", "2.1.0+build"),
        ] {
            assert_eq!(text.parse::<ApiVersion>().unwrap().to_string(), version);
        }
        for text in ["", ".", "v1", "1.", "1.2.3.4", "01", "beta"] {
            assert_eq!(text.parse::<ApiVersion>().unwrap_err().status(), 400, "{text}");
        }
    }

    #[test]
    fn the_header_of_its_own_comes_before_accept() {
        let accept = ("accept", r#"text/html;q=0.5, application/json; Version="3.1""#);
        assert_eq!(asked(&[accept]).unwrap(), "3.1.0");
        assert_eq!(asked(&[accept, ("accept-version", "2")]).unwrap(), "2.0.0");
        assert_eq!(asked(&[accept, ("accept-version", "")]).unwrap(), "3.1.0");
        assert_eq!(asked(&[("accept", "application/json; version=")]).unwrap_err().status(), 400);
    }
}
