//! Forms and uploaded files.

use std::io::{self, BufRead as _};

use gongular::{Error, Form, Json, Router, UploadedFile};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use validator::Validate;

use crate::rules::letters;

pub(super) fn routes() -> Router {
    Router::new()
        .post("/f/basic", echo::<Basic>)
        .post("/f/bool", echo::<Checkbox>)
        .post("/f/valid", echo::<Name>)
        .post("/form", echo::<Person>)
        .post("/f/upload", upload)
        .post("/f/upload-opt", upload_optional)
        .post("/f/upload-many", upload_many)
        .post("/upload", upload_titled)
}

/// Answers with the form as it was read.
async fn echo<T: Serialize>(Form(value): Form<T>) -> Json<T> {
    Json(value)
}

async fn upload(Form(form): Form<Upload>) -> Result<Json<Uploaded>, Error> {
    let file = Summary::of(form.some_file).await?;
    Ok(Json(Uploaded { file, value: form.regular_value }))
}

async fn upload_optional(Form(form): Form<OptionalUpload>) -> Json<OptionallyUploaded> {
    let file = form.some_file;
    Json(OptionallyUploaded {
        size: file.as_ref().map(UploadedFile::len),
        filename: file.as_ref().map(UploadedFile::file_name),
        value: form.regular_value,
    })
}

async fn upload_many(Form(form): Form<Uploads>) -> Result<Json<Vec<Summary>>, Error> {
    let mut summaries = Vec::with_capacity(form.files.len());
    for file in form.files {
        summaries.push(Summary::of(file).await?);
    }
    Ok(Json(summaries))
}

async fn upload_titled(Form(form): Form<TitledUpload>) -> Result<Json<TitledSummary>, Error> {
    let file = Summary::of(form.file).await?;
    Ok(Json(TitledSummary { title: form.title, count: form.count, file }))
}

#[derive(Deserialize, Serialize, Validate)]
#[serde(rename_all = "PascalCase")]
struct Basic {
    age: i64,
    #[serde(default)]
    name: String,
    fraction: f64,
}

#[derive(Deserialize, Serialize, Validate)]
struct Checkbox {
    #[serde(rename = "B", default)]
    checked: bool,
}

#[derive(Deserialize, Serialize, Validate)]
struct Name {
    #[serde(rename = "Name")]
    #[validate(custom(function = "letters"))]
    name: String,
}

#[derive(Deserialize, Serialize, Validate)]
struct Person {
    name: String,
    age: u32,
}

#[derive(Deserialize, Validate)]
#[serde(rename_all = "PascalCase")]
struct Upload {
    some_file: UploadedFile,
    regular_value: i64,
}

#[derive(Deserialize, Validate)]
#[serde(rename_all = "PascalCase")]
struct OptionalUpload {
    some_file: Option<UploadedFile>,
    regular_value: Option<i64>,
}

#[derive(Deserialize, Validate)]
struct Uploads {
    #[serde(rename = "Files", default)]
    files: Vec<UploadedFile>,
}

#[derive(Deserialize, Validate)]
struct TitledUpload {
    title: String,
    count: u32,
    file: UploadedFile,
}

#[derive(Serialize)]
struct Uploaded {
    #[serde(flatten)]
    file: Summary,
    value: i64,
}

#[derive(Serialize)]
struct OptionallyUploaded {
    size: Option<u64>,
    filename: Option<String>,
    value: Option<i64>,
}

#[derive(Serialize)]
struct TitledSummary {
    title: String,
    count: u32,
    #[serde(flatten)]
    file: Summary,
}

/// What is told of a file that came in.
#[derive(Serialize)]
struct Summary {
    sha256: String,
    size: u64,
    filename: String,
}

impl Summary {
    async fn of(file: UploadedFile) -> Result<Self, Error> {
        let (size, filename) = (file.len(), file.file_name());
        // A large one is on disk.
        let sha256 = tokio::task::spawn_blocking(move || sha256(&file)).await??;
        Ok(Self { sha256, size, filename })
    }
}

fn sha256(file: &UploadedFile) -> io::Result<String> {
    let mut hasher = Sha256::new();
    let mut reader = file.reader();
    loop {
        let bytes = reader.fill_buf()?;
        if bytes.is_empty() {
            break;
        }
        hasher.update(bytes);
        let read = bytes.len();
        reader.consume(read);
    }
    Ok(hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}
