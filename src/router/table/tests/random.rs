//! The table against a matcher that is simple enough to be right.

use super::*;
use crate::router::escapes::Spelling;
use crate::router::pattern::Segment;

/// A generator of the xorshift family: the same numbers in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % limit
    }

    fn pick<'x>(&mut self, from: &[&'x str]) -> &'x str {
        from[self.below(from.len())]
    }
}

/// How specific a match is, segment by segment, and its values; the smallest is the one wanted.
///
/// A catch-all that would begin with an empty segment has no values: it decides, and finds nothing.
fn naive(pattern: &Pattern, path: &str) -> Option<(Vec<u8>, Option<Vec<String>>)> {
    let mut ranks = Vec::new();
    let mut values = Vec::new();
    let mut rest: Vec<&str> = path.strip_prefix('/')?.split('/').collect();
    if path == "/" && pattern.segments().is_empty() {
        return Some((ranks, Some(values)));
    }
    for segment in pattern.segments() {
        if *segment == Segment::CatchAll {
            let all = rest.join("/");
            ranks.push(200);
            let refused = all.starts_with('/');
            values.push(all);
            return (!rest.is_empty()).then_some((ranks, (!refused).then_some(values)));
        }
        if rest.is_empty() {
            return None;
        }
        let part = rest.remove(0);
        match segment {
            Segment::Static(text) if part == &**text => ranks.push(0),
            Segment::Parameter { prefix, suffix } => {
                let value = part.strip_prefix(&**prefix)?.strip_suffix(&**suffix)?;
                if value.is_empty() {
                    return None;
                }
                ranks.push(100 - u8::try_from(prefix.len() * 8 + suffix.len()).unwrap());
                values.push(value.to_owned());
            }
            _ => return None,
        }
    }
    rest.is_empty().then_some((ranks, Some(values)))
}

const PARTS: [&str; 7] = ["a", "b", "ab", "A", "abc", "%41", "~"];

fn pattern(numbers: &mut Numbers) -> Pattern {
    let mut text = String::new();
    for index in 0..numbers.below(5) {
        match numbers.below(8) {
            0 | 1 => text.push_str(&format!("/{{p{index}}}")),
            3 if numbers.below(2) == 0 => {
                let (prefix, suffix) = (numbers.pick(&["", "a", "ab"]), numbers.pick(&["", "b", "~b"]));
                text.push_str(&format!("/{prefix}{{p{index}}}{suffix}"));
            }
            2 if numbers.below(3) == 0 => {
                text.push_str("/{*rest}");
                break;
            }
            _ => text.push_str(&format!("/{}", numbers.pick(&PARTS))),
        }
    }
    Pattern::parse(&text).unwrap()
}

fn path(numbers: &mut Numbers) -> String {
    let mut path = String::new();
    for _ in 0..=numbers.below(6) {
        path.push('/');
        path.push_str(numbers.pick(&[
            "a", "b", "ab", "A", "abc", "abcb", "xb", "ax~b", "x", "", "%zz", "%41", "~", "\u{e9}", "%7e",
        ]));
    }
    path
}

/// Builds a table from patterns of which those that conflict with earlier ones are left out.
fn random_table(numbers: &mut Numbers, redirect: bool) -> Table<Pattern> {
    let mut kept: Vec<Pattern> = Vec::new();
    let build = |patterns: &[Pattern]| {
        let mut builder = TableBuilder::new();
        builder.redirect(redirect);
        for pattern in patterns {
            builder.insert(Method::GET.into(), pattern.clone(), pattern.clone(), Location::caller());
        }
        builder.build()
    };
    for _ in 0..numbers.below(12) {
        kept.push(pattern(numbers));
        if build(&kept).is_err() {
            kept.pop();
        }
    }
    build(&kept).unwrap()
}

#[test]
fn the_table_finds_what_a_naive_matcher_finds() {
    let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
    let (mut hits, mut hits_at_once) = (0, 0);
    for _ in 0..400 {
        let table = random_table(&mut numbers, false);
        for _ in 0..100 {
            // Canonical paths only: the naive matcher knows of one spelling.
            let path = Spelling::of(&path(&mut numbers)).as_str().to_owned();
            let candidates =
                table.list().filter_map(|route| Some((naive(route.value(), &path)?, route.value())));
            let wanted = candidates.min_by(|one, other| one.0.cmp(&other.0));
            let (found, at_once) = look_up(&table, &Method::GET, &path);
            hits_at_once += usize::from(at_once);
            match (found, wanted) {
                (Found::Route(hit), Some(((_, Some(values)), pattern))) => {
                    hits += 1;
                    assert_eq!(hit.route.value().as_str(), pattern.as_str(), "{path}");
                    assert_eq!(hit.params.values(&path).collect::<Vec<_>>(), values, "{path}");
                }
                (Found::Nothing, None | Some(((_, None), _))) => {}
                (found, wanted) => panic!("{path}: found {found:?}, wanted {wanted:?}"),
            }
        }
    }
    assert!(hits > 4000, "only {hits} paths had a route");
    assert!(hits_at_once > 2000, "only {hits_at_once} of them were found at once");
}

#[test]
fn a_redirect_leads_to_a_route_at_once() {
    let mut numbers = Numbers(0x2545_f491_4f6c_dd1d);
    let mut redirects = 0;
    for _ in 0..400 {
        let table = random_table(&mut numbers, true);
        for _ in 0..100 {
            let path = path(&mut numbers);
            if let Found::Redirect { location } = table.find(&Method::GET, &path) {
                redirects += 1;
                assert!(location.starts_with('/') && !location.starts_with("//"), "{path} -> {location}");
                assert!(location.bytes().all(|byte| byte.is_ascii_graphic()), "{path} -> {location}");
                let found = table.find(&Method::GET, &location);
                assert!(matches!(found, Found::Route(_)), "{path} -> {location}: {found:?}");
            }
        }
    }
    assert!(redirects > 400, "only {redirects} paths were redirected");
}

#[test]
fn long_and_odd_paths_do_no_harm() {
    let table =
        table(&["GET /a/{x}/b", "GET /a/{x}/{y}", "POST /{*all}", "GET /c/{*rest}", "GET /a/a/a/a/{*rest}"]);
    let long = "x".repeat(65_536);
    for (request, expected) in [
        (format!("GET /c/{long}"), format!("GET /c/{{*rest}} rest={long}")),
        (format!("GET /a/{long}/b"), format!("GET /a/{{x}}/b x={long}")),
        (format!("GET /{long}"), "405 POST, OPTIONS".to_owned()),
        (format!("GET {}", "/".repeat(5000)), "404".to_owned()),
        (
            format!("GET /a{}", "/a".repeat(5000)),
            format!("GET /a/a/a/a/{{*rest}} rest={}", &"a/".repeat(4997)[..9993]),
        ),
        (format!("GET /c/{}", "%".repeat(65_536)), format!("GET /c/{{*rest}} rest={}", "%".repeat(65_536))),
        ("GET ".to_owned(), "404".to_owned()),
        ("GET a".to_owned(), "404".to_owned()),
        ("GET \u{0}/\u{7f}".to_owned(), "404".to_owned()),
        ("GET /\u{10ffff}\u{0}%".to_owned(), "405 POST, OPTIONS".to_owned()),
    ] {
        assert_eq!(find(&table, &request), expected);
    }
}
