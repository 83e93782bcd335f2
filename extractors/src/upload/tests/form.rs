//! Structs with files, read from forms.

use gongular_core::{FromRequest, Rules};
use validator::Validate;

use super::*;
use crate::Form;

#[derive(Debug, Deserialize)]
struct Upload {
    #[serde(rename = "SomeFile")]
    file: UploadedFile,
    #[serde(rename = "RegularValue")]
    value: i64,
}
impl Rules for Upload {}

#[derive(Debug, Deserialize)]
struct Maybe {
    file: Option<UploadedFile>,
    value: Option<i64>,
}
impl Rules for Maybe {}

#[derive(Debug, Deserialize)]
struct Many {
    #[serde(default)]
    files: Vec<UploadedFile>,
}
impl Rules for Many {}

/// Writes a form; a part is a field's name, a file name or none, and the data.
fn write(parts: &[(&str, Option<&str>, &str)]) -> Vec<u8> {
    let mut whole = String::new();
    for (name, file_name, data) in parts {
        let file_name = file_name.map(|name| format!("; filename=\"{name}\"")).unwrap_or_default();
        whole +=
            &format!("--XBX\r\nContent-Disposition: form-data; name=\"{name}\"{file_name}\r\n\r\n{data}\r\n");
    }
    (whole + "--XBX--\r\n").into_bytes()
}

async fn read<T>(whole: &[u8]) -> Result<T, Error>
where
    Form<T>: FromRequest<Chunks>,
{
    let (mut parts, ()) = Request::new(()).into_parts();
    parts.headers = headers();
    let limits = Limits::DEFAULT.with_file_memory_bytes(4);
    RequestState::entry(&mut parts.extensions).set_limits(limits.into());
    let mut body = BodySlot::new(Chunks::cut(whole, &[11]));
    let Form(value) = Form::from_request(&mut RequestContext::new(&mut parts, &mut body)).await?;
    Ok(value)
}

/// Returns the problems of a refused form as `path code`.
async fn problems<T>(whole: &[u8]) -> Vec<String>
where
    Form<T>: FromRequest<Chunks>,
{
    let error = read::<T>(whole).await.err().expect("the form is refused");
    assert_eq!(error.status().as_u16(), 400);
    error.problems().iter().map(|problem| format!("{} {}", problem.path(), problem.code())).collect()
}

#[tokio::test]
async fn a_file_and_a_number_are_read_from_one_form() {
    for data in ["one", "on the disk"] {
        let whole = write(&[("SomeFile", Some("../../dir/secret.txt"), data), ("RegularValue", None, "35")]);
        let upload: Upload = read(&whole).await.unwrap();
        assert_eq!((upload.file.file_name().as_str(), upload.value), ("secret.txt", 35));
        assert_eq!(upload.file.bytes().await.unwrap(), data);
    }
}

#[tokio::test]
async fn all_that_is_wrong_with_a_form_is_told_at_once() {
    assert_eq!(problems::<Upload>(&write(&[("RegularValue", None, "35")])).await, ["SomeFile missing"]);
    let whole = write(&[("SomeFile", None, "a text"), ("RegularValue", None, "x")]);
    assert_eq!(problems::<Upload>(&whole).await, ["RegularValue type", "SomeFile missing"]);
    let whole = write(&[("SomeFile", Some("a"), "x"), ("RegularValue", Some("b"), "35")]);
    assert_eq!(problems::<Upload>(&whole).await, ["RegularValue type"]);
}

#[tokio::test]
async fn an_optional_file_may_be_absent_or_not_chosen() {
    for whole in [
        write(&[]),
        write(&[("other", None, "1")]),
        write(&[("file", Some(""), "")]),
        write(&[("file", None, "")]),
        write(&[("file", None, ""), ("file", None, "")]),
    ] {
        let maybe: Maybe = read(&whole).await.unwrap();
        assert!(maybe.file.is_none() && maybe.value.is_none());
    }
    let maybe: Maybe = read(&write(&[("file", Some("a"), "")])).await.unwrap();
    assert!(maybe.file.is_some_and(|file| file.is_empty()));
}

