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
    /// The value ends so many bytes before the end of the path.
    Path(usize),
    /// The value ends so many bytes before the next slash.
    Slash(usize),
}

impl Walk {
    /// Prepares the walk through a pattern.
    pub(super) fn of(segments: &[Segment]) -> Self {
        let mut steps = Vec::new();
        let mut skip = 0;
        for (index, segment) in segments.iter().enumerate() {
            skip += 1;
            let (text, step) = match segment {
                Segment::CatchAll => (0, Some((End::CatchAll, 0))),
                Segment::Parameter { prefix, suffix } if index + 1 == segments.len() => {
                    (prefix.len(), Some((End::Path(suffix.len()), suffix.len())))
                }
                Segment::Parameter { prefix, suffix } => {
                    (prefix.len(), Some((End::Slash(suffix.len()), suffix.len())))
                }
                Segment::Static(text) => (text.len(), None),
            };
            skip += text;
            if let Some((end, suffix)) = step {
                steps.push(Step { skip, end });
                skip = suffix;
            }
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
                End::CatchAll => path.len(),
                End::Path(suffix) => path.len().checked_sub(suffix)?,
                End::Slash(suffix) => {
                    (start + rest.iter().position(|byte| *byte == b'/')?).checked_sub(suffix)?
                }
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
            ("/img-{x}.png/{y}.{{", "/img-1.png/2.%7B", &["1", "2"]),
            ("/{x}/{*rest}", "/1/2/3/", &["1", "2/3/"]),
            ("/a/{*rest}", "/a/", &[""]),
        ] {
            let ranges = Pattern::parse(pattern).unwrap().read(path).unwrap();
            assert_eq!(ranges.values(path).collect::<Vec<_>>(), expected, "{pattern}");
        }
    }

    #[test]
    fn a_path_that_cannot_match_has_no_values() {
        for (pattern, path) in
            [("/aa/{x}", "/a"), ("/{x}/b", "/1"), ("/{x}.png", "/a"), ("/a/{*rest}", "/a//b")]
        {
            assert!(Pattern::parse(pattern).unwrap().read(path).is_none(), "{pattern}");
        }
    }
}
