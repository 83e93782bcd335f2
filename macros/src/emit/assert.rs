//! What only the compiler knows: whether a type reads the body. Asserted at the field that it is about.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};

use super::slot::Slot;
use crate::model::Request;

/// Writes the value of `CONSUMES_BODY`, which is only there when the struct reads the body as it was said to.
pub(super) fn consumes_body(request: &Request<'_>, slots: &[Slot<'_>]) -> TokenStream {
    let krate = &request.krate;
    let readers = slots.iter().map(|slot| {
        let extractor = slot.as_extractor(request);
        quote_spanned!(slot.span()=> #extractor::CONSUMES_BODY)
    });
    let reads_body = request.reads_body();
    let fields = slots.iter().enumerate().map(|(index, slot)| {
        let name = slot.first().member.to_token_stream();
        if reads_body {
            let message = format!(
                "`{name}` reads the body, and so does another field: put what they read into one struct, and keep one of them"
            );
            quote_spanned!(slot.span()=> ::core::assert!(#krate::__private::is_first_reader(#index, readers), #message);)
        } else {
            let message = format!("`{name}` reads the body: write `#[from_request(body)]` above the struct");
            quote_spanned!(slot.span()=> ::core::assert!(!readers[#index], #message);)
        }
    });
    let never = request.said.filter(|(reads_body, _)| *reads_body).map(|(_, span)| {
        let message = "no field reads the body: remove `body`";
        quote_spanned!(span=> ::core::assert!(#krate::__private::any_reads_body(readers), #message);)
    });
    quote! {{
        let readers: &[bool] = &[#(#readers),*];
        #(#fields)*
        #never
        #krate::__private::any_reads_body(readers)
    }}
}

/// Has the compiler look at it where the struct is written; a generic struct is looked at where it is used.
pub(super) fn evaluated(request: &Request<'_>) -> TokenStream {
    let Request { ident, krate, .. } = request;
    if !request.generics.params.is_empty() {
        return TokenStream::new();
    }
    quote! {
        const _: bool = <#ident as #krate::__private::FromRequest<#krate::__private::AnyBody>>::CONSUMES_BODY;
    }
}
