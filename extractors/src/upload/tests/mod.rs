//! Files from a form to disk and into structs.

mod form;

use std::io::{BufRead, Read, Seek, SeekFrom};
use std::path::PathBuf;

use gongular_core::{BodySlot, Error, ErrorKind, Limits, RequestContext, RequestState};
use http::Request;
use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::{Error as ValueError, U64Deserializer, UnitDeserializer};

use super::*;
use crate::multipart::tests::{Chunks, headers};
use crate::multipart::{Entry, FormData, read_form};

async fn form(whole: &[u8], sizes: &[usize], limits: Limits) -> Result<FormData, Error> {
    let (mut parts, ()) = Request::new(()).into_parts();
    parts.headers = headers();
    RequestState::entry(&mut parts.extensions).set_limits(limits.into());
    let mut body = BodySlot::new(Chunks::cut(whole, sizes));
    read_form(&mut RequestContext::new(&mut parts, &mut body)).await
}

/// Writes a form with one file.
fn one_file(data: &[u8]) -> Vec<u8> {
    let head = b"--XBX\r\nContent-Disposition: form-data; name=f; filename=\"../a.bin\"\r\nContent-Type: image/png\r\n\r\n";
    [head, data, b"\r\n--XBX--\r\n"].concat()
}

async fn read_one(data: &[u8], max_memory_bytes: usize) -> UploadedFile {
    let limits = Limits::DEFAULT.with_file_memory_bytes(max_memory_bytes);
    form(&one_file(data), &[10, 3], limits).await.unwrap().files.remove(0)
}

fn scratch(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("gongular-test-{}-{name}", std::process::id()))
}

#[tokio::test]
async fn a_form_is_read_into_texts_and_files_in_the_order_sent() {
    let whole = [
        &b"--XBX\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n"[..],
        b"--XBX\r\nContent-Disposition: form-data; name=f; filename=x\r\n\r\none\r\n",
        b"--XBX\r\nContent-Disposition: form-data; name=a\r\n\r\n\xc3\xa9\r\n",
        b"--XBX\r\nContent-Disposition: form-data; name=f; filename=y\r\n\r\n\r\n",
        b"--XBX--\r\n",
    ]
    .concat();
    for sizes in [&[usize::MAX][..], &[1], &[7, 30]] {
        let form = form(&whole, sizes, Limits::DEFAULT).await.unwrap();
        let entry = |name: &str, entry| (name.to_owned(), entry);
        let text = |text: &str| Entry::Text(text.to_owned());
        let expected = [
            entry("a", text("1")),
            entry("f", Entry::File(0)),
            entry("a", text("é")),
            entry("f", Entry::File(1)),
        ];
        assert_eq!(form.entries, expected);
        assert_eq!(form.files[0].bytes().await.unwrap(), "one");
        assert!(form.files[1].is_empty());
    }
}

#[tokio::test]
async fn a_file_that_nobody_chose_is_absent() {
    let whole = b"--XBX\r\nContent-Disposition: form-data; name=f; filename=\"\"\r\n\r\n\r\n--XBX--\r\n";
    let form = form(whole, &[9], Limits::DEFAULT).await.unwrap();
    assert!(form.entries.is_empty() && form.files.is_empty());
}

#[tokio::test]
async fn a_form_cut_off_in_a_file_on_disk_is_a_parse_error() {
    let whole = one_file(&[7; 1000]);
    let limits = Limits::DEFAULT.with_file_memory_bytes(10);
    let error = form(&whole[..600], &[100], limits).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Parse);
}

#[tokio::test]
async fn a_text_that_is_not_utf8_names_its_field() {
    let whole = b"--XBX\r\nContent-Disposition: form-data; name=a\r\n\r\n\xff\r\n--XBX--\r\n";
    let error = form(whole, &[9], Limits::DEFAULT).await.unwrap_err();
    assert_eq!((error.kind(), error.problems()[0].path()), (ErrorKind::Parse, "a"));
}

