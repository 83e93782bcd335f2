//! The methods of a controller: what they answer, what they take, and which of them are hooks.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Attribute, Ident, ImplItem, ImplItemFn, ItemImpl, LitStr, ReturnType, Safety, Signature, Type};

use super::answer::Answer;
use super::arguments::{Arguments, Kind, Read};
use super::naming::{Name, Word};
use super::options::Options;
use super::pattern;
use super::routes::{Route, Routes};
use crate::mistakes::Mistakes;

/// An `impl` block whose methods answer requests.
pub(super) struct Controller {
    pub(super) ty: Type,
    pub(super) options: Options,
    pub(super) methods: Vec<Method>,
    pub(super) hooks: Vec<Hook>,
}

/// A method that answers requests.
pub(super) struct Method {
    pub(super) ident: Ident,
    pub(super) cfg: Vec<Attribute>,
    pub(super) is_async: bool,
    /// Where what it returns is written.
    output: Span,
    pub(super) answer: Answer,
    pub(super) arguments: Arguments,
    pub(super) routes: Vec<MethodRoute>,
    /// Whether it is no route, but is asked about answers with an error status.
    pub(super) is_for_http_errors: bool,
}

/// One route of a method.
pub(super) struct MethodRoute {
    pub(super) verb: Option<String>,
    pub(super) path: Path,
    pub(super) name: Option<LitStr>,
}

/// How the path of a route is said.
pub(super) enum Path {
    Name(Vec<Part>),
    Pattern(LitStr),
}

/// One part of a path that a method's name stands for.
pub(super) enum Part {
    Param(String),
    Wildcard(String),
    Word(String),
}

/// A method that runs at a certain moment, by its name.
pub(super) struct Hook {
    pub(super) kind: HookKind,
    pub(super) cfg: Vec<Attribute>,
    pub(super) signature: Signature,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum HookKind {
    AfterActivation,
    BeforeActivation,
    BeginRequest,
    EndRequest,
    HandleError,
}

impl HookKind {
    const ALL: [(&str, Self); 5] = [
        ("after_activation", Self::AfterActivation),
        ("before_activation", Self::BeforeActivation),
        ("begin_request", Self::BeginRequest),
        ("end_request", Self::EndRequest),
        ("handle_error", Self::HandleError),
    ];

    fn of(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind)
    }
}

impl Controller {
    /// Reads a block, and leaves no attribute of ours in it; `None` when it is no block of a controller's methods.
    pub(super) fn read(block: &mut ItemImpl, options: Options, mistakes: &mut Mistakes) -> Option<Self> {
        if let Some((path, _)) = &block.trait_ {
            mistakes.add(path, "`#[controller]` stands above the methods of a struct, not of a trait");
            return None;
        }
        if !block.generics.params.is_empty() {
            let text =
                "a controller has no type parameters: take what differs as a dependency, `Inject<dyn Trait>`";
            mistakes.add(&block.generics, text);
            return None;
        }
        let mut controller =
            Self { ty: (*block.self_ty).clone(), options, methods: Vec::new(), hooks: Vec::new() };
        for item in &mut block.items {
            if let ImplItem::Fn(function) = item {
                controller.add(function, mistakes);
            }
        }
        Some(controller)
    }

