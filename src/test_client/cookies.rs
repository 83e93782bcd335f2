//! The cookies that a client keeps.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::{HeaderMap, header};

/// Cookies by name, in the order they were first set.
#[derive(Clone, Debug, Default)]
pub(super) struct Cookies {
    pairs: Arc<Mutex<Vec<(String, String)>>>,
}

impl Cookies {
    /// Takes over what an answer sets.
    pub(super) fn learn(&self, headers: &HeaderMap) {
        let mut pairs = self.lock();
        for field in headers.get_all(header::SET_COOKIE) {
            let Ok(field) = std::str::from_utf8(field.as_bytes()) else { continue };
            let (cookie, attributes) = field.split_once(';').unwrap_or((field, ""));
            let Some((name, value)) = cookie.split_once('=') else { continue };
            let (name, value) = (name.trim(), value.trim());
            let known = pairs.iter().position(|(known, _)| known == name);
            match (known, is_over(attributes)) {
                (Some(known), true) => drop(pairs.remove(known)),
                (None, true) => {}
                (Some(known), false) => value.clone_into(&mut pairs[known].1),
                (None, false) => pairs.push((name.to_owned(), value.to_owned())),
            }
        }
    }

    /// Adds the cookies to those that a request brings itself, which count before ours.
    pub(super) fn add_to(&self, sent: &mut Vec<(String, String)>) {
        for (name, value) in &*self.lock() {
            if !sent.iter().any(|(sent, _)| sent == name) {
                sent.push((name.clone(), value.clone()));
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<(String, String)>> {
        self.pairs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns whether a cookie's attributes say that its time is over.
fn is_over(attributes: &str) -> bool {
    let attributes = attributes.split(';').map(str::trim);
    let max_age = attributes.clone().filter_map(|attribute| value_of("max-age", attribute)).next_back();
    match max_age.and_then(|seconds| seconds.parse::<i64>().ok()) {
        Some(seconds) => seconds <= 0,
        // The way in which cookies have always been taken back: no clock has to be read for it.
        None => {
            let expires = attributes.filter_map(|attribute| value_of("expires", attribute)).next_back();
            expires.is_some_and(|date| date.contains("1970"))
        }
    }
}

fn value_of<'a>(name: &str, attribute: &'a str) -> Option<&'a str> {
    let (key, value) = attribute.split_once('=')?;
    key.trim().eq_ignore_ascii_case(name).then(|| value.trim())
}
