//! What is wrong with the input of a macro: all of it, with what was probably meant.

use quote::ToTokens;
use syn::Ident;
use syn::ext::IdentExt;

/// Everything that is wrong with the input of one macro.
#[derive(Default)]
pub(crate) struct Mistakes(Option<syn::Error>);

impl Mistakes {
    /// Adds a mistake that stands at `tokens`.
    pub(crate) fn add(&mut self, tokens: impl ToTokens, message: impl std::fmt::Display) {
        self.push(syn::Error::new_spanned(tokens, message));
    }

    /// Adds a mistake that `syn` found.
    pub(crate) fn push(&mut self, error: syn::Error) {
        match &mut self.0 {
            None => self.0 = Some(error),
            Some(first) => first.combine(error),
        }
    }

    /// Returns all mistakes, if there are any.
    pub(crate) fn into_result(self) -> syn::Result<()> {
        self.0.map_or(Ok(()), Err)
    }
}

/// Says that a key is not known, and which one was probably meant.
pub(crate) fn unknown(key: &Ident, known: &[&str], help: &str) -> String {
    let written = key.unraw().to_string();
    match known.iter().find(|known| is_near(&written, known)) {
        Some(near) => format!("unknown key `{written}`, did you mean `{near}`? {help}"),
        None => format!("unknown key `{written}`; {help}"),
    }
}

/// Returns whether at most two letters were added, left out, changed or swapped.
pub(crate) fn is_near(written: &str, known: &str) -> bool {
    let (written, known) = (written.as_bytes(), known.as_bytes());
    let mut row: Vec<usize> = (0..=known.len()).collect();
    for (i, left) in written.iter().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, right) in known.iter().enumerate() {
            let changed = diagonal + usize::from(left != right);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[known.len()] <= 2 && known.len() > 2
}

#[cfg(test)]
mod tests {
    use super::is_near;

    #[test]
    fn a_slip_of_two_letters_is_near_and_another_word_is_not() {
        for (written, known) in
            [("kye", "key"), ("defualt", "default"), ("defaut", "default"), ("keys", "key")]
        {
            assert!(is_near(written, known), "{written} {known}");
        }
        for (written, known) in [("name", "default"), ("named", "key"), ("optional", "default")] {
            assert!(!is_near(written, known), "{written} {known}");
        }
    }
}
