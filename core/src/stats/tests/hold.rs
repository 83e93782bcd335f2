//! Statistics that are kept open beyond their answer.

use std::sync::{Arc, Mutex};

use super::*;
use crate::stats::WebSocketStat;

/// Ends the answer as an upgrade; what is seen of the statistic is in the list that is returned.
fn upgrade(recorder: Recorder) -> Arc<Mutex<Vec<String>>> {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let now = Instant::now();
    let ending = Ending::new(Outcome::Upgraded, now).with_response(StatusCode::SWITCHING_PROTOCOLS, now, 0);
    let log = Arc::clone(&seen);
    recorder.finish_when_released(ending, move |stat| {
        let code = stat.websocket().and_then(WebSocketStat::close_code);
        let line = format!("{} {} {} {code:?}", stat.outcome(), stat.request_size(), stat.response_size());
        log.lock().unwrap().push(line);
    });
    seen
}

#[test]
fn a_statistic_that_is_held_ends_once_with_the_last_hold() {
    let recorder = start("/");
    let (first, second) = (recorder.hold(), recorder.hold());
    let seen = upgrade(recorder);
    first.finish(
        WebSocketStat::default().with_received(2, 1, 5).with_sent(3, 2, 7).with_close_code(Some(1000)),
    );
    assert!(seen.lock().unwrap().is_empty());
    drop(second);
    assert_eq!(*seen.lock().unwrap(), ["upgraded 5 7 Some(1000)"]);
}

#[test]
fn a_statistic_that_nobody_holds_ends_at_once() {
    let recorder = start("/");
    drop(recorder.hold());
    assert_eq!(*upgrade(recorder).lock().unwrap(), ["upgraded 0 0 None"]);
}

#[test]
fn an_answer_that_hands_nothing_over_ends_at_once_and_is_not_touched_by_the_hold() {
    let recorder = start("/");
    let hold = recorder.hold();
    finish(recorder, |stat| assert!(stat.websocket().is_none()));
    hold.finish(WebSocketStat::default().with_received(1, 1, 9));
    finish(start("/"), |stat| assert_eq!((stat.request_size(), stat.websocket()), (0, None)));
}

#[test]
fn statistics_further_out_are_held_too() {
    let mut request = Request::builder().uri("/").body(()).unwrap();
    let outer = Recorder::start(&mut request, Detail::default());
    let inner = Recorder::start(&mut request, Detail::default());
    let hold = inner.hold();
    let (inner, outer) = (upgrade(inner), upgrade(outer));
    hold.set_outcome(Outcome::Panic);
    hold.fail(&Error::app("fell over"));
    assert!(inner.lock().unwrap().is_empty() && outer.lock().unwrap().is_empty());
    hold.finish(WebSocketStat::default().with_close_code(Some(1011)));
    assert_eq!(*inner.lock().unwrap(), ["panic 0 0 Some(1011)"]);
    assert_eq!(*outer.lock().unwrap(), ["panic 0 0 Some(1011)"]);
}

#[test]
fn a_websocket_stands_in_the_line_and_in_the_object() {
    let recorder = start("/ws");
    let hold = recorder.hold();
    recorder.clone().finish_when_released(Ending::new(Outcome::Upgraded, Instant::now()), |stat| {
        assert!(stat.to_string().ends_with("upgraded frames_in=2 frames_out=1 close=1001"), "{stat}");
        let object = serde_json::to_value(stat).unwrap();
        assert_eq!(
            object["websocket"],
            serde_json::json!({
                "frames_in": 2, "frames_out": 1, "messages_in": 1, "messages_out": 0, "bytes_in": 4, "bytes_out": 0,
                "close_code": 1001,
            })
        );
    });
    hold.finish(
        WebSocketStat::default().with_received(2, 1, 4).with_sent(1, 0, 0).with_close_code(Some(1001)),
    );
}
