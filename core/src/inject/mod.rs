//! Dependencies: what provides them, how long they live, and the check that all of them are there.
//!
//! A [`Container`] is built once, from values and factories ([`Provider`]), and lists every mistake at once. [`Scopes`] opens
//! a [`Scope`] for each request, in which per-request values are built once and torn down at the end. [`resolve`] is what
//! extractors ask.
//!
//! Inside, each thing is there twice, with its types and without, and once for all requests or once for each. What is
//! registered is a `Spec`; as a `Make` it makes values of a known type, as a `Maker` it is one of many in the container's
//! list. A factory is a `Recipe`, which opens a `Run`: the place where its arguments and its future stand. A `Room` (a
//! `Work` to those who know only the type that is asked for) adds the value that came out, and outlives the request with
//! its allocations. A `Cell` has the room of one value in one request: who builds it, who waits for it. A `Scope` has the
//! cells of one request, made when they are used first, and the list of those to be torn down.

mod builder;
mod cell;
mod cells;
mod check;
mod completion;
mod container;
mod factory;
mod keeper;
mod key;
mod lifetimes;
mod mistake;
mod needs;
mod open;
mod overrides;
mod provider;
mod report;
mod resolve;
mod scope;
mod spec;
mod table;
mod turn;
mod value;
mod waiters;

pub use self::builder::ContainerBuilder;
pub use self::completion::Completion;
pub use self::container::Container;
pub use self::factory::{Factory, Produces, form};
pub use self::keeper::ScopeKeeper;
pub use self::key::{InjectKey, Key, NoKey};
pub use self::lifetimes::Lifetimes;
pub use self::mistake::{Mistake, MistakeKind, WiringErrors};
pub use self::open::{BeforeResponse, Closing, OpenScope, Scopes, interrupted};
pub use self::provider::{Lifetime, Provider, TeardownResult};
pub use self::report::{Report, ReportedProvider, ReportedUser};
pub use self::resolve::{Resolve, resolve, resolve_in};
#[doc(hidden)]
pub use self::resolve::{resolve_now, singleton_in};
pub use self::scope::Scope;
pub use self::value::{Finished, Value};

#[cfg(test)]
mod tests;
