//! Tokens of asks and ids of connections: nobody can guess them, and no two are the same.

use std::hash::{BuildHasher, RandomState};

use crate::Error;
use crate::neffos::random::random;

/// Makes the tokens of one server, and knows them again.
///
/// A token is 64 random bits and as many that only this server can compute of them, for one connection. So a late answer is
/// told from an ask, whatever a client sends as a token, and what one connection was asked no other can answer.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    secret: RandomState,
}

/// The token of an ask, as a decimal number on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token(u128);

impl Tokens {
    pub(super) fn make(&self, serial: u64) -> Result<Token, Error> {
        let random = random()?;
        Ok(Token(self.seal(serial, random)))
    }

    /// Reads a token; none when it was not made here for this connection.
    pub(super) fn read(&self, serial: u64, text: &str) -> Option<Token> {
        let is_canonical = !text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit());
        let number: u128 = text.parse().ok().filter(|_| is_canonical)?;
        let random = (number >> 64) as u64;
        (self.seal(serial, random) == number).then_some(Token(number))
    }

    fn seal(&self, serial: u64, random: u64) -> u128 {
        let seal = self.secret.hash_one((serial, random));
        (u128::from(random) << 64) | u128::from(seal)
    }
}

impl std::fmt::Display for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// Makes the id of a connection: a UUID of version 4.
pub(super) fn id() -> Result<String, Error> {
    let (high, low) = (random()?, random()?);
    let (high, low) = (high & !0xf000 | 0x4000, low & (u64::MAX >> 2) | 1 << 63);
    Ok(format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        high >> 32,
        high >> 16 & 0xffff,
        high & 0xffff,
        low >> 48,
        low & 0xffff_ffff_ffff
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_known_to_its_maker_and_for_its_connection_only() {
        let (tokens, others) = (Tokens::default(), Tokens::default());
        for serial in 0..100 {
            let token = tokens.make(serial).unwrap();
            let text = token.to_string();
            assert!(text.bytes().all(|byte| byte.is_ascii_digit()), "{text}");
            assert_eq!(tokens.read(serial, &text), Some(token));
            assert_eq!(tokens.read(serial + 1, &text), None);
            assert_eq!(others.read(serial, &text), None);
            for changed in [format!("0{text}"), format!("+{text}"), format!("{text}0"), text[1..].to_owned()]
            {
                assert_eq!(tokens.read(serial, &changed), None, "{changed}");
            }
        }
        for text in ["", "0", "1", "$1", "neffos(0x1(2))", "-1", "999999999999999999999999999999999999999999"]
        {
            assert_eq!(tokens.read(0, text), None, "{text}");
        }
    }

    #[test]
    fn ids_are_uuids_of_version_4() {
        let ids: Vec<String> = (0..100).map(|_| id().unwrap()).collect();
        for id in &ids {
            let lengths: Vec<_> = id.split('-').map(str::len).collect();
            assert_eq!(lengths, [8, 4, 4, 4, 12], "{id}");
            assert_eq!(&id[14..15], "4", "{id}");
            assert!("89ab".contains(&id[19..20]), "{id}");
        }
        let distinct: std::collections::HashSet<_> = ids.iter().collect();
        assert_eq!(distinct.len(), ids.len());
    }
}
