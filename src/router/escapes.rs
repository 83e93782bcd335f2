//! How a path is spelt: which characters stand for themselves, and one spelling for all that mean the same.

/// A path in its canonical spelling, and where each of its bytes came from.
///
/// Escapes of unreserved characters are decoded, the digits of all others are upper case (RFC 3986, 6.2.2.1 and 6.2.2.2), and
/// a character that has no place in a path is escaped. A malformed escape stays as it is.
#[derive(Debug)]
pub(super) struct Spelling {
    text: String,
    /// One entry for each byte of `text`, and one for its end.
    origins: Vec<u32>,
}

impl Spelling {
    /// Spells a path, or a part of one, canonically.
    pub(super) fn of(path: &str) -> Self {
        let mut text = String::with_capacity(path.len());
        let mut origins = Vec::with_capacity(path.len() + 1);
        let mut digits_read = 0;
        for (at, character) in path.char_indices() {
            if digits_read > 0 {
                digits_read -= 1;
                continue;
            }
            match escaped_byte(path, at) {
                Some(byte) => {
                    digits_read = 2;
                    if is_unreserved(byte) {
                        text.push(char::from(byte));
                    } else {
                        push_escape(&mut text, byte);
                    }
                }
                None if character == '%' || character == '/' => text.push(character),
                None => push_encoded(&mut text, character, is_plain),
            }
            origins.resize(text.len(), position(at));
        }
        origins.push(position(path.len()));
        Self { text, origins }
    }

    /// Returns the canonical text.
    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns where in the original path a byte of the canonical text came from: always the start of a character.
    pub(super) fn origin(&self, at: u32) -> u32 {
        let end = self.origins.last().copied().unwrap_or(0);
        usize::try_from(at).ok().and_then(|at| self.origins.get(at)).copied().unwrap_or(end)
    }
}

/// Tells whether every percent sign of a text begins an escape.
pub(super) fn is_well_formed(text: &str) -> bool {
    text.match_indices('%').all(|(at, _)| escaped_byte(text, at).is_some())
}

/// Appends a text, percent-encoded where it is not plain.
pub(super) fn push_text(out: &mut String, text: &str) {
    for character in text.chars() {
        push_encoded(out, character, is_plain);
    }
}

/// Appends a piece of a path as it was sent; only what cannot stand in a header is percent-encoded.
pub(super) fn push_as_sent(out: &mut String, piece: &str) {
    for character in piece.chars() {
        push_encoded(out, character, |byte| byte.is_ascii_graphic());
    }
}

/// Makes an offset in a path of at most 4 GiB.
pub(super) fn position(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

fn push_encoded(out: &mut String, character: char, plain: fn(u8) -> bool) {
    if character.is_ascii() && u8::try_from(character).is_ok_and(plain) {
        out.push(character);
        return;
    }
    for byte in character.encode_utf8(&mut [0; 4]).bytes() {
        push_escape(out, byte);
    }
}

fn push_escape(out: &mut String, byte: u8) {
    out.push('%');
    for digit in [byte >> 4, byte & 15] {
        out.extend(char::from_digit(u32::from(digit), 16).map(|digit| digit.to_ascii_uppercase()));
    }
}

/// Returns the byte that is escaped at a place of a text, if there is a whole escape.
fn escaped_byte(text: &str, at: usize) -> Option<u8> {
    match text.as_bytes().get(at..)? {
        [b'%', high, low, ..] => {
            let high = char::from(*high).to_digit(16)?;
            let low = char::from(*low).to_digit(16)?;
            u8::try_from(high * 16 + low).ok()
        }
        _ => None,
    }
}

/// Tells whether a byte stands for itself in a segment: `pchar` of RFC 3986, without escapes.
fn is_plain(byte: u8) -> bool {
    is_unreserved(byte) || b"!$&'()*+,;=:@".contains(&byte)
}

fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_spellings_of_a_path_become_one() {
        for (path, canonical) in [
            ("/ou%74/string", "/out/string"),
            ("/caf\u{e9}", "/caf%C3%A9"),
            ("/caf%c3%A9", "/caf%C3%A9"),
            ("/a b{c}\\", "/a%20b%7Bc%7D%5C"),
            ("/a%2fb%3a", "/a%2Fb%3A"),
            ("/%7euser", "/~user"),
            ("/100%", "/100%"),
            ("/%zz%4", "/%zz%4"),
            ("/%2541", "/%2541"),
            ("/a+b;c=1,2@x:y", "/a+b;c=1,2@x:y"),
            ("", ""),
        ] {
            assert_eq!(Spelling::of(path).as_str(), canonical, "{path}");
        }
    }

    #[test]
    fn every_byte_of_a_spelling_knows_its_origin() {
        let path = "/%74\u{e9}x%2f/";
        let spelling = Spelling::of(path);
        assert_eq!(spelling.as_str(), "/t%C3%A9x%2F/");
        let origins: Vec<u32> = (0..=14).map(|at| spelling.origin(at)).collect();
        assert_eq!(origins, [0, 1, 4, 4, 4, 4, 4, 4, 6, 7, 7, 7, 10, 11, 11]);
        assert!(origins.iter().all(|at| path.is_char_boundary(usize::try_from(*at).unwrap())));
    }

    #[test]
    fn a_lone_percent_sign_is_no_escape() {
        assert!(is_well_formed("100%25/%c3%A9"));
        assert!(!is_well_formed("100%"));
        assert!(!is_well_formed("%4"));
        assert!(!is_well_formed("%\u{e9}"));
    }
}
