//! Methods: which ones a route answers, and how they are listed.

use std::fmt;

use http::{HeaderValue, Method};

/// Which methods a route answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum MethodFilter {
    /// All that no other route of the same path answers.
    Any,
    /// One, standard or not.
    One(Method),
}

impl PartialEq<Method> for MethodFilter {
    fn eq(&self, method: &Method) -> bool {
        matches!(self, Self::One(one) if one == method)
    }
}

impl From<Method> for MethodFilter {
    fn from(method: Method) -> Self {
        Self::One(method)
    }
}

impl fmt::Display for MethodFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("any method"),
            Self::One(method) => f.write_str(method.as_str()),
        }
    }
}

/// Returns the place of a standard method in [`STANDARD`].
#[inline]
pub(super) fn slot(method: &Method) -> Option<usize> {
    match *method {
        Method::GET => Some(GET),
        Method::HEAD => Some(HEAD),
        Method::POST => Some(2),
        Method::PUT => Some(3),
        Method::PATCH => Some(4),
        Method::DELETE => Some(5),
        Method::OPTIONS => Some(6),
        Method::TRACE => Some(7),
        Method::CONNECT => Some(8),
        _ => None,
    }
}

/// Makes the value of `Allow`: `HEAD` comes with `GET`, and `OPTIONS` always; standard methods first, others by name.
pub(super) fn allow<'m>(filters: impl Iterator<Item = &'m MethodFilter>) -> HeaderValue {
    let mut listed = [false; STANDARD.len()];
    let mut others: Vec<&str> = Vec::new();
    mark(&mut listed, &Method::OPTIONS);
    for filter in filters {
        match filter {
            MethodFilter::Any => listed = [true; STANDARD.len()],
            MethodFilter::One(method) if slot(method).is_none() => others.push(method.as_str()),
            MethodFilter::One(method) => mark(&mut listed, method),
        }
    }
    if listed.get(GET) == Some(&true) {
        mark(&mut listed, &Method::HEAD);
    }
    others.sort_unstable();
    others.dedup();
    let standard =
        STANDARD.iter().zip(listed).filter(|(_, listed)| *listed).map(|(method, _)| method.as_str());
    let names: Vec<&str> = standard.chain(others).collect();
    HeaderValue::try_from(names.join(", ")).expect("methods are made of characters that headers may hold")
}

fn mark(listed: &mut [bool; STANDARD.len()], method: &Method) {
    if let Some(listed) = slot(method).and_then(|slot| listed.get_mut(slot)) {
        *listed = true;
    }
}

/// The standard methods in the order in which `Allow` lists them.
pub(super) const STANDARD: [Method; 9] = [
    Method::GET,
    Method::HEAD,
    Method::POST,
    Method::PUT,
    Method::PATCH,
    Method::DELETE,
    Method::OPTIONS,
    Method::TRACE,
    Method::CONNECT,
];
pub(super) const GET: usize = 0;
pub(super) const HEAD: usize = 1;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_standard_method_has_its_place() {
        for (index, method) in STANDARD.iter().enumerate() {
            assert_eq!(slot(method), Some(index));
        }
        assert_eq!(slot(&Method::from_bytes(b"PURGE").unwrap()), None);
        assert_eq!(slot(&Method::from_bytes(b"get").unwrap()), None);
    }

    #[test]
    fn allow_lists_head_with_get_and_options_always() {
        let purge = Method::from_bytes(b"PURGE").unwrap();
        let link = Method::from_bytes(b"LINK").unwrap();
        for (methods, expected) in [
            (vec![Method::GET], "GET, HEAD, OPTIONS"),
            (vec![Method::POST], "POST, OPTIONS"),
            (vec![purge.clone(), Method::DELETE, link, purge], "DELETE, OPTIONS, LINK, PURGE"),
            (vec![Method::OPTIONS, Method::HEAD], "HEAD, OPTIONS"),
        ] {
            let filters: Vec<MethodFilter> = methods.into_iter().map(MethodFilter::from).collect();
            assert_eq!(allow(filters.iter()), expected);
        }
        assert_eq!(
            allow([MethodFilter::Any].iter()),
            "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, TRACE, CONNECT"
        );
    }
}
