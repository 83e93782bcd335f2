#[cfg(feature = "axum")]
mod axum;
mod hold;

use std::time::{Duration, Instant};

use http::{Method, Request, StatusCode};

use super::{Detail, Ending, Escaped, Level, Outcome, Recorder, RouteStat};
use crate::inject::Key;
use crate::{Error, MatchedPath};

fn start(uri: &str) -> Recorder {
    let mut request = Request::builder().uri(uri).body(()).unwrap();
    Recorder::start(&mut request, Detail::default())
}

fn finish<T>(recorder: Recorder, look: impl FnOnce(&RouteStat) -> T) -> T {
    let mut seen = None;
    recorder.finish(Ending::new(Outcome::Complete, Instant::now()), |stat| seen = Some(look(stat)));
    seen.unwrap()
}

#[test]
fn a_statistic_holds_what_was_recorded_and_nothing_of_the_request_before() {
    let recorder = start("/todos/7?x=1");
    recorder.set_matched_path(MatchedPath::from_static("/todos/{id}"));
    recorder.handler("first").finish();
    recorder.handler("second").fail(&Error::app("no room"));
    recorder.skipped_handler("third");
    recorder.layer("auth").finish();
    recorder.dependency("Pool", Key::new("replica"), Instant::now());
    recorder.dependency("Mailer", Key::NONE, Instant::now());
    recorder.add_request_bytes(12);
    recorder.log(Level::Warn, format_args!("line {}", 1));
    recorder.log(Level::Info, format_args!("line 2"));
    finish(recorder, |stat| {
        assert_eq!((stat.uri(), stat.label(), stat.request_size()), ("/todos/7?x=1", "/todos/{id}", 12));
        let [first, second, third] = stat.handlers() else { panic!("three handlers") };
        assert!(first.returned() && !first.stopped() && first.duration() > Duration::ZERO);
        assert!(second.stopped() && second.error() == Some("no room"));
        assert!(!third.ran() && !third.stopped() && third.duration() == Duration::ZERO);
        assert_eq!(stat.error(), Some("no room"));
        assert_eq!(stat.layers()[0].name(), "auth");
        assert_eq!(stat.dependencies()[0].key().name(), Some("replica"));
        assert_eq!(stat.dependencies()[1].type_name(), "Mailer");
        let lines: Vec<_> = stat.logs().iter().map(|line| (line.level(), line.text())).collect();
        assert_eq!(lines, [(Level::Warn, "line 1"), (Level::Info, "line 2")]);
    });

    finish(start("/"), |stat| {
        assert_eq!((stat.uri(), stat.label(), stat.request_size()), ("/", "", 0));
        assert!(stat.handlers().is_empty() && stat.layers().is_empty() && stat.dependencies().is_empty());
        assert!(stat.logs().is_empty() && stat.error().is_none());
    });
}

#[test]
fn a_request_takes_over_the_room_of_the_one_before() {
    let recorder = start("/a-path-of-some-length");
    let room = recorder.room();
    finish(recorder, |_| ());
    let recorder = start("/b");
    assert_eq!(recorder.room(), room);
    let other = start("/at-the-same-time");
    assert_ne!(other.room(), room);
    finish(recorder, |stat| assert_eq!(stat.uri(), "/b"));
    finish(other, |stat| assert_eq!(stat.uri(), "/at-the-same-time"));
}

#[test]
fn what_is_written_after_the_end_reaches_no_other_request() {
    let recorder = start("/a");
    let stray = recorder.clone();
    let running = recorder.handler("slow");
    finish(recorder, |stat| assert!(stat.handlers().is_empty()));
    let next = start("/b");
    stray.log(Level::Info, format_args!("late"));
    stray.set_outcome(Outcome::Timeout);
    running.finish();
    finish(next, |stat| {
        assert!(stat.logs().is_empty() && stat.handlers().is_empty());
        assert_eq!(stat.outcome(), Outcome::Complete);
    });
}

#[test]
fn a_handler_that_is_dropped_on_the_way_has_not_returned() {
    let recorder = start("/");
    drop(recorder.handler("given up"));
    finish(recorder, |stat| {
        let [handler] = stat.handlers() else { panic!("one handler") };
        assert!(handler.ran() && !handler.returned() && !handler.stopped());
        assert!(handler.duration() > Duration::ZERO);
    });
}

