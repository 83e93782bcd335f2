//! Frames on their way out.

use std::collections::VecDeque;
use std::io::IoSlice;

use bytes::{Buf, Bytes};
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Control, Data, OpCode};

use super::Message;

/// A frame on its way out. A server's frames are not masked, so that payloads are sent as they stand in memory.
#[derive(Debug)]
pub(super) struct Frame {
    head: [u8; MAX_HEAD],
    head_len: u8,
    /// How much of the head has left.
    head_sent: u8,
    kind: Kind,
    payload: Bytes,
    payload_len: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Control,
    Message,
    Pong,
}

impl Frame {
    pub(super) fn message(message: Message) -> Self {
        let data = match &message {
            Message::Binary(_) => Data::Binary,
            Message::Text(_) => Data::Text,
        };
        Self::new(OpCode::Data(data), Kind::Message, message.into_bytes())
    }

    pub(super) fn close(payload: Bytes) -> Self {
        Self::new(OpCode::Control(Control::Close), Kind::Control, payload)
    }

    pub(super) fn ping() -> Self {
        Self::new(OpCode::Control(Control::Ping), Kind::Control, Bytes::new())
    }

    pub(super) fn pong(payload: Bytes) -> Self {
        Self::new(OpCode::Control(Control::Pong), Kind::Pong, payload)
    }

    fn new(opcode: OpCode, kind: Kind, payload: Bytes) -> Self {
        let mut head = [FINAL | u8::from(opcode), 0, 0, 0, 0, 0, 0, 0, 0, 0];
        let length = payload.len();
        let head_len = match (u8::try_from(length), u16::try_from(length)) {
            (Ok(short @ ..126), _) => {
                head[1] = short;
                2
            }
            (_, Ok(middle)) => {
                head[1] = 126;
                head[2..4].copy_from_slice(&middle.to_be_bytes());
                4
            }
            _ => {
                head[1] = 127;
                head[2..].copy_from_slice(&(length as u64).to_be_bytes());
                10
            }
        };
        Self { head, head_len, head_sent: 0, kind, payload_len: length, payload }
    }

    /// Returns how many bytes of payload count towards the limit of the queue.
    pub(super) const fn payload_bytes(&self) -> usize {
        self.payload_len
    }

    pub(super) const fn is_message(&self) -> bool {
        matches!(self.kind, Kind::Message)
    }

    /// Returns whether this is the answer to a ping of which nothing has left.
    pub(super) const fn is_untouched_pong(&self) -> bool {
        matches!(self.kind, Kind::Pong) && self.head_sent == 0
    }

    fn head(&self) -> &[u8] {
        &self.head[usize::from(self.head_sent)..usize::from(self.head_len)]
    }

    fn is_sent(&self) -> bool {
        self.head().is_empty() && self.payload.is_empty()
    }

    /// Notes that up to `bytes` have left; returns how many of them were of another frame.
    fn advance(&mut self, bytes: usize) -> usize {
        let of_head = bytes.min(self.head().len());
        // A head has ten bytes at most.
        self.head_sent += of_head as u8;
        let of_payload = (bytes - of_head).min(self.payload.len());
        self.payload.advance(of_payload);
        bytes - of_head - of_payload
    }
}

/// Copies what is left of a frame that is the only one; none when there are more, or it is too long.
pub(super) fn only_frame<'b>(frames: &VecDeque<Frame>, buffer: &'b mut [u8]) -> Option<&'b [u8]> {
    let frame = frames.front().filter(|_| frames.len() == 1)?;
    let (head, payload) = (frame.head(), &frame.payload);
    let bytes = buffer.get_mut(..head.len() + payload.len())?;
    let (of_head, of_payload) = bytes.split_at_mut(head.len());
    of_head.copy_from_slice(head);
    of_payload.copy_from_slice(payload);
    Some(bytes)
}

/// Returns the parts of the first frames, as many as are written at once.
pub(super) fn slices<'f>(frames: &'f VecDeque<Frame>, slices: &mut [IoSlice<'f>; MAX_SLICES]) -> usize {
    let parts = frames.iter().flat_map(|frame| [frame.head(), &frame.payload]);
    let mut count = 0;
    for (part, slice) in parts.filter(|part| !part.is_empty()).zip(slices) {
        *slice = IoSlice::new(part);
        count += 1;
    }
    count
}

/// Notes that `bytes` have left; hands the frames that are gone to `sent`.
pub(super) fn advance(frames: &mut VecDeque<Frame>, mut bytes: usize, mut sent: impl FnMut(&Frame)) {
    while let Some(first) = frames.front_mut() {
        bytes = first.advance(bytes);
        if !first.is_sent() {
            return;
        }
        if let Some(first) = frames.pop_front() {
            sent(&first);
        }
    }
}

/// How many parts of frames are written at once.
pub(super) const MAX_SLICES: usize = 32;

/// The longest header of a frame that is not masked.
const MAX_HEAD: usize = 10;

/// No fragment follows.
const FINAL: u8 = 0x80;

#[cfg(test)]
mod tests {
    use super::*;

    fn head(length: usize) -> Vec<u8> {
        Frame::message(Message::from(vec![0; length])).head().to_vec()
    }

    #[test]
    fn lengths_are_written_in_the_fewest_bytes() {
        assert_eq!(head(0), [0x82, 0]);
        assert_eq!(head(125), [0x82, 125]);
        assert_eq!(head(126), [0x82, 126, 0, 126]);
        assert_eq!(head(65535), [0x82, 126, 0xff, 0xff]);
        assert_eq!(head(65536), [0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0]);
        assert_eq!(Frame::message("é".into()).head(), [0x81, 2]);
        assert_eq!(Frame::close(Bytes::new()).head(), [0x88, 0]);
    }

    #[test]
    fn a_frame_is_copied_when_it_is_the_only_one_and_fits() {
        let mut frames: VecDeque<_> = [Frame::message("abc".into())].into();
        assert_eq!(only_frame(&frames, &mut [0; 5]), Some(&b"\x81\x03abc"[..]));
        assert_eq!(only_frame(&frames, &mut [0; 4]), None);
        frames.push_back(Frame::ping());
        assert_eq!(only_frame(&frames, &mut [0; 100]), None);
    }

    #[test]
    fn frames_leave_in_pieces_of_any_size() {
        for step in 1..12 {
            let mut frames: VecDeque<_> = ["abc", "", "de"].map(|text| Frame::message(text.into())).into();
            let (mut wire, mut sent) = (Vec::new(), 0);
            while !frames.is_empty() {
                let mut parts = [IoSlice::new(&[]); MAX_SLICES];
                let count = slices(&frames, &mut parts);
                let all: Vec<u8> = parts[..count].iter().flat_map(|part| part.to_vec()).collect();
                let mut buffer = [0; 5];
                let only = only_frame(&frames, &mut buffer);
                assert_eq!(only, (frames.len() == 1).then_some(&all[..]));
                let now = step.min(all.len());
                wire.extend_from_slice(&all[..now]);
                advance(&mut frames, now, |_| sent += 1);
            }
            assert_eq!(wire, b"\x81\x03abc\x81\x00\x81\x02de", "{step} bytes at a time");
            assert_eq!(sent, 3);
        }
    }
}
