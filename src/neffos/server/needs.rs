//! What handlers, hooks and controllers need, told in their own names.

use gongular_core::Part;

use super::handler::Describe;
use super::mistakes::Origin;
use crate::Contract;

/// Somebody who runs at some moment, and what it needs.
#[derive(Clone)]
pub(super) struct Need {
    role: Role,
    origin: Origin,
    describe: Describe,
}

/// What somebody is there for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// An event, by its name.
    Event(Box<str>),
    /// The fields of a controller.
    Fields,
    /// A hook, by its name in the builder.
    Hook(&'static str),
}

impl Need {
    pub(super) const fn new(role: Role, origin: Origin, describe: Describe) -> Self {
        Self { role, origin, describe }
    }

    /// Adds what it needs to the contract of a route; `of` is where it stands, the namespace `group` say.
    pub(super) fn describe(&self, of: &str, group: &str, route: &mut Contract) {
        let mut contract = Contract::default();
        (self.describe)(&mut contract);
        let title = match (&self.role, self.origin.owner) {
            (Role::Fields, _) => {
                // They are read from the request that opens the connection.
                contract.inputs().iter().for_each(|input| route.reads(input.clone()));
                format!("the websocket controller {} of {of}", self.origin.who())
            }
            (Role::Hook(_), Some(_)) => format!("{} of {of}", self.origin.who()),
            (role, Some(_)) => format!("{}, {role} of {of}", self.origin.who()),
            (role, None) => format!("{role} of {of}"),
        };
        let part = Part::new(title, self.origin.place, contract).in_group(group.to_owned());
        let part = match self.origin.owner {
            Some(owner) if self.role == Role::Fields => part.fields_of(owner),
            Some(owner) => part.method_of(owner),
            None => part,
        };
        route.hands_on(match &self.role {
            Role::Event(event) => part.named(event.to_string()),
            Role::Fields | Role::Hook(_) => part,
        });
    }
}

impl std::fmt::Display for Role {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Event(event) => write!(f, "event {event:?}"),
            Self::Fields => f.write_str("the fields"),
            Self::Hook(hook) => write!(f, "`{hook}`"),
        }
    }
}
