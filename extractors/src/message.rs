//! Broken rules of protobuf's messages, whose fields have their Rust names.

use gongular_core::{BrokenRules, Error, Place, Step};

/// Makes the error of broken rules.
#[cold]
pub(crate) fn refused(broken: BrokenRules) -> Error {
    let problems = broken.into_iter().map(|rule| {
        let path = path_text(rule.path());
        rule.into_problem(Place::Body, path)
    });
    Error::binding(problems.collect())
}

fn path_text(steps: &[Step]) -> String {
    let mut path = String::new();
    for step in steps {
        match step {
            Step::Field(name) => {
                let dot = if path.is_empty() { "" } else { "." };
                path.extend([dot, name]);
            }
            Step::Index(index) => path.push_str(&format!("[{index}]")),
        }
    }
    path
}
