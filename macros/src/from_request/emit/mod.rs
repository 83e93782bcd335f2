//! Writes the code.
//!
//! What belongs to a field carries the field's span, so that the compiler's own errors point at the field. Fields that
//! are single values of one place are read at once, by a hidden struct that the place's extractor reads as any other.

mod assert;
mod axum;
mod slot;

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{GenericParam, parse_quote};

use self::slot::Slot;
use crate::from_request::model::Request;

/// Writes everything that makes a struct readable.
pub(crate) fn emit(request: &Request<'_>) -> TokenStream {
    let slots = slot::slots(request);
    let items = slots.iter().map(|slot| slot.items(request));
    let from_request = from_request(request, &slots);
    let assertions = assert::assertions(request, &slots);
    let axum = cfg!(feature = "axum").then(|| axum::emit(request));
    quote! {
        const _: () = {
            #(#items)*
            #from_request
            #assertions
            #axum
        };
    }
}

/// Writes what makes a struct readable, and nothing for other frameworks.
#[cfg(feature = "controller")]
pub(crate) fn hidden(request: &Request<'_>) -> TokenStream {
    let slots = slot::slots(request);
    let items = slots.iter().map(|slot| slot.items(request));
    let from_request = from_request(request, &slots);
    quote!(#(#items)* #from_request)
}

/// Writes the mistakes, and an implementation that keeps the compiler from adding errors of its own to them.
pub(crate) fn stub(request: &Request<'_>, mistakes: Option<&syn::Error>) -> TokenStream {
    let Request { ident, krate, .. } = request;
    let mistakes = mistakes.map(syn::Error::to_compile_error);
    let generics = with_body(request);
    let (impl_generics, _, where_clause) = generics.split_for_impl();
    let (_, type_generics, _) = request.generics.split_for_impl();
    quote! {
        #mistakes
        const _: () = {
            #[automatically_derived]
            impl #impl_generics #krate::__private::FromRequest<__B> for #ident #type_generics #where_clause {
                async fn from_request(
                    _: &mut #krate::__private::RequestContext<'_, __B>,
                ) -> ::core::result::Result<Self, #krate::__private::Error> {
                    ::core::unreachable!()
                }
            }
        };
    }
}

fn from_request(request: &Request<'_>, slots: &[Slot<'_>]) -> TokenStream {
    let Request { ident, krate, .. } = request;
    let generics = bounded(request, slots);
    let (impl_generics, _, where_clause) = generics.split_for_impl();
    let (_, type_generics, _) = request.generics.split_for_impl();
    let readers = slots.iter().map(|slot| {
        let extractor = slot.as_extractor(request);
        quote_spanned!(slot.span()=> #extractor::CONSUMES_BODY)
    });
    let types: Vec<_> = slots.iter().map(|slot| slot.ty(request)).collect();
    let stages = slots.iter().map(|slot| {
        let extractor = slot.as_extractor(request);
        quote_spanned!(slot.span()=> #extractor::STAGE)
    });
    let describe = slots.iter().map(|slot| {
        let extractor = slot.as_extractor(request);
        let names = slot.names(request);
        quote_spanned! {slot.span()=>
            #krate::__private::Contract::members_of(contract, &[#(#names),*], |contract| #extractor::describe(contract));
        }
    });
    let names: Vec<_> = slots.iter().map(Slot::variable).collect();
    let initialisers = slots.iter().flat_map(|slot| slot.initialisers(request));
    // The futures are those of generic functions. An `async` block here would name the fields' types, and the compiler
    // cannot see that one which holds an `Inject<dyn Trait>` is `Send`.
    quote! {
        #[automatically_derived]
        impl #impl_generics #krate::__private::FromRequest<__B> for #ident #type_generics #where_clause {
            const CONSUMES_BODY: bool = #krate::__private::one_reads_body(&[#(#readers),*]);
            const STAGE: #krate::__private::Stage = #krate::__private::stage_of_all(&[#(#stages),*]);

            fn describe(contract: &mut #krate::__private::Contract) {
                let _ = &contract;
                #(#describe)*
            }

            fn is_present(cx: &mut #krate::__private::RequestContext<'_, __B>) -> bool {
                <(#(#types,)*) as #krate::__private::FromRequest<__B>>::is_present(cx)
            }

            fn from_request(
                cx: &mut #krate::__private::RequestContext<'_, __B>,
            ) -> impl ::core::future::Future<
                Output = ::core::result::Result<Self, #krate::__private::Error>,
            > + ::core::marker::Send {
                // Evaluated here for generic structs, too.
                const { let _ = <Self as #krate::__private::FromRequest<__B>>::CONSUMES_BODY; }
                #krate::__private::read(cx, |(#(#names,)*): (#(#types,)*)| Self { #(#initialisers),* })
            }

            fn problems(
                cx: &mut #krate::__private::RequestContext<'_, __B>,
            ) -> impl ::core::future::Future<
                Output = ::core::result::Result<(), #krate::__private::Error>,
            > + ::core::marker::Send {
                <(#(#types,)*) as #krate::__private::FromRequest<__B>>::problems(cx)
            }
        }
    }
}

/// Returns the struct's generics, a body type, and what is asked of both: that the fields can be read.
///
/// Even fields of known types ask, though they could be looked up: then a type that is no extractor is one error, where
/// the field stands, and not one more for each function here.
fn bounded(request: &Request<'_>, slots: &[Slot<'_>]) -> syn::Generics {
    let krate = &request.krate;
    let mut generics = with_body(request);
    for slot in slots {
        let (span, ty) = (slot.span(), slot.ty(request));
        let readable = if request.of_controller && slot.may_be_plain() {
            quote_spanned!(span=> ReadField)
        } else {
            quote_spanned!(span=> FromRequest)
        };
        let bounds = quote_spanned!(span=> #ty: #krate::__private::#readable<__B> + ::core::marker::Send);
        generics.make_where_clause().predicates.push(parse_quote!(#bounds));
    }
    generics
}

/// Returns the struct's generics and a body type, `__B`.
fn with_body(request: &Request<'_>) -> syn::Generics {
    let mut generics = request.generics.clone();
    let body: GenericParam = parse_quote!(__B);
    generics.params.push(body);
    generics.make_where_clause().predicates.push(parse_quote!(__B: ::core::marker::Send));
    generics
}
