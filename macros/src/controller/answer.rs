//! What a method returns: what it lends of its controller becomes its own before it is sent.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote_spanned};
use syn::{GenericArgument, PathArguments, PathSegment, ReturnType, Type};

/// How an answer is made of what a method returns.
pub(super) struct Answer(Owning);

/// How a value that may be lent becomes an owned one.
enum Owning {
    /// It stays what it is.
    As,
    /// A `Cow`.
    Cow,
    /// The value in an `Option` or a `Result`.
    Inside(Box<Self>),
    /// The last one of a tuple of this length: those before are the head of an answer.
    Last(usize, Box<Self>),
    /// A text.
    Text,
    /// Bytes.
    Bytes,
}

impl Answer {
    pub(super) fn of(output: &ReturnType) -> Self {
        Self(match output {
            ReturnType::Default => Owning::As,
            ReturnType::Type(_, ty) => Owning::of(ty),
        })
    }

    /// Writes an answer of `value`.
    pub(super) fn write(&self, value: TokenStream, span: Span) -> TokenStream {
        self.0.write(value, span)
    }
}

impl Owning {
    fn of(ty: &Type) -> Self {
        match ty {
            Type::Group(group) => Self::of(&group.elem),
            Type::Paren(paren) => Self::of(&paren.elem),
            Type::Reference(reference) if !is_static(reference.lifetime.as_ref()) => {
                match (&*reference.elem, last(&reference.elem)) {
                    (Type::Slice(_), _) => Self::Bytes,
                    (_, Some(segment)) if segment.ident == "str" || segment.ident == "String" => Self::Text,
                    _ => Self::As,
                }
            }
            Type::Tuple(tuple) => match tuple.elems.last().map(Self::of) {
                None | Some(Self::As) => Self::As,
                Some(inner) => Self::Last(tuple.elems.len(), Box::new(inner)),
            },
            Type::Path(_) => last(ty).map_or(Self::As, Self::of_path),
            _ => Self::As,
        }
    }

    fn of_path(segment: &PathSegment) -> Self {
        let PathArguments::AngleBracketed(arguments) = &segment.arguments else { return Self::As };
        let lends = |argument: &GenericArgument| match argument {
            GenericArgument::Lifetime(lifetime) => !is_static(Some(lifetime)),
            _ => false,
        };
        if segment.ident == "Cow" {
            return if arguments.args.iter().any(lends) { Self::Cow } else { Self::As };
        }
        if segment.ident != "Option" && segment.ident != "Result" {
            return Self::As;
        }
        let value = arguments.args.iter().find_map(|argument| match argument {
            GenericArgument::Type(ty) => Some(Self::of(ty)),
            _ => None,
        });
        match value {
            None | Some(Self::As) => Self::As,
            Some(inner) => Self::Inside(Box::new(inner)),
        }
    }

    fn write(&self, value: TokenStream, span: Span) -> TokenStream {
        match self {
            Self::As => value,
            Self::Bytes => quote_spanned!(span=> <[_]>::to_vec(#value)),
            Self::Cow => quote_spanned!(span=> #value.into_owned()),
            Self::Inside(inner) => {
                let inner = inner.write(quote_spanned!(span=> __value), span);
                quote_spanned!(span=> #value.map(|__value| #inner))
            }
            Self::Last(length, inner) => {
                let names: Vec<_> =
                    (1..*length).map(|index| format_ident!("__{index}", span = span)).collect();
                let last = inner.write(quote_spanned!(span=> __last), span);
                quote_spanned! {span=> {
                    let (#(#names,)* __last,) = #value;
                    (#(#names,)* #last,)
                }}
            }
            Self::Text => {
                quote_spanned!(span=> <::std::string::String as ::core::convert::From<&str>>::from(#value))
            }
        }
    }
}

fn is_static(lifetime: Option<&syn::Lifetime>) -> bool {
    lifetime.is_some_and(|lifetime| lifetime.ident == "static")
}

fn last(ty: &Type) -> Option<&PathSegment> {
    match ty {
        Type::Path(path) => path.path.segments.last(),
        _ => None,
    }
}