#[tokio::test]
async fn a_file_over_what_is_kept_in_memory_goes_to_disk() {
    let data: Vec<u8> = (0..=250).cycle().take(1000).collect();
    for (max_memory_bytes, in_memory) in [(1000, true), (999, false), (64, false), (0, false)] {
        let file = read_one(&data, max_memory_bytes).await;
        assert_eq!(file.is_in_memory(), in_memory);
        assert_eq!(file.len(), 1000);
        assert_eq!(file.bytes().await.unwrap(), data);
    }
}

#[tokio::test]
async fn a_file_tells_its_names_and_content_type() {
    let file = read_one(b"x", 10).await;
    assert_eq!((file.client_file_name(), file.file_name().as_str()), ("../a.bin", "a.bin"));
    assert_eq!(file.content_type(), Some("image/png"));
}

#[tokio::test]
async fn several_readers_do_not_disturb_each_other() {
    for max_memory_bytes in [100, 2] {
        let file = read_one(b"hello world", max_memory_bytes).await;
        let (mut first, mut second) = (file.reader(), file.clone().reader());

        let mut buffer = [0; 5];
        first.read_exact(&mut buffer).unwrap();
        assert_eq!(&buffer, b"hello");
        second.seek(SeekFrom::End(-5)).unwrap();
        second.read_exact(&mut buffer).unwrap();
        assert_eq!(&buffer, b"world");
        let mut rest = String::new();
        first.read_to_string(&mut rest).unwrap();
        assert_eq!(rest, " world");
        let mut lent = file.reader();
        assert!(lent.fill_buf().unwrap().starts_with(b"hello"));
        lent.consume(6);
        assert_eq!(lent.lines().next().unwrap().unwrap(), "world");
        second.seek(SeekFrom::Start(100)).unwrap();
        assert_eq!(second.read(&mut buffer).unwrap(), 0);
        assert!(second.seek(SeekFrom::Current(-200)).is_err());
    }
}

#[tokio::test]
async fn a_saved_file_never_overwrites_another() {
    for (name, max_memory_bytes) in [("memory", 100), ("disk", 2)] {
        let path = scratch(name);
        let file = read_one(b"hello", max_memory_bytes).await;
        assert_eq!(file.save_to(&path).await.unwrap(), 5);
        let error = file.save_to(&path).await.unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::AlreadyExists);
        assert_eq!(std::fs::read(&path).unwrap(), b"hello");
        std::fs::remove_file(&path).unwrap();
    }
}

#[test]
fn a_struct_takes_a_file_by_its_number_while_a_form_is_read() {
    let number = |number: u64| -> U64Deserializer<ValueError> { number.into_deserializer() };
    let file = UploadedFile::new("a".to_owned(), None, Content::Memory(crate::multipart::Pieces::default()));
    with_files(vec![file], || {
        assert_eq!(UploadedFile::deserialize(number(0)).unwrap().client_file_name(), "a");
        assert!(UploadedFile::deserialize(number(1)).is_err());
        with_files(Vec::new(), || assert!(UploadedFile::deserialize(number(0)).is_err()));
        assert!(UploadedFile::deserialize(number(0)).is_ok(), "the outer form's files are back");
        let panicked = std::panic::catch_unwind(|| with_files(Vec::new(), || panic!("a setter panics")));
        assert!(panicked.is_err() && UploadedFile::deserialize(number(0)).is_ok());
    });
    let error = UploadedFile::deserialize(number(0)).unwrap_err();
    assert_eq!(error.to_string(), "a file is read from a multipart form only");
    let unit: UnitDeserializer<ValueError> = ().into_deserializer();
    assert!(UploadedFile::deserialize(unit).unwrap().is_empty());
}

#[test]
fn a_file_in_a_json_value_is_refused_with_the_reason() {
    for json in ["0", "\"x\"", "null", "{}"] {
        let error = serde_json::from_str::<UploadedFile>(json).unwrap_err().to_string();
        assert!(
            error.contains("a file of a multipart form") || error.contains("a multipart form only"),
            "{error}"
        );
    }
}
