//! Every limit passes at its value and is refused one above.

use super::*;

const HEAD: &str = "--XBX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n";
const FILE_HEAD: &str = "--XBX\r\nContent-Disposition: form-data; name=\"a\"; filename=\"f\"\r\n\r\n";
const END: &str = "\r\n--XBX--\r\n";

/// Asserts that a form passes under one limit and fails under another, with the error's kind and public or problem text.
async fn at_the_limit(whole: &str, passes: Limits, fails: Limits, kind: ErrorKind, text: &str) {
    assert!(read_every_way(whole.as_bytes(), &passes).await.is_ok());
    let (found, message) = read_every_way(whole.as_bytes(), &fails).await.unwrap_err();
    assert_eq!(found, kind);
    assert!(message.contains(text), "{message}");
}

#[tokio::test]
async fn a_form_one_byte_over_the_total_is_413_with_the_limit() {
    let whole = format!("{HEAD}hello{END}");
    let size = whole.len() as u64;
    at_the_limit(
        &whole,
        Limits::DEFAULT.with_multipart_bytes(size),
        Limits::DEFAULT.with_multipart_bytes(size - 1),
        ErrorKind::TooLarge,
        &format!("the form is larger than {} bytes", size - 1),
    )
    .await;
}

#[tokio::test]
async fn what_follows_the_form_counts_for_the_total() {
    let whole = format!("{HEAD}hello{END}{}", "x".repeat(1000));
    let limits = Limits::DEFAULT.with_multipart_bytes(1000);
    let (kind, _) = read_every_way(whole.as_bytes(), &limits).await.unwrap_err();
    assert_eq!(kind, ErrorKind::TooLarge);
}

#[tokio::test]
async fn a_declared_length_over_the_total_is_refused_before_anything_is_read() {
    struct Untouched;
    impl Body for Untouched {
        type Data = Bytes;
        type Error = BoxError;
        fn poll_frame(
            self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
            panic!("the body is read")
        }
    }
    let mut headers = headers();
    headers.insert(header::CONTENT_LENGTH, "1000".parse().unwrap());
    let limits = Limits::DEFAULT.with_multipart_bytes(1000);
    assert!(Multipart::new(&headers, Untouched, &limits).is_ok());
    headers.insert(header::CONTENT_LENGTH, "1001".parse().unwrap());
    let error = Multipart::new(&headers, Untouched, &limits).unwrap_err();
    assert_eq!((error.status().as_u16(), error.public()), (413, "the form is larger than 1000 bytes"));
}

#[tokio::test]
async fn one_part_too_many_is_413_with_the_limit() {
    let whole = format!("{HEAD}1\r\n{HEAD}2\r\n{HEAD}3{END}");
    at_the_limit(
        &whole,
        Limits::DEFAULT.with_parts(3),
        Limits::DEFAULT.with_parts(2),
        ErrorKind::TooLarge,
        "the form has more than 2 parts",
    )
    .await;
}

#[tokio::test]
async fn one_file_too_many_is_413_with_the_limit() {
    let whole = format!("{FILE_HEAD}1\r\n{HEAD}2\r\n{FILE_HEAD}3{END}");
    at_the_limit(
        &whole,
        Limits::DEFAULT.with_files(2),
        Limits::DEFAULT.with_files(1),
        ErrorKind::TooLarge,
        "the form has more than 1 files",
    )
    .await;
}

#[tokio::test]
async fn one_header_line_too_many_is_400_with_the_limit() {
    let whole = format!("--XBX\r\nContent-Disposition: form-data; name=a\r\nX-1: 1\r\nX-2: 2\r\n\r\n{END}");
    at_the_limit(
        &whole,
        Limits::DEFAULT.with_part_headers(3),
        Limits::DEFAULT.with_part_headers(2),
        ErrorKind::Parse,
        "a part has more than 2 header lines",
    )
    .await;
}

#[tokio::test]
async fn one_header_byte_too_many_is_400_with_the_limit() {
    let lines = "Content-Disposition: form-data; name=a\r\nX-1: 1\r\n";
    let whole = format!("--XBX\r\n{lines}\r\n{END}");
    at_the_limit(
        &whole,
        Limits::DEFAULT.with_part_header_bytes(lines.len()),
        Limits::DEFAULT.with_part_header_bytes(lines.len() - 1),
        ErrorKind::Parse,
        &format!("the header of a part is larger than {} bytes", lines.len() - 1),
    )
    .await;
}

#[tokio::test]
async fn a_header_without_end_is_refused_while_it_arrives() {
    let whole = format!("--XBX\r\nX: {}", "x".repeat(20_000));
    let (kind, text) = read_every_way(whole.as_bytes(), &Limits::DEFAULT).await.unwrap_err();
    assert_eq!(kind, ErrorKind::Parse);
    assert!(text.contains("the header of a part is larger than 16384 bytes"), "{text}");
}

#[tokio::test]
async fn a_preamble_or_padding_without_end_is_refused() {
    for whole in ["x".repeat(20_000), format!("--XBX{}", " ".repeat(20_000))] {
        let (kind, _) = read_every_way(whole.as_bytes(), &Limits::DEFAULT).await.unwrap_err();
        assert_eq!(kind, ErrorKind::Parse);
    }
}

#[tokio::test]
async fn a_text_one_byte_too_long_is_413_with_the_limit() {
    at_the_limit(
        &format!("{HEAD}hello{END}"),
        Limits::DEFAULT.with_text_field_bytes(5),
        Limits::DEFAULT.with_text_field_bytes(4),
        ErrorKind::TooLarge,
        "the part `a` is larger than 4 bytes",
    )
    .await;
}

#[tokio::test]
async fn a_file_one_byte_too_long_is_413_with_the_limit() {
    at_the_limit(
        &format!("{FILE_HEAD}hello{END}"),
        Limits::DEFAULT.with_file_bytes(5).with_text_field_bytes(0),
        Limits::DEFAULT.with_file_bytes(4),
        ErrorKind::TooLarge,
        "the part `a` is larger than 4 bytes",
    )
    .await;
}

#[tokio::test]
async fn a_part_read_into_memory_has_the_limit_of_buffered_values() {
    let whole = format!("{FILE_HEAD}hello\r\n{FILE_HEAD}hello\r\n{FILE_HEAD}hello{END}");
    let limits = Limits::DEFAULT.with_body_bytes(5).with_text_field_bytes(4);
    let mut form = Multipart::new(&headers(), Chunks::cut(whole.as_bytes(), &[2]), &limits).unwrap();
    assert_eq!(form.next_part().await.unwrap().unwrap().bytes().await.unwrap(), "hello");
    let error = form.next_part().await.unwrap().unwrap().text().await.unwrap_err();
    assert_eq!(error.public(), "the part `a` is larger than 4 bytes");
    assert!(form.next_part().await.unwrap().is_some(), "the next part may still be read");
}
