//! A client's file name made safe.

/// Makes a name that is one component of a path on every usual system, of whatever a client sent.
pub(crate) fn safe_file_name(client: &str) -> String {
    let last = client.rsplit(['/', '\\']).next().unwrap_or_default();
    let mut name = String::with_capacity(last.len().min(MAX_BYTES));
    for character in last.chars().filter_map(safe) {
        // Two dots in a row mean nothing in a name and something in a path.
        if !(character == '.' && name.ends_with('.')) {
            name.push(character);
        }
    }
    trim(&mut name);
    if is_device(&name) {
        name.insert(0, '_');
    }
    if name.len() > MAX_BYTES {
        shorten(&mut name);
    }
    if name.is_empty() { FALLBACK.to_owned() } else { name }
}

/// Returns what stands for a character: itself, `_` where a file system gives it a meaning, nothing where it cannot be
/// seen or turns the reading direction.
fn safe(character: char) -> Option<char> {
    match character {
        '<' | '>' | ':' | '"' | '|' | '?' | '*' => Some('_'),
        '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' => None,
        _ if character.is_control() => None,
        _ => Some(character),
    }
}

/// Takes blanks off both ends and dots off the end, where Windows does not see them; a name of one dot becomes empty.
fn trim(name: &mut String) {
    name.truncate(name.trim_end_matches(is_unseen_at_end).len());
    let start = name.len() - name.trim_start().len();
    name.drain(..start);
}

fn is_unseen_at_end(character: char) -> bool {
    character == '.' || character.is_whitespace()
}

/// Returns whether Windows takes the name, whatever its extension, for a device.
fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end();
    let is = |device: &str| stem.eq_ignore_ascii_case(device);
    if DEVICES.iter().any(|device| is(device)) {
        return true;
    }
    let mut characters = stem.chars();
    let number = characters.next_back();
    matches!(number, Some('0'..='9' | '¹' | '²' | '³'))
        && NUMBERED_DEVICES.iter().any(|device| characters.as_str().eq_ignore_ascii_case(device))
}

/// Cuts the stem, so that the extension stays.
#[cold]
fn shorten(name: &mut String) {
    let extension = match name.rfind('.') {
        Some(dot) if dot > 0 && name.len() - dot <= MAX_EXTENSION_BYTES => name.split_off(dot),
        _ => String::new(),
    };
    name.truncate(name.floor_char_boundary(MAX_BYTES - extension.len()));
    name.truncate(name.trim_end_matches(is_unseen_at_end).len());
    name.push_str(&extension);
}

/// What usual file systems allow.
const MAX_BYTES: usize = 255;
/// Longer ones, with the dot, are no extensions.
const MAX_EXTENSION_BYTES: usize = 33;
const FALLBACK: &str = "file";
const DEVICES: &[&str] = &["AUX", "CON", "CONIN$", "CONOUT$", "NUL", "PRN"];
const NUMBERED_DEVICES: &[&str] = &["COM", "LPT"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_client_name_becomes_one_safe_component() {
        for (client, safe) in [
            ("a.txt", "a.txt"),
            ("résumé.txt", "résumé.txt"),
            ("写真 1.png", "写真 1.png"),
            (".bashrc", ".bashrc"),
            ("../../dir/secret.txt", "secret.txt"),
            ("/etc/passwd", "passwd"),
            (r"C:\Users\me\file.txt", "file.txt"),
            (r"..\..\x", "x"),
            ("C:evil.txt", "C_evil.txt"),
            ("file.txt:stream", "file.txt_stream"),
            ("a<b>c\"d|e?f*g", "a_b_c_d_e_f_g"),
            ("a\0b.txt", "ab.txt"),
            ("a\r\nSet-Cookie: x", "aSet-Cookie_ x"),
            ("x\u{7f}\u{85}y", "xy"),
            ("exe\u{202e}txt.jpg", "exetxt.jpg"),
            ("a..b...c", "a.b.c"),
            ("a.\0.b", "a.b"),
            ("name. . .", "name"),
            ("  name.txt  ", "name.txt"),
            ("", "file"),
            (".", "file"),
            ("..", "file"),
            ("...", "file"),
            (" . ", "file"),
            ("dir/", "file"),
            ("a/..", "file"),
            ("\0", "file"),
            ("CON", "_CON"),
            ("con.txt", "_con.txt"),
            ("nul .tar.gz", "_nul .tar.gz"),
            ("NUL.", "_NUL"),
            ("com1", "_com1"),
            ("LPT¹.txt", "_LPT¹.txt"),
            ("conin$", "_conin$"),
            ("console", "console"),
            ("com10", "com10"),
            ("com", "com"),
        ] {
            assert_eq!(safe_file_name(client), safe, "{client:?}");
        }
    }

    #[test]
    fn a_long_name_is_cut_to_255_bytes_and_keeps_its_extension() {
        let longest = format!("{}.txt", "a".repeat(251));
        assert_eq!(safe_file_name(&longest), longest);
        assert_eq!(safe_file_name(&format!("a{longest}")), longest);
        assert_eq!(safe_file_name(&format!("{}.txt", "é".repeat(200))), format!("{}.txt", "é".repeat(125)));
        assert_eq!(safe_file_name(&"x".repeat(100_000)), "x".repeat(255));
        assert_eq!(safe_file_name(&format!("a.{}", "b".repeat(300))), format!("a.{}", "b".repeat(253)));
    }
}
