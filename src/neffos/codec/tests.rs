use bytes::Bytes;

use super::*;
use crate::neffos::random::Numbers;

fn decode(text: &'static str) -> Option<Frame> {
    Frame::decode(&Bytes::from_static(text.as_bytes()))
}

/// Frames as the original's server and client exchanged them.
#[test]
fn recorded_frames_are_read_and_written_to_the_byte() {
    for (text, wait, namespace, room, event, is_error, body) in [
        ("$1;default;;_OnNamespaceConnect;0;0;", "$1", "default", "", system::CONNECT, false, ""),
        (
            "$1;nope;;_OnNamespaceConnect;1;0;bad namespace",
            "$1",
            "nope",
            "",
            system::CONNECT,
            true,
            "bad namespace",
        ),
        (
            "$1;locked;;_OnNamespaceConnect;1;0;forbidden",
            "$1",
            "locked",
            "",
            system::CONNECT,
            true,
            "forbidden",
        ),
        (
            "$1;sticky;;_OnNamespaceDisconnect;1;0;not yet",
            "$1",
            "sticky",
            "",
            system::DISCONNECT,
            true,
            "not yet",
        ),
        ("$1;default;room1;_OnRoomJoin;0;0;", "$1", "default", "room1", system::JOIN, false, ""),
        (
            "$1;default;private;_OnRoomJoin;1;0;no entry",
            "$1",
            "default",
            "private",
            system::JOIN,
            true,
            "no entry",
        ),
        (
            "$1;default;sticky;_OnRoomLeave;1;0;stay here",
            "$1",
            "default",
            "sticky",
            system::LEAVE,
            true,
            "stay here",
        ),
        (";default;;OnChat;0;0;hello", "", "default", "", "OnChat", false, "hello"),
        (";default;room1;roomchat;0;0;hi room", "", "default", "room1", "roomchat", false, "hi room"),
        ("$1763.5;default;;echo;0;0;ping", "$1763.5", "default", "", "echo", false, "ping"),
        ("$1;default;;fail;1;0;boom", "$1", "default", "", "fail", true, "boom"),
        (";default;;fail;1;0;boom", "", "default", "", "fail", true, "boom"),
        (
            "1795169732129090042;default;;question;0;0;yes!",
            "1795169732129090042",
            "default",
            "",
            "question",
            false,
            "yes!",
        ),
        ("$1;default;;we@%!semicolon@%!ird;0;0;x;y", "$1", "default", "", "we;ird", false, "x;y"),
    ] {
        let frame = decode(text).unwrap_or_else(|| panic!("{text} is a message"));
        assert_eq!(
            (&*frame.wait, &*frame.namespace, &*frame.room, &*frame.event, frame.is_error, &frame.body[..]),
            (wait, namespace, room, event, is_error, body.as_bytes()),
            "{text}"
        );
        assert_eq!(frame.header().text(body), text);
    }
}

#[test]
fn a_recorded_binary_frame_keeps_its_body_to_the_byte() {
    let bytes = Bytes::from_static(b";default;;echo;0;0;\x00\x01\x02;;\xff\x80\x0a");
    let frame = Frame::decode(&bytes).unwrap();
    assert_eq!((&*frame.event, &frame.body[..]), ("echo", &b"\x00\x01\x02;;\xff\x80\x0a"[..]));
    assert_eq!(frame.header().binary(&frame.body), bytes);
    // The body is a part of the frame, not a copy of it.
    assert_eq!(frame.body.as_ptr(), bytes[19..].as_ptr());
}

#[test]
fn an_empty_reply_is_a_token_and_six_separators() {
    assert_eq!(empty_reply("$7"), "$7;;;;;;");
    let frame = decode("$7;;;;;;").unwrap();
    assert_eq!(frame, Frame { wait: "$7".into(), ..Frame::default() });
}

#[test]
fn what_has_fewer_than_seven_fields_is_no_message() {
    for text in ["", "M", ";", ";;;;;", "hello", "$1;default;;echo;0;0"] {
        assert_eq!(decode(text), None, "{text}");
    }
    assert_eq!(Frame::decode(&Bytes::from_static(b";\xff;;e;0;0;")), None, "names are UTF-8");
    assert_eq!(Frame::decode(&Bytes::from_static(b"\xff;;;e;0;0;")), None, "tokens are UTF-8");
}

#[test]
fn flags_are_one_or_nothing() {
    for (text, expected) in [
        (";;;e;1;1;x", (true, true)),
        (";;;e;true;01;x", (false, false)),
        (";;;e;;;x", (false, false)),
        (";;;e;1;0;", (false, false)),
    ] {
        let frame = decode(text).unwrap();
        assert_eq!((frame.is_error, frame.is_no_op), expected, "{text}");
    }
    let error = Header { event: "e", is_error: true, ..Header::default() };
    assert_eq!(error.text(""), ";;;e;1;0;error", "an error without a text would be none");
}

#[test]
fn the_handshake_has_three_frames() {
    assert_eq!(HELLO, "M");
    for (ack, text) in
        [(Ack::Accepted("b5b1069d"), "Ab5b1069d"), (Ack::Refused("rejected: why"), "Hrejected: why")]
    {
        assert_eq!(ack.encode(), text);
        assert_eq!(Ack::decode(text), Some(ack));
    }
    assert_eq!(Ack::decode("M"), None);
}

#[test]
fn every_message_comes_out_as_it_went_in() {
    let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
    let names = ["a", "room", ";", ";;", "é", "@%!", "@", "1", " "];
    for _ in 0..20_000 {
        let (namespace, room, event) = (numbers.text(&names), numbers.text(&names), numbers.text(&names));
        let wait = numbers.text(&["$", "1", "é", "."]);
        let body = numbers.text(&["x", ";", "@%!semicolon@%!", "1", "\n", "é"]);
        let header = Header {
            wait: &wait,
            namespace: &namespace,
            room: &room,
            event: &event,
            is_error: numbers.below(2) == 0 && !body.is_empty(),
            is_no_op: numbers.below(2) == 0,
        };
        let bytes = Bytes::from(header.text(&body));
        let frame = Frame::decode(&bytes).unwrap();
        assert_eq!((frame.header(), &frame.body[..]), (header, body.as_bytes()));
        assert_eq!(Frame::wait_of(&bytes).unwrap_or_default(), wait);
    }
}

#[test]
fn no_bytes_make_the_codec_fail() {
    let mut numbers = Numbers(0x2545_f491_4f6c_dd1d);
    let alphabet = b";;;;;;;01@%!semicolon$#AMH\xff\xc3\xa9\0";
    for _ in 0..50_000 {
        let length = numbers.below(40);
        let bytes: Vec<u8> = (0..length).map(|_| alphabet[numbers.below(alphabet.len())]).collect();
        let bytes = Bytes::from(bytes);
        let _ = Frame::wait_of(&bytes);
        let separators = bytes.iter().filter(|byte| **byte == b';').count();
        match Frame::decode(&bytes) {
            None => assert!(separators < 6 || std::str::from_utf8(&bytes).is_err()),
            Some(frame) => {
                assert!(separators >= 6);
                let again = Bytes::from(frame.header().binary(&frame.body));
                assert_eq!(Frame::decode(&again), Some(frame), "what was read is written, and read the same");
            }
        }
    }
}
