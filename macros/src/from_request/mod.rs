//! `#[derive(FromRequest)]`, in four steps, a file each: `syntax` reads attributes, `model` says what a struct reads, `check`
//! refuses what makes no sense, `emit` writes the code.

mod check;
mod emit;
mod model;
mod syntax;

use proc_macro2::TokenStream;
use syn::DeriveInput;

use crate::mistakes::Mistakes;

/// Writes what makes a struct readable from a request.
pub(crate) fn derive(input: &DeriveInput) -> TokenStream {
    let mut mistakes = Mistakes::default();
    let request = model::Request::read(input, &mut mistakes);
    if let Some(request) = &request {
        check::check(request, &mut mistakes);
    }
    match (request, mistakes.into_result()) {
        (Some(request), Ok(())) => emit::emit(&request),
        (Some(request), Err(mistakes)) => emit::stub(&request, &mistakes),
        (None, mistakes) => mistakes.err().map(syn::Error::into_compile_error).unwrap_or_default(),
    }
}
