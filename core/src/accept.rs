//! The ranges of an `Accept` field (RFC 9110, section 12.5.1).

/// One media range of an `Accept` field.
#[derive(Clone, Copy, Debug)]
pub struct MediaRange<'a> {
    main: &'a [u8],
    sub: &'a [u8],
    parameters: &'a [u8],
    quality: u16,
}

impl<'a> MediaRange<'a> {
    /// Reads the ranges of a field, without those that are none.
    pub fn all(field: &'a [u8]) -> impl Iterator<Item = Self> {
        split(field, b',').filter_map(Self::parse)
    }

    fn parse(range: &'a [u8]) -> Option<Self> {
        let mut parts = split(range, b';');
        let whole = parts.next()?;
        let mut essence = whole.splitn(2, |&byte| byte == b'/');
        let (main, sub) = (essence.next()?.trim_ascii(), essence.next()?.trim_ascii());
        let mut quality = 1000;
        for parameter in parts {
            let mut pair = parameter.splitn(2, |&byte| byte == b'=');
            if pair.next()?.trim_ascii().eq_ignore_ascii_case(b"q") {
                quality = parse_quality(pair.next()?.trim_ascii())?;
            }
        }
        Some(Self { main, sub, parameters: range.get(whole.len()..).unwrap_or_default(), quality })
    }

    /// Returns how specific the range is if it covers a type, else 0; parameters are not looked at.
    #[must_use]
    pub fn covers(&self, main: &str, sub: &str) -> u8 {
        if self.main == b"*" && self.sub == b"*" {
            return ANY;
        }
        if !self.main.eq_ignore_ascii_case(main.as_bytes()) {
            return 0;
        }
        if self.sub == b"*" {
            return SAME_MAIN;
        }
        if self.sub.eq_ignore_ascii_case(sub.as_bytes()) { EXACT } else { 0 }
    }

    /// Returns how much the client wants what the range covers, in thousandths; 0 is not at all.
    #[must_use]
    pub const fn quality(&self) -> u16 {
        self.quality
    }

    /// Returns whether the range asks for a variant of the type: it has parameters besides the weight and a `charset` of
    /// UTF-8.
    #[must_use]
    pub fn has_parameters(&self) -> bool {
        split(self.parameters, b';').any(|parameter| {
            let mut pair = parameter.splitn(2, |&byte| byte == b'=');
            let name = pair.next().unwrap_or_default().trim_ascii();
            let value = pair.next().unwrap_or_default().trim_ascii();
            let is_utf8 = [&b"utf-8"[..], b"\"utf-8\""].iter().any(|utf8| value.eq_ignore_ascii_case(utf8));
            let is_ours = name.is_empty() || name.eq_ignore_ascii_case(b"q");
            !(is_ours || is_utf8 && name.eq_ignore_ascii_case(b"charset"))
        })
    }
}

/// Reads `0`, `0.5`, `1.000`: at most three digits behind the point, in thousandths.
fn parse_quality(text: &[u8]) -> Option<u16> {
    let (whole, fraction) = match text {
        [whole] => (whole, &[][..]),
        [whole, b'.', fraction @ ..] if fraction.len() <= 3 => (whole, fraction),
        _ => return None,
    };
    if !matches!(whole, b'0' | b'1') || !fraction.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let mut quality = u16::from(whole - b'0');
    for place in 0..3 {
        quality = quality * 10 + fraction.get(place).map_or(0, |digit| u16::from(digit - b'0'));
    }
    (quality <= 1000).then_some(quality)
}

/// Splits at a separator that stands outside of quotes.
fn split(text: &[u8], separator: u8) -> impl Iterator<Item = &[u8]> {
    let mut quoted = false;
    let mut escaped = false;
    text.split(move |&byte| {
        if escaped {
            escaped = false;
        } else if quoted && byte == b'\\' {
            escaped = true;
        } else if byte == b'"' {
            quoted = !quoted;
        }
        byte == separator && !quoted
    })
}

/// The type itself.
pub const EXACT: u8 = 4;

/// Something between the type itself and all of its kind, for those who rank further.
pub const COVERED: u8 = 3;

/// `text/*`
const SAME_MAIN: u8 = 2;

/// `*/*`
const ANY: u8 = 1;
