//! The extractors that fill a struct: one for a field, or one for all single values of a place.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, ExprLit, GenericParam, Ident, Lit, LitStr, Type};

use crate::from_request::model::{Field, Request, Source, Value, mentioned};
use crate::from_request::syntax::{Place, ValueDefault};
use crate::text::{member_text, type_text};

/// An extractor that fills a field, or several.
pub(super) struct Slot<'a> {
    index: usize,
    reads: Reads<'a>,
}

enum Reads<'a> {
    Body(&'a Field<'a>),
    Field(&'a Field<'a>),
    Keyed(&'a Field<'a>, &'a LitStr),
    Values(Place, Vec<(&'a Field<'a>, &'a Value<'a>)>),
}

/// Returns the extractors that fill a struct, in the order of its fields.
pub(super) fn slots<'a>(request: &'a Request<'a>) -> Vec<Slot<'a>> {
    let mut slots: Vec<Slot<'a>> = Vec::new();
    for field in &request.fields {
        let reads = match &field.source {
            Source::Body => Reads::Body(field),
            Source::Broken | Source::Extractor => Reads::Field(field),
            Source::Keyed(key) => Reads::Keyed(field, key),
            Source::Value(value) => {
                let same = slots.iter_mut().find_map(|slot| match &mut slot.reads {
                    Reads::Values(place, values) if *place == value.place => Some(values),
                    _ => None,
                });
                if let Some(values) = same {
                    values.push((field, value));
                    continue;
                }
                Reads::Values(value.place, vec![(field, value)])
            }
        };
        slots.push(Slot { index: slots.len(), reads });
    }
    slots
}

