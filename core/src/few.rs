//! A list of mostly one.

use std::fmt;

/// A list that is mostly one element, which then needs no allocation.
#[derive(Clone)]
pub(crate) enum Few<T> {
    One(T),
    Any(Vec<T>),
}

impl<T> Few<T> {
    pub(crate) const fn new() -> Self {
        Self::Any(Vec::new())
    }

    pub(crate) const fn as_slice(&self) -> &[T] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Any(list) => list.as_slice(),
        }
    }

    pub(crate) fn push(&mut self, value: T) {
        match self {
            Self::Any(list) if list.capacity() == 0 => *self = Self::One(value),
            Self::Any(list) => list.push(value),
            Self::One(_) => {
                let mut list = std::mem::take(self).into_vec();
                list.push(value);
                *self = Self::Any(list);
            }
        }
    }

    pub(crate) fn into_vec(self) -> Vec<T> {
        match self {
            Self::One(one) => vec![one],
            Self::Any(list) => list,
        }
    }
}

impl<T> Default for Few<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> From<Vec<T>> for Few<T> {
    fn from(list: Vec<T>) -> Self {
        Self::Any(list)
    }
}

/// As a list, however it is held.
impl<T: fmt::Debug> fmt::Debug for Few<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_slice().fmt(f)
    }
}

impl<T: PartialEq> PartialEq for Few<T> {
    fn eq(&self, other: &Self) -> bool {
        self.as_slice() == other.as_slice()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_the_same_however_it_came_to_be() {
        let mut few: Few<usize> = Few::new();
        assert!(few.as_slice().is_empty());
        for count in 1..4 {
            few.push(count);
            let list: Vec<_> = (1..=count).collect();
            assert_eq!(few.as_slice(), list);
            assert_eq!(few, Few::from(list.clone()));
            assert_eq!(format!("{few:?}"), format!("{list:?}"));
            assert_eq!(few.clone().into_vec(), list);
        }
    }
}