#[test]
fn an_outcome_that_somebody_inside_knows_wins() {
    let recorder = start("/");
    recorder.set_outcome(Outcome::Timeout);
    finish(recorder, |stat| assert_eq!(stat.outcome(), Outcome::Timeout));
    finish(start("/"), |stat| assert_eq!(stat.outcome(), Outcome::Complete));
}

#[test]
fn the_first_error_stays_and_a_later_one_is_a_log_line() {
    let recorder = start("/");
    recorder.fail(&Error::app("cause"));
    recorder.fail(&Error::app("cause"));
    recorder.fail(&Error::app("consequence"));
    finish(recorder, |stat| {
        assert_eq!(stat.error(), Some("cause"));
        let lines: Vec<_> = stat.logs().iter().map(|line| line.to_string()).collect();
        assert_eq!(lines, ["error: consequence"]);
    });
}

#[test]
fn log_lines_over_the_limit_are_counted_instead_of_kept() {
    let recorder = start("/");
    let long = "x".repeat(40 << 10);
    for _ in 0..3 {
        recorder.log(Level::Info, format_args!("{long}"));
    }
    finish(recorder, |stat| assert_eq!((stat.logs().iter().len(), stat.logs().dropped()), (1, 2)));
    let recorder = start("/");
    for _ in 0..1025 {
        recorder.log(Level::Info, format_args!("x"));
    }
    finish(recorder, |stat| assert_eq!((stat.logs().iter().len(), stat.logs().dropped()), (1024, 1)));
}

#[test]
fn control_characters_are_escaped_wherever_a_statistic_is_written() {
    let recorder = start("/");
    recorder.log(Level::Info, format_args!("a\nb\u{1b}[0m\u{9b}\u{7f}\u{202e}"));
    recorder.fail(&Error::app("x\r\ny"));
    finish(recorder, |stat| {
        for text in [stat.to_string(), serde_json::to_string(stat).unwrap()] {
            assert!(text.chars().all(|character| !character.is_control()), "{text}");
            assert!(!text.contains('\u{202e}'), "{text}");
        }
        assert!(stat.to_string().ends_with(r"error=x\r\ny | info: a\nb\u{1b}[0m\u{9b}\u{7f}\u{202e}"));
    });
}

#[test]
fn escaping_leaves_other_text_alone() {
    for text in ["", "plain", "grüße \"quoted\" \\n", "日本"] {
        assert_eq!(Escaped(text).to_string(), text);
    }
    assert_eq!(Escaped("\0\tü\u{85}").to_string(), r"\u{0}\tü\u{85}");
}

#[test]
fn a_statistic_serialises_as_one_object() {
    let mut request = Request::builder().method(Method::PUT).uri("/a?b").body(()).unwrap();
    let recorder = Recorder::start(&mut request, Detail::default());
    recorder.handler("h").stop();
    let started = Instant::now() - recorder.elapsed();
    let ending = Ending::new(Outcome::Complete, started + Duration::from_millis(1500)).with_response(
        StatusCode::CREATED,
        started + Duration::from_millis(500),
        3,
    );
    recorder.finish(ending, |stat| {
        let mut value = serde_json::to_value(stat).unwrap();
        for time in ["/total_seconds", "/first_byte_seconds", "/handlers/0/seconds"] {
            let time = value.pointer_mut(time).unwrap();
            *time = time.as_f64().map(|seconds| (seconds * 10.0).round() / 10.0).into();
        }
        assert_eq!(
            value,
            serde_json::json!({
                "method": "PUT", "uri": "/a?b", "version": "HTTP/1.1", "matched_path": "", "code": 201,
                "outcome": "complete", "total_seconds": 1.5, "first_byte_seconds": 0.5,
                "request_bytes": 0, "response_bytes": 3,
                "handlers": [{"name": "h", "seconds": 0.0, "ran": true, "stopped": true}],
            })
        );
    });
}

#[test]
fn a_connect_request_shows_its_authority() {
    let mut request = Request::builder().method(Method::CONNECT).uri("example.com:443").body(()).unwrap();
    let recorder = Recorder::start(&mut request, Detail::default());
    finish(recorder, |stat| assert_eq!((stat.method(), stat.uri()), (&Method::CONNECT, "example.com:443")));
}
