//! Reads attributes, as they are written.

use proc_macro2::Span;
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, Ident, LitStr, Meta, Path, Token};

use crate::mistakes::{Mistakes, unknown};

/// A place that single values are read from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Cookie,
    Form,
    Header,
    Param,
    Query,
}

impl Place {
    const ALL: [Self; 5] = [Self::Cookie, Self::Form, Self::Header, Self::Param, Self::Query];

    /// Returns the name of the attribute.
    pub(crate) const fn attribute(self) -> &'static str {
        match self {
            Self::Cookie => "cookie",
            Self::Form => "form",
            Self::Header => "header",
            Self::Param => "param",
            Self::Query => "query",
        }
    }

    /// Returns the name of the extractor.
    pub(crate) const fn extractor(self) -> &'static str {
        match self {
            Self::Cookie => "Cookie",
            Self::Form => "Form",
            Self::Header => "Header",
            Self::Param => "Param",
            Self::Query => "Query",
        }
    }
}

/// An attribute that says where a field comes from.
pub(crate) struct Mark<'a> {
    pub(crate) attribute: &'a Attribute,
    pub(crate) source: MarkSource,
}

impl Mark<'_> {
    /// Returns the attribute as it is written, without what it takes.
    pub(crate) fn text(&self) -> String {
        format!("#[{}]", self.attribute.path().to_token_stream())
    }
}

/// What a [`Mark`] says.
pub(crate) enum MarkSource {
    Body,
    /// What it takes could not be read.
    Broken,
    Inject(LitStr),
    Value(Place, ValueOptions),
}

/// What stands in `#[query(...)]` and its like.
#[derive(Default)]
pub(crate) struct ValueOptions {
    pub(crate) name: Option<LitStr>,
    pub(crate) default: Option<ValueDefault>,
}

/// What a value is when the request does not have it.
pub(crate) enum ValueDefault {
    /// The default of its type.
    OfType,
    /// The value of an expression.
    Expr(Box<Expr>),
}

/// The attributes of one field.
#[derive(Default)]
pub(crate) struct FieldAttributes<'a> {
    pub(crate) marks: Vec<Mark<'a>>,
    /// `#[serde(...)]` and `#[validate(...)]`.
    pub(crate) forwarded: Vec<&'a Attribute>,
}

impl<'a> FieldAttributes<'a> {
    /// Reads the attributes of a field that are ours.
    pub(crate) fn read(attributes: &'a [Attribute], mistakes: &mut Mistakes) -> Self {
        let mut read = Self::default();
        for attribute in attributes {
            let Some(name) = attribute.path().get_ident().map(Ident::to_string) else { continue };
            let source = match &*name {
                "serde" | "validate" => {
                    read.forwarded.push(attribute);
                    continue;
                }
                "from_request" => {
                    mistakes.add(attribute, "`#[from_request(...)]` stands above the struct, not on a field");
                    continue;
                }
                "body" => body(attribute),
                "inject" => inject(attribute),
                _ => match Place::ALL.into_iter().find(|place| place.attribute() == name) {
                    Some(place) => value(attribute, place),
                    None => continue,
                },
            };
            let source = source.unwrap_or_else(|error| {
                mistakes.push(error);
                MarkSource::Broken
            });
            read.marks.push(Mark { attribute, source });
        }
        read
    }
}

fn body(attribute: &Attribute) -> syn::Result<MarkSource> {
    match &attribute.meta {
        Meta::Path(_) => Ok(MarkSource::Body),
        Meta::List(_) | Meta::NameValue(_) => Err(syn::Error::new_spanned(
            attribute,
            "`#[body]` takes nothing: the field is the whole body; name its parts with `#[serde(...)]` in its type",
        )),
    }
}

