//! `#[websocket_controller]`: methods that are events of a namespace.
//!
//! `options` reads what stands in the attribute, `events` which method is for what, `emit` writes the code.

mod emit;
mod events;
mod options;

use proc_macro2::TokenStream;
use syn::ItemImpl;

use crate::mistakes::Mistakes;

/// Writes the events of the methods of an `impl` block.
pub(crate) fn attribute(arguments: TokenStream, mut block: ItemImpl) -> TokenStream {
    let mut mistakes = Mistakes::default();
    let options = options::Options::read(arguments, &mut mistakes);
    let controller = events::Controller::read(&mut block, options, &mut mistakes);
    let code = controller.map(|controller| emit::emit(&controller));
    let mistakes = mistakes.into_result().err().map(syn::Error::into_compile_error);
    // The block stays, so that what calls its methods does not fail as well.
    quote::quote! {
        #block
        #code
        #mistakes
    }
}
