//! What a method takes: extractors, bare scalars for parameters of the path, and the context.

use proc_macro2::{Group, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{
    Attribute, FnArg, GenericArgument, Ident, LitStr, Pat, PatType, PathArguments, PathSegment, ReceiverKind,
    Signature, Type, parse_quote,
};

use crate::from_request::extractor_name;
use crate::mistakes::Mistakes;

/// What a method takes, in order.
#[derive(Default)]
pub(super) struct Arguments {
    pub(super) takes_self: bool,
    /// Whether one of them cannot be, so that nothing more needs to be said of the method.
    pub(super) is_broken: bool,
    pub(super) all: Vec<Argument>,
}

/// One argument besides `self`.
pub(super) enum Argument {
    /// `&mut Context`.
    Context,
    /// Something that is read from the request.
    Read(Box<Read>),
}

pub(super) struct Read {
    /// The name of the field of the hidden struct.
    pub(super) field: Ident,
    /// Whether that is a name of the program, and not made of the position.
    is_named: bool,
    pub(super) ty: Type,
    pub(super) attributes: Vec<Attribute>,
    pub(super) kind: Kind,
}

/// Where an argument comes from.
pub(super) enum Kind {
    /// Its type is an extractor, or an attribute says where it comes from.
    Extractor,
    /// `#[param]`, by the name that it has in the path.
    Named(String),
    /// A bare scalar: the parameter of the same name.
    Scalar(String),
}

impl Arguments {
    /// Reads what a method takes, and leaves no attribute of ours in it.
    pub(super) fn take(signature: &mut Signature, controller: &Type, mistakes: &mut Mistakes) -> Self {
        let mut arguments = Self::default();
        let method = signature.ident.clone();
        for input in &mut signature.inputs {
            match input {
                FnArg::Receiver(receiver) => {
                    arguments.takes_self = true;
                    if !matches!(receiver.kind, ReceiverKind::Reference(_, _, None)) {
                        let text = format!(
                            "`{method}` takes `&self`: an instance may serve many requests at once; what changes stands in a `Mutex` or an atomic"
                        );
                        mistakes.add(&*receiver, text);
                        arguments.is_broken = true;
                    }
                }
                FnArg::Typed(typed) if is_context(&typed.ty) => {
                    if arguments.takes_context() {
                        mistakes.add(typed, format!("`{method}` takes the context twice: keep one of them"));
                        arguments.is_broken = true;
                    }
                    arguments.all.push(Argument::Context);
                }
                FnArg::Typed(typed) => match unreadable(&typed.ty) {
                    Some(why) => {
                        mistakes.add(&typed.ty, format!("`{method}` {why}"));
                        arguments.is_broken = true;
                    }
                    None => {
                        let index = arguments.all.len();
                        arguments.all.push(Argument::Read(Box::new(read(index, typed, controller))));
                    }
                },
            }
        }
        arguments
    }

    /// Returns what is read from the request.
    pub(super) fn reads(&self) -> impl Iterator<Item = &Read> {
        self.all.iter().filter_map(|argument| match argument {
            Argument::Context => None,
            Argument::Read(read) => Some(&**read),
        })
    }

    /// Returns whether the method takes the context.
    pub(super) fn takes_context(&self) -> bool {
        self.all.iter().any(|argument| matches!(argument, Argument::Context))
    }

    /// Returns the names of the bare scalars, with the arguments.
    pub(super) fn scalars(&self) -> impl Iterator<Item = (&str, &Read)> {
        self.reads().filter_map(|read| match &read.kind {
            Kind::Scalar(name) => Some((name.as_str(), read)),
            Kind::Extractor | Kind::Named(_) => None,
        })
    }

    /// Returns the names of all single parameters of the path, with the arguments.
    pub(super) fn parameters(&self) -> impl Iterator<Item = (&str, &Read)> {
        self.reads().filter_map(|read| match &read.kind {
            Kind::Named(name) | Kind::Scalar(name) => Some((name.as_str(), read)),
            Kind::Extractor => None,
        })
    }

    /// Returns whether an argument may read the body, as far as its text tells.
    pub(super) fn may_read_body(&self) -> bool {
        self.reads().any(|read| matches!(read.kind, Kind::Extractor))
    }

    /// Returns whether an argument may read parameters of the path that are not seen here.
    pub(super) fn may_read_more(&self) -> bool {
        self.reads().any(|read| match &read.kind {
            Kind::Extractor => {
                !last_name(&read.ty).is_some_and(|name| NO_PARAMETERS.contains(&name.as_str()))
            }
            Kind::Named(_) | Kind::Scalar(_) => false,
        })
    }

    /// Returns the name of an argument that may have been meant as a parameter of the path, though nothing says so.
    pub(super) fn unmarked(&self) -> Option<String> {
        let may_be_meant = |read: &&Read| {
            let is_extractor = extractor_name(&read.ty)
                .is_some_and(|name| name == "Param" || NO_PARAMETERS.contains(&name.as_str()));
            read.is_named
                && read.attributes.is_empty()
                && matches!(read.kind, Kind::Extractor)
                && !is_extractor
        };
        self.reads().find(may_be_meant).map(|read| read.field.to_string())
    }

    /// Returns whether a parameter is read by its name.
    pub(super) fn reads_parameter(&self, name: &str) -> bool {
        self.parameters().any(|(known, _)| known == name)
    }

    /// Writes the struct whose fields are the arguments.
    pub(super) fn item(&self, name: &Ident, krate: &syn::Path) -> syn::DeriveInput {
        let fields = self.reads().map(|read| {
            let Read { field, ty, attributes, kind, .. } = read;
            let param = match kind {
                Kind::Scalar(name) => {
                    let name = LitStr::new(name, field.span());
                    Some(quote!(#[param(#name)]))
                }
                Kind::Extractor | Kind::Named(_) => None,
            };
            quote!(#(#attributes)* #param #field: #ty)
        });
        parse_quote! {
            #[from_request(crate = #krate)]
            pub struct #name { #(#fields),* }
        }
    }

    /// Returns what is passed to the method, in order: `self` aside.
    pub(super) fn passed(&self) -> impl Iterator<Item = TokenStream> {
        self.all.iter().map(|argument| match argument {
            Argument::Context => quote!(&mut *__cx),
            Argument::Read(read) => {
                let field = &read.field;
                quote!(__arguments.#field)
            }
        })
    }
}

/// Returns why nothing of a type is read from a request, as far as the type's text tells.
fn unreadable(ty: &Type) -> Option<String> {
    match ty {
        Type::ImplTrait(_) => Some("names the types that it takes: `impl Trait` says not which".to_owned()),
        Type::Reference(reference) => {
            let name = last_name(&reference.elem).unwrap_or_default();
            Some(match name.as_str() {
                "Context" => CONTEXT.to_owned(),
                "str" => "owns what it takes: write `String` in place of `&str`".to_owned(),
                _ => "owns what it takes: write the type without `&`, or `Inject<T>` for a dependency"
                    .to_owned(),
            })
        }
        // Without a lifetime it may be an extractor of the same name.
        Type::Path(path) => {
            path.path.segments.last().filter(|segment| is_lent_context(segment)).map(|_| CONTEXT.to_owned())
        }
        _ => None,
    }
}

fn is_lent_context(segment: &PathSegment) -> bool {
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else { return false };
    segment.ident == "Context" && matches!(arguments.args.first(), Some(GenericArgument::Lifetime(_)))
}

fn read(index: usize, typed: &mut PatType, controller: &Type) -> Read {
    let attributes: Vec<Attribute> = {
        let (ours, others) = typed.attrs.drain(..).partition(is_ours);
        typed.attrs = others;
        ours
    };
    let name = match &*typed.pat {
        Pat::Ident(pat) => Some(pat.ident.clone()),
        _ => None,
    };
    let field = name.clone().unwrap_or_else(|| format_ident!("__{index}", span = typed.pat.span()));
    let marked = attributes.iter().any(|attribute| !attribute.path().is_ident("validate"));
    let param = attributes.iter().find(|attribute| attribute.path().is_ident("param"));
    let own_name = || field.unraw().to_string();
    let kind = match param {
        Some(param) => {
            Kind::Named(param.parse_args::<LitStr>().map_or_else(|_| own_name(), |name| name.value()))
        }
        None if !marked && is_scalar(&typed.ty) => Kind::Scalar(own_name()),
        None => Kind::Extractor,
    };
    Read { field, is_named: name.is_some(), ty: without_self(&typed.ty, controller), attributes, kind }
}

/// Writes a type for a struct in which `Self` is another one.
fn without_self(ty: &Type, controller: &Type) -> Type {
    let written = replace(ty.to_token_stream(), controller);
    syn::parse2(written).unwrap_or_else(|_| ty.clone())
}

fn replace(tokens: TokenStream, controller: &Type) -> TokenStream {
    let replace = |token| match token {
        TokenTree::Ident(ident) if ident == "Self" => controller.to_token_stream(),
        TokenTree::Group(group) => {
            let mut replaced = Group::new(group.delimiter(), self::replace(group.stream(), controller));
            replaced.set_span(group.span());
            TokenTree::from(replaced).into()
        }
        token => token.into(),
    };
    tokens.into_iter().map(replace).collect::<TokenStream>()
}

fn is_ours(attribute: &Attribute) -> bool {
    OURS.iter().any(|name| attribute.path().is_ident(name))
}

/// Returns whether a type is `&mut Context`.
fn is_context(ty: &Type) -> bool {
    let Type::Reference(reference) = ty else { return false };
    reference.mutability.is_some() && last_name(&reference.elem).is_some_and(|name| name == "Context")
}

fn is_scalar(ty: &Type) -> bool {
    let Type::Path(path) = ty else { return false };
    let plain =
        path.qself.is_none() && path.path.segments.last().is_some_and(|segment| segment.arguments.is_none());
    plain && last_name(ty).is_some_and(|name| SCALARS.contains(&name.as_str()))
}

fn last_name(ty: &Type) -> Option<String> {
    match ty {
        Type::Path(path) => path.path.segments.last().map(|segment| segment.ident.to_string()),
        Type::Group(group) => last_name(&group.elem),
        Type::Paren(paren) => last_name(&paren.elem),
        _ => None,
    }
}

const CONTEXT: &str = "takes the context as `&mut Context<'_>`, to answer with it";

/// Attributes that say where an argument comes from, or which rules it obeys.
const OURS: [&str; 9] = ["body", "cookie", "form", "header", "inject", "param", "query", "serde", "validate"];

/// Types that are parameters of the path when they stand alone.
const SCALARS: [&str; 17] = [
    "String", "bool", "char", "f32", "f64", "i128", "i16", "i32", "i64", "i8", "isize", "u128", "u16", "u32",
    "u64", "u8", "usize",
];

/// Extractors that read no parameters of the path.
const NO_PARAMETERS: [&str; 14] = [
    "Body",
    "Bytes",
    "ClientAddr",
    "Cookie",
    "Extension",
    "Form",
    "Header",
    "HeaderMap",
    "Inject",
    "Logger",
    "MatchedPath",
    "Method",
    "Multipart",
    "Query",
];
