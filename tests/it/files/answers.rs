//! How a file is answered: head, ranges, conditions, methods.

use std::time::{Duration, SystemTime};

use http::Method;
use http_body::Body;

use super::*;

#[tokio::test]
async fn a_file_comes_with_all_that_is_known_of_it() {
    let folder = Folder::new();
    let answer = get(&folder.served(), "/hello.txt").await;
    assert_eq!(answer.status, 200);
    for (name, value) in [
        ("content-type", "text/plain; charset=utf-8"),
        ("content-length", "18"),
        ("accept-ranges", "bytes"),
        ("x-content-type-options", "nosniff"),
        ("cache-control", ""),
        ("vary", ""),
    ] {
        assert_eq!(answer.header(name), value, "{name}");
    }
    assert!(answer.header("etag").starts_with('"'));
    assert!(answer.header("last-modified").ends_with(" GMT"));
}

#[tokio::test]
async fn the_content_type_follows_from_the_extension() {
    let folder = Folder::new();
    let files = folder.served();
    for (name, content_type) in [
        ("a.css", "text/css; charset=utf-8"),
        ("a.HTML", "text/html; charset=utf-8"),
        ("a.js", "text/javascript; charset=utf-8"),
        ("a.json", "application/json"),
        ("a.png", "image/png"),
        ("a.svg", "image/svg+xml"),
        ("a.wasm", "application/wasm"),
        ("a.unheardof", "application/octet-stream"),
        ("plain", "application/octet-stream"),
    ] {
        folder.write(&format!("public/{name}"), "x");
        assert_eq!(get(&files, &format!("/{name}")).await.header("content-type"), content_type, "{name}");
    }
}

#[tokio::test]
async fn head_says_what_get_would_and_sends_nothing() {
    let folder = Folder::new();
    let files = folder.served();
    for path in ["/hello.txt", "/", "/empty.txt", "/docs"] {
        let get = get(&files, path).await;
        let head = send(&files, Request::head(path).body(()).unwrap()).await;
        assert_eq!((head.status, head.body.as_str()), (get.status, ""), "{path}");
        assert_eq!(head.headers, get.headers, "{path}");
    }
    let request = Request::head("/hello.txt").header("range", "bytes=0-1").body(()).unwrap();
    assert_eq!(send(&files, request).await.status, 200);
}

#[tokio::test]
async fn other_methods_are_405_and_say_which_there_are() {
    let folder = Folder::new();
    let files = folder.served();
    for method in [Method::POST, Method::PUT, Method::DELETE, Method::PATCH, Method::OPTIONS, Method::TRACE] {
        for path in ["/hello.txt", "/nothing", "/..%2fsecret.txt"] {
            let request = Request::builder().method(&method).uri(path).body(()).unwrap();
            let answer = send(&files, request).await;
            assert_eq!(
                (answer.status.as_u16(), answer.header("allow")),
                (405, "GET, HEAD"),
                "{method} {path}"
            );
        }
    }
}

#[tokio::test]
async fn one_range_is_a_206() {
    let folder = Folder::new();
    folder.write("public/ten", "0123456789");
    let files = folder.served();
    for (range, body, content_range) in [
        ("bytes=0-0", "0", "bytes 0-0/10"),
        ("bytes=2-4", "234", "bytes 2-4/10"),
        ("bytes=7-", "789", "bytes 7-9/10"),
        ("bytes=-3", "789", "bytes 7-9/10"),
        ("bytes=-10", "0123456789", "bytes 0-9/10"),
        ("bytes=-500", "0123456789", "bytes 0-9/10"),
        ("bytes=8-500", "89", "bytes 8-9/10"),
        ("bytes=0-99999999999999999999999", "0123456789", "bytes 0-9/10"),
    ] {
        let answer = get_with(&files, "/ten", "range", range).await;
        assert_eq!((answer.status.as_u16(), answer.body.as_str()), (206, body), "{range}");
        assert_eq!(answer.header("content-range"), content_range, "{range}");
        assert_eq!(answer.header("content-length"), body.len().to_string(), "{range}");
    }
}

#[tokio::test]
async fn a_range_behind_the_end_is_416_and_says_the_length() {
    let folder = Folder::new();
    folder.write("public/ten", "0123456789");
    let files = folder.served();
    for range in ["bytes=10-", "bytes=10-11", "bytes=99999999999999999999-", "bytes=-0"] {
        let answer = get_with(&files, "/ten", "range", range).await;
        assert_eq!((answer.status.as_u16(), answer.header("content-range")), (416, "bytes */10"), "{range}");
        assert_eq!(answer.body, "the file has no such range");
    }
    for range in ["bytes=0-", "bytes=0-0", "bytes=-1"] {
        let answer = get_with(&files, "/empty.txt", "range", range).await;
        assert_eq!((answer.status.as_u16(), answer.header("content-range")), (416, "bytes */0"), "{range}");
    }
}

#[tokio::test]
async fn several_ranges_and_nonsense_get_the_whole_file() {
    let folder = Folder::new();
    let files = folder.served();
    let sixteen = format!("bytes={}0-0", "0-0,".repeat(15));
    let many = format!("bytes={}0-0", "0-0,".repeat(5000));
    for range in
        [&sixteen, &many, "bytes=0-1,4-5", "bytes=0-,0-", "bytes=x", "bytes=5-1", "lines=0-1", "bytes", ""]
    {
        let answer = get_with(&files, "/hello.txt", "range", range).await;
        assert_eq!((answer.status.as_u16(), answer.body.len()), (200, 18), "{range:.20}");
    }
}

