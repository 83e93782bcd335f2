//! Parts of a program as people write them.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::{Member, Type};

/// Returns the name of a field; one that a macro has made of a position is that position.
pub(crate) fn member_text(member: &Member) -> String {
    match member {
        Member::Named(name) => {
            let name = name.unraw().to_string();
            name.strip_prefix("__").map_or_else(|| name.clone(), str::to_owned)
        }
        Member::Unnamed(index) => index.index.to_string(),
    }
}

/// Returns a type with spaces where people write them.
pub(crate) fn type_text(ty: &Type) -> String {
    let mut text = String::new();
    write(ty.to_token_stream(), &mut text);
    text
}

fn write(tokens: TokenStream, text: &mut String) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::None => ("", ""),
                };
                if text.ends_with("mut") {
                    text.push(' ');
                }
                text.push_str(open);
                write(group.stream(), text);
                text.push_str(close);
            }
            TokenTree::Punct(punct) => match punct.as_char() {
                // The head of an arrow comes after its line.
                '>' if text.ends_with(" -") => text.push_str("> "),
                char @ (',' | ';') => text.extend([char, ' ']),
                char @ ('+' | '=') => text.extend([' ', char, ' ']),
                '-' => text.push_str(" -"),
                char => text.push(char),
            },
            word @ (TokenTree::Ident(_) | TokenTree::Literal(_)) => {
                if text.ends_with(|char: char| char.is_alphanumeric() || char == '_') {
                    text.push(' ');
                }
                text.push_str(&word.to_string());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use syn::parse_str;

    use super::*;

    #[test]
    fn types_read_as_they_are_written() {
        for text in [
            "u64",
            "Inject<dyn Shelf + Send>",
            "Option<(u8, [i64; 4])>",
            "&'static mut [&'a str]",
            "std::collections::HashMap<String, Vec<crate::Page>>",
            "Box<dyn Fn(u8) -> String>",
            "impl Iterator<Item = u8>",
        ] {
            assert_eq!(type_text(&parse_str(text).unwrap()), text);
        }
    }

    #[test]
    fn a_field_without_a_name_has_its_position() {
        for (member, text) in [("page", "page"), ("r#type", "type"), ("0", "0"), ("__2", "2")] {
            assert_eq!(member_text(&parse_str(member).unwrap()), text);
        }
    }
}
