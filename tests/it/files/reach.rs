//! Which files a request reaches.

use super::*;

#[tokio::test]
async fn files_of_the_folder_are_served_and_those_beside_it_are_not() {
    let folder = Folder::new();
    let files = folder.served();
    assert_eq!(get(&files, "/hello.txt").await.body, "hello from a file\n");
    assert_eq!(get(&files, "/sub/b.txt").await.body, "nested\n");
    assert_eq!(get(&files, "/c%20d.txt").await.body, "!");
    assert_eq!(get(&files, "/%68ello.txt").await.body, "hello from a file\n");
    assert_eq!(get(&files, "/secret.txt").await.status, 404);
}

#[tokio::test]
async fn no_spelling_of_the_way_up_leaves_the_folder() {
    let folder = Folder::new();
    let public = folder.public();
    let absolute = folder.path.join("secret.txt").display().to_string();
    let ups = [
        "..",
        "%2e%2e",
        "%2E%2e",
        ".%2e",
        "%2e.",
        "..%00",
        "..;",
        "%c0%ae%c0%ae",
        "%e0%80%ae%e0%80%ae",
        "%252e%252e",
        "%25252e%25252e",
        "%uff0e%uff0e",
        "%ef%bc%8e%ef%bc%8e",
        "...",
        "....",
        "..%20",
        "..%09",
        "%2e%2e%2f..",
    ];
    let slashes =
        ["/", "//", "%2f", "%2F", "%5c", "%255c", "%252f", "\\", "%c0%af", "/./", "%5c/", "%e2%88%95"];
    let mut paths = vec![
        format!("/{absolute}"),
        format!("//{absolute}"),
        format!("/{}", absolute.replace('/', "%2f")),
        "/c:/windows/win.ini".to_owned(),
        "/C:%5cwindows%5cwin.ini".to_owned(),
        "/file:%2f%2f%2fetc/passwd".to_owned(),
        "//localhost/c$/secret.txt".to_owned(),
        "/%5c%5clocalhost%5cc$%5csecret.txt".to_owned(),
        "/%5c%5c?%5cC:%5csecret.txt".to_owned(),
        "/hello.txt/../../secret.txt".to_owned(),
        "/hello.txt%00.html".to_owned(),
        "/secret.txt%00".to_owned(),
    ];
    for up in ups {
        for slash in slashes {
            paths.push(format!("/{up}{slash}secret.txt"));
            paths.push(format!("/sub{slash}{up}{slash}{up}{slash}secret.txt"));
            paths.push(format!("/{up}{slash}public{slash}hello.txt"));
        }
    }
    let files = ServeFiles::new(public).dot_files(true);
    let mut asked = 0;
    for path in paths {
        // What is no target of HTTP never comes to a service.
        let Ok(request) = Request::get(&path).body(()) else { continue };
        let answer = send(&files, request).await;
        assert_eq!((answer.status.as_u16(), answer.body.as_str()), (404, "not found"), "{path}");
        asked += 1;
    }
    assert!(asked > 500, "{asked} paths were asked for");
}

#[tokio::test]
async fn whatever_pieces_a_path_is_made_of_it_stays_in_the_folder() {
    let folder = Folder::new();
    let files = folder.served().dot_files(true).precompressed(true).fallback("index.html");
    let above = folder.path.file_name().unwrap().to_str().unwrap();
    let pieces = [
        "/",
        "/",
        "/",
        "%2f",
        "%5c",
        ".",
        "..",
        "..",
        "%2e",
        "%2e%2e",
        "%252e",
        "public",
        "sub",
        "docs",
        above,
        "secret.txt",
        "secret.txt",
        "hello.txt",
        ".env",
        "%00",
        "%c0%af",
        "%c0%ae",
        "tmp",
        "~",
        ":",
        ";",
        "%",
        "c:",
        "",
    ];
    // Small and always the same, so that a failure can be looked at again.
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % below as u64).unwrap()
    };
    let mut found = 0;
    for _ in 0..4000 {
        let path: String = (0..=next(9)).map(|_| pieces[next(pieces.len())]).collect();
        let Ok(request) = Request::get(format!("/{path}")).header("accept-encoding", "gzip").body(()) else {
            continue;
        };
        let answer = send(&files, request).await;
        let is_known = matches!(answer.status.as_u16(), 200 | 307 | 404);
        // The only secret that is served is the one that lies in the folder itself.
        let is_inside = answer.body != SECRET || path.ends_with(".env");
        assert!(is_known && is_inside, "{path}: {answer:?}");
        assert!(!answer.header("location").starts_with("//"), "{path}: {answer:?}");
        found += usize::from(answer.status == 200);
    }
    assert!(found > 10, "{found} paths led to a file");
}

