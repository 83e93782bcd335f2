//! Writes what makes methods events.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Ident, LitStr};

use super::events::{Controller, Method, Moment, Role};
use crate::text::type_text;

/// Writes the events of a controller.
pub(super) fn emit(controller: &Controller) -> TokenStream {
    let krate = &controller.options.krate;
    let ty = &controller.ty;
    let methods = || controller.methods.iter().enumerate();
    let items = methods().map(|(index, method)| item(controller, index, method));
    let declared = methods().map(|(index, method)| declare(index, method));
    let namespace = match &controller.options.namespace {
        Some(name) => quote!(#name),
        None => quote!(""),
    };
    let name = LitStr::new(&type_text(ty), Span::call_site());
    quote! {
        #[allow(non_camel_case_types, unnameable_types, unreachable_pub, clippy::all, clippy::pedantic, reason = "written by a macro")]
        const _: () = {
            #(#items)*
            #[automatically_derived]
            impl #krate::neffos::ControllerEvents for #ty {
                const NAME: &'static str = #name;
                const NAMESPACE: &'static str = #namespace;

                fn declare(__events: &mut #krate::neffos::Declaration<'_, Self>) {
                    #(#declared)*
                }
            }
        };
    }
}

fn item(controller: &Controller, index: usize, method: &Method) -> TokenStream {
    let krate = &controller.options.krate;
    let ty = &controller.ty;
    let Method { ident, cfg, arguments, .. } = method;
    let name = type_name(index, method);
    let span = ident.span();
    let moment = match method.role {
        Role::Events(_) | Role::Named(_) | Role::Hook(_, Moment::Message) => quote!(AtMessage),
        Role::Hook(_, Moment::Namespace) => quote!(AtNamespace),
        Role::Hook(_, Moment::Room) => quote!(AtRoom),
    };
    let names: Vec<Ident> = arguments
        .iter()
        .enumerate()
        .map(|(index, ty)| format_ident!("__{index}", span = ty.span()))
        .collect();
    // Where an argument is none, the method is what is looked for.
    let at = arguments.first().map_or(span, Spanned::span);
    let types = quote_spanned!(at=> (#(#arguments,)*));
    let method_name = LitStr::new(&ident.unraw().to_string(), span);
    let member_names = method.names.iter().zip(arguments).enumerate().map(|(index, (name, ty))| {
        let text = type_text(ty);
        quote!(#krate::__private::MemberName::new(#index, #name, #text))
    });
    let receiver = method.takes_self.then(|| quote!(__controller,));
    let call = quote_spanned!(span=> <#ty>::#ident(#receiver #(#names),*));
    let reply = if method.is_async {
        quote_spanned!(span=> #krate::__private::reply(#call, |__output| #krate::neffos::IntoReply::into_reply(__output)))
    } else {
        quote_spanned!(span=> ::core::future::ready(#krate::neffos::IntoReply::into_reply(#call)))
    };
    let future = quote_spanned! {span=>
        impl ::core::future::Future<
            Output = ::core::result::Result<::core::option::Option<#krate::neffos::Payload>, #krate::Error>,
        > + ::core::marker::Send
    };
    quote! {
        #(#cfg)*
        #[derive(Debug)]
        pub struct #name;
        #(#cfg)*
        #[automatically_derived]
        impl #krate::neffos::EventMethod<#ty> for #name {
            const NAME: &'static str = #method_name;
            const ARGUMENTS: &'static [#krate::__private::MemberName] = &[#(#member_names),*];

            type Moment = #krate::neffos::moment::#moment;
            type Arguments = #types;

            fn call(
                __controller: &#ty,
                (#(#names,)*): (#(#arguments,)*),
            ) -> #future {
                let _ = __controller;
                #reply
            }
        }
    }
}

fn declare(index: usize, method: &Method) -> TokenStream {
    let name = type_name(index, method);
    let Method { ident, cfg, role, .. } = method;
    let span = ident.span();
    let calls = match role {
        Role::Events(events) => quote_spanned!(span=> #(__events.event::<#name>(#events);)*),
        Role::Named(event) => quote_spanned!(span=> __events.method::<#name>(#event);),
        Role::Hook(hook, _) => {
            let hook = format_ident!("{hook}", span = span);
            quote_spanned!(span=> __events.#hook::<#name>();)
        }
    };
    quote! {
        #(#cfg)*
        { #calls }
    }
}

fn type_name(index: usize, method: &Method) -> Ident {
    format_ident!("__Event{index}_{}", method.ident.unraw(), span = method.ident.span())
}
