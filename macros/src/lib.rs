//! Macros of gongular; use them through the crate `gongular`, whose hidden module their output names.
//!
//! Each macro is a folder. What is wrong with its input is collected, so that one run of the compiler shows all of it.

#[cfg(feature = "controller")]
mod controller;
mod from_request;
mod mistakes;
mod text;
#[cfg(feature = "controller")]
mod websocket_controller;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

#[proc_macro_derive(
    FromRequest,
    attributes(body, cookie, form, from_request, header, inject, param, query, serde, validate)
)]
#[expect(missing_docs, reason = "documented where `gongular` re-exports it, beside an example that runs")]
pub fn derive_from_request(input: TokenStream) -> TokenStream {
    from_request::derive(&parse_macro_input!(input as DeriveInput)).into()
}

#[cfg(feature = "controller")]
#[proc_macro_derive(
    Controller,
    attributes(body, cookie, form, from_request, given, header, inject, param, query, serde, validate)
)]
#[expect(missing_docs, reason = "documented where `gongular` re-exports it, beside an example that runs")]
pub fn derive_controller(input: TokenStream) -> TokenStream {
    controller::derive(&parse_macro_input!(input as DeriveInput)).into()
}

#[cfg(feature = "controller")]
#[proc_macro_attribute]
#[expect(missing_docs, reason = "documented where `gongular` re-exports it, beside an example that runs")]
pub fn controller(arguments: TokenStream, block: TokenStream) -> TokenStream {
    controller::attribute(arguments.into(), parse_macro_input!(block as syn::ItemImpl)).into()
}

#[cfg(feature = "controller")]
#[proc_macro_attribute]
#[expect(missing_docs, reason = "documented where `gongular` re-exports it, beside an example that runs")]
pub fn websocket_controller(arguments: TokenStream, block: TokenStream) -> TokenStream {
    websocket_controller::attribute(arguments.into(), parse_macro_input!(block as syn::ItemImpl)).into()
}
