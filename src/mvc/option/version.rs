//! Controllers that answer some versions of an API.

use std::sync::Arc;

use http::{HeaderName, HeaderValue, StatusCode, header};
use semver::VersionReq;

use super::ControllerOption;
use crate::chain::Chain;
use crate::handler::Handler;
use crate::mvc::Activation;
use crate::mvc::api_version::{ApiVersion, Asked, Taken};
use crate::{Answer, AnyBody, Contract, Error, RequestContext};

/// Lets a controller answer the requests for some versions of an API; the others pass on to the next controller of the path.
///
/// [`ApiVersion`] says how a request asks for a version. The answers, those to errors as well, say in `X-Api-Version` which version was
/// taken, and in `Vary` what decided it. When no controller of a path has the version, the answer is `501`, `version not found`.
///
/// # Ranges
///
/// As in a `Cargo.toml`: `>=1, <2`, `~1.2`, `2` for all that are compatible with it, `=1.2.3` for that one alone. A comma may be left out, and `||`
/// stands between ranges of which one is enough. What is no range is a mistake of the engine when it is built
/// ([`MistakeKind::Controller`](crate::engine::MistakeKind)).
///
/// # Example
///
/// ```
/// use gongular::mvc::{Application, controller, Controller, Version};
/// use gongular::Router;
///
/// #[derive(Controller)]
/// struct Old;
///
/// #[controller]
/// impl Old {
///     async fn get(&self) -> &'static str {
///         "old"
///     }
/// }
///
/// #[derive(Controller)]
/// struct New;
///
/// #[controller]
/// impl New {
///     async fn get(&self) -> &'static str {
///         "new"
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let app = Application::new(Router::new())
///     .handle_with(controller::<Old>(), Version::new(">=1, <2").absent("1.0.0"))
///     .handle_with(controller::<New>(), Version::new(">=2").alias("beta", "3.0.0"));
/// let client = app.into_engine().test_client().await.unwrap();
/// client.get("/").send().await.assert_text("old").assert_header("x-api-version", "1.0.0");
/// client.get("/").header("accept-version", "2.1").send().await.assert_text("new");
/// client.get("/").header("accept-version", "beta").send().await.assert_header("x-api-version", "3.0.0");
/// client.get("/").header("accept-version", "0.9").send().await.assert_status(501);
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "an option does nothing until a controller is handled with it"]
pub struct Version {
    range: String,
    aliases: Vec<(String, String)>,
}

impl Version {
    /// Makes the option of a range of versions.
    pub fn new(range: impl Into<String>) -> Self {
        Self { range: range.into(), aliases: Vec::new() }
    }

    /// Gives a version a name by which requests may ask for it, in upper or lower case.
    ///
    /// Each controller knows its own names.
    pub fn alias(mut self, name: impl Into<String>, version: impl Into<String>) -> Self {
        self.aliases.push((name.into(), version.into()));
        self
    }

    /// Sets which version a request asks for that says nothing of it, as an alias of the empty name does.
    ///
    /// One that the range does not have is a mistake of the engine when it is built. *Defaults to none*, and then such a request passes.
    pub fn absent(self, version: impl Into<String>) -> Self {
        self.alias("", version)
    }

    /// Reads what was said; an error has all that is wrong with it.
    fn read(&self) -> Result<Guard, Vec<String>> {
        let mut wrong = Vec::new();
        let ranges =
            self.range.split("||").map(range).collect::<Result<Vec<_>, _>>().unwrap_or_else(|error| {
                wrong.push(format!("`{}` is no range of versions: {error}", self.range));
                Vec::new()
            });
        let mut aliases: Vec<(String, ApiVersion)> = Vec::new();
        for (name, version) in &self.aliases {
            match version.parse() {
                Ok(parsed) => aliases.push((name.to_lowercase(), parsed)),
                Err(_) if name.is_empty() => wrong.push(format!("`absent({version:?})` is given no version")),
                Err(_) => wrong.push(format!("`{version}`, which is to be called `{name}`, is no version")),
            }
        }
        let versions = Versions { ranges, aliases };
        let absent = versions.alias("").filter(|absent| !versions.ranges.is_empty() && !versions.has(absent));
        if let Some(absent) = absent {
            wrong.push(format!("`absent` is `{absent}`, which is none of the versions `{}`", self.range));
        }
        if wrong.is_empty() { Ok(Guard(Arc::new(versions))) } else { Err(wrong) }
    }
}

