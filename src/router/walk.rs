//! How the values of parameters are read from a path that a pattern is known to match.

use super::pattern::Segment;

/// For each parameter of a pattern, what to skip before its value and where the value ends.
///
/// matchit knows the values as well, but hands them out only as texts that it checks again to be UTF-8, which costs more
/// than finding them.
#[derive(Clone, Debug, Default)]
pub(super) struct Walk(Box<[Step]>);

#[derive(Clone, Copy, Debug)]
struct Step {
    /// The bytes of text between the value before and this one.
    skip: usize,
    end: End,
}

#[derive(Clone, Copy, Debug)]
enum End {
    /// The value takes the rest of the path, over slashes.
    CatchAll,
    /// The value ends with the path.
    Path,
    /// The value ends before the next slash.
    Slash,
}

impl Walk {
    /// Prepares the walk through a pattern whose parameters are whole segments.
    pub(super) fn of(segments: &[Segment]) -> Self {
        let mut steps = Vec::new();
        let mut skip = 0;
        for (index, segment) in segments.iter().enumerate() {
            skip += 1;
            let end = match segment {
                Segment::CatchAll => End::CatchAll,
                Segment::Parameter { .. } if index + 1 == segments.len() => End::Path,
                Segment::Parameter { .. } => End::Slash,
                Segment::Static(text) => {
                    skip += text.len();
                    continue;
                }
            };
            steps.push(Step { skip, end });
            skip = 0;
        }
        Self(steps.into())
    }

    /// Returns the values in a path that the pattern matches, unless a catch-all would begin with an empty segment.
    #[inline]
    pub(super) fn values<'w, 'p>(&'w self, path: &'p str) -> Option<Values<'w, 'p>> {
        let values = Values { steps: self.0.iter(), path, end: 0 };
        match self.0.last() {
            Some(Step { end: End::CatchAll, .. }) if values.clone().last()?.starts_with('/') => None,
            _ => Some(values),
        }
    }
}

/// The values of parameters from left to right, as they stand in the path.
#[derive(Clone, Debug)]
pub(crate) struct Values<'w, 'p> {
    steps: std::slice::Iter<'w, Step>,
    path: &'p str,
    /// Where the value before ends.
    end: usize,
}

impl<'p> Iterator for Values<'_, 'p> {
    type Item = &'p str;

    #[inline]
    fn next(&mut self) -> Option<&'p str> {
        let step = self.steps.next()?;
        let start = self.end + step.skip;
        let rest = self.path.get(start..)?;
        let value = match step.end {
            End::CatchAll | End::Path => rest,
            End::Slash => rest.get(..rest.bytes().position(|byte| byte == b'/')?)?,
        };
        self.end = start + value.len();
        Some(value)
    }
}

#[cfg(test)]
mod tests {
    use crate::router::pattern::Pattern;

    #[test]
    fn values_are_read_between_the_texts() {
        for (pattern, path, expected) in [
            ("/", "/", &[][..]),
            ("/a/b", "/a/b", &[]),
            ("/a/{x}", "/a/1", &["1"]),
            ("/{x}/b/{y}", "/1/b/22", &["1", "22"]),
            ("/{x}/{*rest}", "/1/2/3/", &["1", "2/3/"]),
            ("/a/{*rest}", "/a/", &[""]),
        ] {
            let pattern = Pattern::parse(pattern).unwrap();
            assert_eq!(pattern.values(path).unwrap().collect::<Vec<_>>(), expected, "{pattern}");
            let ranges = pattern.matches(path, str::eq).unwrap();
            assert_eq!(ranges.values(path).collect::<Vec<_>>(), expected, "{pattern}");
        }
    }

    #[test]
    fn a_catch_all_does_not_begin_with_an_empty_segment() {
        for (pattern, path) in [("/a/{*rest}", "/a//b"), ("/{x}/{*rest}", "/a//")] {
            assert!(Pattern::parse(pattern).unwrap().values(path).is_none(), "{pattern}");
        }
    }
}
