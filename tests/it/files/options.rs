//! What an application may choose: compressed variants, caching, a fallback, a single file.

use gongular::files::ServeFile;
use http::HeaderValue;

use super::*;

#[tokio::test]
async fn compressed_variants_answer_clients_that_take_them() {
    let folder = Folder::new();
    folder.write("public/app.js", "plain");
    folder.write("public/app.js.br", "brotli");
    folder.write("public/app.js.gz", "gzip");
    folder.write("public/app.js.zst", "zstd");
    folder.write("public/only.js", "plain");
    folder.write("public/only.js.gz", "gzip");
    let files = folder.served();
    let answer = get_with(&files, "/app.js", "accept-encoding", "gzip, br, zstd").await;
    assert_eq!((answer.body.as_str(), answer.header("vary")), ("plain", ""));

    let files = files.precompressed(true);
    for (path, accepted, body, coding) in [
        ("/app.js", "gzip", "gzip", "gzip"),
        ("/app.js", "br", "brotli", "br"),
        ("/app.js", "zstd", "zstd", "zstd"),
        ("/app.js", "br;q=0.5, gzip;q=0.9", "gzip", "gzip"),
        ("/app.js", "deflate", "plain", ""),
        ("/app.js", "gzip;q=0", "plain", ""),
        ("/only.js", "br, gzip, zstd", "gzip", "gzip"),
        ("/only.js", "br", "plain", ""),
    ] {
        let answer = get_with(&files, path, "accept-encoding", accepted).await;
        assert_eq!(
            (answer.body.as_str(), answer.header("content-encoding")),
            (body, coding),
            "{path} {accepted}"
        );
        assert_eq!(answer.header("content-type"), "text/javascript; charset=utf-8");
        assert_eq!(answer.header("vary"), "accept-encoding");
        let again = Request::get(path).header("accept-encoding", accepted);
        let again = again.header("if-none-match", answer.header("etag")).body(()).unwrap();
        let again = send(&files, again).await;
        assert_eq!((again.status.as_u16(), again.header("vary")), (304, "accept-encoding"));
    }
}

#[tokio::test]
async fn a_name_that_has_no_room_for_an_extension_is_served_plain() {
    let folder = Folder::new();
    let name = "n".repeat(255);
    folder.write(&format!("public/{name}"), "long");
    let files = folder.served().precompressed(true);
    assert_eq!(get_with(&files, &format!("/{name}"), "accept-encoding", "gzip, br, zstd").await.body, "long");
}

#[tokio::test]
async fn caching_is_said_of_files_only() {
    let folder = Folder::new();
    let files = folder.served().cache_control(HeaderValue::from_static("public, max-age=3600"));
    assert_eq!(get(&files, "/hello.txt").await.header("cache-control"), "public, max-age=3600");
    let part = get_with(&files, "/hello.txt", "range", "bytes=0-1").await;
    assert_eq!(part.header("cache-control"), "public, max-age=3600");
    for path in ["/nothing", "/docs"] {
        assert_eq!(get(&files, path).await.header("cache-control"), "", "{path}");
    }
}

#[tokio::test]
async fn a_visit_to_a_page_that_is_no_file_gets_the_fallback() {
    let folder = Folder::new();
    let files = folder.served().fallback("index.html").cache_control(HeaderValue::from_static("immutable"));
    assert!(files.check().is_ok());
    let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    for path in ["/users/7", "/sub/", "/sub", "/users/", "/no.txt"] {
        let answer = get_with(&files, path, "accept", browser).await;
        assert_eq!((answer.status.as_u16(), answer.body.as_str()), (200, "<h1>index</h1>"), "{path}");
        assert_eq!(answer.header("cache-control"), "no-cache");
        assert_eq!(answer.header("vary"), "accept");
    }
    // What is there is served as ever.
    assert_eq!(get_with(&files, "/sub/b.txt", "accept", browser).await.body, "nested\n");
}

