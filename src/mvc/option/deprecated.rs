//! Controllers that will go away.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::{HeaderMap, HeaderName, HeaderValue, header};
use httpdate::fmt_http_date;

use super::ControllerOption;
use crate::chain::Chain;
use crate::handler::Handler;
use crate::mvc::Activation;
use crate::{Answer, AnyBody, Contract, Error, RequestContext};

/// Says in the answers of a controller that it will go away; also in those to errors.
///
/// | what is set | fields of the answer |
/// |---|---|
/// | always | `X-Api-Warn` |
/// | [`since`](Self::since) | `X-Api-Deprecation-Date`, and `Deprecation` (RFC 9745) |
/// | [`info`](Self::info) | `X-Api-Deprecation-Info` |
/// | [`sunset`](Self::sunset) | `Sunset` (RFC 8594) |
/// | [`link`](Self::link), [`sunset_link`](Self::sunset_link) | `Link` with `rel="deprecation"`, `rel="sunset"` |
///
/// A field that a method sets itself stands in the place of that one.
///
/// # Example
///
/// ```
/// use std::time::{Duration, UNIX_EPOCH};
///
/// use gongular::mvc::{Application, controller, Controller, Deprecated};
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
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let deprecated = Deprecated::new().since(UNIX_EPOCH + Duration::from_secs(1_688_169_599)).info("use /v2");
/// let app = Application::new(Router::new()).handle_with(controller::<Old>(), deprecated);
/// let client = app.into_engine().test_client().await.unwrap();
/// let answer = client.get("/").send().await;
/// answer.assert_header("x-api-warn", "WARNING! You are using a deprecated version of this API.");
/// answer.assert_header("x-api-deprecation-date", "Fri, 30 Jun 2023 23:59:59 GMT");
/// answer.assert_header("x-api-deprecation-info", "use /v2");
/// answer.assert_header("deprecation", "@1688169599");
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "an option does nothing until a controller is handled with it"]
pub struct Deprecated {
    warning: String,
    since: Option<SystemTime>,
    info: Option<String>,
    sunset: Option<SystemTime>,
    links: Vec<(String, &'static str)>,
}

impl Deprecated {
    /// Makes the option with the usual text, and without dates.
    pub fn new() -> Self {
        Self { warning: WARNING.to_owned(), since: None, info: None, sunset: None, links: Vec::new() }
    }

    /// Sets the text of the warning.
    ///
    /// Defaults to *WARNING! You are using a deprecated version of this API.*
    pub fn warning(mut self, text: impl Into<String>) -> Self {
        self.warning = text.into();
        self
    }

    /// Sets since when it is deprecated, or from when on it will be.
    pub const fn since(mut self, date: SystemTime) -> Self {
        self.since = Some(date);
        self
    }

    /// Sets a text on what to use in its place.
    pub fn info(mut self, text: impl Into<String>) -> Self {
        self.info = Some(text.into());
        self
    }

    /// Sets when it will be gone.
    pub const fn sunset(mut self, date: SystemTime) -> Self {
        self.sunset = Some(date);
        self
    }

    /// Adds the address of a page about the deprecation.
    pub fn link(mut self, address: impl Into<String>) -> Self {
        self.links.push((address.into(), "deprecation"));
        self
    }

    /// Adds the address of a page about when it will be gone.
    pub fn sunset_link(mut self, address: impl Into<String>) -> Self {
        self.links.push((address.into(), "sunset"));
        self
    }

    /// Makes the fields of the answers.
    fn fields(&self) -> Result<HeaderMap, String> {
        let mut fields = HeaderMap::new();
        fields.insert(WARN, value(&self.warning)?);
        if let Some(since) = self.since {
            fields.insert(DATE, value(&fmt_http_date(readable(since)?))?);
            fields.insert(DEPRECATION, value(&format!("@{}", seconds(since)))?);
        }
        if let Some(info) = &self.info {
            fields.insert(INFO, value(info)?);
        }
        if let Some(sunset) = self.sunset {
            fields.insert(SUNSET, value(&fmt_http_date(readable(sunset)?))?);
        }
        for (address, relation) in &self.links {
            if address.contains(['<', '>', '"', ' ']) {
                return Err(format!("`{address}` is no address of a page"));
            }
            fields.append(header::LINK, value(&format!("<{address}>; rel=\"{relation}\""))?);
        }
        Ok(fields)
    }
}

fn value(text: &str) -> Result<HeaderValue, String> {
    HeaderValue::from_str(text).map_err(|_| format!("{text:?} cannot stand in a header field"))
}

/// Returns a date that has four digits for its year.
fn readable(date: SystemTime) -> Result<SystemTime, String> {
    let since_epoch = date.duration_since(UNIX_EPOCH).ok().filter(|since| *since < YEAR_10000);
    since_epoch
        .map(|_| date)
        .ok_or_else(|| "a date of its deprecation is not between 1970 and 9999".to_owned())
}

fn seconds(date: SystemTime) -> u64 {
    date.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

impl Default for Deprecated {
    fn default() -> Self {
        Self::new()
    }
}

impl ControllerOption for Deprecated {
    fn apply(self, activation: &mut Activation) {
        match self.fields() {
            Ok(fields) => {
                activation.label("deprecated");
                activation.first.extend(Chain::new().then(Warn(Arc::new(fields))).links);
            }
            Err(why) => activation.mistake(&why),
        }
    }
}

/// What stands before a controller, and adds fields to its answers.
#[derive(Clone)]
struct Warn(Arc<HeaderMap>);

impl Handler<AnyBody, ()> for Warn {
    fn name(&self) -> &'static str {
        "gongular::mvc::Deprecated"
    }

    fn describe(_: &mut Contract) {}

    async fn call(&self, _: &mut RequestContext<'_, AnyBody>, answer: &mut Answer) -> Result<(), Error> {
        let headers = answer.headers_mut();
        for (name, value) in &*self.0 {
            headers.append(name, value.clone());
        }
        Ok(())
    }
}

const WARNING: &str = "WARNING! You are using a deprecated version of this API.";
const WARN: HeaderName = HeaderName::from_static("x-api-warn");
const DATE: HeaderName = HeaderName::from_static("x-api-deprecation-date");
const INFO: HeaderName = HeaderName::from_static("x-api-deprecation-info");
/// <https://www.rfc-editor.org/rfc/rfc9745>
const DEPRECATION: HeaderName = HeaderName::from_static("deprecation");
/// <https://www.rfc-editor.org/rfc/rfc8594>
const SUNSET: HeaderName = HeaderName::from_static("sunset");
/// The first second that HTTP has no date for.
const YEAR_10000: Duration = Duration::from_secs(253_402_300_800);
