//! What a struct reads of a request.

use proc_macro2::{Span, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{
    Attribute, Data, DeriveInput, Fields, GenericArgument, GenericParam, Generics, Ident, Index, LitStr,
    Member, Meta, MetaNameValue, Path, PathArguments, PathSegment, Token, Type, parse_quote,
};

use crate::from_request::syntax::{
    FieldAttributes, Mark, MarkSource, Place, StructOptions, ValueDefault, ValueOptions,
};
use crate::mistakes::Mistakes;

/// A struct that is read from a request.
pub(crate) struct Request<'a> {
    pub(crate) ident: &'a Ident,
    pub(crate) generics: &'a Generics,
    pub(crate) krate: Path,
    pub(crate) fields: Vec<Field<'a>>,
    /// Whether the struct was said to read the body, and where.
    pub(crate) said: Option<(bool, Span)>,
    /// Whether its fields are those of a controller, which may be given as well.
    pub(crate) of_controller: bool,
}

/// A field of it.
pub(crate) struct Field<'a> {
    pub(crate) member: Member,
    pub(crate) ty: &'a Type,
    pub(crate) source: Source<'a>,
}

/// Where a field comes from.
pub(crate) enum Source<'a> {
    /// The whole body.
    Body,
    /// Its attribute could not be read.
    Broken,
    /// The field's type is an extractor.
    Extractor,
    /// A dependency with a key.
    Keyed(LitStr),
    /// One value of a place.
    Value(Value<'a>),
}

/// One value of a place.
pub(crate) struct Value<'a> {
    pub(crate) place: Place,
    pub(crate) name: LitStr,
    pub(crate) default: Option<ValueDefault>,
    pub(crate) serde: Vec<&'a Attribute>,
    pub(crate) rules: Vec<&'a Attribute>,
}

impl<'a> Request<'a> {
    /// Reads a struct; `None` when the input is none that can be read.
    pub(crate) fn read(input: &'a DeriveInput, mistakes: &mut Mistakes) -> Option<Self> {
        let fields = match &input.data {
            Data::Struct(data) => &data.fields,
            Data::Enum(data) => {
                let message = "`FromRequest` is derived for structs: a request brings all fields, not one of several \
                               variants; put the enum into a field, such as `body: Body<ThisEnum>`";
                mistakes.add(data.enum_token, message);
                return None;
            }
            Data::Union(data) => {
                mistakes.add(data.union_token, "`FromRequest` is derived for structs, not for unions");
                return None;
            }
        };
        let options = StructOptions::read(&input.attrs, mistakes);
        Some(Self {
            ident: &input.ident,
            generics: &input.generics,
            krate: options.krate.unwrap_or_else(|| parse_quote!(::gongular)),
            fields: read_fields(fields, mistakes),
            said: options.reads_body,
            of_controller: false,
        })
    }

    /// Returns whether the struct reads the body, as far as its text tells.
    pub(crate) fn reads_body(&self) -> bool {
        self.said.map_or_else(|| self.fields.iter().any(Field::reads_body), |(reads_body, _)| reads_body)
    }
}

impl Field<'_> {
    /// Returns whether the field reads the body, as far as its text tells.
    pub(crate) fn reads_body(&self) -> bool {
        match &self.source {
            Source::Body => true,
            Source::Extractor => extractor_name(self.ty).is_some_and(|name| BODY_READERS.contains(&&*name)),
            Source::Broken | Source::Keyed(_) => false,
            Source::Value(value) => value.place == Place::Form,
        }
    }
}

fn read_fields<'a>(fields: &'a Fields, mistakes: &mut Mistakes) -> Vec<Field<'a>> {
    let read = |(index, field): (usize, &'a syn::Field)| {
        let attributes = FieldAttributes::read(&field.attrs, mistakes);
        Field {
            member: match &field.ident {
                Some(ident) => Member::Named(ident.clone()),
                None => Member::Unnamed(Index {
                    index: u32::try_from(index).unwrap_or(u32::MAX),
                    span: field.span(),
                }),
            },
            ty: &field.ty,
            source: source(field, attributes, mistakes),
        }
    };
    fields.iter().enumerate().map(read).collect()
}

