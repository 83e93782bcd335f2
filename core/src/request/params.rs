//! The parameters of a matched path.

use std::fmt;

use super::RoutePattern;

/// The parameters of a matched path, in the order of the pattern, values as they stand in the path: not yet decoded.
///
/// Names are shared with the route. Values are copied: whoever changes the request's URI does not change them. A few short
/// ones, together at most 48 bytes, take no allocation.
#[derive(Clone, Default)]
pub struct PathParams {
    route: Option<RoutePattern>,
    values: Values,
}

#[derive(Clone)]
enum Values {
    /// The texts one after the other, and where each of them ends.
    Inline {
        bytes: [u8; INLINE_BYTES],
        ends: [u8; INLINE_VALUES],
    },
    Boxed(Box<[Box<str>]>),
}

impl PathParams {
    /// Makes the parameters of a route: as many values as it has names.
    ///
    /// Names without a value have the empty one, values without a name are left out.
    #[inline]
    #[must_use]
    pub fn new<'v>(route: RoutePattern, values: impl Iterator<Item = &'v str> + Clone) -> Self {
        let values = match route.names().len() {
            0 => Values::default(),
            count => Values::new(count, values.take(count)),
        };
        Self { route: Some(route), values }
    }

    /// Returns the route that they are of.
    pub(crate) const fn route(&self) -> Option<&RoutePattern> {
        self.route.as_ref()
    }

    /// Returns the same parameters as those of a route with this pattern.
    pub(crate) fn of_path(mut self, path: super::MatchedPath) -> Self {
        self.route = Some(match self.route {
            Some(route) => route.with_path(path),
            None => RoutePattern::new(path, [] as [&str; 0]),
        });
        self
    }

    /// Returns the parameters as pairs of name and text that is still percent-encoded.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &str)> + Clone {
        let names = self.route.as_ref().map(RoutePattern::names).unwrap_or_default();
        names.iter().enumerate().map(|(index, name)| (&**name, self.values.get(index)))
    }

    /// Returns the text of one parameter, still percent-encoded.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter().find(|(of, _)| *of == name).map(|(_, value)| value)
    }
}

impl Values {
    // Apart, so that a route without parameters pays for none.
    #[inline(never)]
    fn new<'v>(count: usize, values: impl Iterator<Item = &'v str> + Clone) -> Self {
        let (mut bytes, mut ends) = ([0; INLINE_BYTES], [0; INLINE_VALUES]);
        let mut end = 0;
        let mut values_left = values.clone();
        for index in 0..count {
            let value = values_left.next().unwrap_or_default();
            let room = bytes.get_mut(end..end + value.len());
            let (Some(room), Some(slot)) = (room, ends.get_mut(index)) else {
                return Self::boxed(count, values);
            };
            room.copy_from_slice(value.as_bytes());
            end += value.len();
            // At most `INLINE_BYTES`, which is less than 256.
            *slot = end as u8;
        }
        Self::Inline { bytes, ends }
    }

    #[cold]
    fn boxed<'v>(count: usize, values: impl Iterator<Item = &'v str>) -> Self {
        let padded = values.chain(std::iter::repeat(""));
        Self::Boxed(padded.take(count).map(Box::from).collect())
    }

    #[inline]
    fn get(&self, index: usize) -> &str {
        match self {
            Self::Inline { bytes, ends } => {
                let begin = if index == 0 { 0 } else { ends.get(index - 1).copied().unwrap_or_default() };
                let end = ends.get(index).copied().unwrap_or_default();
                let text = bytes.get(usize::from(begin)..usize::from(end)).unwrap_or_default();
                std::str::from_utf8(text).unwrap_or_default()
            }
            Self::Boxed(values) => values.get(index).map_or("", |value| value),
        }
    }
}

impl Default for Values {
    fn default() -> Self {
        Self::Boxed(Box::default())
    }
}

impl<N: Into<Box<str>>, V: AsRef<str>> FromIterator<(N, V)> for PathParams {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        let (names, values): (Vec<Box<str>>, Vec<V>) =
            pairs.into_iter().map(|(name, value)| (name.into(), value)).unzip();
        if names.is_empty() {
            return Self::default();
        }
        Self::new(RoutePattern::of_names(names), values.iter().map(AsRef::as_ref))
    }
}

impl fmt::Debug for PathParams {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

/// How many bytes of values stand in place.
const INLINE_BYTES: usize = 48;

/// How many values stand in place.
const INLINE_VALUES: usize = 7;

#[cfg(test)]
mod tests {
    use super::*;

    fn params(pairs: &[(&str, &str)]) -> PathParams {
        pairs.iter().copied().collect()
    }

    #[test]
    fn what_went_in_comes_out_in_its_order_whatever_its_size() {
        let long = "x".repeat(INLINE_BYTES + 1);
        let many: Vec<(String, String)> = (0..9).map(|n| (format!("n{n}"), n.to_string())).collect();
        let many: Vec<(&str, &str)> = many.iter().map(|(name, value)| (&**name, &**value)).collect();
        let cases: [&[(&str, &str)]; 6] = [
            &[],
            &[("id", "42")],
            &[("id", "42"), ("rest", ""), ("name", "äö%2F")],
            &[("id", &long)],
            &[("id", &long[..INLINE_BYTES]), ("rest", "")],
            &many,
        ];
        for case in cases {
            assert_eq!(params(case).iter().collect::<Vec<_>>(), case);
        }
    }

    #[test]
    fn a_parameter_is_found_by_its_name() {
        let params = params(&[("id", "42"), ("page", "7")]);
        assert_eq!(params.get("page"), Some("7"));
        assert_eq!(params.get("Page"), None);
    }

    #[test]
    fn a_name_without_a_value_has_the_empty_one() {
        let params = PathParams::new(RoutePattern::of_names(["a", "b"]), ["1"].into_iter());
        assert_eq!(params.iter().collect::<Vec<_>>(), [("a", "1"), ("b", "")]);
    }
}
