//! Texts as numbers and bools.

/// Reads a whole number without sign: an optional `+`, then digits.
#[inline]
pub(crate) fn unsigned(text: &[u8]) -> Option<u64> {
    magnitude(text.strip_prefix(b"+").unwrap_or(text))
}

/// Reads a whole number: an optional sign, then digits.
#[inline]
pub(crate) fn signed(text: &[u8]) -> Option<i64> {
    if let Some(digits) = text.strip_prefix(b"-") {
        return 0i64.checked_sub_unsigned(magnitude(digits)?);
    }
    unsigned(text).and_then(|value| i64::try_from(value).ok())
}

/// As [`unsigned`], for the widest type.
pub(crate) fn unsigned_wide(text: &[u8]) -> Option<u128> {
    magnitude_wide(text.strip_prefix(b"+").unwrap_or(text))
}

/// As [`signed`], for the widest type.
pub(crate) fn signed_wide(text: &[u8]) -> Option<i128> {
    if let Some(digits) = text.strip_prefix(b"-") {
        return 0i128.checked_sub_unsigned(magnitude_wide(digits)?);
    }
    unsigned_wide(text).and_then(|value| i128::try_from(value).ok())
}

/// Reads a number with an optional fraction and exponent; infinity, NaN and what rounds to infinity are none.
pub(crate) fn float(text: &str) -> Option<f64> {
    let value: f64 = decimal(text)?.parse().ok()?;
    value.is_finite().then_some(value)
}

/// As [`float`], rounded once.
pub(crate) fn float_narrow(text: &str) -> Option<f32> {
    let value: f32 = decimal(text)?.parse().ok()?;
    value.is_finite().then_some(value)
}

/// Reads true/1/yes/on and false/0/no/off in any case.
#[inline]
pub(crate) fn boolean(text: &str) -> Option<bool> {
    match text {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        other => word(other),
    }
}

#[inline(never)]
fn word(text: &str) -> Option<bool> {
    let is = |word: &&str| text.eq_ignore_ascii_case(word);
    if TRUE.iter().any(is) {
        Some(true)
    } else if FALSE.iter().any(is) {
        Some(false)
    } else {
        None
    }
}

/// Returns whether a text is a sign and digits, whatever its size.
pub(crate) fn is_whole(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// Returns the text if it has only the characters of a decimal number: std reads words such as `inf` too.
fn decimal(text: &str) -> Option<&str> {
    let plain = |byte: u8| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E');
    text.bytes().all(plain).then_some(text)
}

#[inline]
fn magnitude(digits: &[u8]) -> Option<u64> {
    if digits.len() > SAFE_DIGITS {
        return magnitude_wide(digits).and_then(|value| u64::try_from(value).ok());
    }
    if digits.is_empty() {
        return None;
    }
    let mut value = 0u64;
    for byte in digits {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value = value * 10 + u64::from(digit);
    }
    Some(value)
}

#[inline(never)]
fn magnitude_wide(digits: &[u8]) -> Option<u128> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0u128, |value, byte| {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value.checked_mul(10)?.checked_add(u128::from(digit))
    })
}

/// So many digits always fit into 64 bits.
const SAFE_DIGITS: usize = 19;

const TRUE: [&str; 4] = ["true", "1", "yes", "on"];

const FALSE: [&str; 4] = ["false", "0", "no", "off"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_are_an_optional_sign_and_digits() {
        for (text, value) in [("0", 0), ("+7", 7), ("007", 7), ("18446744073709551615", u64::MAX)] {
            assert_eq!(unsigned(text.as_bytes()), Some(value), "{text}");
        }
        let padded = format!("{}7", "0".repeat(100));
        assert_eq!(unsigned(padded.as_bytes()), Some(7));
        for text in [
            "",
            "+",
            "-",
            "-1",
            "++1",
            "+-1",
            " 1",
            "1 ",
            "0x1",
            "1_0",
            "1e3",
            "1.0",
            "１",
            "1\0",
            "18446744073709551616",
            "9999999999999999999999999999999999999999999999",
        ] {
            assert_eq!(unsigned(text.as_bytes()), None, "{text:?}");
        }
    }

    #[test]
    fn signed_numbers_have_their_full_range() {
        for (text, value) in
            [("-9223372036854775808", i64::MIN), ("+9223372036854775807", i64::MAX), ("-0", 0)]
        {
            assert_eq!(signed(text.as_bytes()), Some(value), "{text}");
        }
        for text in ["-9223372036854775809", "9223372036854775808", "--1", "-+1", "-", "- 1"] {
            assert_eq!(signed(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn wide_numbers_have_their_full_range() {
        assert_eq!(unsigned_wide(u128::MAX.to_string().as_bytes()), Some(u128::MAX));
        assert_eq!(signed_wide(i128::MIN.to_string().as_bytes()), Some(i128::MIN));
        assert_eq!(signed_wide(i128::MAX.to_string().as_bytes()), Some(i128::MAX));
        assert_eq!(unsigned_wide(b"340282366920938463463374607431768211456"), None);
        assert_eq!(signed_wide(b"-170141183460469231731687303715884105729"), None);
    }

    #[test]
    fn floats_are_finite_decimals() {
        for (text, value) in
            [("1", 1.0), ("-1.5", -1.5), ("+1e3", 1000.0), (".5", 0.5), ("5.", 5.0), ("1E-2", 0.01)]
        {
            assert_eq!(float(text), Some(value), "{text}");
        }
        for text in ["", "nan", "NaN", "inf", "-infinity", "1e999", "0x1p3", "1_0", ".", "e1", " 1", "1f"] {
            assert_eq!(float(text), None, "{text:?}");
        }
        assert_eq!(float_narrow("3.5e38"), None);
        assert_eq!(float_narrow("0.1"), Some(0.1));
    }

    #[test]
    fn bools_are_four_words_each_in_any_case() {
        for text in ["true", "TRUE", "1", "Yes", "on"] {
            assert_eq!(boolean(text), Some(true), "{text}");
        }
        for text in ["false", "False", "0", "NO", "oFf"] {
            assert_eq!(boolean(text), Some(false), "{text}");
        }
        for text in ["", "t", "2", "truee", " true", "y"] {
            assert_eq!(boolean(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_whole_number_of_any_size_is_told_from_other_texts() {
        assert!(is_whole("99999999999999999999999999999999999999999999"));
        assert!(is_whole("-0"));
        assert!(!is_whole("1e3"));
        assert!(!is_whole("+"));
    }
}
