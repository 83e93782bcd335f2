//! A struct as an axum handler argument.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{GenericParam, parse_quote};

use crate::from_request::model::Request;

/// Writes axum's trait: the one for heads, or the one for whole requests when the struct reads the body.
pub(super) fn emit(request: &Request<'_>) -> TokenStream {
    let Request { ident, krate, .. } = request;
    let reads_body = request.reads_body();
    let mut generics = request.generics.clone();
    let state: GenericParam = parse_quote!(__S);
    generics.params.push(state);
    let clause = generics.make_where_clause();
    clause.predicates.push(parse_quote!(__S: ::core::marker::Sync));
    // By way of the state's type, so that the compiler does not answer this before the assertions have spoken.
    let body = if reads_body { quote!(Whole) } else { quote!(Lent) };
    clause.predicates.push(parse_quote! {
        Self: #krate::__private::FromRequest<<__S as #krate::__private::axum::Bodies>::#body>
    });
    let (impl_generics, _, where_clause) = generics.split_for_impl();
    let (_, type_generics, _) = request.generics.split_for_impl();
    if reads_body {
        quote! {
            #[automatically_derived]
            impl #impl_generics #krate::__private::axum::FromRequest<__S> for #ident #type_generics #where_clause {
                type Rejection = #krate::__private::Error;

                async fn from_request(
                    request: #krate::__private::axum::Request,
                    _: &__S,
                ) -> ::core::result::Result<Self, #krate::__private::Error> {
                    #krate::__private::axum::from_request(request).await
                }
            }
        }
    } else {
        quote! {
            #[automatically_derived]
            impl #impl_generics #krate::__private::axum::FromRequestParts<__S> for #ident #type_generics #where_clause {
                type Rejection = #krate::__private::Error;

                async fn from_request_parts(
                    parts: &mut #krate::__private::axum::Parts,
                    _: &__S,
                ) -> ::core::result::Result<Self, #krate::__private::Error> {
                    #krate::__private::axum::from_parts(parts).await
                }
            }
        }
    }
}
