//! What servers tell each other.

use bytes::{Buf, BufMut, Bytes};

use crate::neffos::codec::Name;

/// What one server tells others: a frame, and whom it is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::neffos) struct Packet {
    /// What is to be done with it.
    pub(in crate::neffos) sort: Sort,
    /// The server that sent it.
    pub(in crate::neffos) server: u64,
    /// The number of the ask that this is, or answers.
    pub(in crate::neffos) ask: u64,
    /// Whether the frame is a binary one.
    pub(in crate::neffos) is_binary: bool,
    /// Whether the ids are those for whom it is not.
    pub(in crate::neffos) is_except: bool,
    /// The ids of connections.
    pub(in crate::neffos) ids: Vec<Name>,
    /// A frame of the protocol, whose header names namespace, room and event.
    pub(in crate::neffos) frame: Bytes,
}

/// What is to be done with a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::neffos) enum Sort {
    /// The frame answers an ask.
    Answer,
    /// The connection is to be asked.
    Ask,
    /// The frame is to be sent to members.
    Deliver,
    /// The ids are members.
    Here,
    /// The frame answers an ask that could not be answered.
    Unanswered,
    /// The members here are to be told.
    Who,
}

const SORTS: [Sort; 6] = [Sort::Answer, Sort::Ask, Sort::Deliver, Sort::Here, Sort::Unanswered, Sort::Who];

impl Packet {
    /// Writes the packet.
    pub(in crate::neffos) fn encode(&self) -> Bytes {
        let ids: usize = self.ids.iter().map(|id| id.len() + 4).sum();
        let mut out = Vec::with_capacity(HEAD_BYTES + ids + self.frame.len());
        out.put_u8(VERSION);
        let sort = SORTS.iter().position(|sort| *sort == self.sort);
        out.put_u8(sort.unwrap_or_default() as u8);
        out.put_u8(u8::from(self.is_binary) | u8::from(self.is_except) << 1);
        out.put_u64(self.server);
        out.put_u64(self.ask);
        out.put_u32(self.ids.len() as u32);
        for id in &self.ids {
            out.put_u32(id.len() as u32);
            out.put_slice(id.as_bytes());
        }
        out.put_slice(&self.frame);
        out.into()
    }

    /// Reads a packet; none when it is none, or one of another version. The frame is not copied.
    pub(in crate::neffos) fn decode(packet: &Bytes) -> Option<Self> {
        let mut rest = packet.clone();
        if rest.len() < HEAD_BYTES || rest.get_u8() != VERSION {
            return None;
        }
        let sort = *SORTS.get(usize::from(rest.get_u8()))?;
        let flags = rest.get_u8();
        let (server, ask, count) = (rest.get_u64(), rest.get_u64(), rest.get_u32());
        let mut ids = Vec::new();
        for _ in 0..count {
            let length = rest.try_get_u32().ok()? as usize;
            if length > rest.len() {
                return None;
            }
            ids.push(Name::plain(rest.split_to(length))?);
        }
        let (is_binary, is_except) = (flags & 1 != 0, flags & 2 != 0);
        Some(Self { sort, server, ask, is_binary, is_except, ids, frame: rest })
    }
}

/// The version of packets; servers of another one are not understood, rather than misunderstood.
const VERSION: u8 = 1;

const HEAD_BYTES: usize = 23;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::neffos::random::Numbers;

    #[test]
    fn a_packet_comes_out_as_it_went_in_and_nothing_else_is_one() {
        for sort in SORTS {
            for ids in [vec![], vec![Name::from("a")], vec![Name::from("b5b1069d"), Name::from("")]] {
                let packet = Packet {
                    sort,
                    server: 7,
                    ask: u64::MAX,
                    is_binary: ids.is_empty(),
                    is_except: !ids.is_empty(),
                    ids,
                    frame: Bytes::from_static(b";default;;chat;0;0;\xff;"),
                };
                let bytes = packet.encode();
                assert_eq!(Packet::decode(&bytes), Some(packet.clone()));
                let head = bytes.len() - packet.frame.len();
                for cut in 0..head {
                    assert_eq!(Packet::decode(&bytes.slice(..cut)), None, "cut at {cut}");
                }
            }
        }
        for bytes in [&b""[..], b"\x02", &[1, 9, 0], &[0xff; 40], &[1; 40]] {
            assert_eq!(Packet::decode(&Bytes::copy_from_slice(bytes)), None);
        }
    }

    fn any(numbers: &mut Numbers) -> Packet {
        let ids = (0..numbers.below(5)).map(|_| Name::from(&*numbers.text(&["a", "7f", "é", "", "\0"])));
        Packet {
            ids: ids.collect(),
            sort: SORTS[numbers.below(SORTS.len())],
            server: numbers.below(usize::MAX) as u64,
            ask: numbers.below(3) as u64,
            is_binary: numbers.below(2) == 0,
            is_except: numbers.below(2) == 0,
            frame: numbers.text(&[";", "default", "\0", "é", "chat"]).into(),
        }
    }

    #[test]
    fn every_packet_comes_out_as_it_went_in() {
        let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
        for _ in 0..20_000 {
            let packet = any(&mut numbers);
            assert_eq!(Packet::decode(&packet.encode()), Some(packet));
        }
    }

    #[test]
    fn no_bytes_of_a_broker_make_a_server_fail() {
        let mut numbers = Numbers(0x2545_f491_4f6c_dd1d);
        let (mut read, mut passed_over) = (0, 0);
        for _ in 0..50_000 {
            let mut bytes = any(&mut numbers).encode().to_vec();
            for _ in 0..numbers.below(4) {
                let place = numbers.below(bytes.len());
                match numbers.below(4) {
                    0 => bytes.truncate(place.max(1)),
                    1 => bytes[place] = [0, 1, 0x7f, 0x80, 0xff][numbers.below(5)],
                    2 => bytes.insert(place, numbers.below(256) as u8),
                    // A count or a length as large as can be.
                    _ => bytes.splice(place.min(19).., [0xff; 8]).for_each(drop),
                }
            }
            match Packet::decode(&bytes.into()) {
                None => passed_over += 1,
                Some(packet) => {
                    read += 1;
                    let again = Packet::decode(&packet.encode());
                    assert_eq!(again, Some(packet), "what was read is written, and read the same");
                }
            }
        }
        assert!(read > 1000 && passed_over > 1000, "{read} were packets, and {passed_over} none");
    }
}
