//! What a problem says besides where it is.

use std::borrow::Cow;

use serde_json::Value;

#[cfg(feature = "validator")]
use crate::rules::Found;

/// The text of a problem for people, and its parameters for programs.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Words {
    pub(crate) message: Cow<'static, str>,
    pub(crate) params: Vec<(Cow<'static, str>, Value)>,
}

/// The words of a problem, or what they are made of once somebody reads them: an application's own answer often tells no
/// more than place, path and code.
#[derive(Clone)]
pub(crate) enum Said {
    Words(Words),
    #[cfg(feature = "validator")]
    Found(Found),
}

impl Said {
    pub(crate) const fn new(message: Cow<'static, str>) -> Self {
        Self::Words(Words { message, params: Vec::new() })
    }

    pub(crate) fn words(&self) -> &Words {
        match self {
            Self::Words(words) => words,
            #[cfg(feature = "validator")]
            Self::Found(found) => found.words(),
        }
    }

    pub(crate) fn words_mut(&mut self) -> &mut Words {
        match self {
            Self::Words(words) => words,
            #[cfg(feature = "validator")]
            Self::Found(found) => found.words_mut(),
        }
    }

    /// Forgets what the client has sent, but for what stands in the words.
    pub(crate) fn forget_values(&mut self) {
        match self {
            Self::Words(_) => {}
            #[cfg(feature = "validator")]
            Self::Found(found) => found.forget_values(),
        }
    }

    /// Returns the value that is told of, where the words are made of it.
    pub(crate) fn value(&self) -> Option<&Value> {
        match self {
            Self::Words(_) => None,
            #[cfg(feature = "validator")]
            Self::Found(found) => found.value(),
        }
    }
}

impl PartialEq for Said {
    fn eq(&self, other: &Self) -> bool {
        self.words() == other.words()
    }
}
