//! One statistic for every request, whatever became of it, with a label out of a small set.

use std::collections::BTreeSet;

use super::*;

#[tokio::test]
async fn every_end_of_a_request_is_one_statistic_with_the_pattern_of_its_route() {
    let app = App::new(Limits::DEFAULT).await;
    for (request, label, code, outcome) in [
        (get("/id/5"), "/id/{id}", 200, Outcome::Complete),
        (get("/id/x"), "/id/{id}", 400, Outcome::Complete),
        (get("/rest/a/b/c"), "/rest/{*name}", 200, Outcome::Complete),
        (get("/nowhere"), "", 404, Outcome::Complete),
        (post("/json", "text/plain", "x"), "/json", 415, Outcome::Complete),
        (post("/json", JSON, " ".repeat(3 << 20)), "/json", 413, Outcome::Complete),
        (get("/panic"), "/panic", 500, Outcome::Panic),
        (get("/fails?name=a"), "/fails", 500, Outcome::Complete),
        (get("/missing"), "/missing", 500, Outcome::Complete),
        (get("/upgrade"), "/upgrade", 101, Outcome::Upgraded),
    ] {
        let path = request.uri().to_string();
        let stat = app.ask(request).await.stat;
        assert_eq!((stat.label.as_str(), stat.code, stat.outcome), (label, Some(code), outcome), "{path}");
    }
}

#[tokio::test]
async fn a_client_that_leaves_is_one_statistic() {
    let app = App::new(Limits::DEFAULT).await;
    for host in [&app.plain, &app.axum] {
        // Before anything was done.
        drop(host.service.clone().oneshot(get("/id/5")));
        assert!(host.taken().len() <= 1, "a request that was never handed on may have none");
        // While the handler waits for the body.
        let mut waiting = Box::pin(host.service.clone().oneshot(post("/json", JSON, Frames::stuck("{"))));
        let polled =
            std::future::poll_fn(|task| std::task::Poll::Ready(waiting.as_mut().poll(task).is_pending()));
        assert!(polled.await);
        assert_eq!(host.taken(), []);
        drop(waiting);
        let stats = host.taken();
        assert_eq!(stats.len(), 1);
        assert_eq!((stats[0].label.as_str(), stats[0].outcome), ("/json", Outcome::ClientGoneBeforeHead));
        assert_eq!((stats[0].code, stats[0].read), (None, 1));
        // With the answer unread.
        drop(host.service.clone().oneshot(get("/id/5")).await.unwrap());
        let stats = host.taken();
        assert_eq!(stats.len(), 1);
        assert_eq!((stats[0].code, stats[0].outcome), (Some(200), Outcome::ClientGoneInBody));
    }
}

#[tokio::test]
async fn a_hundred_thousand_unknown_paths_are_one_label() {
    let app = App::new(Limits::DEFAULT).await;
    for host in [&app.plain, &app.axum] {
        let mut labels = BTreeSet::new();
        for number in 0..100_000 {
            let path = format!("/{number:x}/{}", number % 7);
            let response = host.service.clone().oneshot(get(&path)).await.unwrap();
            response.into_body().collect().await.unwrap();
            let stats = host.taken();
            assert_eq!(stats.len(), 1);
            labels.extend(stats.into_iter().map(|stat| stat.label));
        }
        assert_eq!(labels, [String::new()].into());
    }
}
