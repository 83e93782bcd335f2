//! Which shape a client asks for.

use crate::accept::{COVERED, EXACT, MediaRange};

/// The shape of an error's answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// The original's: `{"ParseError": {...}}`, `{"ValidationError": {...}}` or `{"error": "..."}`, as
    /// `application/json`.
    ///
    /// Holds the first value that could not be read, or the broken rules of one place.
    #[default]
    Gongular,
    /// A small page, as `text/html`.
    Html,
    /// RFC 9457 with every problem of the request, as `application/problem+json`.
    Problem,
    /// Lines of text, as `text/plain`.
    Text,
}

impl Format {
    /// Chooses the shape by the value of an `Accept` field, by the rules of RFC 9110.
    ///
    /// The shape with the highest quality wins. Among equals, a type that the client names goes before one that a
    /// wildcard covers, then `application/problem+json`, then the application's own choice `self`. `self` is also the
    /// answer to an empty or unreadable field, and when the client accepts none of the shapes.
    ///
    /// `application/json` covers a problem document too where that is the application's choice: it is JSON.
    ///
    /// # Example
    ///
    /// ```
    /// use gongular_core::error::render::Format;
    ///
    /// let choice = Format::Gongular;
    /// assert_eq!(choice.negotiate(b"*/*"), Format::Gongular);
    /// assert_eq!(choice.negotiate(b"application/json, application/problem+json"), Format::Problem);
    /// assert_eq!(choice.negotiate(b"text/html, application/json;q=0.9"), Format::Html);
    /// ```
    #[must_use]
    pub fn negotiate(self, accept: &[u8]) -> Self {
        let mut best = (Rank::REFUSED, self);
        for format in OFFERED {
            let rank = self.rank(format, accept);
            if rank > best.0 {
                best = (rank, format);
            }
        }
        best.1
    }

    /// Returns how much a client wants a shape: what the most specific of the ranges that cover it says.
    fn rank(self, format: Self, accept: &[u8]) -> Rank {
        let mut rank = Rank::REFUSED;
        for range in MediaRange::all(accept) {
            let specificity = self.specificity(format, &range);
            if specificity > rank.specificity {
                rank.specificity = specificity;
                rank.quality = range.quality();
            }
        }
        if rank.quality == 0 {
            return Rank::REFUSED;
        }
        rank.named_problem = format == Self::Problem && rank.specificity == EXACT;
        rank.specificity = rank.specificity.min(COVERED);
        rank.own_choice = format == self;
        rank
    }

    /// Returns how specific a range is if it covers a shape, else 0.
    fn specificity(self, format: Self, range: &MediaRange<'_>) -> u8 {
        let (main, sub) = match format {
            Self::Gongular => ("application", "json"),
            Self::Html => ("text", "html"),
            Self::Problem => ("application", "problem+json"),
            Self::Text => ("text", "plain"),
        };
        match range.covers(main, sub) {
            0 if format == Self::Problem
                && self == format
                && range.covers("application", "json") == EXACT =>
            {
                COVERED
            }
            specificity => specificity,
        }
    }
}

/// How much a client wants a shape; the order of the fields is the order of their weight.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    quality: u16,
    specificity: u8,
    named_problem: bool,
    own_choice: bool,
}

impl Rank {
    const REFUSED: Self = Self { quality: 0, specificity: 0, named_problem: false, own_choice: false };
}

/// In the order in which equals are preferred, behind the application's choice.
const OFFERED: [Format; 4] = [Format::Gongular, Format::Problem, Format::Html, Format::Text];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shape_is_what_accept_prefers() {
        use Format::{Gongular, Html, Problem, Text};
        let table: &[(Format, &str, Format)] = &[
            // Nothing of ours: the application's choice.
            (Gongular, "", Gongular),
            (Html, "", Html),
            (Problem, "*/*", Problem),
            (Text, "image/png", Text),
            (Text, "garbage", Text),
            (Html, "application/xml, image/*", Html),
            // One type.
            (Gongular, "application/problem+json", Problem),
            (Gongular, "application/json", Gongular),
            (Gongular, "text/html", Html),
            (Gongular, "text/plain", Text),
            (Html, "application/json", Gongular),
            (Gongular, "TEXT/HTML", Html),
            (Gongular, "text/html;charset=utf-8", Html),
            (Gongular, "text/html;level=1;Q=0.5", Html),
            // JSON covers a problem document where that is the application's choice.
            (Problem, "application/json", Problem),
            (Problem, "application/json, text/plain, */*", Problem),
            (Problem, "text/html, application/json;q=0.9", Html),
            // Qualities.
            (Gongular, "text/html;q=0.4, text/plain;q=0.5", Text),
            (Gongular, "application/json;q=0.8, application/problem+json;q=0.9", Problem),
            (Gongular, "application/json;q=0.9, application/problem+json;q=0.8", Gongular),
            (Gongular, "text/html ; q = 0.001 , application/json;q=0", Html),
            (Gongular, "application/json;q=0", Gongular),
            (Gongular, "application/json;q=0, */*", Problem),
            (Gongular, "application/json;q=0, application/problem+json;q=0, */*", Html),
            (Html, "text/html;q=0, text/*", Text),
            // A quality that is none makes the range none.
            (Gongular, "text/html;q=2, text/plain;q=0.1", Text),
            (Gongular, "text/html;q=0.1234, text/plain;q=0.1", Text),
            (Gongular, "text/html;q, text/plain;q=0.1", Text),
            // Equals: named before covered, problem documents, the application's choice.
            (Gongular, "application/problem+json, application/json", Problem),
            (Gongular, "application/json, application/problem+json, */*", Problem),
            (Gongular, "application/json, text/plain, */*", Gongular),
            (Gongular, "text/html, */*", Html),
            (Text, "text/*", Text),
            (Gongular, "text/*", Html),
            (Text, "application/*", Gongular),
            (Problem, "application/*", Problem),
            // What browsers send.
            (Gongular, "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8", Html),
            // A separator in quotes separates nothing.
            (Gongular, "application/json;profile=\"a,text/html\"", Gongular),
            (Gongular, "image/png;a=\"\\\",text/html\", text/plain", Text),
        ];
        for (choice, accept, expected) in table {
            assert_eq!(choice.negotiate(accept.as_bytes()), *expected, "{choice:?} and Accept: {accept}");
        }
    }

    #[test]
    fn a_field_of_any_bytes_is_read_without_a_panic() {
        let mut state = 7_u32;
        for length in 0..400 {
            let bytes: Vec<u8> = (0..length)
                .map(|_| {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    b"*/;,=\"\\q0.1ajsontexhml+\xff "[(state >> 16) as usize % 24]
                })
                .collect();
            let _ = Format::Text.negotiate(&bytes);
        }
    }
}
