//! The lookup of a dependency: a perfect hash table, made once.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use super::Key;

/// What stands in a table: a slot of any type.
pub(super) type AnySlot = Arc<dyn Any + Send + Sync>;

/// Finds the slot of 64 bits with one multiplication and no probing, however many there are.
///
/// Hash and displace: the upper bits choose a bucket, each bucket has a seed under which its members fall on free
/// places. What is not registered falls anywhere, so whoever looks compares the key and the slot's type.
pub(super) struct Table {
    seeds: Box<[u64]>,
    places: Box<[Place]>,
    shift: u32,
    /// Members whose 64 bits are those of another one, and those that fit nowhere; in practice none.
    clashes: Vec<(u64, Place)>,
}

#[derive(Clone, Default)]
struct Place {
    key: Key,
    slot: Option<AnySlot>,
}

impl Table {
    pub(super) fn new(members: impl IntoIterator<Item = (u64, Key, AnySlot)>) -> Self {
        let mut clashes = Vec::new();
        let mut distinct: Vec<(u64, Place)> = Vec::new();
        for (bits, key, slot) in members {
            let member = (bits, Place { key, slot: Some(slot) });
            let list =
                if distinct.iter().any(|(other, _)| *other == bits) { &mut clashes } else { &mut distinct };
            list.push(member);
        }
        let mut length = (distinct.len() * 2).next_power_of_two().max(2);
        let longest = length << MAX_DOUBLINGS;
        loop {
            let Arrangement { seeds, places, misfits } = arrange(&distinct, length);
            if misfits.is_empty() || length == longest {
                clashes.extend(misfits);
                return Self { seeds, places, shift: shift(length), clashes };
            }
            length *= 2;
        }
    }

    /// Returns the slot of type `S` under a key.
    // Its bits and its key are constants where it is in line.
    #[inline(always)]
    pub(super) fn find<S: Any>(&self, bits: u64, key: Key) -> Option<&S> {
        let bucket = (bits >> 32) as usize & (self.seeds.len() - 1);
        let index = place_of(bits, *self.seeds.get(bucket)?, self.shift);
        let place = self.places.get(index)?;
        if let Some(slot) = &place.slot
            && place.key == key
            && let Some(slot) = slot.downcast_ref()
        {
            return Some(slot);
        }
        self.find_clash(bits, key)
    }

    #[cold]
    fn find_clash<S: Any>(&self, bits: u64, key: Key) -> Option<&S> {
        self.clashes
            .iter()
            .filter(|(other, place)| *other == bits && place.key == key)
            .find_map(|(_, place)| place.slot.as_ref()?.downcast_ref())
    }
}

impl fmt::Debug for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Table")
            .field("buckets", &self.seeds.len())
            .field("places", &self.places.len())
            .finish()
    }
}

struct Arrangement {
    seeds: Box<[u64]>,
    places: Box<[Place]>,
    /// The members of buckets for which no seed was found.
    misfits: Vec<(u64, Place)>,
}

/// Finds a seed for each bucket, the largest first.
fn arrange(members: &[(u64, Place)], length: usize) -> Arrangement {
    let count = (members.len() / 2).next_power_of_two().max(1);
    let mut buckets: Vec<(usize, Vec<&(u64, Place)>)> =
        (0..count).map(|bucket| (bucket, Vec::new())).collect();
    for member in members {
        buckets[(member.0 >> 32) as usize & (count - 1)].1.push(member);
    }
    buckets.sort_by_key(|(_, members)| std::cmp::Reverse(members.len()));
    let mut seeds = vec![0; count].into_boxed_slice();
    let mut places = vec![Place::default(); length].into_boxed_slice();
    let mut misfits = Vec::new();
    for (bucket, members) in buckets {
        let Some((seed, indexes)) = find_seed(&members, &places) else {
            misfits.extend(members.into_iter().cloned());
            continue;
        };
        seeds[bucket] = seed;
        for (index, (_, place)) in indexes.into_iter().zip(members) {
            places[index] = place.clone();
        }
    }
    Arrangement { seeds, places, misfits }
}