#[tokio::test]
async fn names_of_any_length_and_oddness_are_404() {
    let folder = Folder::new();
    let files = folder.served();
    for length in [254, 255, 256, 257, 4095, 4096, 60_000] {
        for letter in ["a", "%61", "%c3%a4", "%F0%9F%A6%80"] {
            let path = format!("/{}", letter.repeat(length / letter.len() + 1));
            assert_eq!(get(&files, &path).await.status, 404, "{length} of {letter}");
        }
        assert_eq!(get(&files, &"/a".repeat(length / 2)).await.status, 404, "{length} deep");
    }
    for odd in
        ["/hello.txt/", "/hello.txt/a", "/%00", "/%", "/%zz", "/%ff", "/%0d%0ax:y", "/*", "/?", "/~", "/-"]
    {
        let expected = if odd == "/?" { 200 } else { 404 };
        assert_eq!(get(&files, odd).await.status, expected, "{odd}");
    }
}

#[tokio::test]
async fn folders_are_never_listed() {
    let folder = Folder::new();
    let files = folder.served();
    assert_eq!(get(&files, "/sub/").await.status, 404);
    assert_eq!(get(&files, "/sub").await.status, 404);
    assert_eq!(send(&files, Request::head("/sub/").body(()).unwrap()).await.status, 404);
}

#[tokio::test]
async fn the_index_answers_for_its_folder() {
    let folder = Folder::new();
    let files = folder.served();
    let answer = get(&files, "/").await;
    assert_eq!(answer.body, "<h1>index</h1>");
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(get(&files, "/docs/").await.body, "<h1>docs</h1>");
    assert_eq!(get(&files, "/docs/index.html").await.body, "<h1>docs</h1>");
}

#[tokio::test]
async fn a_folder_without_a_slash_leads_to_itself_and_never_to_another_host() {
    let folder = Folder::new();
    folder.write("public/evil.example/index.html", "x");
    folder.write("public/a:b/index.html", "x");
    let files = folder.served();
    for (path, location) in [
        ("/docs", "./docs/"),
        ("/docs?a=1&b=%2f", "./docs/?a=1&b=%2f"),
        ("/evil.example", "./evil.example/"),
        ("/a:b", "./a%3Ab/"),
    ] {
        let answer = get(&files, path).await;
        assert_eq!((answer.status.as_u16(), answer.header("location")), (307, location), "{path}");
    }
    for path in ["//evil.example", "//evil.example/..", "/%2fevil.example", "/%5cevil.example", "//docs"] {
        let answer = send(&files, Request::get(path).body(()).unwrap()).await;
        assert_eq!((answer.status.as_u16(), answer.header("location")), (404, ""), "{path}");
    }
}

#[tokio::test]
async fn names_that_begin_with_a_dot_are_served_only_when_wanted() {
    let folder = Folder::new();
    let files = folder.served();
    for path in ["/.env", "/%2eenv", "/.git/config", "/.git/", "/.git"] {
        assert_eq!(get(&files, path).await.status, 404, "{path}");
    }
    let files = files.dot_files(true);
    assert_eq!(get(&files, "/.env").await.body, SECRET);
    assert_eq!(get(&files, "/.git/config").await.body, SECRET);
}