fn inject(attribute: &Attribute) -> syn::Result<MarkSource> {
    const HELP: &str = "write `#[inject(key = \"name\")]`";
    if !matches!(attribute.meta, Meta::List(_)) {
        let message = format!("{HELP}; a dependency without a key takes no attribute");
        return Err(syn::Error::new_spanned(attribute, message));
    }
    attribute.parse_args_with(|input: ParseStream<'_>| {
        if input.is_empty() {
            return Err(syn::Error::new(input.span(), HELP));
        }
        if let Some(name) = input.parse::<Option<LitStr>>()? {
            let message = format!("write `#[inject(key = {})]`", quote::quote!(#name));
            return Err(syn::Error::new(name.span(), message));
        }
        let key = Ident::parse_any(input).map_err(|error| syn::Error::new(error.span(), HELP))?;
        if key != "key" {
            return Err(syn::Error::new(key.span(), unknown(&key, &["key"], HELP)));
        }
        input.parse::<Token![=]>().map_err(|error| syn::Error::new(error.span(), HELP))?;
        let name: LitStr = input
            .parse()
            .map_err(|error| syn::Error::new(error.span(), format!("a key is a text in quotes: {HELP}")))?;
        if input.is_empty() { Ok(MarkSource::Inject(name)) } else { Err(syn::Error::new(input.span(), HELP)) }
    })
}

fn value(attribute: &Attribute, place: Place) -> syn::Result<MarkSource> {
    let options = match &attribute.meta {
        Meta::Path(_) => ValueOptions::default(),
        Meta::List(_) => {
            let items = attribute.parse_args_with(Punctuated::<ValueItem, Token![,]>::parse_terminated)?;
            collect(items, place)?
        }
        Meta::NameValue(meta) => {
            let name = place.attribute();
            let message = format!(
                "write `#[{name}(\"name\")]` to name the value, `#[{name}]` if the field's name will do"
            );
            return Err(syn::Error::new_spanned(meta, message));
        }
    };
    Ok(MarkSource::Value(place, options))
}

fn collect(items: Punctuated<ValueItem, Token![,]>, place: Place) -> syn::Result<ValueOptions> {
    let mut options = ValueOptions::default();
    for item in items {
        let twice = match item {
            ValueItem::Name(name) => {
                let span = name.span();
                options.name.replace(name).map(|_| (span, "name"))
            }
            ValueItem::Default(key, default) => {
                options.default.replace(default).map(|_| (key.span(), "default"))
            }
            ValueItem::Unknown(key) => {
                let place = place.attribute();
                let help = format!("`#[{place}(\"name\", default = value)]` is all it takes");
                return Err(syn::Error::new(key.span(), unknown(&key, &["default"], &help)));
            }
        };
        if let Some((span, what)) = twice {
            return Err(syn::Error::new(span, format!("a second {what}; keep one")));
        }
    }
    Ok(options)
}

enum ValueItem {
    Default(Ident, ValueDefault),
    Name(LitStr),
    Unknown(Ident),
}

impl Parse for ValueItem {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if let Some(name) = input.parse::<Option<LitStr>>()? {
            return Ok(Self::Name(name));
        }
        let key = Ident::parse_any(input)
            .map_err(|error| syn::Error::new(error.span(), "expected a name in quotes, or `default`"))?;
        let value = match input.parse::<Option<Token![=]>>()? {
            Some(_) => ValueDefault::Expr(Box::new(input.parse()?)),
            None => ValueDefault::OfType,
        };
        Ok(if key == "default" { Self::Default(key, value) } else { Self::Unknown(key) })
    }
}

/// What stands in `#[from_request(...)]` above the struct.
#[derive(Default)]
pub(crate) struct StructOptions {
    /// Whether the struct reads the body, where it was said.
    pub(crate) reads_body: Option<(bool, Span)>,
    /// Where gongular is found, if not at `::gongular`.
    pub(crate) krate: Option<Path>,
}

impl StructOptions {
    /// Reads the attributes of a struct that are ours.
    pub(crate) fn read(attributes: &[Attribute], mistakes: &mut Mistakes) -> Self {
        let mut options = Self::default();
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("from_request")) {
            let parsed = attribute.parse_args_with(|input: ParseStream<'_>| options.parse(input));
            if let Err(error) = parsed {
                mistakes.push(error);
            }
        }
        options
    }

    fn parse(&mut self, input: ParseStream<'_>) -> syn::Result<()> {
        const HELP: &str = "`body`, `parts` and `crate = path` are known here";
        while !input.is_empty() {
            let key = Ident::parse_any(input)?;
            if key == "crate" {
                input.parse::<Token![=]>()?;
                self.krate = Some(input.call(Path::parse_mod_style)?);
            } else if key == "body" || key == "parts" {
                if self.reads_body.replace((key == "body", key.span())).is_some() {
                    return Err(syn::Error::new(key.span(), "say `body` or `parts` once"));
                }
            } else {
                return Err(syn::Error::new(key.span(), unknown(&key, &["body", "parts", "crate"], HELP)));
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(())
    }
}