impl Slot<'_> {
    /// Returns where the compiler's errors about this extractor belong.
    pub(super) fn span(&self) -> Span {
        self.first().ty.span()
    }

    /// Returns the first field that it fills.
    pub(super) fn first(&self) -> &Field<'_> {
        match &self.reads {
            Reads::Body(field) | Reads::Field(field) | Reads::Keyed(field, _) => field,
            Reads::Values(_, values) => values[0].0,
        }
    }

    /// Returns whether nothing is known but a name, which may be that of a plain value.
    pub(super) fn may_be_plain(&self) -> bool {
        match &self.reads {
            Reads::Field(field) => matches!(
                field.ty,
                Type::Path(path) if path.path.segments.last().is_some_and(|last| last.arguments.is_none())
            ),
            Reads::Body(_) | Reads::Keyed(..) | Reads::Values(..) => false,
        }
    }

    /// Returns the variable that holds what was read.
    pub(super) fn variable(&self) -> Ident {
        format_ident!("__{}", self.index)
    }

    /// Returns the type of the extractor.
    pub(super) fn ty(&self, request: &Request<'_>) -> TokenStream {
        let krate = &request.krate;
        let span = self.span();
        match &self.reads {
            Reads::Field(field) => field.ty.to_token_stream(),
            Reads::Body(field) => {
                let ty = field.ty;
                quote_spanned!(span=> #krate::__private::Body<#ty>)
            }
            Reads::Keyed(field, _) => {
                let (ty, key) = (field.ty, self.hidden(request));
                quote_spanned!(span=> <#ty as #krate::__private::Keyed<#key>>::Keyed)
            }
            Reads::Values(place, values) => {
                let extractor = format_ident!("{}", place.extractor());
                let hidden = self.hidden(request);
                let arguments = arguments(request, values);
                quote_spanned!(span=> #krate::__private::#extractor<#hidden #arguments>)
            }
        }
    }

    /// Returns the extractor as the implementor of its trait, ready for `::` and a name.
    pub(super) fn as_extractor(&self, request: &Request<'_>) -> TokenStream {
        let (krate, ty) = (&request.krate, self.ty(request));
        quote_spanned!(self.span()=> <#ty as #krate::__private::FromRequest<__B>>)
    }

    /// Returns the hidden types that the extractor needs.
    pub(super) fn items(&self, request: &Request<'_>) -> TokenStream {
        let krate = &request.krate;
        match &self.reads {
            Reads::Body(_) | Reads::Field(_) => TokenStream::new(),
            Reads::Keyed(_, key) => {
                let hidden = self.hidden(request);
                quote! {
                    enum #hidden {}
                    impl #krate::__private::InjectKey for #hidden {
                        const NAME: &'static str = #key;
                    }
                }
            }
            Reads::Values(_, values) => values_items(request, &self.hidden(request), values),
        }
    }

    /// Returns what stands between the braces of `Self { ... }` for the fields that it fills.
    pub(super) fn initialisers(&self, request: &Request<'_>) -> Vec<TokenStream> {
        let (krate, variable) = (&request.krate, self.variable());
        match &self.reads {
            Reads::Field(field) => {
                let member = &field.member;
                vec![quote!(#member: #variable)]
            }
            Reads::Body(field) => {
                let member = &field.member;
                vec![quote!(#member: #variable.0)]
            }
            Reads::Keyed(field, _) => {
                let (member, ty, key) = (&field.member, field.ty, self.hidden(request));
                vec![quote!(#member: <#ty as #krate::__private::Keyed<#key>>::without_key(#variable))]
            }
            Reads::Values(_, values) => {
                let initialiser = |(index, (field, _)): (usize, &(&Field<'_>, &Value<'_>))| {
                    let (member, name) = (&field.member, value_name(field, index));
                    quote!(#member: #variable.0.#name)
                };
                values.iter().enumerate().map(initialiser).collect()
            }
        }
    }

    /// Returns what names the fields that it fills, for reports.
    pub(super) fn names(&self, request: &Request<'_>) -> Vec<TokenStream> {
        match &self.reads {
            Reads::Body(field) | Reads::Field(field) | Reads::Keyed(field, _) => {
                vec![member_name(request, field)]
            }
            Reads::Values(_, values) => values
                .iter()
                .map(|(field, value)| {
                    let (name, external) = (member_name(request, field), &value.name);
                    quote!(#name.value(#external))
                })
                .collect(),
        }
    }

    fn hidden(&self, request: &Request<'_>) -> Ident {
        match &self.reads {
            Reads::Values(place, _) => format_ident!("{}{}", request.ident, place.extractor()),
            Reads::Body(_) | Reads::Field(_) | Reads::Keyed(..) => {
                format_ident!("{}Key{}", request.ident, self.index)
            }
        }
    }
}

fn member_name(request: &Request<'_>, field: &Field<'_>) -> TokenStream {
    let krate = &request.krate;
    let position = request.fields.iter().position(|other| std::ptr::eq(other, field)).unwrap_or_default();
    let (name, text) = (member_text(&field.member), type_text(field.ty));
    quote!(#krate::__private::MemberName::new(#position, #name, #text))
}

/// Writes the struct that reads all single values of a place.
fn values_items(request: &Request<'_>, hidden: &Ident, values: &[(&Field<'_>, &Value<'_>)]) -> TokenStream {
    let krate = &request.krate;
    let serde = format!("{}::__private::serde", request.krate.to_token_stream()).replace(' ', "");
    let arguments = arguments(request, values);
    let parameters = parameters(request, values);
    let mut functions = TokenStream::new();
    let fields = values.iter().enumerate().map(|(index, (field, value))| {
        let (ty, name, external) = (field.ty, value_name(field, index), &value.name);
        let Value { serde, rules, .. } = value;
        let default = value.default.as_ref().map(|default| match default {
            ValueDefault::OfType => quote!(#[serde(default)]),
            ValueDefault::Expr(expr) => {
                let function = format!("{}_default_{index}", value.place.attribute());
                let ident = Ident::new(&function, expr.span());
                let expr = convert(expr);
                functions.extend(quote!(fn #ident() -> #ty { #expr }));
                // The hidden struct stands in a block, whose functions have no path but their name.
                quote!(#[serde(default = #function)])
            }
        });
        quote!(#[serde(rename = #external)] #default #(#serde)* #(#rules)* #name: #ty)
    });
    let fields: Vec<_> = fields.collect();
    let (derive, rules) = if values.iter().all(|(_, value)| value.rules.is_empty()) {
        (TokenStream::new(), quote!(impl #parameters #krate::__private::Rules for #hidden #arguments {}))
    } else {
        let derive = quote! {
            #[derive(#krate::__private::validator::Validate)]
            #[validate(crate = #krate::__private::validator)]
        };
        (derive, TokenStream::new())
    };
    quote! {
        #[derive(#krate::__private::serde::Deserialize)]
        #[serde(crate = #serde)]
        #derive
        struct #hidden #parameters {
            #(#fields,)*
        }
        #rules
        #functions
    }
}

/// Returns a default as it is, but a text in quotes as whatever the field's type makes of it.
fn convert(expr: &Expr) -> TokenStream {
    match expr {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => quote!(::core::convert::Into::into(#text)),
        _ => expr.to_token_stream(),
    }
}

fn value_name(field: &Field<'_>, index: usize) -> Ident {
    match &field.member {
        syn::Member::Named(name) => name.clone(),
        syn::Member::Unnamed(_) => format_ident!("value_{index}"),
    }
}

/// Returns the generic parameters that the values mention, as `<T, N>`.
fn arguments(request: &Request<'_>, values: &[(&Field<'_>, &Value<'_>)]) -> TokenStream {
    generics(request, values, |param| match param {
        GenericParam::Type(param) => param.ident.to_token_stream(),
        GenericParam::Const(param) => param.ident.to_token_stream(),
        GenericParam::Lifetime(param) => param.lifetime.to_token_stream(),
    })
}

/// Returns the same, declared without bounds: serde's derive adds the ones it needs.
fn parameters(request: &Request<'_>, values: &[(&Field<'_>, &Value<'_>)]) -> TokenStream {
    generics(request, values, |param| match param {
        GenericParam::Type(param) => param.ident.to_token_stream(),
        GenericParam::Const(param) => {
            let (ident, ty): (&Ident, &Type) = (&param.ident, &param.ty);
            quote!(const #ident: #ty)
        }
        GenericParam::Lifetime(param) => param.lifetime.to_token_stream(),
    })
}

fn generics(
    request: &Request<'_>,
    values: &[(&Field<'_>, &Value<'_>)],
    write: impl Fn(&GenericParam) -> TokenStream,
) -> TokenStream {
    let used: Vec<_> = values.iter().flat_map(|(field, _)| mentioned(request.generics, field.ty)).collect();
    let used = request
        .generics
        .params
        .iter()
        .filter(|param| used.iter().any(|other| std::ptr::eq(*other, *param)))
        .map(write);
    quote!(<#(#used),*>)
}
