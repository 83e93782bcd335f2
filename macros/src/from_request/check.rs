//! Refuses what makes no sense.

use quote::ToTokens;

use crate::from_request::model::{Field, Request, Source, Value, extractor_name, mentioned};
use crate::from_request::syntax::{Place, ValueDefault};
use crate::mistakes::Mistakes;

/// Adds everything that is wrong with a struct whose attributes could be read.
pub(crate) fn check(request: &Request<'_>, mistakes: &mut Mistakes) {
    body_is_read_once(request, mistakes);
    names_differ(request, mistakes);
    extractors_are_few(request, mistakes);
    for field in &request.fields {
        match &field.source {
            Source::Body => no_extractor(field, "body", mistakes),
            Source::Value(value) => {
                no_extractor(field, value.place.attribute(), mistakes);
                value_is_possible(request, field, value, mistakes);
            }
            Source::Keyed(_) => is_dependency(field, mistakes),
            Source::Broken | Source::Extractor => {}
        }
    }
}

fn body_is_read_once(request: &Request<'_>, mistakes: &mut Mistakes) {
    if request.said.is_some_and(|(reads_body, _)| !reads_body) {
        // Types with names like those of body readers; the compiler looks whether they are some.
        return;
    }
    // All values of a form are read at once, together with each other only.
    let is_form_value =
        |field: &Field<'_>| matches!(&field.source, Source::Value(value) if value.place == Place::Form);
    let mut readers = request.fields.iter().filter(|field| field.reads_body());
    let Some(first) = readers.next() else { return };
    for second in readers {
        if is_form_value(first) && is_form_value(second) {
            continue;
        }
        let message = format!(
            "the body is read twice, by `{}` and by `{}`: put what they read into one struct, and keep one of them",
            first.member.to_token_stream(),
            second.member.to_token_stream()
        );
        mistakes.add(second.ty, message);
    }
}

fn names_differ(request: &Request<'_>, mistakes: &mut Mistakes) {
    let mut seen: Vec<(Place, String)> = Vec::new();
    for field in &request.fields {
        let Source::Value(value) = &field.source else { continue };
        let name = match value.place {
            Place::Header => value.name.value().to_ascii_lowercase(),
            Place::Cookie | Place::Form | Place::Param | Place::Query => value.name.value(),
        };
        let key = (value.place, name);
        if seen.contains(&key) {
            let attribute = value.place.attribute();
            let message = format!("`#[{attribute}(\"{}\")]` is read twice: rename or remove one", key.1);
            mistakes.add(&value.name, message);
        } else {
            seen.push(key);
        }
    }
}

fn extractors_are_few(request: &Request<'_>, mistakes: &mut Mistakes) {
    let mut places: Vec<Place> = Vec::new();
    let mut extractors = 0;
    for field in &request.fields {
        match &field.source {
            Source::Value(value) if places.contains(&value.place) => continue,
            Source::Value(value) => places.push(value.place),
            Source::Body | Source::Broken | Source::Extractor | Source::Keyed(_) => {}
        }
        extractors += 1;
        if extractors == MAX_EXTRACTORS + 1 {
            let message = format!(
                "a struct holds at most {MAX_EXTRACTORS} extractors, as a function has at most so many arguments: \
                 move some into a struct of their own, and make that a field"
            );
            mistakes.add(field.ty, message);
        }
    }
}

fn is_dependency(field: &Field<'_>, mistakes: &mut Mistakes) {
    if extractor_name(field.ty).is_none_or(|name| name != "Inject") {
        let message = "a key belongs to a dependency: write the field as `Inject<T>`, `Option<Inject<T>>` or \
                       `Result<Inject<T>, Error>`";
        mistakes.add(field.ty, message);
    }
}

fn no_extractor(field: &Field<'_>, attribute: &str, mistakes: &mut Mistakes) {
    let Some(name) = extractor_name(field.ty) else { return };
    if EXTRACTORS.contains(&&*name) {
        let message = format!(
            "`{name}` is an extractor itself: remove `#[{attribute}]`, or write the type of the value, such as `u64`, in place of it"
        );
        mistakes.add(field.ty, message);
    }
}

fn value_is_possible(request: &Request<'_>, field: &Field<'_>, value: &Value<'_>, mistakes: &mut Mistakes) {
    if let Some(attribute) = value.rules.first()
        && cfg!(not(feature = "validator"))
    {
        mistakes.add(attribute, "rules need gongular's feature `validator`: turn it on in Cargo.toml");
    }
    let mentioned = mentioned(request.generics, field.ty);
    if mentioned.iter().any(|param| matches!(param, syn::GenericParam::Lifetime(_))) {
        mistakes.add(field.ty, "a value of a request is owned: use `String` in place of a borrowed text");
    }
    if let Some(ValueDefault::Expr(expr)) = &value.default
        && !mentioned.is_empty()
    {
        mistakes.add(
            expr,
            "a generic value has no default of its own: write `default` alone, for that of its type",
        );
    }
}

/// The members of the longest tuple that is an extractor.
const MAX_EXTRACTORS: usize = 16;

/// Extractors, which are no values.
const EXTRACTORS: [&str; 9] =
    ["Body", "Cookie", "Form", "Header", "Inject", "Json", "Multipart", "Param", "Query"];