#[cfg(unix)]
#[tokio::test]
async fn links_are_followed_inside_and_refused_outside() {
    let folder = Folder::new();
    let public = folder.public();
    folder.write("release/page/index.html", SECRET);
    link("hello.txt", public.join("inside.txt"));
    link("docs", public.join("inside"));
    link("../secret.txt", public.join("outside.txt"));
    link(folder.path.join("secret.txt"), public.join("absolute.txt"));
    link("outside.txt", public.join("twice.txt"));
    link("../release", public.join("out"));
    link("../public/hello.txt", public.join("round.txt"));
    link("loop.txt", public.join("loop.txt"));
    link("nowhere.txt", public.join("broken.txt"));
    link(".", public.join("sub/index.html"));

    let files = folder.served();
    for path in ["/inside.txt", "/round.txt"] {
        assert_eq!(get(&files, path).await.body, "hello from a file\n", "{path}");
    }
    assert_eq!(get(&files, "/inside/").await.body, "<h1>docs</h1>");
    let outside =
        ["/outside.txt", "/absolute.txt", "/twice.txt", "/out/page/", "/out/page", "/out/page/index.html"];
    for path in outside.into_iter().chain(["/loop.txt", "/loop.txt/a", "/broken.txt", "/sub/", "/sub"]) {
        for method in ["GET", "HEAD"] {
            let answer = send(&files, Request::builder().method(method).uri(path).body(()).unwrap()).await;
            assert_eq!(answer.status, 404, "{method} {path}");
        }
    }

    let files = files.outside_links(true);
    for path in ["/outside.txt", "/absolute.txt", "/twice.txt", "/out/page/"] {
        assert_eq!(get(&files, path).await.body, SECRET, "{path}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_compressed_variant_or_an_index_that_is_a_link_outwards_is_refused_too() {
    let folder = Folder::new();
    link("../secret.txt", folder.public().join("hello.txt.gz"));
    link("../../secret.txt", folder.public().join("sub/index.html"));
    let files = folder.served().precompressed(true);
    let answer = get_with(&files, "/hello.txt", "accept-encoding", "gzip").await;
    assert_eq!((answer.body.as_str(), answer.header("content-encoding")), ("hello from a file\n", ""));
    assert_eq!(get(&files, "/hello.txt.gz").await.status, 404);
    assert_eq!(get(&files, "/sub/").await.status, 404);
}

#[cfg(unix)]
#[tokio::test]
async fn a_folder_that_is_a_link_may_be_turned_to_another() {
    let folder = Folder::new();
    folder.write("one/page.txt", "one");
    folder.write("two/page.txt", "two");
    let current = folder.path.join("current");
    link("one", &current);
    let files = ServeFiles::new(&current);
    assert_eq!(get(&files, "/page.txt").await.body, "one");
    fs::remove_file(&current).unwrap();
    link("two", &current);
    assert_eq!(get(&files, "/page.txt").await.body, "two");
}

#[cfg(unix)]
#[tokio::test]
async fn what_is_no_regular_file_is_404() {
    let folder = Folder::new();
    let _socket = std::os::unix::net::UnixListener::bind(folder.public().join("socket")).unwrap();
    link("/dev/zero", folder.public().join("endless"));
    let files = folder.served().outside_links(true);
    assert_eq!(get(&files, "/socket").await.status, 404);
    assert_eq!(get(&files, "/endless").await.status, 404);
}

#[tokio::test]
async fn a_folder_that_is_gone_is_404_and_found_at_start_up() {
    let folder = Folder::new();
    assert!(folder.served().check().is_ok());
    let missing = ServeFiles::new(folder.path.join("nowhere"));
    assert_eq!(get(&missing, "/hello.txt").await.status, 404);
    let error = missing.check().unwrap_err();
    assert!(error.to_string().starts_with("no folder of files at `"), "{error}");
    assert_eq!(error.public(), "internal server error");
    let error = ServeFiles::new(folder.public().join("hello.txt")).check().unwrap_err();
    assert!(error.to_string().ends_with("hello.txt` is no folder of files"), "{error}");
}
