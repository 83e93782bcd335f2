//! What a handler reads, needs and may answer, as data.

mod member;
mod part;

use std::any::{TypeId, type_name};
use std::borrow::Cow;

use http::StatusCode;

pub use self::member::{Member, MemberName};
pub use self::part::{Part, PartOwner};
use crate::Place;
use crate::inject::Key;
use crate::request::FromRequest;

/// What a handler reads of a request, which dependencies it needs, and how it may refuse.
///
/// Collected once, when a handler is registered, from [`FromRequest::describe`] of its arguments. The start-up check, the
/// reports and the documentation of an application all come from it.
#[derive(Clone, Debug, Default)]
pub struct Contract {
    inputs: Vec<Input>,
    dependencies: Vec<Dependency>,
    refusals: Vec<Refusal>,
    members: Vec<Member>,
    parts: Vec<Part>,
    optional: bool,
    /// Whether a member is being described: what stands inside of it is none of the contract's.
    in_member: bool,
}

impl Contract {
    /// Collects the contract of an extractor, or of a tuple of them.
    ///
    /// `B` does not matter for what is collected; any body type that `T` accepts will do.
    #[must_use]
    pub fn of<T: FromRequest<B>, B>() -> Self {
        let mut contract = Self::default();
        T::describe(&mut contract);
        contract
    }

    /// Adds a value that is read from the request.
    pub fn reads(&mut self, input: Input) {
        self.inputs.push(Input { required: input.required && !self.optional, ..input });
    }

    /// Adds a dependency.
    pub fn needs<T: ?Sized + 'static>(&mut self, key: Key) {
        let dependency = Dependency {
            type_id: TypeId::of::<T>(),
            type_name: type_name::<T>(),
            key,
            required: !self.optional,
            is_of_part: false,
        };
        self.dependencies.push(dependency);
    }

    /// Adds something that the work is handed on to: what it needs is needed.
    ///
    /// What it reads is its own: a body, say, is not that of the request.
    pub fn hands_on(&mut self, part: Part) {
        let needed = part.contract().dependencies().iter().cloned();
        self.dependencies.extend(needed.map(|needed| Dependency { is_of_part: true, ..needed }));
        self.parts.push(part);
    }

    /// Adds an answer by which the request may be refused.
    pub fn refuses(&mut self, status: StatusCode, reason: impl Into<Cow<'static, str>>) {
        let refusal = Refusal { status, reason: reason.into() };
        if !self.refusals.contains(&refusal) {
            self.refusals.push(refusal);
        }
    }

    /// Adds what `describe` adds, all of it as optional.
    pub fn optional(&mut self, describe: impl FnOnce(&mut Self)) {
        let before = std::mem::replace(&mut self.optional, true);
        describe(self);
        self.optional = before;
    }

    /// Adds what `describe` adds, and says which fields of a struct that is; a derived struct calls it for each extractor.
    ///
    /// The fields of a struct inside of another one are not named once more.
    pub fn members_of(&mut self, names: &[MemberName], describe: impl FnOnce(&mut Self)) {
        if self.in_member {
            return describe(self);
        }
        let (inputs, dependencies) = (self.inputs.len(), self.dependencies.len());
        self.in_member = true;
        describe(self);
        self.in_member = false;
        for &name in names {
            let inputs = self.inputs.iter().skip(inputs).filter_map(|input| name.of(input)).collect();
            let dependencies = self.dependencies.iter().skip(dependencies).cloned().collect();
            self.members.push(Member { name, inputs, dependencies });
        }
        self.members.sort_by_key(|member| member.name.position);
    }

    /// Returns the fields of a derived struct, in their order, as far as there is one.
    #[must_use]
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    /// Returns what the work is handed on to.
    #[must_use]
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// Returns what is read from the request.
    #[must_use]
    pub fn inputs(&self) -> &[Input] {
        &self.inputs
    }

    /// Returns the dependencies that are needed, those of the [parts](Self::parts) as well.
    #[must_use]
    pub fn dependencies(&self) -> &[Dependency] {
        &self.dependencies
    }

    /// Returns the answers by which the request may be refused.
    #[must_use]
    pub fn refusals(&self) -> &[Refusal] {
        &self.refusals
    }
}

