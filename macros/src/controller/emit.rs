//! Writes what makes methods routes.

use proc_macro2::{Group, Span, TokenStream, TokenTree};
use quote::{format_ident, quote, quote_spanned};
use syn::{Ident, LitStr};

use super::methods::{Controller, Hook, HookKind, Method, MethodRoute, Part, Path};
use super::options::Lifetime;
use crate::from_request;
use crate::mistakes::Mistakes;
use crate::text::type_text;

/// Writes the methods of a controller.
pub(super) fn emit(controller: &Controller, mistakes: &mut Mistakes) -> TokenStream {
    let krate = &controller.options.krate;
    let ty = &controller.ty;
    let methods = controller.methods.iter().enumerate();
    let items = methods.clone().map(|(index, method)| item(controller, index, method, mistakes));
    let items: Vec<TokenStream> = items.collect();
    let declared = methods.map(|(index, method)| declare(controller, index, method));
    let hooks: Vec<TokenStream> =
        controller.hooks.iter().filter_map(|hook| self::hook(controller, hook, mistakes)).collect();
    let around = |hook: &&Hook| matches!(hook.kind, HookKind::BeginRequest | HookKind::EndRequest);
    let has_hooks = controller.hooks.iter().filter(around).map(|hook| {
        let cfg = hook.condition();
        quote!(::core::cfg!(#cfg))
    });
    let has_hooks = quote!(false #(|| #has_hooks)*);
    let lifetime = controller.options.lifetime.map(|lifetime| {
        let lifetime = match lifetime {
            Lifetime::Request => quote!(Request),
            Lifetime::Singleton => quote!(Singleton),
        };
        quote! {
            const LIFETIME: ::core::option::Option<#krate::inject::Lifetime> =
                ::core::option::Option::Some(#krate::inject::Lifetime::#lifetime);
        }
    });
    let name = LitStr::new(&type_text(ty), Span::call_site());
    quote! {
        #[allow(deprecated, unnameable_types, unreachable_pub, clippy::all, clippy::pedantic, reason = "written by a macro")]
        const _: () = {
            #(#items)*
            #[automatically_derived]
            impl #krate::mvc::ControllerMethods for #ty {
                const NAME: &'static str = #name;
                const HAS_HOOKS: bool = #has_hooks;
                #lifetime

                fn declare<__S: #krate::mvc::Source<Self>>(__actions: &mut #krate::mvc::Actions<'_, Self, __S>) {
                    #(#declared)*
                }

                #(#hooks)*
            }
        };
    }
}

/// Writes a method's type, and the struct of its arguments.
fn item(controller: &Controller, index: usize, method: &Method, mistakes: &mut Mistakes) -> TokenStream {
    let krate = &controller.options.krate;
    let ty = &controller.ty;
    let (name, arguments) = names(index, method);
    let Method { ident, cfg, .. } = method;
    let input = method.arguments.item(&arguments, krate);
    let read = from_request::hidden(&input, mistakes);
    let passed = method.arguments.passed();
    let receiver = method.arguments.takes_self.then(|| quote!(__controller,));
    let span = method.output();
    let call = quote_spanned!(method.span()=> <#ty>::#ident(#receiver #(#passed),*));
    let output = method.answer.write(quote_spanned!(span=> __output), span);
    let output = match (method.is_async, method.arguments.takes_context()) {
        (true, true) => quote_spanned! {span=> async move {
            let __output = #call.await;
            __cx.respond(#output)
        }},
        (true, false) => {
            let answer = quote_spanned!(span=> |__cx, __output| __cx.respond(#output));
            quote_spanned!(span=> #krate::__private::respond(#call, __cx, #answer))
        }
        (false, true) => quote_spanned! {span=> {
            let __output = #call;
            ::core::future::ready(__cx.respond(#output))
        }},
        (false, false) => {
            let output = method.answer.write(call.clone(), span);
            quote_spanned!(span=> ::core::future::ready(__cx.respond(#output)))
        }
    };
    let describe = if method.is_async { quote!(describe_answer) } else { quote!(describe_plain_answer) };
    // An output that is no answer is told where it is answered with, and not here.
    let describe_output = quote!(|__contract, __output| {
        use #krate::__private::NoAnswer as _;
        (&#krate::__private::Described(__output)).describe(__contract)
    });
    let future = future(method.span(), krate);
    let body_is_read_once =
        method.arguments.may_read_body().then(|| body_is_read_once(controller, method, &arguments));
    // The attribute is for the reader of the struct, which is read here and now.
    let mut input = input;
    input.attrs.clear();
    strip(&mut input);
    quote! {
        #(#cfg)*
        #[derive(Debug)]
        pub struct #name;
        #(#cfg)*
        #input
        #(#cfg)*
        const _: () = { #read };
        #body_is_read_once
        #(#cfg)*
        #[automatically_derived]
        impl #krate::mvc::Method<#ty> for #name {
            type Arguments = #arguments;

            fn describe_answer(__contract: &mut #krate::Contract) {
                // Only for its type: what an answer needs is known by the compiler alone.
                #krate::__private::#describe(
                    |__controller: &'static #ty, __arguments: #arguments, __cx: &'static mut #krate::Context<'static>| {
                        let _ = (__controller, &__arguments, &__cx);
                        #call
                    },
                    __contract,
                    #describe_output,
                );
            }

            #[inline]
            fn call(
                __controller: &#ty,
                __arguments: #arguments,
                __cx: &mut #krate::Context<'_>,
            ) -> #future {
                let _ = (__controller, &__arguments);
                #output
            }
        }
    }
}

/// Asserts that not both a field of the controller and an argument of a method read the body.
fn body_is_read_once(controller: &Controller, method: &Method, arguments: &Ident) -> TokenStream {
    let krate = &controller.options.krate;
    let (ty, cfg) = (&controller.ty, &method.cfg);
    let name = type_text(ty);
    let text = format!(
        "the body is read twice, by a field of `{name}` and by an argument of `{name}::{}`: keep one of them",
        method.ident
    );
    quote_spanned! {method.input()=>
        #(#cfg)*
        const _: () = {
            #[allow(unused_imports, reason = "types that are no extractors are told elsewhere")]
            use #krate::__private::ReadsNoBody as _;
            ::core::assert!(
                !(#krate::__private::FieldsOf::<#ty>::READ_BODY && #krate::__private::Arguments::<#arguments>::READ_BODY),
                #text
            );
        };
    }
}

/// Takes the attributes of fields away that only the reader of the struct knows.
fn strip(input: &mut syn::DeriveInput) {
    if let syn::Data::Struct(data) = &mut input.data {
        data.fields.iter_mut().for_each(|field| field.attrs.clear());
    }
}

fn names(index: usize, method: &Method) -> (Ident, Ident) {
    let (method, arguments) = (method.span(), method.input());
    (format_ident!("__Method{index}", span = method), format_ident!("__Arguments{index}", span = arguments))
}

/// Writes what a method or a hook is called for, at its place: that is where it is told when it cannot be sent to another thread.
fn future(span: Span, krate: &syn::Path) -> TokenStream {
    at(
        span,
        quote! {
            impl ::core::future::Future<Output = ::core::result::Result<(), #krate::Error>> + ::core::marker::Send
        },
    )
}

/// Puts code at a place, all of it: errors about one thing that stand at one place are told once.
fn at(span: Span, code: TokenStream) -> TokenStream {
    let put = |mut token: TokenTree| {
        match &mut token {
            TokenTree::Group(group) => {
                let mut moved = Group::new(group.delimiter(), at(span, group.stream()));
                moved.set_span(span);
                *group = moved;
            }
            TokenTree::Ident(_) | TokenTree::Literal(_) | TokenTree::Punct(_) => token.set_span(span),
        }
        token
    };
    code.into_iter().map(put).collect()
}

fn declare(controller: &Controller, index: usize, method: &Method) -> TokenStream {
    let (name, _) = names(index, method);
    let Method { ident, cfg, routes, .. } = method;
    let routes = routes.iter().map(|route| self::route(controller, route));
    let text = ident.to_string();
    let text = text.strip_prefix("r#").unwrap_or(&text);
    let ty = &controller.ty;
    let full = LitStr::new(&format!("::{}::{text}", type_text(ty)), ident.span());
    if method.is_for_http_errors {
        return quote! {
            #(#cfg)*
            __actions.http_errors::<#name>(#text, ::core::concat!(::core::module_path!(), #full));
        };
    }
    quote! {
        #(#cfg)*
        __actions.method::<#name>(#text, ::core::concat!(::core::module_path!(), #full), &[#(#routes),*]);
    }
}

fn route(controller: &Controller, route: &MethodRoute) -> TokenStream {
    let krate = &controller.options.krate;
    let verb = match &route.verb {
        Some(verb) => quote!(::core::option::Option::Some(#verb)),
        None => quote!(::core::option::Option::None),
    };
    let path = match &route.path {
        Path::Pattern(pattern) => quote!(#krate::mvc::ActionPath::Pattern(#pattern)),
        Path::Name(parts) => {
            let parts = parts.iter().map(|part| match part {
                Part::Param(name) => quote!(#krate::mvc::PathPart::Param(#name)),
                Part::Wildcard(name) => quote!(#krate::mvc::PathPart::Wildcard(#name)),
                Part::Word(word) => quote!(#krate::mvc::PathPart::Word(#word)),
            });
            quote!(#krate::mvc::ActionPath::Name(&[#(#parts),*]))
        }
    };
    let named = route.name.as_ref().map(|name| quote!(.named(#name)));
    quote!(#krate::mvc::ActionRoute::new(#verb, #path)#named)
}

fn hook(controller: &Controller, hook: &Hook, mistakes: &mut Mistakes) -> Option<TokenStream> {
    let krate = &controller.options.krate;
    let ty = &controller.ty;
    let span = hook.span();
    let (takes_self, arguments, form) = match hook.kind {
        HookKind::AfterActivation => (false, 1..=1, "fn after_activation(activated: &Activated<'_>)"),
        HookKind::BeforeActivation => (false, 1..=1, "fn before_activation(activation: &mut Activation)"),
        HookKind::BeginRequest => {
            (true, 1..=1, "async fn begin_request(&self, cx: &mut Context<'_>) -> Result<(), Error>")
        }
        HookKind::EndRequest => {
            (true, 1..=2, "async fn end_request(&self, cx: &mut Context<'_>, error: Option<&Error>)")
        }
        HookKind::HandleError => (
            false,
            2..=2,
            "fn handle_error(error: &Error, request: &RequestHead) -> Option<impl IntoResponse>",
        ),
    };
    // These two get the context first.
    let may_be_async = matches!(hook.kind, HookKind::BeginRequest | HookKind::EndRequest);
    if hook.takes_self() != takes_self
        || (may_be_async && hook.begins_with_shared())
        || !arguments.contains(&hook.arguments())
        || (hook.is_async() && !may_be_async)
    {
        mistakes.add(
            hook,
            format!("a hook by its name, which is written `{form}`; write `#[skip]` above it if it is none"),
        );
        return None;
    }
    let context = quote!(__cx: &mut #krate::Context<'_>);
    let future = future(span, krate);
    let wrapped = |call: TokenStream| {
        if hook.is_async() {
            let outcome = at(span, quote!(#krate::__private::HookOutcome::outcome));
            quote_spanned!(span=> #krate::__private::hook(#call, |__output| #outcome(__output)))
        } else {
            quote_spanned!(span=> ::core::future::ready(#krate::__private::HookOutcome::outcome(#call)))
        }
    };
    let cfg = &hook.cfg;
    let written = match hook.kind {
        HookKind::AfterActivation => quote_spanned! {span=>
            fn after_activation(__activated: &#krate::mvc::Activated<'_>) {
                <#ty>::after_activation(__activated)
            }
        },
        HookKind::BeforeActivation => quote_spanned! {span=>
            fn before_activation(__activation: &mut #krate::mvc::Activation) {
                <#ty>::before_activation(__activation)
            }
        },
        HookKind::BeginRequest => {
            let call = wrapped(quote_spanned!(span=> <#ty>::begin_request(self, __cx)));
            quote!(fn begin_request(&self, #context) -> #future { #call })
        }
        HookKind::EndRequest => {
            let error = (hook.arguments() == 2).then(|| quote!(, __error));
            let call = wrapped(quote_spanned!(span=> <#ty>::end_request(self, __cx #error)));
            quote! {
                fn end_request(
                    &self,
                    #context,
                    __error: ::core::option::Option<&#krate::Error>,
                ) -> #future {
                    let _ = __error;
                    #call
                }
            }
        }
        HookKind::HandleError => quote_spanned! {span=>
            const HANDLES_ERRORS: bool = true;

            #(#cfg)*
            fn handle_error(
                __error: &#krate::Error,
                __request: &#krate::layers::error::RequestHead,
            ) -> ::core::option::Option<#krate::http::Response<#krate::ResponseBody>> {
                #krate::IntoResponse::into_response(<#ty>::handle_error(__error, __request)?).ok()
            }
        },
    };
    Some(quote!(#(#cfg)* #written))
}
