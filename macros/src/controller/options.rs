//! What stands in `#[controller(...)]`.

use proc_macro2::{Span, TokenStream};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Ident, Path, Token, parse_quote};

use crate::mistakes::{Mistakes, unknown};

/// What stands in `#[controller(...)]`.
pub(super) struct Options {
    /// Where gongular is found.
    pub(super) krate: Path,
    /// How long instances have to live, if it was said.
    pub(super) lifetime: Option<Lifetime>,
}

#[derive(Clone, Copy)]
pub(super) enum Lifetime {
    Request,
    Singleton,
}

impl Options {
    pub(super) fn read(arguments: TokenStream, mistakes: &mut Mistakes) -> Self {
        let mut options = Self { krate: parse_quote!(::gongular), lifetime: None };
        let mut said: Option<Span> = None;
        let parse = |input: ParseStream<'_>| {
            while !input.is_empty() {
                let key = Ident::parse_any(input)?;
                match key.to_string().as_str() {
                    "crate" => {
                        input.parse::<Token![=]>()?;
                        options.krate = input.call(Path::parse_mod_style)?;
                    }
                    word @ ("per_request" | "singleton") => {
                        if said.replace(key.span()).is_some() {
                            let text = "an instance is `singleton` or `per_request`: keep one of them";
                            return Err(syn::Error::new(key.span(), text));
                        }
                        let is_singleton = word == "singleton";
                        options.lifetime =
                            Some(if is_singleton { Lifetime::Singleton } else { Lifetime::Request });
                    }
                    _ => return Err(syn::Error::new(key.span(), unknown(&key, KNOWN, HELP))),
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

const KNOWN: &[&str] = &["crate", "per_request", "singleton"];
const HELP: &str = "`singleton`, `per_request` and `crate = path` are known here";
