//! The methods of a websocket controller: which event or moment each of them is for, and what it takes.

use syn::ext::IdentExt;
use syn::{
    Attribute, FnArg, Ident, ImplItem, ImplItemFn, ItemImpl, LitStr, Meta, Pat, ReceiverKind, Signature, Type,
};

use super::options::Options;
use crate::mistakes::{Mistakes, is_near};

/// An `impl` block whose methods are events.
pub(super) struct Controller {
    pub(super) ty: Type,
    pub(super) options: Options,
    pub(super) methods: Vec<Method>,
}

/// A method that runs when something happens.
pub(super) struct Method {
    pub(super) ident: Ident,
    pub(super) cfg: Vec<Attribute>,
    pub(super) is_async: bool,
    pub(super) takes_self: bool,
    pub(super) arguments: Vec<Type>,
    /// What the arguments are called; the position for a pattern.
    pub(super) names: Vec<String>,
    pub(super) role: Role,
}

/// What a method is for.
pub(super) enum Role {
    /// Events, by their names.
    Events(Vec<LitStr>),
    /// A moment, by its name in the builder of namespaces.
    Hook(&'static str, Moment),
    /// An event that is named after the method.
    Named(LitStr),
}

/// The moment at which a method runs, which decides what it can take.
#[derive(Clone, Copy)]
pub(super) enum Moment {
    Message,
    Namespace,
    Room,
}

/// Methods that are hooks by their names, with the hook of the builder.
const HOOKS: [(&str, &str, Moment); 11] = [
    ("on_any_event", "on_any_event", Moment::Message),
    ("on_error", "on_error", Moment::Message),
    ("on_namespace_connect", "on_connect", Moment::Namespace),
    ("on_namespace_connected", "on_connected", Moment::Namespace),
    ("on_namespace_disconnect", "on_disconnect", Moment::Namespace),
    ("on_native_message", "on_native_message", Moment::Message),
    ("on_room_join", "on_room_join", Moment::Room),
    ("on_room_joined", "on_room_joined", Moment::Room),
    ("on_room_leave", "on_room_leave", Moment::Room),
    ("on_room_left", "on_room_left", Moment::Room),
    ("on_namespace_disconnected", "", Moment::Namespace),
];

impl Controller {
    /// Reads a block, and leaves no attribute of ours in it; `None` when it is no block of a controller's methods.
    pub(super) fn read(block: &mut ItemImpl, options: Options, mistakes: &mut Mistakes) -> Option<Self> {
        if let Some((path, _)) = &block.trait_ {
            let text = "`#[websocket_controller]` stands above the methods of a struct, not of a trait";
            mistakes.add(path, text);
            return None;
        }
        if !block.generics.params.is_empty() {
            let text =
                "a controller has no type parameters: take what differs as a dependency, `Inject<dyn Trait>`";
            mistakes.add(&block.generics, text);
            return None;
        }
        let mut controller = Self { ty: (*block.self_ty).clone(), options, methods: Vec::new() };
        for item in &mut block.items {
            if let ImplItem::Fn(function) = item
                && let Some(method) = read(function, mistakes)
            {
                controller.methods.push(method);
            }
        }
        Some(controller)
    }
}

fn read(function: &mut ImplItemFn, mistakes: &mut Mistakes) -> Option<Method> {
    let said = take(&mut function.attrs, mistakes)?;
    let signature = &function.sig;
    let name = signature.ident.unraw().to_string();
    if !signature.generics.params.is_empty() {
        mistakes.add(&signature.generics, "a method that is an event has no type parameters, since nobody gives them: write the types, or `#[skip]` above what is no event");
        return None;
    }
    let role = match HOOKS.iter().find(|(hook, ..)| *hook == name) {
        _ if !said.is_empty() => Role::Events(said),
        Some((_, "", _)) => {
            let text = "there is no moment after a namespace was left: write `on_namespace_disconnect`";
            mistakes.add(&signature.ident, text);
            return None;
        }
        Some((_, hook, moment)) => Role::Hook(hook, *moment),
        None if name.starts_with("on_") => {
            let near = HOOKS.iter().find(|(hook, built, _)| is_near(&name, hook) || *built == name);
            let known = match near {
                Some((hook, ..)) => format!("did you mean `{hook}`?"),
                None => format!("the hooks are {};", hooks().join(", ")),
            };
            let text = format!(
                "`{name}` is no hook, and would be an event that clients send: {known} for an event, write `#[event(\"{name}\")]` above it"
            );
            mistakes.add(&signature.ident, &text);
            return None;
        }
        None => Role::Named(LitStr::new(&name, signature.ident.span())),
    };
    if let Role::Events(events) = &role {
        events.iter().filter(|event| event.value().starts_with("_On")).for_each(|event| {
            mistakes.add(
                event,
                "a name that begins with `_On` is the protocol's own: use the hook, such as `on_room_join`",
            );
        });
    }
    let (takes_self, arguments, names) = arguments(signature, mistakes)?;
    Some(Method {
        ident: signature.ident.clone(),
        cfg: function.attrs.iter().filter(|attribute| attribute.path().is_ident("cfg")).cloned().collect(),
        is_async: signature.asyncness.is_some(),
        takes_self,
        arguments,
        names,
        role,
    })
}

/// Returns the names of methods that are hooks.
fn hooks() -> Vec<&'static str> {
    HOOKS.iter().filter(|(_, hook, _)| !hook.is_empty()).map(|(name, ..)| *name).collect()
}

