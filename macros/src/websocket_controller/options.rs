//! What stands in `#[websocket_controller(...)]`.

use proc_macro2::TokenStream;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Ident, LitStr, Path, Token, parse_quote};

use crate::mistakes::{Mistakes, unknown};

/// What stands in `#[websocket_controller(...)]`.
pub(super) struct Options {
    /// Where gongular is found.
    pub(super) krate: Path,
    /// The name of the namespace; the empty one if it was not said.
    pub(super) namespace: Option<LitStr>,
}

impl Options {
    pub(super) fn read(arguments: TokenStream, mistakes: &mut Mistakes) -> Self {
        let mut options = Self { krate: parse_quote!(::gongular), namespace: None };
        let parse = |input: ParseStream<'_>| {
            if input.peek(LitStr) {
                let name: LitStr = input.parse()?;
                let text = format!("the namespace has to be named: write `namespace = {:?}`", name.value());
                return Err(syn::Error::new(name.span(), text));
            }
            while !input.is_empty() {
                let key = Ident::parse_any(input)?;
                if key == "crate" {
                    input.parse::<Token![=]>()?;
                    options.krate = input.call(Path::parse_mod_style)?;
                } else if key == "namespace" {
                    input.parse::<Token![=]>().map_err(|error| syn::Error::new(error.span(), HELP))?;
                    let name: LitStr = input.parse().map_err(|error| syn::Error::new(error.span(), HELP))?;
                    if options.namespace.replace(name).is_some() {
                        return Err(syn::Error::new(
                            key.span(),
                            "a controller is of one namespace: keep one",
                        ));
                    }
                } else {
                    return Err(syn::Error::new(key.span(), unknown(&key, &["namespace", "crate"], HELP)));
                }
                if !input.is_empty() {
                    input.parse::<Token![,]>()?;
                }
            }
            Ok(())
        };
        if let Err(error) = Parser::parse2(parse, arguments) {
            mistakes.push(error);
        }
        options
    }
}

const HELP: &str = "write `namespace = \"name\"`";
