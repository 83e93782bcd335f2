//! What `Content-Disposition` says of a part: the name of the field, and of the file if it is one.

use gongular_core::Error;

use super::fault;
use super::head::is_token;

/// The names that the client gave a field and a file.
///
/// Browsers write `"`, carriage return and line feed in a name as `%22`, `%0D` and `%0A`, and nothing else; other clients
/// put a backslash before `"` and `\`. Both are undone. A backslash before anything else stands for itself, since browsers
/// send it so. Names are UTF-8, as RFC 7578 has it.
///
/// RFC 7578 forbids `filename*`, yet some clients send it alone: it is read when there is no `filename`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Disposition {
    pub(super) name: String,
    pub(super) file_name: Option<String>,
}

impl Disposition {
    pub(super) fn parse(value: &[u8]) -> Result<Self, Error> {
        let value = std::str::from_utf8(value).map_err(|_| fault::head("a name is not valid UTF-8"))?;
        let (kind, mut rest) = value.split_at(value.find(';').unwrap_or(value.len()));
        if !kind.trim_ascii().eq_ignore_ascii_case("form-data") {
            return Err(fault::head("its Content-Disposition is not form-data"));
        }
        let (mut name, mut file_name, mut extended) = (None, None, None);
        while let Some(parameter) = parameter(rest)? {
            rest = parameter.rest;
            let again = if parameter.name.eq_ignore_ascii_case("name") {
                name.replace(parameter.text()).is_some()
            } else if parameter.name.eq_ignore_ascii_case("filename") {
                file_name.replace(parameter.text()).is_some()
            } else if parameter.name.eq_ignore_ascii_case("filename*") {
                extended.replace(parameter.value).is_some()
            } else {
                false
            };
            if again {
                return Err(fault::head("a parameter of its Content-Disposition stands there twice"));
            }
        }
        if let (None, Some(extended)) = (&file_name, extended) {
            file_name = Some(decode_extended(extended)?);
        }
        let name = name.ok_or_else(|| fault::head("its Content-Disposition has no name"))?;
        Ok(Self { name, file_name })
    }
}

struct Parameter<'a> {
    name: &'a str,
    /// Without the quotes, still escaped.
    value: &'a str,
    quoted: bool,
    rest: &'a str,
}

impl Parameter<'_> {
    fn text(&self) -> String {
        if self.quoted && self.value.contains(['\\', '%']) {
            unescape(self.value)
        } else {
            self.value.to_owned()
        }
    }
}

/// Takes `; name=value` off the front of `text`; `None` when there is no more.
fn parameter(text: &str) -> Result<Option<Parameter<'_>>, Error> {
    let malformed = || fault::head("its Content-Disposition cannot be read");
    let text = text.trim_start_matches([';', ' ', '\t']);
    if text.is_empty() {
        return Ok(None);
    }
    let (name, value) = text.split_once('=').ok_or_else(malformed)?;
    if !is_token(name.as_bytes()) {
        return Err(malformed());
    }
    let (value, quoted, rest) = match value.strip_prefix('"') {
        Some(value) => {
            let end = closing_quote(value).ok_or_else(malformed)?;
            (&value[..end], true, &value[end + 1..])
        }
        None => {
            let end = value.find([';', ' ', '\t']).unwrap_or(value.len());
            (&value[..end], false, &value[end..])
        }
    };
    let is_delimited = matches!(rest.trim_ascii_start().as_bytes(), [] | [b';', ..]);
    if !is_delimited || (!quoted && !is_token(value.as_bytes())) {
        return Err(malformed());
    }
    Ok(Some(Parameter { name, value, quoted, rest }))
}

fn closing_quote(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 0;
    loop {
        match bytes.get(at..)? {
            [b'"', ..] => return Some(at),
            [b'\\', b'"' | b'\\', ..] => at += 2,
            [_, ..] => at += 1,
            [] => return None,
        }
    }
}

