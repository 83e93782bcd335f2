//! `#[derive(FromRequest)]`, in four steps, a file each: `syntax` reads attributes, `model` says what a struct reads, `check`
//! refuses what makes no sense, `emit` writes the code.

mod check;
mod emit;
mod model;
mod syntax;

use proc_macro2::TokenStream;
use syn::DeriveInput;

#[cfg(feature = "controller")]
pub(crate) use self::model::extractor_name;
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
        (Some(request), Err(mistakes)) => emit::stub(&request, Some(&mistakes)),
        (None, mistakes) => mistakes.err().map(syn::Error::into_compile_error).unwrap_or_default(),
    }
}

/// Reads where gongular is found, for a struct that takes nothing else of `#[from_request(...)]`.
#[cfg(feature = "controller")]
pub(crate) fn crate_path(input: &DeriveInput, mistakes: &mut Mistakes) -> syn::Path {
    let options = syntax::StructOptions::read(&input.attrs, mistakes);
    if let Some((_, span)) = options.reads_body {
        let text = "a controller's fields say themselves what they read: only `crate = path` is known here";
        mistakes.push(syn::Error::new(span, text));
    }
    options.krate.unwrap_or_else(|| syn::parse_quote!(::gongular))
}

/// Writes what makes a struct readable that only a macro names: it is no argument of other frameworks' handlers.
#[cfg(feature = "controller")]
pub(crate) fn hidden(input: &DeriveInput, mistakes: &mut Mistakes) -> TokenStream {
    read_hidden(input, false, mistakes)
}

/// Writes the same for the fields of a controller.
#[cfg(feature = "controller")]
pub(crate) fn hidden_fields(input: &DeriveInput, mistakes: &mut Mistakes) -> TokenStream {
    read_hidden(input, true, mistakes)
}

#[cfg(feature = "controller")]
fn read_hidden(input: &DeriveInput, of_controller: bool, mistakes: &mut Mistakes) -> TokenStream {
    let mut own = Mistakes::default();
    let request =
        model::Request::read(input, &mut own).map(|request| model::Request { of_controller, ..request });
    if let Some(request) = &request {
        check::check(request, &mut own);
    }
    let own = own.into_result();
    let code = match (&request, &own) {
        (Some(request), Ok(())) => emit::hidden(request),
        (Some(request), Err(_)) => emit::stub(request, None),
        (None, _) => TokenStream::new(),
    };
    if let Err(error) = own {
        mistakes.push(error);
    }
    code
}
