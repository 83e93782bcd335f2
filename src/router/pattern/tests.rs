use super::*;

fn parse(pattern: &str) -> Pattern {
    Pattern::parse(pattern).unwrap()
}

fn fault(pattern: &str) -> PatternFault {
    Pattern::parse(pattern).unwrap_err().fault().clone()
}

#[test]
fn a_pattern_is_written_with_braces_and_single_slashes() {
    for (written, expected) in [
        ("/", "/"),
        ("", "/"),
        ("//", "/"),
        ("/out/string", "/out/string"),
        ("out//string/", "/out/string"),
        ("/users/:id/*rest", "/users/{id}/{*rest}"),
        ("/users/{id}/files/{*rest}/", "/users/{id}/files/{*rest}"),
        ("/img-{id}.png", "/img-{id}.png"),
        ("/{{x}}/{y}", "/{{x}}/{y}"),
        ("/v1/jobs/{id}:cancel", "/v1/jobs/{id}:cancel"),
        ("/caf\u{e9}", "/caf\u{e9}"),
    ] {
        assert_eq!(&**parse(written).as_str(), expected, "{written}");
    }
}

#[test]
fn names_stand_in_the_order_of_the_pattern() {
    let pattern = parse("/p/{UserID}/page-{Page}/{*Rest}");
    let names: Vec<&str> = pattern.names().iter().map(|name| &**name).collect();
    assert_eq!(names, ["UserID", "Page", "Rest"]);
    assert!(parse("/").names().is_empty());
}

#[test]
fn a_group_and_a_path_join_with_one_slash() {
    for (group, path, expected) in [
        ("/ga", "gb/", "/ga/gb"),
        ("/ga/gb", "leaf/", "/ga/gb/leaf"),
        ("/ga/", "/gb", "/ga/gb"),
        ("ga//", "//gb//", "/ga/gb"),
        ("/ga", "", "/ga"),
        ("/ga", "/", "/ga"),
        ("", "gb", "/gb"),
        ("/", "/", "/"),
        ("", "", "/"),
        ("/ga/gb", "../up", "/ga/gb/../up"),
    ] {
        assert_eq!(join(group, path), expected, "{group} + {path}");
    }
}

#[test]
fn text_beside_a_parameter_has_to_match() {
    let pattern = parse("/a/img-{x}.png/{*rest}");
    for (path, expected) in [
        ("/a/img-1.png/", Some(&["1", ""])),
        ("/a/img-1.png.png/b/c", Some(&["1.png", "b/c"])),
        ("/a/img-.png/b", None),
        ("/a/img.png/b", None),
        ("/a/im\u{e9}-.pn\u{e9}/b", None),
        ("/a/img-1.png", None),
        ("/a/img-1.png//b", None),
        ("/b/img-1.png/b", None),
        ("/a/IMG-1.png/b", None),
        ("a", None),
        ("", None),
    ] {
        let values = pattern.matches(path, str::eq).map(|ranges| ranges.values(path).collect::<Vec<_>>());
        assert_eq!(values.as_deref(), expected.map(|values| &values[..]), "{path}");
    }
    assert!(pattern.matches("/A/IMG-1.PNG/b", str::eq_ignore_ascii_case).is_some());
    assert!(parse("/a{x}").matches("/a1/b", str::eq).is_none());
}

#[test]
fn patterns_that_match_the_same_paths_have_the_same_shape() {
    for (one, other) in [
        ("/a/{x}", "/a/:y"),
        ("/a/{*x}", "a/*y"),
        ("/caf\u{e9}", "/caf%c3%a9"),
        ("/out", "/ou%74/"),
        ("/a b", "/a%20b"),
        ("/{{x}}", "/%7Bx%7d"),
    ] {
        assert_eq!(parse(one).shape(), parse(other).shape(), "{one} {other}");
    }
    assert_ne!(parse("/{{x}}").shape(), parse("/{x}").shape());
    assert_ne!(parse("/a%2Fb").shape(), parse("/a/b").shape());
    assert_ne!(parse("/{x}").shape(), parse("/{*x}").shape());
}

#[test]
fn what_no_path_could_match_is_refused() {
    use PatternFault::{
        Brace, CatchAllMixed, CatchAllNotLast, DotSegment, DuplicateName, EmptyName, Escape, Name, Query,
        SeveralInSegment, TooManyParameters,
    };

    for (pattern, expected) in [
        ("/a/{x", Brace),
        ("/a/x}", Brace),
        ("/a/{x}}", Brace),
        ("/{a/b}", Brace),
        ("/a-{*x}", CatchAllMixed),
        ("/{*x}.js", CatchAllMixed),
        ("/{*x}/y", CatchAllNotLast),
        ("/*x/y", CatchAllNotLast),
        ("/a/./b", DotSegment(".".into())),
        ("/a/%2e%2E", DotSegment("%2e%2E".into())),
        ("/{x}/{y}/{x}", DuplicateName("x".into())),
        ("/{x}/{*x}", DuplicateName("x".into())),
        ("/{}", EmptyName),
        ("/{*}", EmptyName),
        ("/:", EmptyName),
        ("/files/*", EmptyName),
        ("/100%", Escape),
        ("/%zz-{x}", Escape),
        ("/{id:[0-9]+}", Name("id:[0-9]+".into())),
        ("/:id.json", Name("id.json".into())),
        ("/{a{b}", Name("a{b".into())),
        ("/{a b}", Name("a b".into())),
        ("/search?q=1", Query),
        ("/page#top", Query),
        ("/{a}-{b}", SeveralInSegment("{a}-{b}".into())),
        (&(0..26).map(|n| format!("/{{p{n}}}")).collect::<String>(), TooManyParameters),
    ] {
        assert_eq!(fault(pattern), expected, "{pattern}");
    }
    assert_eq!(parse(&(0..25).map(|n| format!("/{{p{n}}}")).collect::<String>()).names().len(), 25);
}

#[test]
fn the_message_shows_the_pattern_after_joining_and_says_what_to_do() {
    for (pattern, expected) in [
        (
            join("/ga/gb", "../up"),
            "the pattern `/ga/gb/../up` is wrong: `..` is not resolved, and no client sends it; write the path in full",
        ),
        (
            join("/user/{id}", "page/{id}"),
            "the pattern `/user/{id}/page/{id}` is wrong: two parameters are called `id`; rename one of them, here or in \
             a group around it",
        ),
        (
            "/{*all}/x".to_owned(),
            "the pattern `/{*all}/x` is wrong: a catch-all takes the rest of the path; nothing can follow it",
        ),
        (
            r"/{id:\d+}".to_owned(),
            r"the pattern `/{id:\d+}` is wrong: `id:\d+` is no name of a parameter; use letters, digits, `_` and `-`, and leave rules to the handler's type",
        ),
    ] {
        assert_eq!(Pattern::parse(&pattern).unwrap_err().to_string(), expected);
    }
}
