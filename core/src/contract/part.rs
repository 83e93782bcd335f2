//! What a handler hands on to others, which were registered elsewhere.

use std::borrow::Cow;
use std::panic::Location;

use super::Contract;

/// Something that a handler hands its work on to, such as the handler of an event on a websocket.
///
/// What it needs is told in its name, not in that of the handler: in mistakes of the wiring, and in reports.
#[derive(Clone, Debug)]
pub struct Part {
    title: Cow<'static, str>,
    place: &'static Location<'static>,
    contract: Contract,
    group: Cow<'static, str>,
    name: Cow<'static, str>,
    owner: Option<PartOwner>,
    is_fields: bool,
}

/// The struct whose fields or method a part is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PartOwner {
    name: &'static str,
    place: &'static Location<'static>,
    given: &'static [(&'static str, &'static str)],
    method: Option<&'static str>,
}

impl Part {
    /// Makes a part by what people read of it, such as `event "chat" of namespace "default"`, and the line that registered it.
    #[must_use]
    pub fn new(
        title: impl Into<Cow<'static, str>>,
        place: &'static Location<'static>,
        contract: Contract,
    ) -> Self {
        let (group, name) = (Cow::Borrowed(""), Cow::Borrowed(""));
        Self { title: title.into(), place, contract, group, name, owner: None, is_fields: false }
    }

    /// Sets what it stands in, such as a namespace.
    #[must_use]
    pub fn in_group(mut self, group: impl Into<Cow<'static, str>>) -> Self {
        self.group = group.into();
        self
    }

    /// Sets the name by which clients call it, such as that of an event.
    #[must_use]
    pub fn named(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.name = name.into();
        self
    }

    /// Sets whose method it is.
    #[must_use]
    pub const fn method_of(mut self, owner: PartOwner) -> Self {
        self.owner = Some(owner);
        self
    }

    /// Makes it the fields of a struct, all of them.
    #[must_use]
    pub const fn fields_of(mut self, owner: PartOwner) -> Self {
        self.owner = Some(owner);
        self.is_fields = true;
        self
    }

    /// Returns what people read of it.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Returns the line that registered it.
    #[must_use]
    pub const fn place(&self) -> &'static Location<'static> {
        self.place
    }

    /// Returns what it reads and needs.
    #[must_use]
    pub const fn contract(&self) -> &Contract {
        &self.contract
    }

    /// Returns what it stands in; empty for nothing.
    #[must_use]
    pub fn group(&self) -> &str {
        &self.group
    }

    /// Returns the name by which clients call it; empty for what they do not call.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the struct whose fields or method it is.
    #[must_use]
    pub const fn owner(&self) -> Option<&PartOwner> {
        self.owner.as_ref()
    }

    /// Returns whether it is the fields of its owner.
    #[must_use]
    pub const fn is_fields(&self) -> bool {
        self.is_fields
    }
}

impl PartOwner {
    /// Names a struct, and the line that registered it.
    #[must_use]
    pub const fn new(name: &'static str, place: &'static Location<'static>) -> Self {
        Self { name, place, given: &[], method: None }
    }

    /// Sets the names and types of its fields that are plain values.
    #[must_use]
    pub const fn given(mut self, given: &'static [(&'static str, &'static str)]) -> Self {
        self.given = given;
        self
    }

    /// Sets the name of the method that the part is.
    #[must_use]
    pub const fn method(mut self, method: &'static str) -> Self {
        self.method = Some(method);
        self
    }

    /// Returns the name of the struct.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Returns the line that registered it.
    #[must_use]
    pub const fn place(&self) -> &'static Location<'static> {
        self.place
    }

    /// Returns the names and types of its fields that are plain values.
    #[must_use]
    pub const fn given_fields(&self) -> &'static [(&'static str, &'static str)] {
        self.given
    }

    /// Returns the name of the method that the part is.
    #[must_use]
    pub const fn method_name(&self) -> Option<&'static str> {
        self.method
    }
}
