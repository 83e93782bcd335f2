//! What went wrong on the server's side is for the log; the client reads one fixed text.

use super::*;

const FIXED: &str = r#"{"error":"internal server error"}"#;

#[tokio::test]
async fn an_error_of_unknown_origin_is_one_fixed_text_and_its_own_goes_to_the_log() {
    let answer = ask(get("/fails?name=hunter2")).await;
    assert_eq!((answer.status, answer.text.as_str()), (500, FIXED));
    assert!(answer.stat.error.unwrap().contains("no connection to /srv/db as hunter2"));
}

#[tokio::test]
async fn an_error_of_unknown_origin_is_the_same_text_in_every_shape() {
    let app = App::new(Limits::DEFAULT).await;
    for accept in ["application/problem+json", "text/html", "text/plain", "application/json", "*/*"] {
        for path in ["/fails?name=hunter2", "/panic", "/missing"] {
            let mut request = get(path);
            request.headers_mut().insert("accept", accept.parse().unwrap());
            for host in [&app.plain, &app.axum] {
                let answer = app.ask_one(host, &request).await;
                assert_eq!(answer.status, 500);
                for secret in ["hunter2", "/srv", "Missing", "::", "secret", ".rs", "panic"] {
                    assert!(!answer.text.contains(secret), "{accept} {path}: {}", answer.text);
                }
            }
        }
    }
}

#[tokio::test]
async fn a_panic_is_one_fixed_text_and_the_next_request_is_answered() {
    let app = App::new(Limits::DEFAULT).await;
    for _ in 0..3 {
        let answer = app.ask(get("/panic")).await;
        assert_eq!((answer.status, answer.text.as_str()), (500, FIXED));
        assert_eq!(answer.stat.outcome, Outcome::Panic);
        assert!(answer.stat.error.unwrap().contains("secret of the panic"));
        assert_eq!(app.ask(get("/id/5")).await.status, 200);
    }
}

#[tokio::test]
async fn a_missing_dependency_is_one_fixed_text_and_the_log_names_it() {
    let answer = ask(get("/missing")).await;
    assert_eq!((answer.status, answer.text.as_str()), (500, FIXED));
    assert!(answer.stat.error.unwrap().contains("Missing"));
}

#[tokio::test]
async fn a_body_that_fails_tells_nothing_of_the_connection() {
    for (path, content_type) in [
        ("/json", JSON),
        ("/any", JSON),
        ("/form", URLENCODED),
        ("/upload", FORM_DATA),
        ("/parts", FORM_DATA),
        ("/bytes", JSON),
        ("/text", JSON),
    ] {
        let answer = ask(post(path, content_type, Frames::from("{").broken_off())).await;
        assert_eq!(answer.status, 400, "{path}");
        assert!(!answer.text.contains("reset"), "{}", answer.text);
        assert!(
            answer.stat.error.as_deref().is_some_and(|error| error.contains("connection reset")),
            "{path}: {answer:?}"
        );
    }
}

#[tokio::test]
async fn a_control_character_cannot_begin_a_line_of_the_log() {
    let answer = ask(get("/log?name=a%0d%0a2026-01-01+forged%1b[31m%00")).await;
    assert_eq!(answer.status, 200);
    assert!(!answer.stat.logs[0].contains(char::is_control), "{:?}", answer.stat.logs);
    let answer = ask(get("/fails?name=a%0d%0aforged")).await;
    assert!(answer.stat.error.unwrap().contains("forged"));
}
