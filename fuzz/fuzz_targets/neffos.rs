//! The codec of the neffos protocol: never panics, and what it reads it writes, to be read the same.

#![no_main]

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;

// The codec depends on nothing else of the project, and is taken as it stands there.
#[allow(dead_code, unused_imports, reason = "not all of it is driven")]
#[path = "../../src/neffos/codec/mod.rs"]
mod codec;

use codec::{Ack, Frame};

fuzz_target!(|input: &[u8]| {
    let bytes = Bytes::copy_from_slice(input);
    if let Some(ack) = std::str::from_utf8(input).ok().and_then(Ack::decode) {
        assert_eq!(ack.encode().as_bytes(), input);
    }
    let Some(frame) = Frame::decode(&bytes) else { return };
    assert_eq!(Frame::wait_of(&bytes).unwrap_or_default(), &*frame.wait);
    // A name that still holds what stands for a semicolon does not survive, as in the original.
    let names = [&frame.namespace, &frame.room, &frame.event];
    if names.iter().any(|name| name.contains("@%!semicolon@%!")) {
        return;
    }
    let again = Bytes::from(frame.header().binary(&frame.body));
    assert_eq!(Frame::decode(&again), Some(frame));
});
