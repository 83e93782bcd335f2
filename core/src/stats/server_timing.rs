//! The `Server-Timing` header: the times of a statistic for the client's own tools.

use std::fmt::Write;
use std::time::Duration;

use http::HeaderValue;

use super::{Recorder, RouteStat};

impl Recorder {
    /// Returns what has been measured so far as the value of a `Server-Timing` header: the whole request, its handlers,
    /// dependencies and named layers, each with its time in milliseconds.
    ///
    /// Names are the last parts of the types' and functions' names. Those beyond 32 are left out.
    #[must_use]
    pub fn server_timing(&self) -> HeaderValue {
        let mut value = String::with_capacity(64);
        push(&mut value, "total", self.elapsed());
        self.with(|stat| push_parts(&mut value, stat));
        // Only token characters and digits were pushed.
        HeaderValue::try_from(value).unwrap_or_else(|_| HeaderValue::from_static("total"))
    }
}

fn push_parts(value: &mut String, stat: &RouteStat) {
    let handlers = stat.handlers().iter().filter(|handler| handler.ran());
    let handlers = handlers.map(|handler| (handler.name(), handler.duration()));
    let dependencies = stat.dependencies().iter().map(|built| (built.type_name(), built.duration()));
    let layers = stat.layers().iter().map(|layer| (layer.name(), layer.duration()));
    for (name, duration) in handlers.chain(dependencies).chain(layers).take(MAX_ENTRIES) {
        value.push_str(", ");
        push(value, name, duration);
    }
}

/// Adds one entry. A name may only hold the characters of a token.
fn push(value: &mut String, name: &str, duration: Duration) {
    let name = name.split('<').next().unwrap_or(name);
    let name = name.rsplit("::").next().unwrap_or(name);
    let is_token = |byte: char| byte.is_ascii_alphanumeric() || "-_.".contains(byte);
    value.extend(name.chars().map(|byte| if is_token(byte) { byte } else { '_' }));
    // Writing to a text cannot fail.
    let _ = write!(value, ";dur={:.3}", duration.as_secs_f64() * 1000.0);
}

/// How many entries are sent at most.
const MAX_ENTRIES: usize = 32;

#[cfg(test)]
mod tests {
    use http::{Method, Uri, Version};

    use super::super::{Detail, Recorder};
    use super::push;
    use std::time::Duration;

    #[test]
    fn names_are_made_tokens_and_times_are_milliseconds() {
        let mut value = String::new();
        push(&mut value, "app::users::List<app::User>", Duration::from_micros(1500));
        push(&mut value, " {{closure}}", Duration::ZERO);
        assert_eq!(value, "List;dur=1.500___closure__;dur=0.000");
    }

    #[test]
    fn handlers_that_ran_are_listed_in_order() {
        let recorder =
            Recorder::begin(&Method::GET, &Uri::from_static("/"), Version::HTTP_11, Detail::default());
        recorder.handler("app::first").finish();
        recorder.skipped_handler("app::second");
        let value = recorder.server_timing();
        let names: Vec<_> =
            value.to_str().unwrap().split(", ").map(|entry| entry.split(';').next().unwrap()).collect();
        assert_eq!(names, ["total", "first"]);
    }
}