    fn add(&mut self, function: &mut ImplItemFn, mistakes: &mut Mistakes) {
        let routes = Routes::take(&mut function.attrs, mistakes);
        if routes.is_skipped {
            return;
        }
        let name = function.sig.ident.unraw().to_string();
        if let Safety::Unsafe(unsafety) = &function.sig.safety {
            let text = format!(
                "`{name}` is called for whatever comes, so that nobody keeps what `unsafe` asks for: write it without"
            );
            mistakes.add(unsafety, text);
            return;
        }
        if let Some(kind) = HookKind::of(&name).filter(|_| routes.routes.is_empty() && !routes.is_action) {
            self.hooks.push(Hook { kind, cfg: cfg(&function.attrs), signature: function.sig.clone() });
            return;
        }
        let ident = &function.sig.ident;
        let generics = &function.sig.generics;
        if generics.type_params().next().is_some() || generics.const_params().next().is_some() {
            let text = format!("`{ident}` answers requests, so that nobody gives it type parameters");
            mistakes.add(generics, text);
            return;
        }
        let arguments = Arguments::take(&mut function.sig, &self.ty, mistakes);
        if routes.is_broken || arguments.is_broken {
            return;
        }
        let is_for_http_errors = name == HTTP_ERRORS && routes.routes.is_empty() && !routes.is_action;
        let routes = if is_for_http_errors {
            Some(Vec::new())
        } else {
            method_routes(&function.sig.ident, &name, routes, &arguments, mistakes)
        };
        let Some(routes) = routes else { return };
        self.methods.push(Method {
            ident: function.sig.ident.clone(),
            cfg: cfg(&function.attrs),
            output: match &function.sig.output {
                ReturnType::Default => function.sig.ident.span(),
                ReturnType::Type(_, ty) => ty.span(),
            },
            is_async: function.sig.asyncness.is_some(),
            answer: Answer::of(&function.sig.output),
            arguments,
            routes,
            is_for_http_errors,
        });
    }
}

fn cfg(attributes: &[Attribute]) -> Vec<Attribute> {
    attributes.iter().filter(|attribute| attribute.path().is_ident("cfg")).cloned().collect()
}

/// The name of the method that is asked about answers with an error status.
const HTTP_ERRORS: &str = "handle_http_error";

fn method_routes(
    ident: &Ident,
    name: &str,
    written: Routes,
    arguments: &Arguments,
    mistakes: &mut Mistakes,
) -> Option<Vec<MethodRoute>> {
    if !written.routes.is_empty() || written.is_action {
        for route in &written.routes {
            check_parameters(ident, route, arguments, mistakes);
        }
        let routes = written.routes.into_iter().map(|Route { verb, path, name }| MethodRoute {
            verb,
            path: Path::Pattern(path),
            name,
        });
        return Some(routes.collect());
    }
    let Some(Name { verb, words }) = Name::read(name) else {
        let text = format!(
            "`{name}` answers no request: its name begins with no verb (`get_{name}`), and no route stands above it \
             (`#[get(\"/{}\")]`); write `#[skip]` above it, or move it into another `impl` block",
            name.replace('_', "/")
        );
        mistakes.add(ident, text);
        return None;
    };
    let parts = parts(ident, words, arguments, mistakes)?;
    Some(vec![MethodRoute { verb: verb.map(str::to_owned), path: Path::Name(parts), name: None }])
}

/// Gives the parameters of a name their arguments, in order; bare scalars that are left over stand at the end.
///
/// Arguments that are marked `#[param]` are asked only where there are too few bare ones, and then the last of them: the first may be
/// parameters of the path around the controller.
fn parts(
    ident: &Ident,
    words: Vec<Word>,
    arguments: &Arguments,
    mistakes: &mut Mistakes,
) -> Option<Vec<Part>> {
    let wanted = words.iter().filter(|word| !matches!(word, Word::Text(_))).count();
    let mut known: Vec<(&str, &Read)> = arguments.scalars().collect();
    if known.len() < wanted {
        known = arguments.parameters().collect();
        known.drain(..known.len().saturating_sub(wanted));
    }
    let mut known = known.into_iter();
    let mut parts = Vec::new();
    let mut ends_in_parameter = false;
    for word in words {
        ends_in_parameter = word == Word::By;
        let wildcard = word == Word::Wildcard;
        if let Word::Text(text) = word {
            parts.push(Part::Word(text));
            continue;
        }
        let Some((name, _)) = known.next() else {
            mistakes.add(ident, without_argument(ident, arguments));
            return None;
        };
        parts.push(if wildcard { Part::Wildcard(name.to_owned()) } else { Part::Param(name.to_owned()) });
    }
    if ends_in_parameter {
        parts.extend(known.map(|(name, _)| Part::Param(name.to_owned())));
        return Some(parts);
    }
    for (name, read) in known {
        let text = format!(
            "`{name}` is no parameter of the path: the name `{ident}` has no `by` for it; rename the method to `{ident}_by`, or write \
             where the value comes from, `#[query] {name}`"
        );
        mistakes.add(&read.ty, text);
    }
    Some(parts)
}

