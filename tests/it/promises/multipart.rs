//! Multipart forms: limits, forms that break off, names of files.

use super::*;

const END: &str = "--XBX--\r\n";

fn part(head: &str, data: &str) -> String {
    format!("--XBX\r\nContent-Disposition: form-data; {head}\r\n\r\n{data}\r\n")
}

async fn status(form: impl Into<Frames>) -> u16 {
    ask(post("/parts", FORM_DATA, form)).await.status
}

/// The status of a form that is read into a struct.
async fn held(form: impl Into<Frames>) -> u16 {
    ask(post("/upload", FORM_DATA, form)).await.status
}

fn upload(more: &str) -> String {
    format!("{}{}{more}{END}", part("name=title", "t"), part("name=file; filename=a", "data"))
}

#[tokio::test]
async fn a_thousand_parts_pass_and_one_more_is_413() {
    for (count, expected) in [(1000, 200), (1001, 413)] {
        assert_eq!(status(format!("{}{END}", part("name=a", "").repeat(count))).await, expected);
        assert_eq!(held(upload(&part("name=a", "").repeat(count - 2))).await, expected);
    }
}

#[tokio::test]
async fn a_hundred_files_pass_and_one_more_is_413() {
    for (count, expected) in [(100, 200), (101, 413)] {
        assert_eq!(status(format!("{}{END}", part("name=a; filename=f", "x").repeat(count))).await, expected);
        assert_eq!(held(upload(&part("name=a; filename=f", "x").repeat(count - 1))).await, expected);
    }
}

#[tokio::test]
async fn sixteen_header_lines_of_16_kib_pass_and_one_line_or_byte_more_is_400() {
    for (lines, expected) in [(16, 200), (17, 400)] {
        let more = "\r\nX: 1".repeat(lines - 1);
        assert_eq!(status(format!("{}{END}", part(&format!("name=a{more}"), ""))).await, expected);
    }
    let used = "Content-Disposition: form-data; name=a\r\nX: \r\n".len();
    for (bytes, expected) in [(16_384, 200), (16_385, 400)] {
        let more = format!("name=a\r\nX: {}", "x".repeat(bytes - used));
        assert_eq!(status(format!("{}{END}", part(&more, ""))).await, expected);
    }
}

#[tokio::test]
async fn a_text_field_of_1_mib_passes_and_one_byte_more_is_413() {
    for (bytes, expected) in [(1 << 20, 200), ((1 << 20) + 1, 413)] {
        let form =
            format!("{}{}{END}", part("name=title", &"x".repeat(bytes)), part("name=file; filename=a", ""));
        assert_eq!(held(form).await, expected);
    }
}

#[tokio::test]
async fn a_form_of_32_mib_passes_and_one_byte_more_is_413() {
    let frame = upload("").len() + part("name=x; filename=x", "").len();
    for (bytes, expected) in [(32 << 20, 200), ((32 << 20) + 1, 413)] {
        let form = upload(&part("name=x; filename=x", &"x".repeat(bytes - frame)));
        assert_eq!(form.len(), bytes);
        assert_eq!(status(Frames::chunked(form, 65_536)).await, expected);
    }
}

#[tokio::test]
async fn a_boundary_has_1_to_70_characters() {
    for (length, expected) in [(1, 200), (70, 200), (71, 400)] {
        let boundary = "b".repeat(length);
        let form =
            format!("--{boundary}\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--{boundary}--\r\n");
        let content_type = format!("multipart/form-data; boundary={boundary}");
        assert_eq!(ask(post("/parts", &content_type, form)).await.status, expected, "{length}");
    }
    for parameters in [
        "",
        ";",
        "; boundary",
        "; boundary=",
        "; boundary=\"\"",
        "; boundary=\"",
        "; boundary=a; boundary=b",
        "; boundary=é",
    ] {
        for path in ["/parts", "/upload"] {
            let content_type = format!("multipart/form-data{parameters}");
            let status = ask(post(path, &content_type, upload(""))).await.status;
            // A content type that is no text is none at all.
            let expected = if content_type.is_ascii() { 400 } else { 415 };
            assert!(status == 400 || status == expected, "{path} {content_type}: {status}");
        }
    }
    let other = "multipart/form-data; boundary=YBY";
    assert_eq!(ask(post("/parts", other, upload(""))).await.status, 400, "the boundary of another form");
}

