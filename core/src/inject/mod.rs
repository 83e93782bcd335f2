//! Dependencies: what provides them, how long they live, and the check that all of them are there.
//!
//! A [`Container`] is built once, from values and factories ([`Provider`]), and lists every mistake at once. [`Scopes`] opens
//! a [`Scope`] for each request, in which per-request values are built once and torn down at the end. [`resolve`] is what
//! extractors ask.

mod builder;
mod cell;
mod check;
mod completion;
mod container;
mod factory;
mod key;
mod mistake;
mod open;
mod provider;
mod report;
mod resolve;
mod scope;
mod spec;
mod table;
mod value;

pub use self::builder::ContainerBuilder;
pub use self::completion::Completion;
pub use self::container::Container;
pub use self::factory::{Factory, Produces, form};
pub use self::key::{InjectKey, Key, NoKey};
pub use self::mistake::{Mistake, MistakeKind, WiringErrors};
pub use self::open::{BeforeResponse, Closing, OpenScope, Scopes, interrupted};
pub use self::provider::{Lifetime, Provider, TeardownResult};
pub use self::report::{Report, ReportedProvider, ReportedUser};
pub use self::resolve::{Resolve, resolve, resolve_in};
pub use self::scope::Scope;
pub use self::value::{Finished, Value};

#[cfg(test)]
mod tests;