/// Says that a `by` has no argument, and which one may have been meant.
fn without_argument(ident: &Ident, arguments: &Arguments) -> String {
    match arguments.unmarked() {
        Some(name) => format!(
            "`by` stands for a parameter of the path, but no argument of `{ident}` says to be one: write `#[param] {name}` if it is, since its \
             type is no plain number or text"
        ),
        None => format!(
            "`by` stands for a parameter of the path, but `{ident}` has no argument for it: add one, such as `id: u64`"
        ),
    }
}

/// Compares the parameters of a written pattern with the arguments.
fn check_parameters(ident: &Ident, route: &Route, arguments: &Arguments, mistakes: &mut Mistakes) {
    let text = route.path.value();
    let names = pattern::parameters(&text);
    for (name, read) in arguments.scalars().filter(|(name, _)| !names.contains(name)) {
        let known = match names.as_slice() {
            [] => "has no parameters".to_owned(),
            names => format!("has `{}`", names.join("`, `")),
        };
        let message = format!(
            "`{name}` is no parameter of `{text}`, which {known}: write `{{{name}}}` there, or where the value comes from, `#[query] {name}`"
        );
        mistakes.add(&read.ty, message);
    }
    let reads_some = arguments.scalars().next().is_some();
    if !reads_some || arguments.may_read_more() {
        return;
    }
    for name in names.iter().filter(|name| !arguments.reads_parameter(name)) {
        let message = format!(
            "no argument of `{ident}` reads the parameter `{name}`: add `{name}: String`, or a type that it has to be"
        );
        mistakes.push(syn::Error::new(route.path.span(), message));
    }
}

impl Method {
    /// Returns where errors about the method belong.
    pub(super) fn span(&self) -> Span {
        here(self.ident.span())
    }

    /// Returns where errors about what the method returns belong.
    pub(super) fn output(&self) -> Span {
        here(self.output)
    }

    /// Returns where errors about what the method reads belong: at the only argument that may be wrong, if there is one.
    pub(super) fn input(&self) -> Span {
        let mut extractors = self.arguments.reads().filter(|read| !matches!(read.kind, Kind::Scalar(_)));
        match (extractors.next(), extractors.next()) {
            (Some(only), None) => here(only.ty.span()),
            _ => self.span(),
        }
    }
}

impl ToTokens for Hook {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.signature.ident.to_tokens(tokens);
    }
}

impl Hook {
    /// Returns how many arguments it takes besides `self`.
    pub(super) fn arguments(&self) -> usize {
        self.signature.inputs.iter().filter(|input| matches!(input, syn::FnArg::Typed(_))).count()
    }

    /// Returns whether its first argument is lent, but not to be changed, as the context is.
    pub(super) fn begins_with_shared(&self) -> bool {
        let first = self.signature.inputs.iter().find_map(|input| match input {
            syn::FnArg::Typed(typed) => Some(&*typed.ty),
            syn::FnArg::Receiver(_) => None,
        });
        matches!(first, Some(Type::Reference(reference)) if reference.mutability.is_none())
    }

    /// Returns whether it is compiled, as the arguments of `cfg!`.
    pub(super) fn condition(&self) -> TokenStream {
        let conditions =
            self.cfg.iter().filter_map(|cfg| cfg.meta.require_list().ok()).map(|list| &list.tokens);
        quote!(all(#(#conditions),*))
    }

    pub(super) fn is_async(&self) -> bool {
        self.signature.asyncness.is_some()
    }

    pub(super) fn takes_self(&self) -> bool {
        self.signature.receiver().is_some()
    }

    pub(super) fn span(&self) -> Span {
        here(self.signature.ident.span())
    }
}

/// Returns a place for code that names variables of ours: what stands there may come from a `macro_rules!`, in which they are not
/// seen.
fn here(span: Span) -> Span {
    span.resolved_at(Span::call_site())
}