/// Takes `#[event("name")]` and `#[skip]`; `None` for a method that is nothing of the kind.
fn take(attributes: &mut Vec<Attribute>, mistakes: &mut Mistakes) -> Option<Vec<LitStr>> {
    let mut events = Vec::new();
    let mut is_skipped = false;
    attributes.retain(|attribute| {
        if attribute.path().is_ident("skip") && matches!(attribute.meta, Meta::Path(_)) {
            is_skipped = true;
            return false;
        }
        if !attribute.path().is_ident("event") {
            return true;
        }
        match attribute.parse_args::<LitStr>() {
            Ok(name) => events.push(name),
            Err(error) => {
                let text = "write the name of the event: `#[event(\"chat\")]`";
                mistakes.push(syn::Error::new(error.span(), text));
            }
        }
        false
    });
    (!is_skipped).then_some(events)
}

/// Returns whether a method takes `&self`, the types of what else it takes, and what these are called; `None` when it takes what it
/// cannot, which would be told once more of the code that calls it.
fn arguments(signature: &Signature, mistakes: &mut Mistakes) -> Option<(bool, Vec<Type>, Vec<String>)> {
    let mut takes_self = false;
    let (mut arguments, mut names) = (Vec::new(), Vec::new());
    for input in &signature.inputs {
        match input {
            FnArg::Receiver(receiver) => {
                takes_self = true;
                if !matches!(receiver.kind, ReceiverKind::Reference(_, _, None)) {
                    let text = format!(
                        "write `&self`: the connection shares the instance that `{}` is called on; what changes stands in a `Mutex` or an atomic",
                        signature.ident
                    );
                    mistakes.add(receiver, text);
                    return None;
                }
            }
            FnArg::Typed(typed) => {
                names.push(match &*typed.pat {
                    Pat::Ident(name) => name.ident.unraw().to_string(),
                    _ => arguments.len().to_string(),
                });
                arguments.push((*typed.ty).clone());
            }
        }
    }
    if arguments.len() > MAX_ARGUMENTS {
        let text = format!("a method that is an event takes at most {MAX_ARGUMENTS} arguments");
        mistakes.add(&signature.inputs, text);
        return None;
    }
    Some((takes_self, arguments, names))
}

/// The members of the longest tuple of arguments.
const MAX_ARGUMENTS: usize = 8;