#[tokio::test]
async fn a_range_with_a_condition_that_does_not_hold_gets_the_whole_file() {
    let folder = Folder::new();
    let files = folder.served();
    let now = get(&files, "/hello.txt").await;
    for (condition, status) in [
        (now.header("etag"), 206),
        (now.header("last-modified"), 206),
        ("\"other\"", 200),
        (&format!("W/{}", now.header("etag")), 200),
        ("Sun, 06 Nov 1994 08:49:37 GMT", 200),
    ] {
        for range in ["bytes=0-4", "bytes=500-"] {
            let request = Request::get("/hello.txt").header("range", range).header("if-range", condition);
            let answer = send(&files, request.body(()).unwrap()).await;
            let expected = if range == "bytes=500-" && status == 206 { 416 } else { status };
            assert_eq!(answer.status, expected, "{condition} {range}");
        }
    }
}

#[tokio::test]
async fn a_copy_that_is_still_good_is_not_sent_again() {
    let folder = Folder::new();
    let files = folder.served().cache_control(http::HeaderValue::from_static("max-age=60"));
    let now = get(&files, "/hello.txt").await;
    let tag = now.header("etag");
    for (name, value, status) in [
        ("if-none-match", tag, 304),
        ("if-none-match", &format!("W/{tag}"), 304),
        ("if-none-match", &format!("\"a\", {tag}"), 304),
        ("if-none-match", "*", 304),
        ("if-none-match", "\"a\"", 200),
        ("if-modified-since", now.header("last-modified"), 304),
        ("if-modified-since", "Sun, 06 Nov 1994 08:49:37 GMT", 200),
        ("if-modified-since", "yesterday", 200),
        ("if-match", tag, 200),
        ("if-match", "\"a\"", 412),
        ("if-unmodified-since", now.header("last-modified"), 200),
        ("if-unmodified-since", "Sun, 06 Nov 1994 08:49:37 GMT", 412),
    ] {
        for method in ["GET", "HEAD"] {
            let request = Request::builder().method(method).uri("/hello.txt").header(name, value);
            let answer = send(&files, request.body(()).unwrap()).await;
            assert_eq!(answer.status, status, "{method} {name}: {value}");
            if status == 304 {
                assert_eq!((answer.body.as_str(), answer.header("etag")), ("", tag));
                assert_eq!(answer.header("cache-control"), "max-age=60");
            }
        }
    }
}

#[tokio::test]
async fn a_file_that_changed_has_another_tag() {
    let folder = Folder::new();
    let files = folder.served();
    let before = get(&files, "/hello.txt").await;
    let path = folder.write("public/hello.txt", "HELLO from a file\n");
    let later = SystemTime::now() + Duration::from_secs(10);
    fs::File::options().write(true).open(path).unwrap().set_modified(later).unwrap();
    let after = get_with(&files, "/hello.txt", "if-none-match", before.header("etag")).await;
    assert_eq!((after.status.as_u16(), after.body.as_str()), (200, "HELLO from a file\n"));
    assert_ne!(after.header("etag"), before.header("etag"));
}

#[tokio::test]
async fn a_large_file_is_streamed_and_its_length_is_known() {
    let folder = Folder::new();
    let text: String = (0..200_000).map(|number| format!("{number:06}\n")).collect();
    folder.write("public/large.txt", &text);
    let request = Request::get("/large.txt").body(()).unwrap();
    let mut body = folder.served().oneshot(request).await.unwrap().into_body();
    assert_eq!(body.size_hint().exact(), Some(1_400_000));
    let first = body.frame().await.unwrap().unwrap().into_data().unwrap();
    assert!(first.len() <= 64 << 10, "{} bytes in one piece", first.len());
    assert_eq!(body.size_hint().exact(), Some(1_400_000 - first.len() as u64));
    let rest = body.collect().await.unwrap().to_bytes();
    assert!([&first[..], &rest[..]].concat() == text.as_bytes());
    let answer = get_with(&folder.served(), "/large.txt", "range", "bytes=700000-1049999").await;
    assert!(answer.body == text[700_000..1_050_000]);
}

#[tokio::test]
async fn a_file_of_one_piece_and_one_of_a_byte_more_are_answered_alike() {
    let folder = Folder::new();
    for length in [64 << 10, (64 << 10) + 1] {
        let text: String = (0..length).map(|at| char::from(b'a' + (at % 23) as u8)).collect();
        folder.write("public/piece", &text);
        let whole = get(&folder.served(), "/piece").await;
        assert_eq!(whole.header("content-length"), length.to_string());
        assert!(whole.body == text);
        let part = get_with(&folder.served(), "/piece", "range", "bytes=65530-").await;
        assert_eq!((part.status.as_u16(), part.body.as_str()), (206, &text[65530..]));
        let tail = get_with(&folder.served(), "/piece", "range", "bytes=-3").await;
        assert_eq!(tail.body, &text[length - 3..]);
    }
}

#[tokio::test]
async fn a_file_that_grows_is_cut_and_one_that_shrinks_fails_the_answer() {
    let folder = Folder::new();
    let path = folder.write("public/log.txt", "x".repeat(100_000));
    let open = || folder.served().oneshot(Request::get("/log.txt").body(()).unwrap());
    let response = open().await.unwrap();
    fs::write(&path, "x".repeat(200_000)).unwrap();
    assert_eq!(response.into_body().collect().await.unwrap().to_bytes().len(), 100_000);

    let response = open().await.unwrap();
    fs::File::options().write(true).open(&path).unwrap().set_len(10).unwrap();
    let error = response.into_body().collect().await.unwrap_err();
    assert_eq!(error.to_string(), "the file became shorter meanwhile");
}
