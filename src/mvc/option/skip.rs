//! Methods that are left out.

use super::ControllerOption;
use crate::mvc::Activation;

/// Leaves methods out, by their names in the program; made by [`skip`].
#[derive(Clone, Debug)]
#[must_use = "an option does nothing until a controller is handled with it"]
pub struct Skip<const N: usize>([&'static str; N]);

/// Leaves methods out, by their names in the program: they answer no requests.
pub const fn skip<const N: usize>(methods: [&'static str; N]) -> Skip<N> {
    Skip(methods)
}

impl<const N: usize> ControllerOption for Skip<N> {
    fn apply(self, activation: &mut Activation) {
        activation.skip(self.0);
    }
}
