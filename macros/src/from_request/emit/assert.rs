//! What only the compiler knows: whether a type is an extractor, and reads the body. Asserted at the field that it is about.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};

use super::slot::Slot;
use crate::from_request::model::Request;

/// Writes the assertions, for the body that stands for any; a generic struct is looked at where it is used.
pub(super) fn assertions(request: &Request<'_>, slots: &[Slot<'_>]) -> TokenStream {
    if !request.generics.params.is_empty() {
        return TokenStream::new();
    }
    let krate = &request.krate;
    let readers = slots.iter().map(|slot| {
        let ty = slot.ty(request);
        quote_spanned! {slot.span()=>
            <#ty as #krate::__private::FromRequest<#krate::__private::AnyBody>>::CONSUMES_BODY
        }
    });
    let reads_body = request.reads_body();
    let fields = slots.iter().enumerate().map(|(index, slot)| {
        let name = slot.first().member.to_token_stream();
        let (holds, message) = if reads_body {
            let message = format!(
                "`{name}` reads the body, and so does another field: put what they read into one struct, and keep one of them"
            );
            (quote!(#krate::__private::is_first_reader(#index, READERS)), message)
        } else {
            let advice = if request.said.is_some() { "in place of `parts`" } else { "above the struct" };
            let message = format!("`{name}` reads the body: write `#[from_request(body)]` {advice}");
            (quote!(!READERS[#index]), message)
        };
        quote_spanned!(slot.span()=> const _: () = ::core::assert!(#holds, #message);)
    });
    let never = request.said.filter(|(reads_body, _)| *reads_body).map(|(_, span)| {
        let message = "no field reads the body: remove `body`";
        quote_spanned!(span=> const _: () = ::core::assert!(#krate::__private::any_reads_body(READERS), #message);)
    });
    if slots.is_empty() && never.is_none() {
        return TokenStream::new();
    }
    quote! {
        const READERS: &[bool] = &[#(#readers),*];
        #(#fields)*
        #never
    }
}
