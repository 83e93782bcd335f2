//! The same values with borrowed texts and rules by hand: what somebody writes who counts instructions.

use std::borrow::Cow;

use serde::Deserialize;

/// The field that breaks a rule, and the rule's code.
pub(crate) type Broken = (&'static str, &'static str);

#[derive(Debug, Deserialize)]
pub(crate) struct PostsQuery<'a> {
    pub(crate) page: u32,
    pub(crate) per_page: u32,
    #[serde(borrow)]
    pub(crate) sort: Cow<'a, str>,
    pub(crate) desc: bool,
}

impl PostsQuery<'_> {
    pub(crate) fn check(&self) -> Result<(), Broken> {
        rule(self.page >= 1, "page", "range")?;
        rule((1..=100).contains(&self.per_page), "per_page", "range")?;
        rule(chars(&self.sort, 1, 32), "sort", "length")
    }
}

#[derive(Debug, Deserialize)]
pub(crate) struct NewUser<'a> {
    #[serde(borrow)]
    pub(crate) name: Cow<'a, str>,
    #[serde(borrow)]
    pub(crate) email: Cow<'a, str>,
    pub(crate) age: u8,
    #[serde(borrow)]
    pub(crate) address: Address<'a>,
    #[serde(borrow)]
    pub(crate) comments: Vec<Comment<'a>>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Address<'a> {
    #[serde(borrow)]
    pub(crate) street: Cow<'a, str>,
    #[serde(borrow)]
    pub(crate) city: Cow<'a, str>,
    #[serde(borrow)]
    pub(crate) zip: Cow<'a, str>,
    #[serde(borrow)]
    pub(crate) country: Cow<'a, str>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Comment<'a> {
    pub(crate) id: u64,
    #[serde(borrow)]
    pub(crate) author: Cow<'a, str>,
    #[serde(borrow)]
    pub(crate) text: Cow<'a, str>,
}

impl NewUser<'_> {
    pub(crate) fn check(&self) -> Result<(), Broken> {
        rule(chars(&self.name, 1, 64), "name", "length")?;
        rule(is_email(&self.email), "email", "email")?;
        rule((18..=120).contains(&self.age), "age", "range")?;
        let address = &self.address;
        rule(chars(&address.street, 1, 128), "address.street", "length")?;
        rule(chars(&address.city, 1, 64), "address.city", "length")?;
        rule(chars(&address.zip, 3, 10), "address.zip", "length")?;
        rule(chars(&address.country, 2, 2), "address.country", "length")?;
        rule((1..=100).contains(&self.comments.len()), "comments", "length")?;
        for comment in &self.comments {
            rule(comment.id >= 1, "comments.id", "range")?;
            rule(chars(&comment.author, 1, 64), "comments.author", "length")?;
            rule(chars(&comment.text, 1, 500), "comments.text", "length")?;
        }
        Ok(())
    }
}

#[derive(Debug, Deserialize)]
pub(crate) struct Signup<'a> {
    #[serde(borrow)]
    pub(crate) name: Cow<'a, str>,
    #[serde(borrow)]
    pub(crate) email: Cow<'a, str>,
    pub(crate) age: u8,
    #[serde(borrow)]
    pub(crate) country: Cow<'a, str>,
    pub(crate) newsletter: bool,
    pub(crate) score: f64,
}

impl Signup<'_> {
    pub(crate) fn check(&self) -> Result<(), Broken> {
        rule(chars(&self.name, 1, 64), "name", "length")?;
        rule(is_email(&self.email), "email", "email")?;
        rule((18..=120).contains(&self.age), "age", "range")?;
        rule(chars(&self.country, 2, 2), "country", "length")?;
        rule((0.0..=100.0).contains(&self.score), "score", "range")
    }
}

const fn rule(holds: bool, field: &'static str, code: &'static str) -> Result<(), Broken> {
    if holds { Ok(()) } else { Err((field, code)) }
}

fn chars(text: &str, min: usize, max: usize) -> bool {
    // A text has at least a quarter as many characters as bytes and at most as many.
    if text.len() < min {
        return false;
    }
    if text.len() <= max && text.is_ascii() {
        return true;
    }
    (min..=max).contains(&text.chars().count())
}

/// The shape HTML asks for: an atom, `@`, and labels of 1 to 63 letters, digits and inner hyphens.
fn is_email(text: &str) -> bool {
    let Some((user, host)) = text.split_once('@') else { return false };
    let atom = |byte: u8| byte.is_ascii_alphanumeric() || b".!#$%&'*+/=?^_`{|}~-".contains(&byte);
    let label = |label: &str| {
        let bytes = label.as_bytes();
        (1..=63).contains(&bytes.len())
            && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
            && bytes.first() != Some(&b'-')
            && bytes.last() != Some(&b'-')
    };
    (1..=64).contains(&user.len())
        && user.bytes().all(atom)
        && host.len() <= 255
        && host.split('.').all(label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_email_has_an_atom_and_labels() {
        for good in ["a@b", "a.b+c@d-e.example.org", "x_y~z@0.1"] {
            assert!(is_email(good), "{good}");
        }
        let long = format!("a@{}.org", "b".repeat(64));
        for bad in ["", "a", "@b", "a@", "a@.b", "a@b.", "a@b..c", "a@-b", "a@b-", "a b@c", "a@b@c", &long] {
            assert!(!is_email(bad), "{bad}");
        }
    }
}