#[tokio::test]
async fn what_a_page_fetches_is_missing_when_it_is_missing() {
    let folder = Folder::new();
    let files = folder.served().fallback("index.html");
    for accept in ["*/*", "application/json", "image/avif,image/webp,*/*;q=0.8", "text/css,*/*;q=0.1"] {
        assert_eq!(get_with(&files, "/users/7", "accept", accept).await.status, 404, "{accept}");
    }
    assert_eq!(get(&files, "/users/7").await.status, 404);
    for path in ["/..%2fsecret.txt", "/.env", "/a%00b", "//host/share"] {
        assert_eq!(get_with(&files, path, "accept", "text/html").await.status, 404, "{path}");
    }
    let post = Request::post("/users/7").header("accept", "text/html").body(()).unwrap();
    assert_eq!(send(&files, post).await.status, 405);
}

#[tokio::test]
async fn a_fallback_that_is_missing_is_found_at_start_up() {
    let folder = Folder::new();
    let files = folder.served().fallback("app.html");
    let error = files.check().unwrap_err();
    assert!(error.to_string().starts_with("no fallback `app.html` in the folder `"), "{error}");
    assert_eq!(get_with(&files, "/users/7", "accept", "text/html").await.status, 404);
    assert!(folder.served().fallback("../secret.txt").check().is_err());
}

async fn one(file: &ServeFile, request: Request<()>) -> Answer {
    read(file.clone().oneshot(request).await).await
}

#[tokio::test]
async fn a_single_file_answers_whatever_the_path() {
    let folder = Folder::new();
    let file = ServeFile::new(folder.public().join("hello.txt"));
    assert!(file.check().is_ok());
    for path in ["/one", "/", "/one/", "/a/../b?c", "/..%2fsecret.txt"] {
        let answer = one(&file, Request::get(path).body(()).unwrap()).await;
        assert_eq!((answer.status.as_u16(), answer.body.as_str()), (200, "hello from a file\n"), "{path}");
        assert_eq!(answer.header("content-type"), "text/plain; charset=utf-8");
    }
    let head = one(&file, Request::head("/one").body(()).unwrap()).await;
    assert_eq!((head.body.as_str(), head.header("content-length")), ("", "18"));
    let part = one(&file, Request::get("/one").header("range", "bytes=0-4").body(()).unwrap()).await;
    assert_eq!((part.status.as_u16(), part.body.as_str()), (206, "hello"));
    let post = one(&file, Request::post("/one").body(()).unwrap()).await;
    assert_eq!((post.status.as_u16(), post.header("allow")), (405, "GET, HEAD"));
}

#[tokio::test]
async fn a_single_file_may_have_any_name() {
    let folder = Folder::new();
    for name in ["a b%41?#.txt", ".hidden", "ä&+;.css", "noext"] {
        let file = ServeFile::new(folder.write(name, name));
        assert!(file.check().is_ok(), "{name}");
        assert_eq!(one(&file, Request::get("/").body(()).unwrap()).await.body, name);
    }
    let typed = ServeFile::new(folder.write("feed", "<a/>"))
        .content_type(HeaderValue::from_static("application/atom+xml"))
        .cache_control(HeaderValue::from_static("no-store"));
    let answer = one(&typed, Request::get("/").body(()).unwrap()).await;
    assert_eq!(answer.header("content-type"), "application/atom+xml");
    assert_eq!(answer.header("cache-control"), "no-store");
}

#[tokio::test]
async fn a_single_file_that_is_missing_or_a_folder_is_404() {
    let folder = Folder::new();
    for path in [folder.path.join("nowhere.txt"), folder.public(), folder.public().join("n".repeat(300))] {
        let file = ServeFile::new(&path);
        assert_eq!(one(&file, Request::get("/").body(()).unwrap()).await.status, 404, "{}", path.display());
        assert!(file.check().unwrap_err().to_string().starts_with("no file at `"), "{}", path.display());
    }
    let file = ServeFile::new("..");
    assert_eq!(one(&file, Request::get("/").body(()).unwrap()).await.status, 404);
    assert_eq!(file.check().unwrap_err().to_string(), "`..` has no name that is a text");
}

#[cfg(unix)]
#[tokio::test]
async fn a_single_file_may_be_a_link() {
    let folder = Folder::new();
    link("../secret.txt", folder.public().join("link.txt"));
    let file = ServeFile::new(folder.public().join("link.txt"));
    assert_eq!(one(&file, Request::get("/").body(()).unwrap()).await.body, SECRET);
}
