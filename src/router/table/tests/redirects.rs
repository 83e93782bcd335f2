use super::*;

#[test]
fn a_slash_at_the_end_and_case_lead_to_the_route() {
    check(
        &["GET /out/string", "POST /b/basic", "GET /c/{*Path}", "GET /Users/{id}/Files-{n}", "GET /"],
        &[
            ("GET /out/string/", "-> /out/string"),
            ("POST /b/basic/", "-> /b/basic"),
            ("GET /b/basic/", "-> /b/basic"),
            ("GET /OUT/String", "-> /out/string"),
            ("HEAD /OUT/String/", "-> /out/string"),
            ("GET /c", "-> /c/"),
            ("GET /C", "-> /c/"),
            ("GET /C/", "-> /c/"),
            ("GET /C/A/b/", "-> /c/A/b/"),
            ("GET /users/7/fileS-A", "-> /Users/7/Files-A"),
            ("GET /out/string//", "404"),
            ("GET /out//string", "404"),
            ("GET /out/string/x", "404"),
            ("GET //out/string", "404"),
        ],
    );
}

#[test]
fn values_are_kept_byte_for_byte() {
    check(
        &["GET /p/{Name}/x", "GET /c/{*Path}"],
        &[
            ("GET /P/%61%2fB%zz/X", "-> /p/%61%2fB%zz/x"),
            ("GET /p/A/x/", "-> /p/A/x"),
            ("GET /%50/A%2F%2f/x/", "-> /p/A%2F%2f/x"),
            ("GET /C/A//B%2f", "-> /c/A//B%2f"),
            ("GET /P/\u{e9}\t\u{7f}/x", "-> /p/%C3%A9%09%7F/x"),
        ],
    );
}

#[test]
fn a_redirect_never_leads_to_another_host() {
    check(
        &["GET /{a}", "GET /{a}/{b}", "GET /x/{*rest}"],
        &[
            ("GET //evil.example/", "404"),
            ("GET //evil.example/x/", "404"),
            ("GET ///evil.example/", "404"),
            ("GET /\\evil.example/", "404"),
            ("GET /%5Cevil.example/", "-> /%5Cevil.example"),
            ("GET /\tevil/", "-> /%09evil"),
            ("GET /evil/", "-> /evil"),
        ],
    );
    check(&["GET /{*all}"], &[("GET //evil.example/", "404"), ("GET //evil.example", "404")]);
}

#[test]
fn routes_that_differ_only_by_case_are_not_redirected() {
    check(
        &["GET /a/x", "POST /A/x"],
        &[
            ("GET /a/x", "GET /a/x"),
            ("POST /A/x", "POST /A/x"),
            ("GET /A/x", "405 POST, OPTIONS"),
            ("GET /a/X", "-> /A/x"),
        ],
    );
}

#[test]
fn redirects_can_be_switched_off() {
    let mut builder = TableBuilder::new();
    for pattern in ["/out/string", "/c/{*Path}"] {
        builder.insert(Method::GET.into(), Pattern::parse(pattern).unwrap(), "hit", Location::caller());
    }
    builder.redirect(false);
    let table = builder.build().unwrap();
    for request in ["GET /out/string/", "GET /OUT/string", "GET /c"] {
        assert_eq!(find(&table, request), "404");
    }
    assert_eq!(find(&table, "GET /c/"), "hit Path=");
}
