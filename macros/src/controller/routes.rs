//! The attributes of a method that say which requests it answers.

use proc_macro2::Span;
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Ident, LitStr, Meta, Token};

use crate::mistakes::{Mistakes, unknown};

/// A route that stands above a method.
pub(super) struct Route {
    /// The method of HTTP; none for all of them.
    pub(super) verb: Option<String>,
    pub(super) path: LitStr,
    pub(super) name: Option<LitStr>,
}

/// What the attributes of a method say.
#[derive(Default)]
pub(super) struct Routes {
    pub(super) routes: Vec<Route>,
    /// `#[action]`: it answers requests, but its routes are given when it is activated.
    pub(super) is_action: bool,
    /// `#[skip]`: it answers none.
    pub(super) is_skipped: bool,
    /// Whether an attribute could not be read, so that nothing more needs to be said of the method.
    pub(super) is_broken: bool,
}

impl Routes {
    /// Takes the attributes of a method that are ours.
    pub(super) fn take(attributes: &mut Vec<Attribute>, mistakes: &mut Mistakes) -> Self {
        let mut read = Self::default();
        let mut skip = None;
        attributes.retain(|attribute| {
            let Some(name) = attribute.path().get_ident().map(Ident::to_string) else { return true };
            let route = match name.as_str() {
                "action" | "skip" => {
                    if !matches!(attribute.meta, Meta::Path(_)) {
                        mistakes.add(attribute, format!("`#[{name}]` takes nothing"));
                    }
                    read.is_action |= name == "action";
                    if name == "skip" {
                        read.is_skipped = true;
                        skip = Some(attribute.clone());
                    }
                    return false;
                }
                "method" => custom(attribute),
                _ if VERBS.contains(&name.as_str()) => standard(attribute, &name),
                _ => return true,
            };
            match route {
                Ok(route) => read.routes.push(route),
                Err(error) => {
                    read.is_broken = true;
                    mistakes.push(error);
                }
            }
            false
        });
        if let Some(skip) = skip.filter(|_| read.is_action || !read.routes.is_empty()) {
            let other = if read.is_action { "`#[action]`" } else { "a route" };
            mistakes.add(skip, format!("`#[skip]` says that it answers nothing, but {other} stands above it, too: keep one of them"));
        }
        read
    }
}

fn standard(attribute: &Attribute, name: &str) -> syn::Result<Route> {
    if !matches!(attribute.meta, Meta::List(_)) {
        let text = format!(
            "write the path: `#[{name}(\"/users/{{id}}\")]`, or `#[{name}(\"/\")]` for that of the controller"
        );
        return Err(syn::Error::new_spanned(attribute, text));
    }
    let verb = (name != "any").then(|| name.to_uppercase());
    attribute.parse_args_with(|input: ParseStream<'_>| route(input, verb))
}

fn custom(attribute: &Attribute) -> syn::Result<Route> {
    const HELP: &str = "write `#[method(\"PURGE\", \"/path\")]`: the method of HTTP, and the path";
    if !matches!(attribute.meta, Meta::List(_)) {
        return Err(syn::Error::new_spanned(attribute, HELP));
    }
    attribute.parse_args_with(|input: ParseStream<'_>| {
        let method: LitStr = input.parse().map_err(|error| syn::Error::new(error.span(), HELP))?;
        let text = method.value();
        let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        if text.is_empty() || !text.bytes().all(is_token) {
            return Err(syn::Error::new(
                method.span(),
                format!("`{text}` is no name of a method of HTTP; {HELP}"),
            ));
        }
        input.parse::<Token![,]>().map_err(|error| syn::Error::new(error.span(), HELP))?;
        route(input, Some(text))
    })
}

fn route(input: ParseStream<'_>, verb: Option<String>) -> syn::Result<Route> {
    let path: LitStr =
        input.parse().map_err(|error| syn::Error::new(error.span(), "a path is a text in quotes"))?;
    let mut route = Route { verb, path, name: None };
    while !input.is_empty() {
        input.parse::<Token![,]>()?;
        if input.is_empty() {
            break;
        }
        let option: RouteOption = input.parse()?;
        if route.name.replace(option.name).is_some() {
            return Err(syn::Error::new(option.span, "a second name; keep one"));
        }
    }
    Ok(route)
}

/// `name = "..."`.
struct RouteOption {
    span: Span,
    name: LitStr,
}

impl Parse for RouteOption {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let key = Ident::parse_any(input)?;
        if key != "name" {
            let help = "a route takes a path, and `name = \"...\"`";
            return Err(syn::Error::new(key.span(), unknown(&key, &["name"], help)));
        }
        input.parse::<Token![=]>()?;
        Ok(Self { span: key.span(), name: input.parse()? })
    }
}

impl ToTokens for Route {
    fn to_tokens(&self, tokens: &mut proc_macro2::TokenStream) {
        self.path.to_tokens(tokens);
    }
}

const VERBS: [&str; 10] =
    ["any", "connect", "delete", "get", "head", "options", "patch", "post", "put", "trace"];
