//! What a controller is handled with.

use super::Activation;

/// Something that a controller is handled with, beside itself: see
/// [`Application::handle_with`](super::Application::handle_with).
///
/// A function of the [`Activation`] is one, and so is a tuple of options, which are applied in order.
pub trait ControllerOption {
    /// Changes the controller before its methods become routes.
    fn apply(self, activation: &mut Activation);
}

impl<F: FnOnce(&mut Activation)> ControllerOption for F {
    fn apply(self, activation: &mut Activation) {
        self(activation);
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

/// Leaves methods out, by their names in the program: they answer no requests.
#[derive(Clone, Debug)]
pub struct Skip<const N: usize>(pub(super) [&'static str; N]);

/// Leaves methods out, by their names in the program.
#[must_use]
pub const fn skip<const N: usize>(methods: [&'static str; N]) -> Skip<N> {
    Skip(methods)
}

impl<const N: usize> ControllerOption for Skip<N> {
    fn apply(self, activation: &mut Activation) {
        activation.skip(self.0);
    }
}
