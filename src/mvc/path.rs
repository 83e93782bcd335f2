//! Paths of methods: written as patterns, or made of the words of a method's name.

use std::sync::Arc;

/// One part of the path that a method's name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PathPart {
    /// A parameter, by its name.
    Param(&'static str),
    /// All that is left of the path, by its name.
    Wildcard(&'static str),
    /// A word of the method's name, in lower case.
    Word(&'static str),
}

/// How the path of a method is written.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum ActionPath {
    /// By the words of the method's name.
    Name(&'static [PathPart]),
    /// As a pattern.
    Pattern(&'static str),
}

/// Makes a part of a path of a word: the path so far, the word, and which word it is, from 0.
pub(super) type PathWord = Arc<dyn Fn(&str, &str, usize) -> String + Send + Sync>;

impl ActionPath {
    /// Returns the path as a pattern.
    pub(super) fn pattern(self, path_word: Option<&PathWord>) -> String {
        let parts = match self {
            Self::Pattern(pattern) => return pattern.to_owned(),
            Self::Name(parts) => parts,
        };
        let mut path = String::new();
        let mut words = 0;
        for part in parts {
            match part {
                PathPart::Param(name) => path.extend(["/{", name, "}"]),
                PathPart::Wildcard(name) => path.extend(["/{*", name, "}"]),
                PathPart::Word(word) => {
                    match path_word {
                        Some(path_word) => {
                            let part = path_word(&path, word, words);
                            path.push_str(&part);
                        }
                        None => path.extend(["/", word]),
                    }
                    words += 1;
                }
            }
        }
        if path.is_empty() { "/".to_owned() } else { path }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARTS: &[PathPart] =
        &[PathPart::Word("user"), PathPart::Param("id"), PathPart::Word("posts"), PathPart::Wildcard("rest")];

    #[test]
    fn words_and_parameters_become_segments() {
        assert_eq!(ActionPath::Name(PARTS).pattern(None), "/user/{id}/posts/{*rest}");
        assert_eq!(ActionPath::Name(&[]).pattern(None), "/");
        assert_eq!(ActionPath::Pattern("/{id}").pattern(None), "/{id}");
    }

    #[test]
    fn a_function_of_ones_own_makes_the_words() {
        let path_word: PathWord = Arc::new(|path, word, index| format!("/{index}-{word}-{}", path.len()));
        assert_eq!(ActionPath::Name(PARTS).pattern(Some(&path_word)), "/0-user-0/{id}/1-posts-14/{*rest}");
    }
}
