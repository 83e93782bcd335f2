//! Derives for gongular; use them through the crate `gongular`, whose hidden module their output names.
//!
//! A derive goes through four steps, a file each: `syntax` reads attributes, `model` says what a struct reads,
//! `check` refuses what makes no sense, `emit` writes the code. The first three collect everything that is wrong, so
//! that one run of the compiler shows all of it.

mod check;
mod emit;
mod model;
mod syntax;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

use crate::syntax::Mistakes;

#[proc_macro_derive(
    FromRequest,
    attributes(body, cookie, form, from_request, header, inject, param, query, serde, validate)
)]
#[expect(missing_docs, reason = "documented where `gongular` re-exports it, beside an example that runs")]
pub fn derive_from_request(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    let mut mistakes = Mistakes::default();
    let request = model::Request::read(&input, &mut mistakes);
    if let Some(request) = &request {
        check::check(request, &mut mistakes);
    }
    let output = match (request, mistakes.into_result()) {
        (Some(request), Ok(())) => emit::emit(&request),
        (Some(request), Err(mistakes)) => emit::stub(&request, &mistakes),
        (None, mistakes) => mistakes.err().map(syn::Error::into_compile_error).unwrap_or_default(),
    };
    output.into()
}
