//! Names of types as people read them.

use std::collections::{HashMap, HashSet};

use super::{Report, ReportedNeed};

/// The names of a report's types without their modules, but for those that two types would share.
pub(super) struct Names {
    ambiguous: HashSet<String>,
}

impl Names {
    pub(super) fn of(report: &Report) -> Self {
        let mut known: HashMap<String, &'static str> = HashMap::new();
        let mut ambiguous = HashSet::new();
        for full in all(report) {
            let short = without_modules(full);
            if known.insert(short.clone(), full).is_some_and(|other| other != full) {
                ambiguous.insert(short);
            }
        }
        Self { ambiguous }
    }

    pub(super) fn short(&self, full: &str) -> String {
        let short = without_modules(full);
        if self.ambiguous.contains(&short) { full.to_owned() } else { short }
    }
}

fn all(report: &Report) -> impl Iterator<Item = &'static str> {
    report.controllers.iter().flat_map(|controller| {
        let arguments = controller.actions.iter().flat_map(|action| &action.arguments);
        let needs = controller.fields.iter().chain(arguments).flat_map(|part| &part.needs);
        let dependencies = needs.filter_map(|need| match need {
            ReportedNeed::Dependency { type_name, .. } => Some(*type_name),
            ReportedNeed::Input(_) => None,
        });
        dependencies.chain([controller.name])
    })
}

/// Takes the modules away from all paths in the name of a type.
fn without_modules(name: &str) -> String {
    let mut short = String::new();
    let mut rest = name;
    while let Some(first) = rest.chars().next() {
        // What stands in a function has braces in its path: `app::main::{{closure}}::User`.
        let is_word = |char: char| char.is_alphanumeric() || matches!(char, '_' | '{' | '}' | '#');
        let end = rest.find(|char| !is_word(char)).unwrap_or(rest.len()).max(first.len_utf8());
        let (token, after) = rest.split_at(end);
        match after.strip_prefix("::") {
            Some(inner) if is_word(first) => rest = inner,
            _ => {
                short.push_str(token);
                rest = after;
            }
        }
    }
    short
}

#[cfg(test)]
mod tests {
    use super::without_modules;

    #[test]
    fn modules_are_taken_away_everywhere_in_a_type() {
        for (full, short) in [
            ("app::users::User", "User"),
            ("app::main::{{closure}}::User", "User"),
            ("dyn app::Store", "dyn Store"),
            ("alloc::vec::Vec<(app::A, core::option::Option<&app::b::B>)>", "Vec<(A, Option<&B>)>"),
            ("[u8; 4]", "[u8; 4]"),
            ("app::Größe", "Größe"),
            ("", ""),
        ] {
            assert_eq!(without_modules(full), short);
        }
    }
}
