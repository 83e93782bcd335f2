//! What only the compiler knows: whether a type reads the body. Asserted at the field that it is about.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};

use super::slot::Slot;
use crate::model::Request;

/// Writes the assertions; a generic struct has none, and is checked where it is used.
pub(super) fn assertions(request: &Request<'_>, slots: &[Slot<'_>]) -> TokenStream {
    if !request.generics.params.is_empty() {
        return TokenStream::new();
    }
    let krate = &request.krate;
    let unknown = || slots.iter().enumerate().filter(|(_, slot)| !slot.first().reads_body());
    if !request.reads_body() {
        let assertions = unknown().map(|(_, slot)| {
            let (name, ty) = (slot.first().member.to_token_stream(), slot.ty(request));
            let message = format!("`{name}` reads the body: write `#[from_request(body)]` above the struct");
            quote_spanned! {slot.span()=>
                const _: () = ::core::assert!(!#krate::__private::reads_body::<#ty>(), #message);
            }
        });
        return assertions.collect();
    }
    let types: Vec<_> = slots.iter().map(|slot| slot.ty(request)).collect();
    let twice = unknown().map(|(index, slot)| {
        let name = slot.first().member.to_token_stream();
        let message = format!(
            "`{name}` reads the body, and so does another field: put what they read into one struct, and keep one of them"
        );
        quote_spanned! {slot.span()=>
            const _: () = ::core::assert!(#krate::__private::is_only_reader(#index, READERS), #message);
        }
    });
    let never = request.said.map(|(_, span)| {
        let message = "no field reads the body: remove `body`";
        quote_spanned!(span=> const _: () = ::core::assert!(#krate::__private::any_reads_body(READERS), #message);)
    });
    quote! {
        const READERS: &[bool] = &[#(#krate::__private::reads_body::<#types>()),*];
        #(#twice)*
        #never
    }
}