/// Finds a seed under which members fall on free places, and these places.
fn find_seed(members: &[&(u64, Place)], places: &[Place]) -> Option<(u64, Vec<usize>)> {
    (0..MAX_SEEDS).find_map(|number| {
        // Spread over all bits, or a small number would only move members of one bucket together.
        let seed = u64::from(number).wrapping_mul(SPREAD);
        let mut indexes = Vec::with_capacity(members.len());
        for (bits, _) in members {
            let index = place_of(*bits, seed, shift(places.len()));
            if places[index].slot.is_some() || indexes.contains(&index) {
                return None;
            }
            indexes.push(index);
        }
        Some((seed, indexes))
    })
}

#[inline]
fn place_of(bits: u64, seed: u64, shift: u32) -> usize {
    ((bits ^ seed).wrapping_mul(SPREAD) >> shift) as usize
}

const fn shift(length: usize) -> u32 {
    u64::BITS - length.trailing_zeros()
}

/// The golden ratio in 64 bits: a product with it mixes lower bits into the upper ones.
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

/// How many seeds are tried before the table is made larger.
const MAX_SEEDS: u32 = 4096;

/// How often a table is made twice as large before the members that do not fit are looked up one by one.
const MAX_DOUBLINGS: u32 = 2;

#[cfg(test)]
mod tests {
    use super::*;

    fn bits(number: u64) -> u64 {
        (number + 1).wrapping_mul(0xd6e8_feb8_6659_fd93).rotate_left(29).wrapping_mul(SPREAD)
    }

    #[test]
    fn every_member_of_tables_of_all_sizes_is_found() {
        for count in [0, 1, 2, 3, 10, 100, 1000, 5000] {
            let members = (0..count).map(|number| (bits(number), Key::NONE, Arc::new(number) as AnySlot));
            let table = Table::new(members);
            for number in 0..count {
                assert_eq!(table.find::<u64>(bits(number), Key::NONE), Some(&number), "{number} of {count}");
            }
            assert_eq!(table.find::<u64>(bits(count), Key::new("other")), None);
        }
    }

    #[test]
    fn another_type_or_key_is_not_taken_for_the_one_that_is_there() {
        let table = Table::new([(7, Key::new("a"), Arc::new(1_u8) as AnySlot)]);
        assert_eq!(table.find::<u8>(7, Key::new("a")), Some(&1));
        assert_eq!(table.find::<u8>(7, Key::NONE), None);
        assert_eq!(table.find::<u16>(7, Key::new("a")), None);
    }

    #[test]
    fn members_that_fall_together_under_every_seed_are_found_and_the_table_stays_small() {
        // The upper half chooses the bucket: all of them are in one.
        let lower = |number| bits(number) & u64::from(u32::MAX);
        let members = (0..400).map(|number| (lower(number), Key::NONE, Arc::new(number) as AnySlot));
        let table = Table::new(members);
        assert!(table.places.len() <= 16 * 400, "{table:?}");
        assert_eq!(table.clashes.len(), 400);
        for number in 0..400 {
            assert_eq!(table.find::<u64>(lower(number), Key::NONE), Some(&number));
        }
        assert_eq!(table.find::<u64>(lower(400), Key::NONE), None);
    }

    #[test]
    fn members_of_the_same_bits_are_both_found() {
        let table = Table::new([
            (7, Key::new("a"), Arc::new(1_u8) as AnySlot),
            (7, Key::new("b"), Arc::new(2_u8) as AnySlot),
            (7, Key::new("a"), Arc::new(3_u16) as AnySlot),
        ]);
        assert_eq!(table.find::<u8>(7, Key::new("a")), Some(&1));
        assert_eq!(table.find::<u8>(7, Key::new("b")), Some(&2));
        assert_eq!(table.find::<u16>(7, Key::new("a")), Some(&3));
    }
}
