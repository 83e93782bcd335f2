//! Handlers: functions and structs whose contract is their type.

mod answer;
mod context;
mod function;
mod service;
mod structure;

use std::future::Future;

pub use self::answer::{Answer, Stop};
pub use self::context::Context;
pub use self::function::Function;
pub use self::service::{HandlerFuture, HandlerService, service};
pub use self::structure::{Handle, Structure, handle};
use crate::{Contract, Error, RequestContext};

/// Something that answers a request, given extractors for arguments.
///
/// Implemented for async functions and closures of up to 16 extractors in any order, and for what
/// [`handle`] makes of a struct. `Args` only tells the shapes of functions apart.
pub trait Handler<B, Args>: Clone + Send + Sync + 'static {
    /// Returns the name that stands in statistics and reports.
    #[must_use]
    fn name(&self) -> &'static str {
        std::any::type_name::<Self>()
    }

    /// Adds what the handler reads and needs to `contract`, as far as its type says it.
    fn describe(contract: &mut Contract);

    /// Returns what this handler reads and needs: what its type says, and what only the value knows.
    #[must_use]
    fn contract(&self) -> Contract {
        let mut contract = Contract::default();
        Self::describe(&mut contract);
        contract
    }

    /// Reads the arguments, runs the handler, and puts what it says into the answer.
    ///
    /// # Errors
    ///
    /// An argument that cannot be read or built, the handler's own error, or an answer that cannot be serialised.
    fn call(
        &self,
        cx: &mut RequestContext<'_, B>,
        answer: &mut Answer,
    ) -> impl Future<Output = Result<(), Error>> + Send;
}
