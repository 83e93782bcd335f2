//! Forms with files.

use bytes::Bytes;

/// A form of texts and files, as `multipart/form-data`.
///
/// # Example
///
/// ```
/// use gongular::test_client::{MultipartForm, TestClient};
/// use gongular::{Form, UploadedFile, service};
/// use serde::Deserialize;
///
/// #[derive(Deserialize)]
/// # #[derive(validator::Validate)]
/// struct Upload {
///     title: String,
///     file: UploadedFile,
/// }
///
/// async fn upload(Form(upload): Form<Upload>) -> String {
///     format!("{}: {} has {} bytes", upload.title, upload.file.file_name(), upload.file.len())
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let form = MultipartForm::new().text("title", "Song").file("file", "song.txt", "la la la");
/// let answer = TestClient::new(service(upload)).post("/").multipart(form).send().await;
/// assert_eq!(answer.text(), "Song: song.txt has 8 bytes");
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct MultipartForm {
    parts: Vec<Part>,
}

#[derive(Clone, Debug)]
struct Part {
    name: String,
    file: Option<(String, String)>,
    data: Bytes,
}

impl MultipartForm {
    /// Makes a form without fields.
    #[must_use]
    pub const fn new() -> Self {
        Self { parts: Vec::new() }
    }

    /// Adds a text.
    #[must_use]
    pub fn text(mut self, name: impl Into<String>, value: impl Into<Bytes>) -> Self {
        self.parts.push(Part { name: name.into(), file: None, data: value.into() });
        self
    }

    /// Adds a file, of type `application/octet-stream`.
    #[must_use]
    pub fn file(self, name: impl Into<String>, file_name: impl Into<String>, data: impl Into<Bytes>) -> Self {
        self.file_of_type(name, file_name, "application/octet-stream", data)
    }

    /// Adds a file of a content type.
    #[must_use]
    pub fn file_of_type(
        mut self,
        name: impl Into<String>,
        file_name: impl Into<String>,
        content_type: impl Into<String>,
        data: impl Into<Bytes>,
    ) -> Self {
        let file = Some((file_name.into(), content_type.into()));
        self.parts.push(Part { name: name.into(), file, data: data.into() });
        self
    }

    /// Writes the form: its content type, and the body.
    pub(super) fn encode(&self) -> (String, Vec<u8>) {
        let boundary = self.boundary();
        let mut body = Vec::new();
        for part in &self.parts {
            let name = quoted(&part.name);
            let mut head = format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"");
            if let Some((file_name, content_type)) = &part.file {
                let file_name = quoted(file_name);
                head.push_str(&format!("; filename=\"{file_name}\"\r\nContent-Type: {content_type}"));
            }
            head.push_str("\r\n\r\n");
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(&part.data);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
        (format!("multipart/form-data; boundary={boundary}"), body)
    }

    /// Returns a boundary that no part has in it, the same for the same form.
    fn boundary(&self) -> String {
        let is_free = |boundary: &String| {
            let boundary = boundary.as_bytes();
            !self.parts.iter().any(|part| part.data.windows(boundary.len()).any(|window| window == boundary))
        };
        let mut candidates = (0_u64..).map(|number| format!("test-boundary-{number}"));
        candidates.find(is_free).expect("a form does not hold every number")
    }
}

/// Writes a name between quotes as browsers do.
fn quoted(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_written_as_a_browser_does() {
        let form =
            MultipartForm::new().text("a\"b", "1").file_of_type("f", "x\r\n.txt", "text/plain", "data");
        let (content_type, body) = form.encode();
        assert_eq!(content_type, "multipart/form-data; boundary=test-boundary-0");
        let expected = "--test-boundary-0\r\n\
            Content-Disposition: form-data; name=\"a%22b\"\r\n\r\n1\r\n\
            --test-boundary-0\r\n\
            Content-Disposition: form-data; name=\"f\"; filename=\"x%0D%0A.txt\"\r\nContent-Type: text/plain\r\n\r\ndata\r\n\
            --test-boundary-0--\r\n";
        assert_eq!(String::from_utf8(body).unwrap(), expected);
    }

    #[test]
    fn the_boundary_stands_in_no_part() {
        let (content_type, _) = MultipartForm::new().text("a", "--test-boundary-0").encode();
        assert!(content_type.ends_with("test-boundary-1"));
    }
}
