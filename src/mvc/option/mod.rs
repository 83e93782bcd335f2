//! What a controller is handled with.

mod deprecated;
mod grpc;
mod skip;
mod using;
mod version;

pub use self::deprecated::Deprecated;
pub use self::grpc::Grpc;
pub(crate) use self::grpc::NAME as GRPC;
pub use self::skip::{Skip, skip};
pub use self::using::{Layered, Using, layered, using};
pub use self::version::Version;

use super::Activation;

/// Something that a controller is handled with, beside itself: see
/// [`Application::handle_with`](super::Application::handle_with).
///
/// A function of the [`Activation`] that returns nothing is one (a closure ends with a semicolon), and so is a tuple of options, which
/// are applied in order, and an `Option` of one.
pub trait ControllerOption {
    /// Changes the controller before its methods become routes.
    fn apply(self, activation: &mut Activation);
}

impl<F: FnOnce(&mut Activation)> ControllerOption for F {
    fn apply(self, activation: &mut Activation) {
        self(activation);
    }
}

impl<O: ControllerOption> ControllerOption for Option<O> {
    fn apply(self, activation: &mut Activation) {
        if let Some(option) = self {
            option.apply(activation);
        }
    }
}

macro_rules! tuple {
    ($($name:ident),*) => {
        impl<$($name: ControllerOption),*> ControllerOption for ($($name,)*) {
            #[allow(non_snake_case, reason = "one name serves the type and its value")]
            fn apply(self, activation: &mut Activation) {
                let ($($name,)*) = self;
                let _ = &activation;
                $($name.apply(activation);)*
            }
        }
    };
}

tuple!();
tuple!(O1);
tuple!(O1, O2);
tuple!(O1, O2, O3);
tuple!(O1, O2, O3, O4);
tuple!(O1, O2, O3, O4, O5);
tuple!(O1, O2, O3, O4, O5, O6);
