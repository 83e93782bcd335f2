//! Which values count as absent when the pass is repeated.

use super::Fault;

/// What a repeated pass leaves out.
#[derive(Debug, Default)]
pub(super) struct Masks {
    fields: Bits,
    empty_items: Bits,
    map: bool,
}

impl Masks {
    /// Learns of a fault; `false` when leaving something out does not help.
    pub(super) fn add(&mut self, fault: Fault) -> bool {
        match fault {
            Fault::EmptyField(index) | Fault::EmptyItems(index) if index as usize == WHOLE_MAP => {
                !std::mem::replace(&mut self.map, true)
            }
            Fault::EmptyField(index) => self.fields.insert(index as usize),
            Fault::EmptyItems(index) => self.empty_items.insert(index as usize),
            _ => false,
        }
    }

    /// Returns whether a field counts as absent.
    pub(super) fn has_field(&self, index: usize) -> bool {
        self.fields.contains(index)
    }

    /// Returns whether empty texts in a list count as absent.
    pub(super) fn has_empty_items(&self, index: usize) -> bool {
        if index == WHOLE_MAP { self.map } else { self.empty_items.contains(index) }
    }

    /// Returns whether the empty texts of a map count as absent.
    pub(super) const fn has_map(&self) -> bool {
        self.map
    }
}

/// A set of field numbers; it allocates only for structs of more than 64 fields.
#[derive(Debug, Default)]
pub(super) struct Bits {
    low: u64,
    high: Vec<u64>,
}

impl Bits {
    /// Adds a number; `false` when it was in before.
    #[inline]
    pub(super) fn insert(&mut self, index: usize) -> bool {
        if index < 64 {
            let before = self.low;
            self.low |= 1 << index;
            return self.low != before;
        }
        self.insert_high(index)
    }

    #[inline(never)]
    fn insert_high(&mut self, index: usize) -> bool {
        let (word, bit) = (index / 64 - 1, 1 << (index % 64));
        if self.high.len() <= word {
            self.high.resize(word + 1, 0);
        }
        match self.high.get_mut(word) {
            Some(word) if *word & bit == 0 => {
                *word |= bit;
                true
            }
            Some(_) | None => false,
        }
    }

    fn contains(&self, index: usize) -> bool {
        if index < 64 {
            return self.low & (1 << index) != 0;
        }
        self.high.get(index / 64 - 1).is_some_and(|word| word & (1 << (index % 64)) != 0)
    }
}

/// The number that stands for all entries of a map, which are of one type.
pub(super) const WHOLE_MAP: usize = u32::MAX as usize;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_hold_more_than_64_numbers() {
        let mut bits = Bits::default();
        for index in [0, 63, 64, 65, 127, 128, 1000] {
            assert!(!bits.contains(index));
            assert!(bits.insert(index), "{index}");
            assert!(!bits.insert(index), "{index}");
            assert!(bits.contains(index));
        }
        assert!(!bits.contains(66));
    }
}
