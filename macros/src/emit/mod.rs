//! Writes the code.
//!
//! What belongs to a field carries the field's span, so that the compiler's own errors point at the field. Fields that
//! are single values of one place are read at once, by a hidden struct that the place's extractor reads as any other.

mod assert;
mod axum;
mod slot;

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{GenericParam, parse_quote};

use self::slot::Slot;
use crate::model::{Request, mentioned};

/// Writes everything that makes a struct readable.
pub(crate) fn emit(request: &Request<'_>) -> TokenStream {
    let slots = slot::slots(request);
    let items = slots.iter().map(|slot| slot.items(request));
    let from_request = from_request(request, &slots);
    let evaluated = assert::evaluated(request);
    let axum = cfg!(feature = "axum").then(|| axum::emit(request));
    quote! {
        const _: () = {
            #(#items)*
            #from_request
            #evaluated
            #axum
        };
    }
}

/// Writes the mistakes, and an implementation that keeps the compiler from adding errors of its own to them.
pub(crate) fn stub(request: &Request<'_>, mistakes: &syn::Error) -> TokenStream {
    let Request { ident, krate, .. } = request;
    let mistakes = mistakes.to_compile_error();
    let generics = with_body(request, &quote!(::core::marker::Send));
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
    let bound = if request.reads_body() {
        quote!(#krate::__private::RequestBody)
    } else {
        quote!(::core::marker::Send)
    };
    let mut generics = with_body(request, &bound);
    let predicates = slots.iter().filter(|slot| slot.is_generic(request)).map(|slot| {
        let (span, ty) = (slot.span(), slot.ty(request));
        quote_spanned!(span=> #ty: #krate::__private::FromRequest<__B> + ::core::marker::Send)
    });
    let predicates: Vec<syn::WherePredicate> = predicates.map(|tokens| parse_quote!(#tokens)).collect();
    generics.make_where_clause().predicates.extend(predicates);
    let (impl_generics, _, where_clause) = generics.split_for_impl();
    let (_, type_generics, _) = request.generics.split_for_impl();
    let constants = constants(request, slots);
    let describe = slots.iter().map(|slot| {
        let extractor = slot.as_extractor(request);
        quote_spanned!(slot.span()=> #extractor::describe(contract);)
    });
    let is_present = is_present(request, slots);
    let body = body(request, slots);
    let problems = slots.iter().map(|slot| problems_of(request, slot));
    quote! {
        #[automatically_derived]
        impl #impl_generics #krate::__private::FromRequest<__B> for #ident #type_generics #where_clause {
            #constants

            fn describe(contract: &mut #krate::__private::Contract) {
                #(#describe)*
            }

            fn is_present(cx: &mut #krate::__private::RequestContext<'_, __B>) -> bool {
                #is_present
            }

            async fn from_request(
                cx: &mut #krate::__private::RequestContext<'_, __B>,
            ) -> ::core::result::Result<Self, #krate::__private::Error> {
                #body
            }

            async fn problems(
                cx: &mut #krate::__private::RequestContext<'_, __B>,
            ) -> ::core::result::Result<(), #krate::__private::Error> {
                let mut found = ::core::option::Option::None;
                #(#problems)*
                found.map_or(::core::result::Result::Ok(()), ::core::result::Result::Err)
            }
        }
    }
}

fn constants(request: &Request<'_>, slots: &[Slot<'_>]) -> TokenStream {
    let krate = &request.krate;
    let consumes_body = assert::consumes_body(request, slots);
    let stages = slots.iter().map(|slot| {
        let extractor = slot.as_extractor(request);
        quote_spanned!(slot.span()=> #extractor::STAGE)
    });
    quote! {
        const CONSUMES_BODY: bool = #consumes_body;
        const STAGE: #krate::__private::Stage = #krate::__private::stage_of_all(&[#(#stages),*]);
    }
}

/// A struct is there when any of its values is; one of dependencies alone is there when all of them are.
fn is_present(request: &Request<'_>, slots: &[Slot<'_>]) -> TokenStream {
    let krate = &request.krate;
    let present = slots.iter().map(|slot| {
        let extractor = slot.as_extractor(request);
        quote_spanned! {slot.span()=>
            if all_build || !const { #extractor::STAGE.is(#krate::__private::Stage::Build) } {
                let is_present = #extractor::is_present(cx);
                if is_present != all_build {
                    return is_present;
                }
            }
        }
    });
    quote! {
        let all_build = const {
            <Self as #krate::__private::FromRequest<__B>>::STAGE.is(#krate::__private::Stage::Build)
        };
        #(#present)*
        all_build
    }
}

/// Values first, then structs of values and dependencies, then dependencies.
///
/// No dependency is built once something is known to be wrong; structs that hold some are only asked for problems then.
fn body(request: &Request<'_>, slots: &[Slot<'_>]) -> TokenStream {
    let krate = &request.krate;
    let names: Vec<_> = slots.iter().map(Slot::variable).collect();
    let reads: Vec<_> = slots.iter().map(|slot| read(request, slot)).collect();
    let step = |stage: &str, reads: &[TokenStream]| -> TokenStream {
        let stage = format_ident!("{stage}");
        let steps = slots.iter().zip(reads).map(|(slot, read)| {
            let extractor = slot.as_extractor(request);
            quote_spanned! {slot.span()=>
                if const { #extractor::STAGE.is(#krate::__private::Stage::#stage) } { #read }
            }
        });
        steps.collect()
    };
    let bind = step("Bind", &reads);
    let both: Vec<_> = slots.iter().zip(&reads).map(|(slot, read)| both(request, slot, read)).collect();
    let both = step("Both", &both);
    let build = step("Build", &reads);
    let initialisers = slots.iter().flat_map(|slot| slot.initialisers(request));
    quote! {
        // Evaluated here for generic structs, which no assertion at the fields covers.
        const { let _ = <Self as #krate::__private::FromRequest<__B>>::CONSUMES_BODY; }
        let steps = #krate::__private::Steps::of(cx);
        let mut found = ::core::option::Option::None;
        #(let mut #names = ::core::option::Option::None;)*
        #bind
        #both
        if let ::core::option::Option::Some(error) = found.take() {
            return ::core::result::Result::Err(error);
        }
        #build
        match (#(#names,)*) {
            (#(::core::option::Option::Some(#names),)*) => {
                ::core::result::Result::Ok(Self { #(#initialisers),* })
            }
            _ => ::core::result::Result::Err(found.unwrap_or_else(#krate::__private::no_stage)),
        }
    }
}

fn read(request: &Request<'_>, slot: &Slot<'_>) -> TokenStream {
    let (krate, name, extractor) = (&request.krate, slot.variable(), slot.as_extractor(request));
    let ty = slot.ty(request);
    quote_spanned! {slot.span()=>
        let begun = steps.begin();
        let read = #extractor::from_request(cx).await;
        steps.end(begun, ::core::any::type_name::<#ty>());
        match read {
            ::core::result::Result::Ok(value) => #name = ::core::option::Option::Some(value),
            ::core::result::Result::Err(error) => #krate::__private::note(&mut found, error)?,
        }
    }
}

fn both(request: &Request<'_>, slot: &Slot<'_>, read: &TokenStream) -> TokenStream {
    let problems = problems_of(request, slot);
    quote_spanned!(slot.span()=> if found.is_none() { #read } else { #problems })
}

fn problems_of(request: &Request<'_>, slot: &Slot<'_>) -> TokenStream {
    let (krate, extractor) = (&request.krate, slot.as_extractor(request));
    quote_spanned! {slot.span()=>
        if let ::core::result::Result::Err(error) = #extractor::problems(cx).await {
            #krate::__private::note(&mut found, error)?;
        }
    }
}

/// Returns the struct's generics and a body type, `__B`.
fn with_body(request: &Request<'_>, bound: &impl ToTokens) -> syn::Generics {
    let mut generics = request.generics.clone();
    let body: GenericParam = parse_quote!(__B);
    generics.params.push(body);
    generics.make_where_clause().predicates.push(parse_quote!(__B: #bound));
    generics
}

/// Returns whether a type mentions a generic parameter of the struct.
fn is_generic(request: &Request<'_>, ty: &syn::Type) -> bool {
    !mentioned(request.generics, ty).is_empty()
}
