//! `#[derive(Controller)]` and `#[controller]`.
//!
//! `fields` makes instances of a struct. For an `impl` block, `options` and `routes` read attributes, `naming` and `pattern` what
//! paths say, `arguments` what a method takes, `answer` what it returns, `methods` puts it together, and `emit` writes the code.

mod answer;
mod arguments;
mod emit;
mod fields;
mod methods;
mod naming;
mod options;
mod pattern;
mod routes;

use proc_macro2::TokenStream;
use syn::{DeriveInput, ItemImpl};

use crate::mistakes::Mistakes;

/// Writes how an instance of a controller is made.
pub(crate) fn derive(input: &DeriveInput) -> TokenStream {
    fields::derive(input)
}

/// Writes the routes of the methods of an `impl` block.
pub(crate) fn attribute(arguments: TokenStream, mut block: ItemImpl) -> TokenStream {
    let mut mistakes = Mistakes::default();
    let options = options::Options::read(arguments, &mut mistakes);
    let controller = methods::Controller::read(&mut block, options, &mut mistakes);
    let code = controller.map(|controller| emit::emit(&controller, &mut mistakes));
    let mistakes = mistakes.into_result().err().map(syn::Error::into_compile_error);
    // The block stays, so that what calls its methods does not fail as well.
    quote::quote! {
        #block
        #code
        #mistakes
    }
}