#[cold]
fn unescape(mut text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    while let Some(at) = text.find(['\\', '%']) {
        plain.push_str(&text[..at]);
        text = &text[at..];
        let (character, length) = match text.as_bytes() {
            [b'\\', b'"', ..] => ('"', 2),
            [b'\\', b'\\', ..] => ('\\', 2),
            [b'\\', ..] => ('\\', 1),
            [b'%', b'2', b'2', ..] => ('"', 3),
            [b'%', b'0', b'D' | b'd', ..] => ('\r', 3),
            [b'%', b'0', b'A' | b'a', ..] => ('\n', 3),
            _ => ('%', 1),
        };
        plain.push(character);
        text = &text[length..];
    }
    plain.push_str(text);
    plain
}

/// Decodes a value as RFC 8187 writes it: `UTF-8'language'percent%20encoded`.
#[cold]
fn decode_extended(value: &str) -> Result<String, Error> {
    let malformed = || fault::head("its filename* cannot be read");
    let mut pieces = value.splitn(3, '\'');
    let (Some(charset), Some(_), Some(encoded)) = (pieces.next(), pieces.next(), pieces.next()) else {
        return Err(malformed());
    };
    if !charset.eq_ignore_ascii_case("utf-8") {
        return Err(malformed());
    }
    let mut bytes = Vec::with_capacity(encoded.len());
    let mut rest = encoded.as_bytes();
    while let Some((&byte, behind)) = rest.split_first() {
        rest = behind;
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let [high, low, behind @ ..] = rest else { return Err(malformed()) };
        let (Some(high), Some(low)) = (hex(*high), hex(*low)) else { return Err(malformed()) };
        bytes.push(high << 4 | low);
        rest = behind;
    }
    String::from_utf8(bytes).map_err(|_| malformed())
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(value: &str) -> Option<(String, Option<String>)> {
        Disposition::parse(value.as_bytes()).ok().map(|names| (names.name, names.file_name))
    }

    fn file_name(parameter: &str) -> Option<String> {
        parse(&format!("form-data; name=a; {parameter}")).and_then(|names| names.1)
    }

    #[test]
    fn names_are_read_as_clients_write_them() {
        for (parameter, expected) in [
            (r#"filename="a b;c.txt""#, "a b;c.txt"),
            (r"filename=plain.txt", "plain.txt"),
            (r#"FileName="x""#, "x"),
            (r#"filename="""#, ""),
            (r#"filename="say \"hi\".txt""#, r#"say "hi".txt"#),
            (r#"filename="back\\slash""#, r"back\slash"),
            (r#"filename="C:\dir\file.txt""#, r"C:\dir\file.txt"),
            (r#"filename="%22q%22%0d%0A%41%""#, "\"q\"\r\n%41%"),
            (r#"filename="résumé.txt""#, "résumé.txt"),
            (r"filename*=UTF-8''r%C3%A9sum%c3%a9.txt", "résumé.txt"),
            (r#"filename="plain"; filename*=UTF-8''other"#, "plain"),
            (r#"filename*=UTF-8''other; filename="plain""#, "plain"),
            (r#"filename="a" ; size=3 ;"#, "a"),
        ] {
            assert_eq!(file_name(parameter).as_deref(), Some(expected), "{parameter}");
        }
    }

    #[test]
    fn a_part_without_a_file_name_is_no_file() {
        assert_eq!(parse(r#"form-data; name="a b""#), Some(("a b".to_owned(), None)));
        assert_eq!(parse(r#"FORM-DATA;name="""#), Some((String::new(), None)));
    }

    #[test]
    fn a_malformed_disposition_is_refused() {
        for value in [
            "",
            "form-data",
            "attachment; name=a",
            "form-data; filename=a",
            "form-data; name",
            "form-data; name=",
            "form-data; name=\"open",
            "form-data; name=\"open\\\"",
            "form-data; name=\"a\"b",
            "form-data; name=a b",
            "form-data; name=a; name=b",
            "form-data; name=a; filename=b; FILENAME=c",
            "form-data; name =a",
            "form-data; name=a; filename*=latin1''x",
            "form-data; name=a; filename*=UTF-8''%f",
            "form-data; name=a; filename*=UTF-8''%ff",
            "form-data; name=a; filename*=x",
        ] {
            assert_eq!(parse(value), None, "{value}");
        }
        assert!(Disposition::parse(b"form-data; name=\"\xff\"").is_err());
    }
}
