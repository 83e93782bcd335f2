//! How the values of parameters are read from a path that a pattern is known to match.

use super::escapes::position;
use super::pattern::Segment;
use super::ranges::Ranges;

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

    /// Returns where the values stand in a path that the pattern matches, unless a catch-all would begin with an empty
    /// segment.
    #[inline]
    pub(super) fn read(&self, path: &str) -> Option<Ranges> {
        let mut ranges = Ranges::new();
        let mut end = 0;
        for step in &*self.0 {
            let start = end + step.skip;
            let rest = path.as_bytes().get(start..)?;
            end = match step.end {
                End::CatchAll if rest.first() == Some(&b'/') => return None,
                End::CatchAll | End::Path => path.len(),
                End::Slash => start + rest.iter().position(|byte| *byte == b'/')?,
            };
            ranges.push(position(start), position(end));
        }
        Some(ranges)
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
            for ranges in [pattern.read(path), pattern.matches(path, str::eq)] {
                assert_eq!(ranges.unwrap().values(path).collect::<Vec<_>>(), expected, "{pattern}");
            }
        }
    }

    #[test]
    fn a_path_that_cannot_match_has_no_values() {
        for (pattern, path) in [("/aa/{x}", "/a"), ("/{x}/b", "/1"), ("/a/{*rest}", "/a//b")] {
            assert!(Pattern::parse(pattern).unwrap().read(path).is_none(), "{pattern}");
        }
    }
}
