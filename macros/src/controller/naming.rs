//! Methods' names as routes: `get_user_by` is `GET /user/{id}`.

/// What a method's name says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Name {
    /// The method of HTTP; none for all of them.
    pub(super) verb: Option<&'static str>,
    pub(super) words: Vec<Word>,
}

/// One part of the path.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Word {
    /// The next parameter.
    By,
    /// The next parameter takes the rest of the path.
    Wildcard,
    Text(String),
}

impl Name {
    /// Reads a name; `None` when its first word is no verb.
    ///
    /// Words stand between underscores, and only a whole word is a verb: `getaway` is none. `by` is a parameter, `by_wildcard` one that
    /// takes all that is left, and every other word is a part of the path.
    pub(super) fn read(name: &str) -> Option<Self> {
        let mut words = name.split('_').filter(|word| !word.is_empty()).peekable();
        let first = words.next()?;
        let verb = match VERBS.iter().find(|(word, _)| *word == first) {
            Some((_, verb)) => *verb,
            None => return None,
        };
        let mut read = Vec::new();
        while let Some(word) = words.next() {
            read.push(match word {
                "by" if words.next_if_eq(&"wildcard").is_some() => Word::Wildcard,
                "by" => Word::By,
                word => Word::Text(word.to_lowercase()),
            });
        }
        Some(Self { verb, words: read })
    }
}

/// The words that a name may begin with.
const VERBS: [(&str, Option<&str>); 11] = [
    ("all", None),
    ("any", None),
    ("connect", Some("CONNECT")),
    ("delete", Some("DELETE")),
    ("get", Some("GET")),
    ("head", Some("HEAD")),
    ("options", Some("OPTIONS")),
    ("patch", Some("PATCH")),
    ("post", Some("POST")),
    ("put", Some("PUT")),
    ("trace", Some("TRACE")),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn text(word: &str) -> Word {
        Word::Text(word.to_owned())
    }

    #[test]
    fn words_become_the_parts_of_a_path() {
        for (name, verb, words) in [
            ("get", Some("GET"), vec![]),
            ("post_login", Some("POST"), vec![text("login")]),
            ("get_by", Some("GET"), vec![Word::By]),
            ("get_user_by_posts_by", Some("GET"), vec![text("user"), Word::By, text("posts"), Word::By]),
            ("get_by_wildcard", Some("GET"), vec![Word::Wildcard]),
            ("delete_files_by_wildcard", Some("DELETE"), vec![text("files"), Word::Wildcard]),
            ("get_json_v2", Some("GET"), vec![text("json"), text("v2")]),
            ("any", None, vec![]),
            ("all_things", None, vec![text("things")]),
        ] {
            assert_eq!(Name::read(name), Some(Name { verb, words }), "{name}");
        }
    }

    #[test]
    fn only_whole_words_are_verbs() {
        for name in ["getaway", "headers", "postpone", "allow", "connected", "helper", "_", "by"] {
            assert_eq!(Name::read(name), None, "{name}");
        }
    }
}
