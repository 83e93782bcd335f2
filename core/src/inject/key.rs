//! Keys: what tells several dependencies of one type apart.

use std::any::TypeId;
use std::fmt;
use std::hash::{Hash, Hasher};

/// The key that tells several dependencies of one type apart; none is the usual case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    name: Option<&'static str>,
}

impl Key {
    /// No key.
    pub const NONE: Self = Self { name: None };

    /// Makes a key of a name.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self { name: Some(name) }
    }

    /// Returns the name.
    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        self.name
    }

    /// Returns 64 bits of the name (FNV-1a), in a constant; nothing for no key.
    const fn bits(self) -> u64 {
        let Some(name) = self.name else { return 0 };
        let bytes = name.as_bytes();
        let mut bits = 0xcbf2_9ce4_8422_2325_u64;
        let mut index = 0;
        while index < bytes.len() {
            bits = (bits ^ bytes[index] as u64).wrapping_mul(0x0100_0000_01b3);
            index += 1;
        }
        bits
    }

    /// Returns 64 bits that stand for a type under a key.
    pub(crate) fn bits_with(self, type_id: TypeId) -> u64 {
        type_bits(type_id) ^ self.bits()
    }
}

impl From<&'static str> for Key {
    fn from(name: &'static str) -> Self {
        Self::new(name)
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name {
            Some(name) => write!(f, "key {name:?}"),
            None => f.write_str("no key"),
        }
    }
}

/// A key as a type, for [`Inject`](https://docs.rs/gongular/latest/gongular/struct.Inject.html)'s second parameter.
///
/// [`key!`](crate::key) writes one in a line.
///
/// # Example
///
/// ```
/// use gongular_core::inject::InjectKey;
///
/// struct Replica;
///
/// impl InjectKey for Replica {
///     const NAME: &'static str = "replica";
/// }
///
/// assert_eq!(Replica::KEY.name(), Some("replica"));
/// ```
pub trait InjectKey: 'static {
    /// The name that the dependency is registered under.
    const NAME: &'static str;

    /// The key.
    const KEY: Key = Key::new(Self::NAME);
}

/// No key: the usual case.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct NoKey;

impl InjectKey for NoKey {
    const NAME: &'static str = "";
    const KEY: Key = Key::NONE;
}

/// Declares a key as a type.
///
/// # Example
///
/// ```
/// use gongular_core::inject::InjectKey;
///
/// gongular_core::key! {
///     /// The pool that only reads.
///     pub Replica = "replica";
/// }
///
/// assert_eq!(Replica::NAME, "replica");
/// ```
#[macro_export]
macro_rules! key {
    ($($(#[$meta:meta])* $visibility:vis $name:ident = $key:literal);+ $(;)?) => {
        $(
            $(#[$meta])*
            #[derive(Clone, Copy, Debug)]
            #[non_exhaustive]
            $visibility struct $name;

            impl $crate::inject::InjectKey for $name {
                const NAME: &'static str = $key;
            }
        )+
    };
}

/// Returns the 64 bits that a type's identity gives to a hasher: they are a good hash already, so none is computed.
fn type_bits(type_id: TypeId) -> u64 {
    struct Catch(u64);

    impl Hasher for Catch {
        fn write(&mut self, bytes: &[u8]) {
            for &byte in bytes {
                self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
            }
        }

        fn write_u64(&mut self, bits: u64) {
            self.0 = bits;
        }

        fn finish(&self) -> u64 {
            self.0
        }
    }

    let mut catch = Catch(0);
    type_id.hash(&mut catch);
    catch.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_and_keys_have_bits_of_their_own() {
        let bits = [
            Key::NONE.bits_with(TypeId::of::<u8>()),
            Key::NONE.bits_with(TypeId::of::<i8>()),
            Key::new("a").bits_with(TypeId::of::<u8>()),
            Key::new("b").bits_with(TypeId::of::<u8>()),
        ];
        for (index, one) in bits.iter().enumerate() {
            assert!(!bits[index + 1..].contains(one));
        }
    }
}
