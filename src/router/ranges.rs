//! Where the values of parameters stand in a path.

/// The byte ranges of a path's parameters, in the order of the pattern; the texts are not decoded.
///
/// Eight of them need no allocation.
#[derive(Clone, Debug)]
pub(crate) struct Ranges(Store);

impl Ranges {
    /// Makes an empty list.
    #[inline]
    pub(super) const fn new() -> Self {
        Self(Store::Inline { at: [(0, 0); INLINE], len: 0 })
    }

    /// Appends a range.
    #[inline]
    pub(super) fn push(&mut self, start: u32, end: u32) {
        match &mut self.0 {
            Store::Inline { at, len } => match at.get_mut(*len) {
                Some(free) => {
                    *free = (start, end);
                    *len += 1;
                }
                None => self.spill((start, end)),
            },
            Store::Spilled(ranges) => ranges.push((start, end)),
        }
    }

    /// Returns starts and ends.
    #[inline]
    pub(crate) fn as_slice(&self) -> &[(u32, u32)] {
        match &self.0 {
            Store::Inline { at, len } => at.get(..*len).unwrap_or_default(),
            Store::Spilled(ranges) => ranges,
        }
    }

    /// Returns the texts of the parameters in the path that was looked up, still percent-encoded.
    pub(crate) fn values<'p>(&self, path: &'p str) -> impl ExactSizeIterator<Item = &'p str> + Clone {
        self.as_slice().iter().map(move |(start, end)| text(path, *start, *end))
    }

    /// Moves every start and end.
    pub(super) fn map(&self, to: impl Fn(u32) -> u32) -> Self {
        let mut moved = Self::new();
        for (start, end) in self.as_slice() {
            moved.push(to(*start), to(*end));
        }
        moved
    }

    #[cold]
    fn spill(&mut self, last: (u32, u32)) {
        let mut ranges = self.as_slice().to_vec();
        ranges.push(last);
        self.0 = Store::Spilled(ranges);
    }
}

#[derive(Clone, Debug)]
enum Store {
    Inline { at: [(u32, u32); INLINE], len: usize },
    Spilled(Vec<(u32, u32)>),
}

/// Returns a piece of a path; an empty one when it is another path than the ranges are of.
fn text(path: &str, start: u32, end: u32) -> &str {
    match (usize::try_from(start), usize::try_from(end)) {
        (Ok(start), Ok(end)) => path.get(start..end).unwrap_or_default(),
        _ => "",
    }
}

const INLINE: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_than_eight_ranges_keep_their_order() {
        let path = "abcdefghijk";
        let mut ranges = Ranges::new();
        for (count, at) in (0..11).enumerate() {
            assert_eq!(ranges.values(path).len(), count);
            ranges.push(at, at + 1);
        }
        assert_eq!(ranges.values(path).collect::<String>(), path);
        assert_eq!(ranges.map(|at| at.min(10)).values(path).collect::<String>(), "abcdefghij");
    }

    #[test]
    fn ranges_of_another_path_are_empty_texts() {
        let mut ranges = Ranges::new();
        ranges.push(1, 2);
        ranges.push(4, 9);
        assert_eq!(ranges.values("\u{e9}abc").collect::<Vec<_>>(), ["", ""]);
    }
}