/// Reads a range whose commas may be missing.
fn range(text: &str) -> Result<VersionReq, semver::Error> {
    let mut with_commas = String::new();
    for word in text.split([' ', '\t', ',']).filter(|word| !word.is_empty()) {
        // An operator may stand apart from its version.
        if with_commas.ends_with(|last: char| !OPERATORS.contains(&last)) {
            with_commas.push(',');
        }
        with_commas.push_str(word);
    }
    VersionReq::parse(&with_commas)
}

const OPERATORS: [char; 5] = ['<', '=', '>', '^', '~'];

impl ControllerOption for Version {
    fn apply(self, activation: &mut Activation) {
        match self.read() {
            Ok(guard) => {
                activation.label(format!("version {:?}", self.range));
                activation.first.extend(Chain::new().then(guard).links);
            }
            Err(wrong) => wrong.iter().for_each(|why| activation.mistake(why)),
        }
    }
}

/// What stands before a controller, and lets only some versions through.
#[derive(Clone)]
struct Guard(Arc<Versions>);

struct Versions {
    ranges: Vec<VersionReq>,
    /// By their names in lower case.
    aliases: Vec<(String, ApiVersion)>,
}

impl Versions {
    /// Returns the version that a request asks for, if it is one of these.
    fn take(&self, asked: &Asked<'_>) -> Option<ApiVersion> {
        let version = match asked {
            Asked::Known(version) => (*version).clone(),
            Asked::Nothing => self.alias("")?.clone(),
            Asked::Text(text) => match self.alias(text) {
                Some(version) => version.clone(),
                None => text.parse().ok()?,
            },
        };
        self.has(&version).then_some(version)
    }

    fn has(&self, version: &ApiVersion) -> bool {
        self.ranges.iter().any(|range| range.matches(&version.0))
    }

    fn alias(&self, name: &str) -> Option<&ApiVersion> {
        if self.aliases.is_empty() {
            return None;
        }
        let name = name.to_lowercase();
        self.aliases.iter().find(|(known, _)| *known == name).map(|(_, version)| version)
    }
}

impl Handler<AnyBody, ()> for Guard {
    fn name(&self) -> &'static str {
        "gongular::mvc::Version"
    }

    fn describe(contract: &mut Contract) {
        contract.refuses(StatusCode::NOT_IMPLEMENTED, NOT_FOUND);
    }

    async fn call(&self, cx: &mut RequestContext<'_, AnyBody>, answer: &mut Answer) -> Result<(), Error> {
        let asked = Asked::of_client(cx.parts);
        // What a handler before decided is no business of caches.
        let by_header = !matches!(asked, Asked::Known(_));
        let Some(version) = self.0.take(&asked) else {
            let error = Error::new(StatusCode::NOT_IMPLEMENTED, NOT_FOUND).pass();
            return Err(if by_header { error.with_header(header::VARY, VARY) } else { error });
        };
        let headers = answer.headers_mut();
        // A controller before that let the request pass may have said so already.
        if by_header && !headers.get_all(header::VARY).iter().any(|said| *said == VARY) {
            headers.append(header::VARY, VARY);
        }
        headers.insert(API_VERSION, HeaderValue::try_from(version.to_string())?);
        cx.parts.extensions.insert(Taken(version));
        Ok(())
    }
}

const NOT_FOUND: &str = "version not found";
const API_VERSION: HeaderName = HeaderName::from_static("x-api-version");
const VARY: HeaderValue = HeaderValue::from_static("Accept-Version, Accept");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas_of_a_range_may_be_left_out() {
        for (text, version, is_taken) in [
            (">=1, <2", "1.9.0", true),
            (">=1 <2", "2.0.0", false),
            (">= 1.0.0 < 2.0.0", "1.9.9", true),
            ("=1.2.3", "1.2.3", true),
            ("=1.2.3", "1.2.4", false),
            ("1.2.3", "1.3.0", true),
            ("<1 || >=3", "0.9.0", true),
            ("<1 || >=3", "2.0.0", false),
            ("*", "7.0.0", true),
        ] {
            let Guard(versions) = Version::new(text).read().unwrap();
            let taken = versions.take(&Asked::Text(version));
            assert_eq!(taken.is_some(), is_taken, "{version} of {text}");
        }
    }

    #[test]
    fn what_is_no_range_or_version_is_told() {
        for option in
            [Version::new("new"), Version::new(">=1, "), Version::new("1 ||"), Version::new("1").absent("x")]
        {
            let read = option.read().map(|_| ());
            // A comma at the end is forgiven.
            assert_eq!(read.is_err(), option.range != ">=1, ", "{option:?}");
        }
    }
}
