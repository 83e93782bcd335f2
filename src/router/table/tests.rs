use super::*;

mod random;
mod redirects;

/// Makes a table whose values are the lines themselves: method and pattern.
fn build(routes: &[&'static str]) -> Result<Table<&'static str>, Vec<RouteConflict>> {
    let mut builder = TableBuilder::new();
    for line in routes {
        let (method, pattern) = line.split_once(' ').unwrap();
        let filter = match method {
            "ANY" => MethodFilter::Any,
            one => MethodFilter::One(Method::from_bytes(one.as_bytes()).unwrap()),
        };
        builder.insert(filter, Pattern::parse(pattern).unwrap(), *line, Location::caller());
    }
    builder.build()
}

fn table(routes: &[&'static str]) -> Table<&'static str> {
    build(routes).unwrap()
}

/// Looks a path up in both ways, which must agree; `true` if it was found at once.
fn look_up<'t, T: std::fmt::Debug>(table: &'t Table<T>, method: &Method, path: &str) -> (Found<'t, T>, bool) {
    let found = table.find(method, path);
    let at_once = table.find_at_once(method, path);
    let is_at_once = at_once.is_some();
    if let Some((route, values)) = at_once {
        let Found::Route(hit) = &found else { panic!("{path}: {found:?}, and {route:?} at once") };
        assert!(std::ptr::eq(hit.route, route), "{path}");
        assert_eq!(values.collect::<Vec<_>>(), hit.params.values(path).collect::<Vec<_>>(), "{path}");
    }
    (found, is_at_once)
}

/// Writes what a table finds in one line.
fn find(table: &Table<&'static str>, request: &str) -> String {
    let (method, path) = request.split_once(' ').unwrap();
    match look_up(table, &Method::from_bytes(method.as_bytes()).unwrap(), path).0 {
        Found::MethodNotAllowed { allow, .. } => format!("405 {}", allow.to_str().unwrap()),
        Found::Nothing => "404".into(),
        Found::Options { allow, .. } => format!("200 {}", allow.to_str().unwrap()),
        Found::Redirect { location } => format!("-> {location}"),
        Found::Route(hit) => {
            let mut line = (*hit.route.value()).to_owned();
            assert_eq!(hit.params.as_slice().len(), hit.route.pattern().names().len());
            for (name, value) in hit.route.pattern().names().iter().zip(hit.params.values(path)) {
                line.push_str(&format!(" {name}={value}"));
            }
            line + if method == "HEAD" && *hit.route.method() == Method::GET { " (head)" } else { "" }
        }
    }
}

fn check(routes: &[&'static str], cases: &[(&str, &str)]) {
    let mut turned = routes.to_vec();
    turned.reverse();
    for table in [table(routes), table(&turned)] {
        for (request, expected) in cases {
            assert_eq!(find(&table, request), *expected, "{request}");
        }
    }
}

#[test]
fn every_method_finds_its_own_route() {
    check(
        &[
            "GET /a",
            "POST /a",
            "PUT /a",
            "PATCH /a",
            "DELETE /a",
            "TRACE /a",
            "CONNECT /a",
            "PURGE /a",
            "LINK /a",
        ],
        &[
            ("GET /a", "GET /a"),
            ("POST /a", "POST /a"),
            ("PUT /a", "PUT /a"),
            ("PATCH /a", "PATCH /a"),
            ("DELETE /a", "DELETE /a"),
            ("TRACE /a", "TRACE /a"),
            ("CONNECT /a", "CONNECT /a"),
            ("PURGE /a", "PURGE /a"),
            ("LINK /a", "LINK /a"),
            ("UNLINK /a", "405 GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, TRACE, CONNECT, LINK, PURGE"),
            ("get /a", "405 GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, TRACE, CONNECT, LINK, PURGE"),
        ],
    );
}

#[test]
fn head_is_answered_by_get_unless_a_route_has_it() {
    check(
        &["GET /a", "GET /b", "HEAD /b", "HEAD /c", "ANY /d", "ANY /e", "GET /e"],
        &[
            ("HEAD /a", "GET /a (head)"),
            ("HEAD /b", "HEAD /b"),
            ("HEAD /c", "HEAD /c"),
            ("GET /c", "405 HEAD, OPTIONS"),
            ("HEAD /d", "ANY /d"),
            ("HEAD /e", "GET /e (head)"),
        ],
    );
}

#[test]
fn options_answers_by_itself_unless_a_route_has_it() {
    check(
        &["GET /a", "OPTIONS /b", "POST /b", "POST /c", "ANY /d", "POST /e/{x}"],
        &[
            ("OPTIONS /a", "200 GET, HEAD, OPTIONS"),
            ("OPTIONS /b", "OPTIONS /b"),
            ("OPTIONS /c", "200 POST, OPTIONS"),
            ("OPTIONS /d", "ANY /d"),
            ("OPTIONS /e/1", "200 POST, OPTIONS"),
            ("OPTIONS /f", "404"),
            ("DELETE /b", "405 POST, OPTIONS"),
            ("OPTIONS *", "200 GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, TRACE, CONNECT"),
            ("GET *", "404"),
        ],
    );
}

#[test]
fn a_route_for_any_method_takes_what_others_leave() {
    check(
        &["ANY /a", "POST /a", "PURGE /a"],
        &[
            ("GET /a", "ANY /a"),
            ("POST /a", "POST /a"),
            ("PURGE /a", "PURGE /a"),
            ("BREW /a", "ANY /a"),
            ("OPTIONS /a", "ANY /a"),
        ],
    );
}

#[test]
fn a_text_wins_over_a_parameter_in_any_order() {
    check(
        &[
            "GET /u/{id}",
            "GET /u/me",
            "GET /u/{id}/x",
            "GET /u/me/y",
            "GET /{a}/b/c",
            "GET /img/x-{n}.png",
            "GET /img/{f}",
        ],
        &[
            ("GET /u/me", "GET /u/me"),
            ("GET /u/you", "GET /u/{id} id=you"),
            ("GET /u/me/x", "GET /u/{id}/x id=me"),
            ("GET /u/me/y", "GET /u/me/y"),
            ("GET /u/b/c", "GET /{a}/b/c a=u"),
            ("GET /img/x-7.png", "GET /img/x-{n}.png n=7"),
            ("GET /img/x-.png", "GET /img/{f} f=x-.png"),
            ("GET /img/y-7.png", "GET /img/{f} f=y-7.png"),
        ],
    );
}

#[test]
fn a_parameter_is_found_where_a_text_has_no_route_for_the_method() {
    check(
        &[
            "GET /u/me",
            "POST /u/{id}",
            "ANY /u/me/{*rest}",
            "DELETE /u/{id}/x",
            "GET /f/{*rest}",
            "POST /f/new",
            "PUT /",
        ],
        &[
            ("GET /u/me", "GET /u/me"),
            ("POST /u/me", "POST /u/{id} id=me"),
            ("PUT /u/me", "405 GET, HEAD, POST, OPTIONS"),
            ("GET /u/you", "405 POST, OPTIONS"),
            ("OPTIONS /u/me", "200 GET, HEAD, POST, OPTIONS"),
            ("DELETE /u/me/x", "ANY /u/me/{*rest} rest=x"),
            ("HEAD /f/new", "GET /f/{*rest} rest=new (head)"),
            ("POST /f/new", "POST /f/new"),
            ("DELETE /f/new", "405 GET, HEAD, POST, OPTIONS"),
        ],
    );
    check(
        &["PUT /", "GET /{*all}"],
        &[("PUT /", "PUT /"), ("GET /", "GET /{*all} all="), ("POST /", "405 GET, HEAD, PUT, OPTIONS")],
    );
}

#[test]
fn each_route_keeps_its_own_names() {
    check(
        &["GET /a/{x}/b/{y}", "POST /a/{p}/b/{q}", "GET /a/{z}"],
        &[
            ("GET /a/1/b/2", "GET /a/{x}/b/{y} x=1 y=2"),
            ("POST /a/1/b/2", "POST /a/{p}/b/{q} p=1 q=2"),
            ("GET /a/1", "GET /a/{z} z=1"),
        ],
    );
}

#[test]
fn patterns_beside_which_matchit_has_no_place_are_found_as_well() {
    check(
        &[
            "GET /{tenant}/files",
            "GET /{*spa}",
            "GET /a/{id}",
            "PUT /a/{*rest}",
            "GET /{x}.json/a",
            "GET /a/a{p}b/abc",
            "GET /{p}b",
            "DELETE /v{n}b",
        ],
        &[
            ("GET /1/files", "GET /{tenant}/files tenant=1"),
            ("GET /1/files/2", "GET /{*spa} spa=1/files/2"),
            ("GET /", "GET /{*spa} spa="),
            ("GET /a/7", "GET /a/{id} id=7"),
            ("PUT /a/7", "PUT /a/{*rest} rest=7"),
            ("PUT /a/", "PUT /a/{*rest} rest="),
            ("GET /a/7/8", "GET /{*spa} spa=a/7/8"),
            ("POST /a/7", "405 GET, HEAD, PUT, OPTIONS"),
            ("GET /1.json/a", "GET /{x}.json/a x=1"),
            ("GET /1.json/files", "GET /{tenant}/files tenant=1.json"),
            ("GET /ab", "GET /{p}b p=a"),
            ("GET /v1b", "GET /{p}b p=v1"),
            ("DELETE /v1b", "DELETE /v{n}b n=1"),
            ("DELETE /1b", "405 GET, HEAD, OPTIONS"),
            ("GET //x", "404"),
        ],
    );
    check(
        &["GET /img-{n}.PNG", "GET /{a}/b", "GET /c/{x}", "GET /c/{*y}"],
        &[("GET /IMG-N.png/", "-> /img-N.PNG"), ("GET /C/Y/z", "-> /c/Y/z"), ("GET /c", "-> /c/")],
    );
}

#[test]
fn an_empty_segment_is_no_value() {
    check(
        &["GET /p/{id}", "GET /q/{id}/x", "GET /f/{*rest}"],
        &[
            ("GET /p/", "404"),
            ("GET /p//", "404"),
            ("GET /q//x", "404"),
            ("GET //", "404"),
            ("GET /f//", "-> /f/"),
            ("GET /f//a", "404"),
            ("GET /f/a//b", "GET /f/{*rest} rest=a//b"),
        ],
    );
}

#[test]
fn a_catch_all_takes_the_rest_and_may_take_nothing() {
    check(
        &["GET /c/{*Path}", "GET /c2/{id}/{*Path}", "POST /c2/{x}/{*y}"],
        &[
            ("GET /c/", "GET /c/{*Path} Path="),
            ("GET /c/a/b%20c/d", "GET /c/{*Path} Path=a/b%20c/d"),
            ("GET /c/a/", "GET /c/{*Path} Path=a/"),
            ("GET /c2/7/", "GET /c2/{id}/{*Path} id=7 Path="),
            ("POST /c2/7/", "POST /c2/{x}/{*y} x=7 y="),
            ("HEAD /c/", "GET /c/{*Path} Path= (head)"),
        ],
    );
    check(&["GET /", "GET /{*all}"], &[("GET /", "GET /"), ("GET /x/y", "GET /{*all} all=x/y")]);
    check(&["GET /{*all}"], &[("GET /", "GET /{*all} all="), ("GET /x", "GET /{*all} all=x")]);
}

#[test]
fn values_stay_as_they_were_sent() {
    check(
        &["GET /p/{id}", "GET /p/{id}/{x}"],
        &[
            ("GET /p/a%2Fb", "GET /p/{id} id=a%2Fb"),
            ("GET /p/a+b;c=%zz%", "GET /p/{id} id=a+b;c=%zz%"),
            ("GET /p/..", "GET /p/{id} id=.."),
            ("GET /p/\u{e9}", "GET /p/{id} id=\u{e9}"),
            ("GET /%70/%61%2f", "GET /p/{id} id=%61%2f"),
            ("GET /%70/\u{e9}%61/{\"}", "GET /p/{id}/{x} id=\u{e9}%61 x={\"}"),
        ],
    );
}

#[test]
fn a_text_is_found_in_all_its_spellings() {
    check(
        &["GET /caf\u{e9}/out", "GET /a%2fb", "GET /{{x}}", "GET /a b"],
        &[
            ("GET /caf%C3%A9/out", "GET /caf\u{e9}/out"),
            ("GET /caf%c3%a9/ou%74", "GET /caf\u{e9}/out"),
            ("GET /caf\u{e9}/out", "GET /caf\u{e9}/out"),
            ("GET /a%2Fb", "GET /a%2fb"),
            ("GET /a%2fb", "GET /a%2fb"),
            ("GET /a/b", "404"),
            ("GET /%7bx%7D", "GET /{{x}}"),
            ("GET /{x}", "GET /{{x}}"),
            ("GET /a%20b", "GET /a b"),
            ("GET /a+b", "404"),
            ("PUT /%61%20b", "405 GET, HEAD, OPTIONS"),
        ],
    );
}

#[test]
fn many_parameters_are_all_found() {
    let line = "GET /{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}/{i}/{*j}";
    check(
        &[line],
        &[
            ("GET /1/2/3/4/5/6/7/8/9/10/11", &format!("{line} a=1 b=2 c=3 d=4 e=5 f=6 g=7 h=8 i=9 j=10/11")),
            ("GET /1/2/3/4/5/6/7/8/9/", &format!("{line} a=1 b=2 c=3 d=4 e=5 f=6 g=7 h=8 i=9 j=")),
        ],
    );
}

#[test]
fn routes_are_listed_in_the_order_of_registration() {
    let lines = ["POST /z", "GET /a/{x}", "GET /", "ANY /a/{*y}/"];
    let table = table(&lines[..3]);
    let listed: Vec<&str> = table.list().map(|route| *route.value()).collect();
    assert_eq!(listed, lines[..3]);
    let second = table.list().nth(1).unwrap();
    assert_eq!((second.method(), &**second.pattern().as_str()), (&Method::GET.into(), "/a/{x}"));
    assert_eq!(second.place().file(), file!());
}

#[test]
fn all_conflicts_are_listed_with_both_places() {
    let mut builder = TableBuilder::new();
    let mut places = Vec::new();
    let mut add = |method: Method, pattern: &str, place: &'static Location<'static>| {
        builder.insert(method.into(), Pattern::parse(pattern).unwrap(), (), place);
        places.push(place);
    };
    add(Method::GET, "/a", Location::caller());
    add(Method::GET, "/a", here());
    add(Method::GET, "/b/{x}", here());
    add(Method::POST, "/b/{y}", here());
    add(Method::GET, "/b/{z}", here());
    let conflicts = builder.build().unwrap_err();
    let texts: Vec<String> = conflicts.iter().map(ToString::to_string).collect();
    let at = |index: usize| places[index].to_string();
    assert_eq!(
        texts,
        [
            format!(
                "`GET /a` is registered twice, at {} and at {}; remove one, or give it another method",
                at(0),
                at(1)
            ),
            format!(
                "`GET /b/{{x}}` at {} and `GET /b/{{z}}` at {} cannot be told apart, they match the same paths; remove \
                 one, or give it another method or path",
                at(2),
                at(4)
            ),
        ]
    );
}

#[track_caller]
fn here() -> &'static Location<'static> {
    Location::caller()
}

#[test]
fn routes_that_fit_together_are_no_conflict() {
    for routes in [
        &["GET /a/{x}", "POST /a/{y}", "PURGE /a/{z}", "ANY /a/{w}"][..],
        &["GET /a", "GET /A"],
        &["GET /{x}.json/a", "GET /{y}/b", "GET /{*z}", "GET /v-{x}/a", "GET /v-{x}.json/b"],
        &["GET /{*all}", "GET /a/{*rest}", "GET /a/b/{*rest}", "GET /"],
        &["GET /a/{x}/b", "GET /a/{y}/c", "GET /a/b/{*rest}"],
    ] {
        assert!(build(routes).is_ok(), "{routes:?}");
    }
    for routes in [
        &["GET /a-{x}", "GET /a-{y}"],
        &["ANY /a", "ANY /a"],
        &["GET /a b", "GET /a%20b/"],
        &["PURGE /{x}", "PURGE /:y"],
    ] {
        assert_eq!(build(routes).unwrap_err().len(), 1, "{routes:?}");
    }
}