#[tokio::test]
async fn a_text_in_the_place_of_a_file_is_refused() {
    async fn told<T: std::fmt::Debug>(whole: &[u8]) -> Vec<String>
    where
        Form<T>: FromRequest<Chunks>,
    {
        let error = read::<T>(whole).await.unwrap_err();
        assert_eq!(error.status().as_u16(), 400);
        error.problems().iter().map(|problem| format!("{} {problem}", problem.code())).collect()
    }
    let whole = write(&[("file", None, "a text"), ("value", None, "x")]);
    let problems = told::<Maybe>(&whole).await;
    assert_eq!(problems.len(), 2);
    assert_eq!(problems[1], "type Form Value file: expected a file, got a text");
    let whole = write(&[("file", None, ""), ("file", None, "a text")]);
    assert_eq!(told::<Maybe>(&whole).await, ["type Form Value file: expected a file, got a text"]);
    let whole = write(&[("files", Some("a"), "x"), ("files", None, "a text"), ("files", None, "")]);
    assert_eq!(told::<Many>(&whole).await, ["type Form Value files[1]: expected a file, got a text"]);
    let many: Many = read(&write(&[("files", None, ""), ("files", Some("a"), "x")])).await.unwrap();
    assert_eq!(many.files.len(), 1);
}

#[tokio::test]
async fn a_list_has_all_files_and_a_single_field_the_first() {
    let whole = write(&[("files", Some("1"), "one"), ("x", None, ""), ("files", Some("2"), "three")]);
    let many: Many = read(&whole).await.unwrap();
    let names: Vec<_> = many.files.iter().map(UploadedFile::file_name).collect();
    assert_eq!(names, ["1", "2"]);
    let none: Many = read(&write(&[])).await.unwrap();
    assert!(none.files.is_empty());

    let whole = write(&[("file", None, "text"), ("file", Some("1"), "one"), ("file", Some("2"), "two")]);
    let maybe: Maybe = read(&whole).await.unwrap();
    assert_eq!(maybe.file.unwrap().file_name(), "1");
}

#[tokio::test]
async fn rules_stand_beside_files() {
    #[derive(Debug, Deserialize, Validate)]
    struct Ruled {
        #[serde(rename = "file")]
        _file: UploadedFile,
        #[validate(length(min = 3))]
        title: String,
    }
    let whole = write(&[("file", Some("a"), "x"), ("title", None, "ab")]);
    let error = read::<Ruled>(&whole).await.unwrap_err();
    assert_eq!((error.kind(), error.problems()[0].path()), (ErrorKind::Validation, "title"));
    assert_eq!(
        read::<Ruled>(&write(&[("file", Some("a"), "x"), ("title", None, "abc")])).await.unwrap().title,
        "abc"
    );
}

#[tokio::test]
async fn a_file_may_stand_in_a_flattened_struct() {
    #[derive(Debug, Deserialize)]
    struct Outer {
        title: String,
        #[serde(flatten)]
        inner: Maybe,
    }
    impl Rules for Outer {}
    let whole = write(&[("title", None, "t"), ("file", Some("a"), "in a flattened struct")]);
    let outer: Outer = read(&whole).await.unwrap();
    assert_eq!((outer.title.as_str(), outer.inner.file.unwrap().file_name().as_str()), ("t", "a"));
    let whole = write(&[("title", None, "t"), ("value", Some("a"), "a file is no number")]);
    assert!(read::<Outer>(&whole).await.is_err());
}

#[tokio::test]
async fn a_text_cannot_pass_for_the_number_of_a_file() {
    let whole = write(&[("other", Some("a"), "x"), ("SomeFile", None, "0"), ("RegularValue", None, "1")]);
    assert_eq!(problems::<Upload>(&whole).await, ["SomeFile missing"]);
}

#[tokio::test]
async fn an_urlencoded_form_has_no_files() {
    let (mut parts, ()) = Request::new(()).into_parts();
    let content_type = http::HeaderValue::from_static("application/x-www-form-urlencoded");
    parts.headers.insert(http::header::CONTENT_TYPE, content_type);
    let mut body = BodySlot::new(Chunks::cut(b"SomeFile=0&RegularValue=1", &[9]));
    let read = Form::<Upload>::from_request(&mut RequestContext::new(&mut parts, &mut body)).await;
    assert_eq!(read.err().unwrap().problems()[0].to_string(), "Form Value SomeFile: a value is required");
}
