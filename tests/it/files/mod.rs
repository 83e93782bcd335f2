//! Static files: which of them a request reaches, and how they are answered.

mod answers;
mod mounted;
mod options;
mod reach;
mod wire;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use gongular::files::ServeFiles;
use gongular::{Error, ResponseBody};
use http::{HeaderMap, Request, Response, StatusCode};
use http_body_util::BodyExt;
use tower::ServiceExt;

/// A folder of its own for one test, gone with it.
///
/// What is served stands in `public`; beside it lies what must never be.
struct Folder {
    path: PathBuf,
}

impl Folder {
    fn new() -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("gongular_files_{}_{number}", std::process::id()));
        let folder = Self { path };
        folder.write("secret.txt", SECRET);
        folder.write("public/hello.txt", "hello from a file\n");
        folder.write("public/index.html", "<h1>index</h1>");
        folder.write("public/c d.txt", "!");
        folder.write("public/empty.txt", "");
        folder.write("public/sub/b.txt", "nested\n");
        folder.write("public/docs/index.html", "<h1>docs</h1>");
        folder.write("public/.env", SECRET);
        folder.write("public/.git/config", SECRET);
        folder
    }

    /// Writes a file, with the folders that it lies in.
    fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    }

    fn public(&self) -> PathBuf {
        self.path.join("public")
    }

    fn served(&self) -> ServeFiles {
        ServeFiles::new(self.public())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // A test that failed has more to say than that its folder could not be removed.
        let _ = fs::remove_dir_all(&self.path);
    }
}

const SECRET: &str = "never to be served";

/// What came back, read to its end.
#[derive(Debug)]
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

async fn read(result: Result<Response<ResponseBody>, Error>) -> Answer {
    match result {
        Ok(response) => {
            let (head, body) = response.into_parts();
            let body = body.collect().await.unwrap().to_bytes();
            Answer {
                status: head.status,
                headers: head.headers,
                body: String::from_utf8(body.into()).unwrap(),
            }
        }
        Err(error) => Answer {
            status: error.status(),
            headers: error.headers().cloned().unwrap_or_default(),
            body: error.public().to_owned(),
        },
    }
}

async fn send(files: &ServeFiles, request: Request<()>) -> Answer {
    read(files.clone().oneshot(request).await).await
}

async fn get(files: &ServeFiles, path: &str) -> Answer {
    send(files, Request::get(path).body(()).unwrap()).await
}

async fn get_with(files: &ServeFiles, path: &str, header: &str, value: &str) -> Answer {
    send(files, Request::get(path).header(header, value).body(()).unwrap()).await
}

#[cfg(unix)]
fn link(to: impl AsRef<Path>, from: impl AsRef<Path>) {
    std::os::unix::fs::symlink(to, from).unwrap();
}
