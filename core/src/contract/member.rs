//! Which field of a derived struct reads and needs what.

use super::{Dependency, Field, Input};

/// Which field of a derived struct it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemberName {
    pub(super) position: usize,
    name: &'static str,
    type_text: &'static str,
    value: Option<&'static str>,
}

impl MemberName {
    /// Makes the name of a field: its position in the struct, its name, and its type as it is written.
    #[must_use]
    pub const fn new(position: usize, name: &'static str, type_text: &'static str) -> Self {
        Self { position, name, type_text, value: None }
    }

    /// Makes it that of a single value, by its external name.
    #[must_use]
    pub const fn value(mut self, external: &'static str) -> Self {
        self.value = Some(external);
        self
    }

    /// Returns what of an input belongs to the field.
    pub(super) fn of(self, input: &Input) -> Option<Input> {
        let Some(value) = self.value.filter(|_| !input.fields.is_empty()) else { return Some(input.clone()) };
        let is_of_value = |field: &&Field| {
            field.path.strip_prefix(value).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        };
        let fields: Vec<Field> = input.fields.iter().filter(is_of_value).cloned().collect();
        (!fields.is_empty()).then(|| Input { fields, ..input.clone() })
    }
}

/// A field of a derived struct: what it reads and needs.
#[derive(Clone, Debug)]
pub struct Member {
    pub(super) name: MemberName,
    pub(super) inputs: Vec<Input>,
    pub(super) dependencies: Vec<Dependency>,
}

impl Member {
    /// Returns the name of the field in the program.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name.name
    }

    /// Returns the type of the field, as it is written.
    #[must_use]
    pub const fn type_text(&self) -> &'static str {
        self.name.type_text
    }

    /// Returns what it reads from the request.
    #[must_use]
    pub fn inputs(&self) -> &[Input] {
        &self.inputs
    }

    /// Returns the dependencies that it needs.
    #[must_use]
    pub fn dependencies(&self) -> &[Dependency] {
        &self.dependencies
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;
    use crate::inject::Key;
    use crate::{Contract, FieldKind, Place};

    #[test]
    fn the_members_of_a_struct_share_out_what_its_extractors_read() {
        let query = |contract: &mut Contract| {
            let field = |path, required| Field::new(Cow::Borrowed(path), FieldKind::Any, required);
            let fields = vec![
                field("page", false),
                field("tag", true),
                field("tag[].name", true),
                field("tags", true),
            ];
            contract.reads(Input::new::<()>(Place::Query).with_fields(fields));
        };
        let mut contract = Contract::default();
        let names =
            [MemberName::new(2, "label", "Tag").value("tag"), MemberName::new(0, "page", "u8").value("page")];
        contract.members_of(&names, query);
        // The members of a struct inside are none of the one around it.
        contract.members_of(&[MemberName::new(1, "inner", "Inner")], |contract| {
            contract.members_of(&[MemberName::new(0, "hidden", "bool")], |contract| {
                contract.needs::<u8>(Key::NONE)
            });
        });

        let told: Vec<_> = contract
            .members()
            .iter()
            .map(|member| {
                let paths =
                    member.inputs().iter().flat_map(Input::fields).map(Field::path).collect::<Vec<_>>();
                (member.name(), member.type_text(), paths, member.dependencies().len())
            })
            .collect();
        assert_eq!(
            told,
            [
                ("page", "u8", vec!["page"], 0),
                ("inner", "Inner", vec![], 1),
                ("label", "Tag", vec!["tag", "tag[].name"], 0)
            ]
        );
        assert_eq!((contract.inputs().len(), contract.dependencies().len()), (1, 1));
    }
}