/// A value that is read from one place of a request.
#[derive(Clone, Debug)]
pub struct Input {
    place: Place,
    type_name: &'static str,
    fields: Vec<Field>,
    content_types: &'static [&'static str],
    required: bool,
}

impl Input {
    /// Makes an input of type `T` from one place, without fields.
    #[must_use]
    pub fn new<T: ?Sized>(place: Place) -> Self {
        Self { place, type_name: type_name::<T>(), fields: Vec::new(), content_types: &[], required: true }
    }

    /// Sets the fields that are read.
    #[must_use]
    pub fn with_fields(mut self, fields: Vec<Field>) -> Self {
        self.fields = fields;
        self
    }

    /// Sets the content types that are read, for bodies.
    #[must_use]
    pub const fn with_content_types(mut self, content_types: &'static [&'static str]) -> Self {
        self.content_types = content_types;
        self
    }

    /// Returns the place that is read.
    #[must_use]
    pub const fn place(&self) -> Place {
        self.place
    }

    /// Returns the name of the type that is read.
    #[must_use]
    pub const fn type_name(&self) -> &'static str {
        self.type_name
    }

    /// Returns the fields that are read, nested ones by their path.
    #[must_use]
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// Returns the content types that are read, for bodies.
    #[must_use]
    pub const fn content_types(&self) -> &'static [&'static str] {
        self.content_types
    }

    /// Returns whether the request must have it.
    #[must_use]
    pub const fn is_required(&self) -> bool {
        self.required
    }
}

/// One field of an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    path: Cow<'static, str>,
    kind: FieldKind,
    required: bool,
}

impl Field {
    /// Makes a field by its external path, such as `address.city` or `items[].qty`.
    #[must_use]
    pub const fn new(path: Cow<'static, str>, kind: FieldKind, required: bool) -> Self {
        Self { path, kind, required }
    }

    /// Returns the external path.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns what kind of value is read.
    #[must_use]
    pub const fn kind(&self) -> &FieldKind {
        &self.kind
    }

    /// Returns whether the value must be there.
    #[must_use]
    pub const fn is_required(&self) -> bool {
        self.required
    }
}

/// What kind of value a field holds, as far as its `Deserialize` tells.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FieldKind {
    /// Anything.
    Any,
    /// True or false.
    Boolean,
    /// One of these texts.
    Choice(&'static [&'static str]),
    /// An uploaded file.
    File,
    /// A whole number of this Rust type, such as `u8`.
    Integer(&'static str),
    /// A list.
    List,
    /// A map with free keys.
    Map,
    /// A number with a fraction.
    Number,
    /// An object with fields of its own, which stand in the list by their paths.
    Object,
    /// A text.
    Text,
}

/// A dependency that is needed.
#[derive(Clone, Debug)]
pub struct Dependency {
    type_id: TypeId,
    type_name: &'static str,
    key: Key,
    required: bool,
    is_of_part: bool,
}

impl Dependency {
    /// Returns the identity of the type.
    #[must_use]
    pub const fn type_id(&self) -> TypeId {
        self.type_id
    }

    /// Returns the name of the type.
    #[must_use]
    pub const fn type_name(&self) -> &'static str {
        self.type_name
    }

    /// Returns the key.
    #[must_use]
    pub const fn key(&self) -> Key {
        self.key
    }

    /// Returns whether it must be there.
    #[must_use]
    pub const fn is_required(&self) -> bool {
        self.required
    }

    /// Returns whether one of the [parts](Contract::parts) needs it.
    pub(crate) const fn is_of_part(&self) -> bool {
        self.is_of_part
    }
}

/// An answer by which a request may be refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    status: StatusCode,
    reason: Cow<'static, str>,
}

impl Refusal {
    /// Returns the status.
    #[must_use]
    pub const fn status(&self) -> StatusCode {
        self.status
    }

    /// Returns when it is sent, for people.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.reason
    }
}