fn source<'a>(field: &'a syn::Field, attributes: FieldAttributes<'a>, mistakes: &mut Mistakes) -> Source<'a> {
    let FieldAttributes { marks, forwarded } = attributes;
    let mut marks = marks.into_iter();
    let first = marks.next();
    for mark in marks {
        let before = first.as_ref().map(Mark::text).unwrap_or_default();
        let message = format!("a field comes from one place: keep `{before}` or `{}`", mark.text());
        mistakes.add(mark.attribute, message);
    }
    let source = match first.map(|mark| mark.source) {
        None => Source::Extractor,
        Some(MarkSource::Body) => Source::Body,
        Some(MarkSource::Broken) => return Source::Broken,
        Some(MarkSource::Inject(key)) => Source::Keyed(key),
        Some(MarkSource::Value(place, options)) => {
            return Source::Value(value(field, place, options, &forwarded, mistakes));
        }
    };
    for attribute in forwarded {
        let name = attribute.path().to_token_stream();
        let message = format!(
            "`#[{name}(...)]` has an effect only on single values (`#[query]`, `#[header]`, ...): put it into the type that this field reads"
        );
        mistakes.add(attribute, message);
    }
    source
}

fn value<'a>(
    field: &'a syn::Field,
    place: Place,
    options: ValueOptions,
    forwarded: &[&'a Attribute],
    mistakes: &mut Mistakes,
) -> Value<'a> {
    let (serde, rules): (Vec<&Attribute>, _) =
        forwarded.iter().partition(|attribute| attribute.path().is_ident("serde"));
    for rename in serde.iter().filter_map(|attribute| rename(attribute)) {
        let message = format!(
            "a value has the name that its place says: write `#[{}({})]` in place of `rename`",
            place.attribute(),
            rename.value.to_token_stream()
        );
        mistakes.add(rename, message);
    }
    let name = options.name.unwrap_or_else(|| match &field.ident {
        Some(ident) => LitStr::new(&external_name(place, ident), ident.span()),
        None => {
            let attribute = place.attribute();
            mistakes.add(
                &field.ty,
                format!("a field without a name says which value it is: `#[{attribute}(\"name\")]`"),
            );
            LitStr::new("", field.span())
        }
    });
    Value { place, name, default: options.default, serde, rules }
}

/// Returns what renames a value in an attribute of serde.
fn rename(attribute: &Attribute) -> Option<MetaNameValue> {
    // What cannot be read is serde's to tell.
    let items = attribute.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated).ok()?;
    items.into_iter().find_map(|item| match item {
        Meta::NameValue(pair) if pair.path.is_ident("rename") => Some(pair),
        _ => None,
    })
}

/// Returns the name of a value that is named by its field; header names have hyphens where Rust has underscores.
fn external_name(place: Place, ident: &Ident) -> String {
    let name = ident.unraw().to_string();
    if place == Place::Header { name.replace('_', "-") } else { name }
}

/// Returns the last name of a type's path, below `Option` and `Result`.
pub(crate) fn extractor_name(ty: &Type) -> Option<String> {
    let segment = last_segment(ty)?;
    if segment.ident == "Option" || segment.ident == "Result" {
        return extractor_name(first_argument(segment)?);
    }
    Some(segment.ident.to_string())
}

fn last_segment(ty: &Type) -> Option<&PathSegment> {
    match ty {
        Type::Path(path) => path.path.segments.last(),
        Type::Group(group) => last_segment(&group.elem),
        Type::Paren(paren) => last_segment(&paren.elem),
        _ => None,
    }
}

fn first_argument(segment: &PathSegment) -> Option<&Type> {
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else { return None };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

/// Returns the generic parameters that a type mentions.
pub(crate) fn mentioned<'g>(generics: &'g Generics, ty: &Type) -> Vec<&'g GenericParam> {
    let tokens = ty.to_token_stream();
    let name = |param: &'g GenericParam| match param {
        GenericParam::Type(param) => &param.ident,
        GenericParam::Const(param) => &param.ident,
        GenericParam::Lifetime(param) => &param.lifetime.ident,
    };
    generics.params.iter().filter(|param| mentions(tokens.clone(), name(param))).collect()
}

fn mentions(tokens: proc_macro2::TokenStream, name: &Ident) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == *name,
        TokenTree::Group(group) => mentions(group.stream(), name),
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}

/// Extractors that read the body.
const BODY_READERS: [&str; 5] = ["Body", "Bytes", "Form", "Multipart", "String"];
