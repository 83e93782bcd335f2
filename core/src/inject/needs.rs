//! Who needs dependencies, besides the factories.

use std::panic::Location;

use super::builder::identity;
use crate::Contract;
use crate::contract::{Dependency, Part};

/// Somebody who needs dependencies, by a name for people.
#[derive(Clone)]
pub(super) struct Need {
    pub(super) name: String,
    pub(super) place: &'static Location<'static>,
    pub(super) dependencies: Vec<Dependency>,
}

impl Need {
    /// Returns who needs what a contract needs: its owner first, then the parts that it hands its work on to.
    pub(super) fn all_of(name: String, contract: &Contract, place: &'static Location<'static>) -> Vec<Self> {
        let parts: Vec<Self> = contract.parts().iter().flat_map(|part| Self::of_part(part, &name)).collect();
        let own = contract.dependencies().iter().filter(|dependency| !dependency.is_of_part());
        let mut all = vec![Self { name, place, dependencies: own.cloned().collect() }];
        all.extend(parts);
        all
    }

    fn of_part(part: &Part, of: &str) -> Vec<Self> {
        let (contract, place) = (part.contract(), part.place());
        let name = format!("{} ({of})", part.title());
        if !part.is_fields() {
            return Self::all_of(name, contract, place);
        }
        let fields = contract.members().iter().map(|field| Self {
            name: format!("field `{}: {}` of {name}", field.name(), field.type_text()),
            place,
            dependencies: field.dependencies().to_vec(),
        });
        let mut all: Vec<Self> = fields.filter(|field| !field.dependencies.is_empty()).collect();
        // What no field is known to need is needed all the same.
        let is_told = |needed: &Dependency| {
            let mut told = all.iter().flat_map(|field| &field.dependencies);
            told.any(|told| identity(told) == identity(needed))
        };
        let rest: Vec<_> =
            contract.dependencies().iter().filter(|needed| !is_told(needed)).cloned().collect();
        if !rest.is_empty() {
            all.push(Self { name, place, dependencies: rest });
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::{MemberName, PartOwner};
    use crate::inject::Key;

    #[test]
    fn parts_are_told_by_themselves_and_fields_one_by_one() {
        let here = Location::caller();
        let mut event = Contract::default();
        event.needs::<u8>(Key::NONE);
        let mut fields = Contract::default();
        fields.members_of(&[MemberName::new(0, "count", "Inject<u16>")], |contract| {
            contract.needs::<u16>(Key::NONE);
        });
        fields.members_of(&[MemberName::new(1, "name", "String")], |_| {});
        fields.needs::<u32>(Key::NONE);
        let mut contract = Contract::default();
        contract.needs::<u64>(Key::NONE);
        contract.hands_on(Part::new("event \"a\"", here, event));
        contract.hands_on(Part::new("`Chat`", here, fields).fields_of(PartOwner::new("Chat", here)));
        assert_eq!(contract.dependencies().len(), 4);

        let told: Vec<_> = Need::all_of("a route".to_owned(), &contract, here)
            .into_iter()
            .map(|need| (need.name, need.dependencies.iter().map(Dependency::type_name).collect::<Vec<_>>()))
            .collect();
        let expected = [
            ("a route", ["u64"]),
            ("event \"a\" (a route)", ["u8"]),
            ("field `count: Inject<u16>` of `Chat` (a route)", ["u16"]),
            ("`Chat` (a route)", ["u32"]),
        ];
        let expected: Vec<_> =
            expected.map(|(name, needs)| (name.to_owned(), needs.to_vec())).into_iter().collect();
        assert_eq!(told, expected);
    }
}