#[tokio::test]
async fn a_form_that_breaks_off_at_any_byte_is_a_400() {
    let app = App::new(Limits::DEFAULT).await;
    let whole = upload("");
    let complete = whole.len() - "\r\n".len();
    for path in ["/parts", "/upload"] {
        assert_eq!(app.ask(post(path, FORM_DATA, whole.clone())).await.status, 200);
        for length in 0..whole.len() {
            let cut = &whole.as_bytes()[..length];
            if length < complete {
                let answer = app.ask(post(path, FORM_DATA, cut.to_vec())).await;
                assert_eq!(answer.unreadable().0, "Form Value", "{path}: {length} bytes");
                let answer = app.ask(post(path, FORM_DATA, Frames::chunked(cut.to_vec(), 7))).await;
                assert_eq!(answer.unreadable().0, "Form Value", "{path}: {length} bytes in chunks");
            }
            let answer = app.ask(post(path, FORM_DATA, Frames::chunked(cut.to_vec(), 9).broken_off())).await;
            assert_eq!(answer.unreadable().0, "Form Value", "{path}: {length} bytes and the client left");
        }
    }
}

#[tokio::test]
async fn a_body_that_is_no_form_is_a_400() {
    for body in ["", "junk", "--XBX", "--XBX\r\n", "--xbx--\r\n", "\r\n\r\n", "name=a&b=c", "{}", "--XBX\n\n"]
    {
        for path in ["/parts", "/upload"] {
            assert_eq!(
                ask(post(path, FORM_DATA, body)).await.unreadable().0,
                "Form Value",
                "{path} {body:?}"
            );
        }
    }
}

#[tokio::test]
async fn hostile_forms_take_linear_time() {
    let start = std::time::Instant::now();
    let head = "--XBX\r\nContent-Disposition: form-data; name=a; filename=f\r\n\r\n";
    for unit in ["\r\n--XB", "\r", "\r\n--", "-"] {
        let form = format!("{head}{}\r\n{END}", unit.repeat(1_500_000 / unit.len()));
        assert_eq!(status(Frames::chunked(form, 1400)).await, 200);
    }
    let header = format!("--XBX\r\nX: {}", "x".repeat(1_500_000));
    assert_eq!(status(Frames::chunked(header, 1)).await, 400);
    // Ten forms in a build that is not optimised: a quadratic reader would take hours.
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
}

#[tokio::test]
async fn the_name_of_a_file_is_one_safe_component() {
    for name in [
        "../../etc/passwd",
        "/etc/passwd",
        r"..\\..\\boot.ini",
        r"C:\\x\\a.txt",
        "..",
        ".",
        "",
        "a/b",
        "CON",
        "nul.txt",
        "COM1",
        "a%00b",
        "%2e%2e%2fx",
        "a\tb",
        ". .",
        "a:b",
        "....//",
        &"x".repeat(1000),
        &"é".repeat(500),
        "\u{202e}gpj.exe",
        "%0d%0aSet-Cookie: x",
    ] {
        let form = format!(
            "{}{}{END}",
            part("name=title", "t"),
            part(&format!("name=file; filename=\"{name}\""), "x")
        );
        let answer = ask(post("/upload", FORM_DATA, form)).await;
        let json = answer.json();
        let safe = json["name"].as_str().unwrap_or_else(|| panic!("{name}: {}", answer.text));
        assert!(!safe.is_empty() && safe.len() <= 255, "{safe}");
        assert!(!safe.contains(['/', '\\', '\0', ':']) && !safe.chars().any(char::is_control), "{safe:?}");
        assert!(safe != "." && safe != ".." && !safe.contains("/.."), "{safe}");
        let stem = safe.split('.').next().unwrap_or_default().to_ascii_uppercase();
        assert!(!["CON", "NUL", "COM1"].contains(&stem.as_str()), "{safe}");
    }
}

#[tokio::test]
async fn values_of_a_form_name_their_field() {
    for (form, field) in [
        (format!("{}{END}", part("name=file; filename=a", "x")), "title"),
        (format!("{}{END}", part("name=title", "t")), "file"),
        (format!("{}{}{END}", part("name=title", "t"), part("name=file", "text")), "file"),
    ] {
        let answer = ask(post("/upload", FORM_DATA, form.clone())).await.unreadable();
        assert_eq!(answer, ("Form Value".to_owned(), field.to_owned()), "{form}");
    }
    let mut form = part("name=title", "?").into_bytes();
    let at = form.iter().position(|&byte| byte == b'?').unwrap();
    form[at] = 0xff;
    form.extend_from_slice(upload("").as_bytes());
    let answer = ask(post("/upload", FORM_DATA, form)).await.unreadable();
    assert_eq!(answer, ("Form Value".to_owned(), "title".to_owned()));
}
