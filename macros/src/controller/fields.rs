//! The fields of a controller: which are read or injected, and which are given.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Ident, Member, Meta, Path, Type, parse_quote};

use crate::from_request::{self, extractor_name};
use crate::mistakes::Mistakes;
use crate::text::{member_text, type_text};

/// Writes how an instance of a controller is made.
pub(super) fn derive(input: &DeriveInput) -> TokenStream {
    let mut mistakes = Mistakes::default();
    let krate = from_request::crate_path(input, &mut mistakes);
    let code = read(input, &mut mistakes).map(|fields| emit(input, &fields, &krate, &mut mistakes));
    let mistakes = mistakes.into_result().err().map(syn::Error::into_compile_error);
    quote!(#code #mistakes)
}

struct ReadFields<'a> {
    given: Vec<(Member, &'a Type)>,
    /// With the name of the hidden struct's field.
    read: Vec<(Member, Ident, &'a syn::Field)>,
    /// Whether there are plain values that nothing is said of, which is a mistake.
    is_broken: bool,
}

fn read<'a>(input: &'a DeriveInput, mistakes: &mut Mistakes) -> Option<ReadFields<'a>> {
    let fields = match &input.data {
        Data::Struct(data) => &data.fields,
        Data::Enum(_) | Data::Union(_) => {
            mistakes.add(&input.ident, "a controller is a struct: its fields are what its methods need");
            return None;
        }
    };
    if !input.generics.params.is_empty() {
        let text =
            "a controller has no type parameters: take what differs as a dependency, `Inject<dyn Trait>`";
        mistakes.add(&input.generics, text);
        return None;
    }
    let mut all = ReadFields { given: Vec::new(), read: Vec::new(), is_broken: false };
    for (index, field) in fields.iter().enumerate() {
        let member = match &field.ident {
            Some(ident) => Member::Named(ident.clone()),
            None => Member::Unnamed(index.into()),
        };
        let given = field.attrs.iter().find(|attribute| attribute.path().is_ident("given"));
        match given {
            Some(given) => {
                if !matches!(given.meta, Meta::Path(_)) {
                    mistakes.add(given, "`#[given]` takes nothing: the value is passed to `controller_with`");
                }
                all.given.push((member, &field.ty));
            }
            None if field.attrs.iter().all(is_silent) && is_plain(&field.ty) => {
                let text = format!(
                    "`{}` is no extractor: write `#[given]` above a plain value, which `controller_with` passes, or where it comes from, \
                     such as `#[header]`",
                    type_text(&field.ty)
                );
                mistakes.add(&field.ty, text);
                all.is_broken = true;
            }
            None => {
                let name = field.ident.clone().unwrap_or_else(|| format_ident!("__{index}"));
                all.read.push((member, name, field));
            }
        }
    }
    Some(all)
}

fn emit(input: &DeriveInput, fields: &ReadFields<'_>, krate: &Path, mistakes: &mut Mistakes) -> TokenStream {
    let ident = &input.ident;
    let given_types: Vec<&Type> = fields.given.iter().map(|(_, ty)| *ty).collect();
    let given_type = match given_types.as_slice() {
        [] => quote!(()),
        [one] => one.to_token_stream(),
        several => quote!((#(#several,)*)),
    };
    let given_names = fields.given.iter().map(|(member, ty)| {
        let (name, text) = (member_text(member), type_text(ty));
        quote!((#name, #text))
    });
    let is_alone = fields.given.len() == 1;
    let given = fields.given.iter().enumerate().map(|(index, (member, ty))| {
        let index = syn::Index::from(index);
        let place = if is_alone { quote!(__given) } else { quote!(&__given.#index) };
        let clone = quote_spanned!(ty.span()=> ::core::clone::Clone::clone(#place));
        quote!(#member: #clone)
    });
    let (item, fields_type) = hidden(fields, krate, mistakes);
    let read = fields.read.iter().map(|(member, name, _)| quote!(#member: __fields.#name));
    let instance = if fields.is_broken {
        quote!(::core::unreachable!())
    } else {
        quote!(Self { #(#given,)* #(#read,)* })
    };
    quote! {
        #[allow(deprecated, unnameable_types, unreachable_pub, clippy::all, clippy::pedantic, reason = "written by a macro")]
        const _: () = {
            #item
            #[automatically_derived]
            impl #krate::mvc::Controller for #ident {
                type Given = #given_type;
                type Fields = #fields_type;

                const GIVEN: &'static [(&'static str, &'static str)] = &[#(#given_names),*];

                #[inline]
                fn assemble(__given: &#given_type, __fields: #fields_type) -> Self {
                    let _ = (__given, &__fields);
                    #instance
                }
            }
        };
    }
}

/// Writes the struct of what is read and injected, and returns its type.
fn hidden(fields: &ReadFields<'_>, krate: &Path, mistakes: &mut Mistakes) -> (TokenStream, TokenStream) {
    if fields.read.is_empty() {
        return (TokenStream::new(), quote!(#krate::mvc::NoFields));
    }
    let with_attributes = fields.read.iter().map(|(_, name, field)| {
        let (attributes, ty) = (&field.attrs, &field.ty);
        quote!(#(#attributes)* #name: #ty)
    });
    let read: DeriveInput = parse_quote! {
        #[from_request(crate = #krate)]
        pub struct __Fields { #(#with_attributes),* }
    };
    let read = from_request::hidden_fields(&read, mistakes);
    let plain = fields.read.iter().map(|(_, name, field)| {
        let ty = &field.ty;
        quote!(#name: #ty)
    });
    let item = quote! {
        pub struct __Fields { #(#plain),* }
        const _: () = { #read };
    };
    // Where it is told that the fields cannot be read: at the only one that may be to blame, if there is one.
    let may_be_wrong = |field: &syn::Field| field.attrs.iter().all(is_silent) && !is_extractor(&field.ty);
    let mut extractors = fields.read.iter().filter(|(_, _, field)| may_be_wrong(field));
    let span = match (extractors.next(), extractors.next()) {
        (Some((_, _, only)), None) => only.ty.span(),
        _ => Span::call_site(),
    };
    (item, quote_spanned!(span=> __Fields))
}

/// Returns whether a type is an extractor of ours that reads whatever it is of.
fn is_extractor(ty: &Type) -> bool {
    extractor_name(ty).is_some_and(|name| EXTRACTORS.contains(&name.as_str()))
}

/// Returns whether a type is a plain value, which no request has.
fn is_plain(ty: &Type) -> bool {
    match ty {
        Type::Reference(_) | Type::Array(_) => true,
        Type::Path(path) if path.qself.is_none() => {
            path.path.segments.last().is_some_and(|segment| PLAIN.iter().any(|name| segment.ident == name))
        }
        _ => false,
    }
}

/// Returns whether an attribute says nothing of where a field comes from.
fn is_silent(attribute: &syn::Attribute) -> bool {
    ["doc", "allow", "expect", "cfg"].iter().any(|name| attribute.path().is_ident(name))
}

/// Extractors that can be read whatever they are written with, or say themselves why not.
const EXTRACTORS: [&str; 8] =
    ["Bytes", "HeaderMap", "Inject", "Logger", "MatchedPath", "Method", "String", "Uri"];

/// Types of the language that are no extractors.
const PLAIN: [&str; 25] = [
    "Arc", "BTreeMap", "Duration", "HashMap", "HashSet", "Mutex", "PathBuf", "RwLock", "Vec", "bool", "char",
    "f32", "f64", "i128", "i16", "i32", "i64", "i8", "isize", "u128", "u16", "u32", "u64", "u8", "usize",
];
